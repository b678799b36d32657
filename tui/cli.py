"""The command line: which command runs, exit codes, and late imports, so that no command loads what it does not use."""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Protocol, cast

from tui import __version__
from tui.lean_msgspec import load_msgspec

if TYPE_CHECKING:
    import argparse

EXIT_INTERRUPTED = 130
EXIT_PIPE_CLOSED = 141

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "demo": ("[NAME]", "watch a demo session happen; --list names them"),
    "reduce": ("BUNDLE", "print the reduced graph as JSON"),
    "check": ("BUNDLE", "report what is odd or broken about a bundle"),
    "show": ("BUNDLE ID", "print one object: its fields, texts, payloads and links"),
    "why": ("BUNDLE ID", "explain why an object is here, back to the user's prompt"),
    "agents": ("BUNDLE", "list the agents: state, task, tokens, time"),
    "stats": ("BUNDLE", "count calls, failures, durations and tokens"),
    "path": ("BUNDLE", "show what decided how long it took, and who waited for whom"),
    "diff": ("A B", "show where two recordings part, and what did it"),
    "export": ("BUNDLE --to FORMAT", "write it for other programs or to read, without its texts unless asked"),
    "sql": ("BUNDLE SQL", "ask a recording, or a folder of them, in SQL"),
    "slice": ("BUNDLE -o DIR", "write an agent or turns as a smaller recording, without texts unless asked"),
    "edges": ("BUNDLE", "list what went between agents, and what never arrived"),
    "notes": ("BUNDLE", "print the notes that you wrote in the viewer"),
    "ls": ("[ROOT]", "list the bundles in a folder"),
    "grep": ("BUNDLE PATTERN", "print every place that holds a text, payload files included"),
    "cache": ("clear", "remove what is kept of finished recordings so that they open at once"),
    "help": ("[TOPIC]", "print a page of the help: keys, search, filter, live, scripts, damage, …"),
}
"""Command → its arguments and what it does, for the help. Each is a module of `tui.commands` with the same name."""


class CommandModule(Protocol):
    """What a module of `tui.commands` has to offer to be a command."""

    DESCRIPTION: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Tell the parser what the command takes."""

    def run(self, given: argparse.Namespace) -> int:
        """Do it; return the exit code."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run `rtrace-tui` with `argv` (the process's own arguments for None) and return its exit code."""
    from tui.commands.console import EXIT_UNUSABLE, abandon, complain, prepare_streams

    arguments = list(sys.argv[1:] if argv is None else argv)
    prepare_streams()
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        abandon(sys.stdout)
        return EXIT_PIPE_CLOSED
    except OSError as error:
        abandon(sys.stdout)
        complain(f"the output cannot be written: {error.strerror or error}")
        return EXIT_UNUSABLE
    except Exception as error:
        from tui.ui.remembered import state_path
        from tui.ui.terminal.crash import EXIT_CRASHED, crash_line, write_report

        abandon(sys.stdout)
        complain(crash_line(error, write_report(error, state_path())))
        return EXIT_CRASHED
    return code


def _run(arguments: list[str]) -> int:
    name = arguments[0] if arguments else ""
    if name not in COMMANDS:
        return _view(arguments)
    from tui.commands.arguments import FOLDER_COMMANDS, with_negated_filters

    command = _command(name)
    given = _parser_of(name).parse_args(with_negated_filters(arguments[1:]))
    if name not in FOLDER_COMMANDS:
        return command.run(given)
    from tui.commands.over_folder import run_command

    return run_command(name, command.run, given)


def _command(name: str) -> CommandModule:
    from tui.quick_import import quick_import

    load_msgspec()
    with quick_import():
        return cast("CommandModule", importlib.import_module(f"tui.commands.{name}"))


def _parser_of(name: str) -> argparse.ArgumentParser:
    """The parser of a command; of the viewer without a name."""
    from tui.commands import view_arguments
    from tui.commands.arguments import command_parser, exit_codes
    from tui.commands.examples import examples_of

    if name:
        command = _command(name)
        parser = command_parser(name, command.DESCRIPTION, f"{examples_of(name)}{exit_codes(name)}")
        command.add_arguments(parser)
        return parser
    parser = command_parser("", view_arguments.DESCRIPTION, _epilog())
    view_arguments.add_arguments(parser)
    parser.add_argument("--version", action="version", version=f"rtrace-tui {__version__}")
    return parser


def _print_made(given: argparse.Namespace) -> int:
    """Print what is made from all parsers: a completion script, or the manual page."""
    from tui.commands.completion import SHELLS
    from tui.commands.console import EXIT_OK
    from tui.commands.man import man_page
    from tui.commands.parsed import parsed_commands

    parsers = {name: _parser_of(name) for name in ("", *COMMANDS)}
    commands = parsed_commands(parsers, {name: about for name, (_, about) in COMMANDS.items()})
    shell = given.print_completion
    sys.stdout.write(man_page(commands, __version__) if shell is None else SHELLS[shell](commands))
    return EXIT_OK


def _view(arguments: list[str]) -> int:
    # Importing makes much and drops nothing; looking for garbage meanwhile delays the first picture. The feed ends it.
    gc.disable()
    if len(arguments) == 1 and not arguments[0].startswith("-") and _exists(arguments[0]):
        from tui.quick_import import quick_import

        with quick_import():
            from tui.commands import view  # so it is most often: the parser would take its time to load
        return view.run(view.Given(bundle=arguments[0]))
    parser = _parser_of("")
    given, surplus = parser.parse_known_args(arguments)
    if surplus:
        parser.error(_refusal(arguments, surplus))
    if given.print_completion is not None or given.print_man:
        return _print_made(given)
    from tui.commands import view

    return view.run(view.given_by(given))


def _exists(name: str) -> bool:
    from pathlib import Path

    try:
        return Path(name).exists()
    except (OSError, ValueError):  # no name that a file could have
        return False


def _refusal(arguments: list[str], surplus: list[str]) -> str:
    """Why the arguments mean nothing: most often the first was meant as a command."""
    first = arguments[0]
    named = next((word for word in arguments if word in COMMANDS), None)
    if first.startswith("-") and named is not None:
        return f"write the command first, and its own options behind it: rtrace-tui {named} …"
    if first.startswith("-") or _exists(first):
        return f"unrecognized arguments: {' '.join(surplus)}"
    return f"{first!r} is neither a command nor a directory; the commands are {', '.join(COMMANDS)}"


def _epilog() -> str:
    from tui.commands.arguments import EXIT_CODES

    usages = {f"{name} {arguments}": summary for name, (arguments, summary) in COMMANDS.items()}
    width = max(map(len, usages))
    lines = [f"  rtrace-tui {usage:<{width}}  {summary}" for usage, summary in usages.items()]
    return "\n".join(
        [
            "commands:",
            f"  rtrace-tui {'BUNDLE':<{width}}  show a bundle, follow it while it grows",
            *lines,
            "  Each command has a --help of its own. For a folder named like a command, write ./demo",
            "",
            "to record a bundle:",
            "  CODEX_ROLLOUT_TRACE_ROOT=DIR codex ...",
            "",
            EXIT_CODES,
        ]
    )
