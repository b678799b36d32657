"""The one key map: help, palette, footer hints and remapping are all made from the commands that are collected here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tui.named_tuple import NamedTuple
from tui.ui.command import PANE_SCOPES, Command, Scope
from tui.ui.commands import COMMANDS


class KeyConflict(NamedTuple):
    """Two commands that want the same keys in the same place; the first one gets them."""

    key: str
    first_id: str
    second_id: str


def _qualified(command: Command, taken: Mapping[str, Command]) -> str:
    return f"{command.scope}.{command.id}" if command.id in taken else command.id


def _by_id() -> dict[str, Command]:
    found: dict[str, Command] = {}
    for command in COMMANDS:
        name = _qualified(command, found)
        found[name] = command._replace(id=name)
    return found


COMMANDS_BY_ID: dict[str, Command] = _by_id()
"""Command id → command, in the order of the help. The id is the name in the configuration file."""


def remapped(overrides: Mapping[str, Iterable[str]]) -> dict[str, Command]:
    """The commands with other keys for some ids. Ids that do not exist are ignored here; see `unknown_ids`."""
    return {
        name: command._replace(keys=tuple(overrides[name])) if name in overrides else command
        for name, command in COMMANDS_BY_ID.items()
    }


def unknown_ids(overrides: Mapping[str, Iterable[str]]) -> list[str]:
    """Names in `overrides` that are not a command."""
    return sorted(name for name in overrides if name not in COMMANDS_BY_ID)


def find_conflicts(commands: Mapping[str, Command]) -> list[KeyConflict]:
    """Keys that two commands of overlapping scopes claim.

    A pane's own command over a global one is not a conflict: the focused pane comes first; nor is one of the ladder
    over those of all rows. A key that is both a command and the start of longer ones (`z`) is not one either: a pause
    decides.
    """
    claims: dict[tuple[str, str], str] = {}
    found: list[KeyConflict] = []
    for name, command in commands.items():
        for key in command.keys:
            for place in _places(command.scope):
                first = claims.setdefault((place, key), name)
                conflict = KeyConflict(key, first, name)
                if first != name and conflict not in found:
                    found.append(conflict)
    return found


def _places(scope: Scope) -> tuple[str, ...]:
    return PANE_SCOPES if scope == "rows" else (scope,)
