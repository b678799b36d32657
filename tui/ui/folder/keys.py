"""The keys of the folder screen, in the words of what they do there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tui.ui.command import Command
from tui.ui.listed_commands import listed_commands
from tui.viewmodel.lists.commands import command_entries
from tui.viewmodel.lists.picker import PickEntry

_IN_FOLDER: Mapping[str, str] = {
    "activate": "Open the recording",
    "search_here": "Filter: outcome:failed tokens>1m problems>10 took>10m age<1d, any word …",
    "filter_rows": "Filter, as / does",
    "search_everywhere": "Search prompts, answers and commands of all recordings",
    "search_next": "Next recording that the filter leaves",
    "search_previous": "The one before",
    "change_order": "Sort by the next column; 6s by the sixth; again turns it around",
    "reverse_order": "Sort the other way round",
    "compare_recordings": "Mark the recording; on another one compare the two",
    "next_sibling": "Next recording",
    "previous_sibling": "Previous recording",
    "cancel": "Show all recordings again",
    "copy_item": "Copy the row",
    "copy_path": "Copy the path of the recording",
}
"""Command → what it does here, where that is not what its own description says."""


def folder_keys(commands: Mapping[str, Command], here: Iterable[str]) -> list[PickEntry]:
    """Lines of the list of keys: moves, then the commands `here`."""
    moves = [one for one in commands.values() if one.scope == "rows" and one.group == "Move"]
    named = [commands["activate"], *(commands[name] for name in here)]
    ours = [
        one._replace(description=_IN_FOLDER.get(one.id.rpartition(".")[2], one.description), group="Folder")
        for one in named
    ]
    return command_entries(listed_commands([*ours, *moves]))
