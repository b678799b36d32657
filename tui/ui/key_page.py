"""The help page of keys, made from the commands: it is right by construction."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from tui.ui.command import Command, Scope
from tui.ui.keyboard import shown_keys
from tui.ui.listed_commands import first_of_numbered

_INTRODUCTION = """\
# Keys

A number before a key repeats it or names a row: `5j`, `42G`. `?` in the
viewer lists the keys that work where you are, with those of your own
configuration. The name at the end of a line is that of the command, for
`[keys]` in the configuration file (`rtrace-tui help configuration`).
"""

_SECTIONS: tuple[tuple[str, frozenset[Scope]], ...] = (
    ("In every pane of a recording", frozenset({"rows", "global"})),
    ("In the timeline", frozenset({"timeline"})),
    ("In the conversation", frozenset({"conversation"})),
    ("In the payload", frozenset({"payload"})),
    ("In the messages between agents (L)", frozenset({"ladder"})),
    ("In the time view (T)", frozenset({"lanes"})),
    ("In lists", frozenset({"list"})),
)

_NAMED: frozenset[Scope] = frozenset().union(*(scopes for _, scopes in _SECTIONS))

_KEYS_WIDTH = 13
_TEXT_WIDTH = 26
"""Leaves room for the longest name of a command in the box of a terminal of 80 columns."""


def key_page(commands: Iterable[Command]) -> str:
    """Return the page as text: a section a scope, a line a command with its keys, what it does, and its name."""
    found = first_of_numbered(commands)
    sections = [
        *((title, [one for one in found if one.scope in scopes]) for title, scopes in _SECTIONS),
        *((f"In {scope}", [one for one in found if one.scope == scope]) for scope in _other_scopes(found)),
    ]
    pieces = [_INTRODUCTION]
    pieces += ["\n".join([f"## {title}", "", *map(_row, rows), ""]) for title, rows in sections if rows]
    return "\n".join(pieces)


def _other_scopes(commands: list[Command]) -> list[Scope]:
    return list(dict.fromkeys(one.scope for one in commands if one.scope not in _NAMED))


def _row(command: Command) -> str:
    keys = "  ".join(map(shown_keys, command.keys))
    lines = textwrap.wrap(command.description, _TEXT_WIDTH)
    first = f"    {keys:<{_KEYS_WIDTH}} {lines[0]:<{_TEXT_WIDTH}} {command.id}"
    indent = " " * (4 + _KEYS_WIDTH + 1)
    return "\n".join([first, *(f"{indent}{line}" for line in lines[1:])])
