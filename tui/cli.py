"""The command line: arguments, exit codes, and late imports, so that no command loads what it does not use."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from typing import Final, NoReturn

from tui import __version__

EXIT_INTERRUPTED = 130
EXIT_PIPE_CLOSED = 141

DEMO_SPEED = 0.2
"""The demo sessions ran against a scripted model and took a second or two: too fast to watch."""

_EXIT_CODES = """\
exit codes:
  0    done; check: nothing wrong
  1    check: something is wrong; reduce --strict: refused
  2    wrong usage, not a bundle, no terminal
"""

_EPILOG = f"""\
commands:
  rtrace-tui BUNDLE          show a bundle, follow it while it grows
  rtrace-tui demo [NAME]     watch a demo session happen; --list names them
  rtrace-tui reduce BUNDLE   print the reduced graph as JSON
  rtrace-tui check BUNDLE    report what is odd or broken about a bundle
  Each command has a --help of its own. A directory that is called like a command: ./demo

to record a bundle:
  CODEX_ROLLOUT_TRACE_ROOT=DIR codex ...

{_EXIT_CODES}"""


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
    return code


def _run(arguments: list[str]) -> int:
    command = _COMMANDS.get(arguments[0]) if arguments else None
    if command is not None:
        return command(arguments[1:])
    return _view(arguments)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one harmless line; the usage is a `--help` away."""

    def error(self, message: str) -> NoReturn:
        from tui.commands.console import EXIT_UNUSABLE, complain

        complain(f"{message}; see {self.prog} --help")
        sys.exit(EXIT_UNUSABLE)


def _parser(name: str, description: str, epilog: str = _EXIT_CODES) -> argparse.ArgumentParser:
    return _Parser(
        prog=f"rtrace-tui {name}".strip(),
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _add_bundle(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundle", metavar="BUNDLE", help="directory of a recording: the one that holds manifest.json")


def _add_view_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--theme", metavar="NAME", help="colours; the configuration decides if not given")
    parser.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")
    parser.add_argument("--no-follow", action="store_true", help="stay where you are when new events arrive")


def _view(arguments: list[str]) -> int:
    description = "Explore the rollout trace of an AI agent session in the terminal, finished or while it runs."
    parser = _parser("", description, _EPILOG)
    _add_bundle(parser)
    _add_view_options(parser)
    parser.add_argument("--version", action="version", version=f"rtrace-tui {__version__}")
    given = parser.parse_args(arguments)

    from tui.commands.view import ViewOptions, run_view

    return run_view(given.bundle, ViewOptions(theme=given.theme, mouse=not given.no_mouse, follow=not given.no_follow))


def _demo(arguments: list[str]) -> int:
    description = "Record a demo session again into a temporary directory, and watch it in the viewer."
    parser = _parser("demo", description)
    parser.add_argument("name", metavar="NAME", nargs="?", help="which one; --list tells their names")
    parser.add_argument("--list", action="store_true", help="list the demo sessions and exit")
    parser.add_argument(
        "--speed",
        metavar="X",
        type=_speed,
        default=DEMO_SPEED,
        help=f"1 is the pace of the recording, {DEMO_SPEED} (the default) slower, 0 everything at once",
    )
    _add_view_options(parser)
    given = parser.parse_args(arguments)

    from tui.commands.demo import list_demos, run_demo
    from tui.commands.view import ViewOptions

    if given.list:
        return list_demos()
    options = ViewOptions(theme=given.theme, mouse=not given.no_mouse, follow=not given.no_follow)
    return run_demo(given.name, given.speed, options)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not math.isfinite(speed) or speed < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 up")
    return speed


def _reduce(arguments: list[str]) -> int:
    description = "Print the reduced graph of a bundle as JSON. What the graph lacks is told on standard error."
    parser = _parser("reduce", description)
    _add_bundle(parser)
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write there, whole or not at all; - is standard output (the default)"
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="print nothing and exit with 1 if anything is wrong, be it with a payload that the graph does not need",
    )
    given = parser.parse_args(arguments)

    from tui.commands.reduce import run_reduce

    return run_reduce(given.bundle, given.output, strict=given.strict)


def _check(arguments: list[str]) -> int:
    description = "Report what is odd or broken about a bundle, and what that means for its graph."
    parser = _parser("check", description)
    _add_bundle(parser)
    parser.add_argument("--json", action="store_true", help="the whole report as JSON; its shape is in the README")
    given = parser.parse_args(arguments)

    from tui.commands.check import run_check

    return run_check(given.bundle, as_json=given.json)


_COMMANDS: Final[dict[str, Callable[[list[str]], int]]] = {"demo": _demo, "reduce": _reduce, "check": _check}
