"""The manual page in section 1, made from the help of the commands: `rtrace-tui --print-man`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tui.commands.parsed import Argument, Parsed


def man_page(commands: Sequence[Parsed], version: str) -> str:
    """The page as roff."""
    viewer, *others = commands
    lines = [
        f'.TH RTRACE-TUI 1 "" "rtrace-tui {_escaped(version)}" "User Commands"',
        ".SH NAME",
        f"rtrace\\-tui \\- {_escaped(_begun_small(viewer.description.splitlines()[0].rstrip('.')))}",
        ".SH SYNOPSIS",
        ".nf",
        f"\\fBrtrace\\-tui\\fR {_usage(viewer)}",
        *(f"\\fBrtrace\\-tui {command.name}\\fR {_usage(command)}".rstrip() for command in others),
        ".fi",
        ".SH DESCRIPTION",
        *_paragraphs(viewer.description),
        "Each command has a \\-\\-help of its own;",
        "\\fBrtrace\\-tui help\\fR lists pages on keys, search, filter and more.",
        ".SH OPTIONS",
        *_options(viewer.arguments),
        ".SH COMMANDS",
    ]
    for command in others:
        lines += [f".SS {command.name}", *_paragraphs(command.description), *_options(command.arguments)]
        lines += [".nf", *map(_escaped_line, _without_exit_codes(command.epilog)), ".fi"]
    lines += [".SH EXIT STATUS", ".nf", *map(_escaped_line, _exit_codes(viewer.epilog)), ".fi"]
    return "\n".join([*lines, ""])


def _begun_small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _usage(command: Parsed) -> str:
    words = ["[\\fIOPTIONS\\fR]"] if len(command.options) > 1 else []
    for argument in command.positionals:
        name = f"\\fI{_escaped(argument.metavar)}\\fR"
        words.append(f"[{name}]" if argument.is_optional else name)
    return " ".join(words)


def _options(arguments: Iterable[Argument]) -> Iterator[str]:
    for argument in arguments:
        flags = ", ".join(f"\\fB{_escaped(flag)}\\fR" for flag in argument.flags)
        value = f"\\fI{_escaped(argument.metavar)}\\fR" if argument.metavar else ""
        yield from (".TP", f"{flags} {value}".strip(), _escaped_line(" ".join(argument.about.split())))


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.strip().split("\n\n"):
        yield from (".PP", _escaped_line(" ".join(paragraph.split())))


def _without_exit_codes(epilog: str) -> list[str]:
    return epilog.partition("exit codes:")[0].rstrip().splitlines()


def _exit_codes(epilog: str) -> list[str]:
    return epilog.partition("exit codes:")[2].strip("\n").splitlines()


def _escaped_line(text: str) -> str:
    escaped = _escaped(text)
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


def _escaped(text: str) -> str:
    return text.replace("\\", "\\e").replace("-", "\\-")
