"""Commands as lists of them show them: in the help, in the palette."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from tui.ui.command import PANE_SCOPES, Command
from tui.ui.keyboard import shown_keys

if TYPE_CHECKING:
    from tui.viewmodel.lists.commands import ListedCommand

_LATER_NUMBERS = {str(number) for number in range(2, 10)}


def first_of_numbered(commands: Iterable[Command]) -> list[Command]:
    """Leave the first of commands that differ by a number alone: nine lines for nine agents would drown the rest."""
    return [command for command in commands if command.id.rpartition("_")[2] not in _LATER_NUMBERS]


def listed_commands(
    commands: Iterable[Command], words_of: Callable[[str], str] = lambda _id: ""
) -> list[ListedCommand]:
    """Commands by group, in the order in which the groups first appear; of numbered ones the first.

    `words_of` gives words by which a command is found, besides its own.
    """
    from tui.viewmodel.lists.commands import ListedCommand

    found = first_of_numbered(commands)
    groups = list(dict.fromkeys(command.group for command in found))
    found.sort(key=lambda command: groups.index(command.group))
    return [
        ListedCommand(
            "  ".join(map(shown_keys, one.keys)),
            one.description,
            one.group,
            one.id,
            one.scope if one.scope in PANE_SCOPES else "",
            f"{one.words} {words_of(one.id)}",
        )
        for one in found
    ]
