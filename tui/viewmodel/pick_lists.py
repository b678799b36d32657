"""What the pickers offer beside agents and links: search results, commands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tui.analysis.search import Hit
from tui.viewmodel.picker import PickEntry
from tui.viewmodel.spans import Line, Span
from tui.viewmodel.text import clean

NAME_LENGTH = 32
"""Characters of the name of a hit; the text around the match says more."""


class Command(NamedTuple):
    """A line of help: the keys as people write them, what they do, under which heading, and the binding to run."""

    keys: str
    description: str
    group: str
    binding_id: str


def hit_entries(hits: Iterable[Hit], names: Iterable[str]) -> list[PickEntry]:
    """One line per hit: what was found, where in it, and the text around with the match marked."""
    return [
        PickEntry(
            (
                Span(f" {_short(clean(name))} ", "title"),
                Span(f"{hit.where}  ", "dim"),
                Span(clean(hit.excerpt[: hit.start])),
                Span(clean(hit.excerpt[hit.start : hit.start + hit.length]), "match"),
                Span(clean(hit.excerpt[hit.start + hit.length :])),
            ),
            hit.node,
        )
        for hit, name in zip(hits, names, strict=True)
    ]


def _short(name: str) -> str:
    return name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1]}…"


def command_entries(commands: Iterable[Command]) -> list[PickEntry]:
    """Commands below their headings, keys first."""
    entries: list[PickEntry] = []
    heading = ""
    for command in commands:
        if command.group != heading:
            heading = command.group
            entries.append(PickEntry((Span(f" {heading}", "title"),)))
        line: Line = (Span(f"   {command.keys:<22} ", "chrome.key"), Span(command.description))
        entries.append(PickEntry(line, command.binding_id))
    return entries
