"""What the parsers of the commands know, as plain values: for completion scripts and the manual page."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

Takes = Literal["nothing", "directory", "file", "words", "text"]
"""What follows an option, or is an argument."""

_DIRECTORIES = frozenset({"BUNDLE", "ROOT", "DIR", "OTHER", "A", "B"})
_FILES = frozenset({"FILE"})


class Argument(NamedTuple):
    """An option with its flags, or an argument without any."""

    flags: tuple[str, ...]
    metavar: str
    about: str
    takes: Takes
    words: tuple[str, ...] = ()
    is_optional: bool = False
    is_repeated: bool = False


class Parsed(NamedTuple):
    """A command; the viewer has no name."""

    name: str
    about: str
    description: str
    epilog: str
    arguments: tuple[Argument, ...]

    @property
    def options(self) -> tuple[Argument, ...]:
        """The arguments with flags."""
        return tuple(argument for argument in self.arguments if argument.flags)

    @property
    def positionals(self) -> tuple[Argument, ...]:
        """The others, in order."""
        return tuple(argument for argument in self.arguments if not argument.flags)


def parsed_commands(parsers: Mapping[str, argparse.ArgumentParser], about: Mapping[str, str]) -> list[Parsed]:
    """All commands, the viewer first; `about` says in a few words what each does."""
    return [
        Parsed(name, about.get(name, ""), parser.description or "", parser.epilog or "", tuple(_arguments(parser)))
        for name, parser in parsers.items()
    ]


def _arguments(parser: argparse.ArgumentParser) -> Iterator[Argument]:
    for action in parser._actions:
        help_text = action.help or ""
        if help_text == argparse.SUPPRESS:
            continue
        metavar = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
        words = tuple(str(choice) for choice in action.choices or ())
        yield Argument(
            tuple(action.option_strings),
            "" if action.nargs == 0 else metavar,
            help_text.replace("%%", "%"),
            _takes(action, metavar, words),
            words,
            is_optional=action.nargs == "?",
            is_repeated=isinstance(action, argparse._AppendAction),
        )


def _takes(action: argparse.Action, metavar: str, words: tuple[str, ...]) -> Takes:
    if action.nargs == 0:
        return "nothing"
    if words:
        return "words"
    return "directory" if metavar in _DIRECTORIES else "file" if metavar in _FILES else "text"
