"""Arguments that several commands take, and the parser that refuses in one line."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, NoReturn

from tui.commands.console import EXIT_UNUSABLE, complain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from _typeshed import SupportsWrite

EXIT_CODES = """\
exit codes:
  0    done, also if a part could not be read (standard error says what); check: nothing wrong; grep: found;
       diff: the same
  1    check: something is wrong; reduce --strict: refused; grep: nothing found; diff: something differs
  2    wrong usage, not a bundle, no such object, no terminal
  70   a mistake in the program itself
"""
"""What the viewer's help says of all commands together."""

_SUCCESS = {"check": "nothing is wrong", "grep": "found", "diff": "the two recordings are the same"}
_FAILURE = {
    "check": "something is wrong",
    "reduce": "refused, with --strict",
    "grep": "nothing found",
    "diff": "the two recordings differ",
}


def exit_codes(name: str) -> str:
    """What the help of the command `name` says of its exit codes."""
    unusable = "wrong usage, no terminal" if name == "demo" else "wrong usage, not a bundle, no such object"
    meanings = {0: _SUCCESS.get(name, "done"), 1: _FAILURE.get(name, ""), 2: unusable, 70: "a mistake in the program"}
    return "\n".join(["exit codes:", *(f"  {code:<4} {text}" for code, text in meanings.items() if text), ""])


FOLDER_COMMANDS = frozenset({"grep", "stats", "agents", "edges", "check", "why"})
"""Commands that take a folder of recordings in place of one."""

_ABOUT_FOLDERS = """\
A folder in place of a recording: the command answers for each recording in it and below it, the newest first, with
its name before each line, and sums up at the end. With --json each line is a document, with its path in `bundle`.
"""


_FILTER_OPTIONS = frozenset({"--filter", "-f"})


class CommandParser(argparse.ArgumentParser):
    """Says what is wrong in one harmless line; the usage is a `--help` away."""

    takes_folder = False
    """Whether a folder of recordings may be given in place of one."""

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        """Print the help or the version. A failure to write it is one, as for any output: argparse would hide it."""
        (sys.stderr if file is None else file).write(message)
        sys.stdout.flush()

    def error(self, message: str) -> NoReturn:
        """Leave with `EXIT_UNUSABLE`."""
        complain(f"{message}; see {self.prog} --help")
        sys.exit(EXIT_UNUSABLE)


def with_negated_filters(arguments: Sequence[str]) -> list[str]:
    """The arguments with a filter that begins with `-` joined to its option: argparse takes it for another option."""
    joined: list[str] = []
    for argument in arguments:
        before = joined[-1] if joined and "--" not in joined else ""
        if before in _FILTER_OPTIONS and argument.startswith("-"):
            joined[-1] = f"--filter={argument}"
        else:
            joined.append(argument)
    return joined


def command_parser(name: str, description: str, epilog: str) -> CommandParser:
    """The parser of the command `name`; the viewer's own has no name."""
    takes_folder = name in FOLDER_COMMANDS
    parser = CommandParser(
        prog=f"rtrace-tui {name}".strip(),
        description=f"{description.strip()}\n\n{_ABOUT_FOLDERS}" if takes_folder else description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.takes_folder = takes_folder
    return parser


def add_bundle(parser: argparse.ArgumentParser) -> None:
    """The bundle to read, as `given.bundle`."""
    takes_folder = isinstance(parser, CommandParser) and parser.takes_folder
    parser.add_argument(
        "bundle",
        metavar="BUNDLE",
        help=f"directory of a recording: the one that holds manifest.json{'; or a folder of them' * takes_folder}",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Whether to print JSON, as `given.json`."""
    parser.add_argument("--json", action="store_true", help="print JSON; `rtrace-tui help json` documents its shape")


def add_view_options(parser: argparse.ArgumentParser) -> None:
    """The options of the viewer, as `given.theme`, `given.no_mouse`, `given.no_follow`."""
    parser.add_argument("--theme", metavar="NAME", help="colours; the configuration decides if not given")
    parser.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")
    parser.add_argument("--no-follow", action="store_true", help="stay where you are when new events arrive")
