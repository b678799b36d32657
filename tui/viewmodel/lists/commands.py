"""What the list of commands offers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tui.viewmodel.lists.picker import PickEntry
from tui.viewmodel.text.spans import Line, Span

_SIGNS = (
    ("✓  ✗  ✗7", "done; failed; failed with exit code 7"),
    ("●  ◌", "open; left open, or not arrived yet"),
    ("⊘", "cancelled, or never arrived"),
    ("✓✂  ✓»", "output cut for the model; seen while it ran"),
    ("▒  ?", "encrypted; arrival not proven"),
    ("▲  △", "problem; warning"),
    ("↶", "turns taken back"),
)


class ListedCommand(NamedTuple):
    """A line of help: the keys as people write them, what they do, under which heading, and the command to run."""

    keys: str
    description: str
    group: str
    command_id: str


def command_entries(commands: Iterable[ListedCommand]) -> list[PickEntry]:
    """Commands below their headings, keys first."""
    entries: list[PickEntry] = []
    heading = ""
    for command in commands:
        if command.group != heading:
            heading = command.group
            entries.append(PickEntry((Span(f" {heading}", "title"),)))
        line: Line = (Span(f"   {command.keys:<22} ", "chrome.key"), Span(command.description))
        entries.append(PickEntry(line, command.command_id))
    return entries


def sign_entries() -> list[PickEntry]:
    """What the signs of the rows mean; nothing to choose."""
    lines: list[Line] = [(Span(f"   {sign:<22} "), Span(meaning, "dim")) for sign, meaning in _SIGNS]
    return [PickEntry((Span(" Signs", "title"),)), *map(PickEntry, lines)]
