"""Marks and notes as a list to choose from, and as the lines behind the key of marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import name_of
from tui.analysis.links.place_names import NamedPlace
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace
from tui.viewmodel.frame.navigation import Place
from tui.viewmodel.lists.picker import PickEntry
from tui.viewmodel.rows.signs import NOTE_SIGN, SIGN_STYLE
from tui.viewmodel.text.clean import clean
from tui.viewmodel.text.spans import Span

_LONGEST_NAME = 48
"""Characters of the name of a place before what a person wrote there."""


class MarkChoice(NamedTuple):
    """A mark."""

    letter: str


class NoteChoice(NamedTuple):
    """The name of the place of a note."""

    place: str


def mark_words(
    trace: RolloutTrace, index: TraceIndex, marks: Mapping[str, Place], words: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Each letter with its word, if it has one, and what it is on."""
    return [
        (letter, "  ".join(filter(None, (clean(words.get(letter, "")), _name(trace, index, place.node)))))
        for letter, place in sorted(marks.items())
    ]


def mark_entries(
    trace: RolloutTrace, index: TraceIndex, marks: Mapping[str, Place], words: Mapping[str, str]
) -> list[PickEntry]:
    """One line for each mark, below a heading."""
    entries = [
        PickEntry((Span(f"   {letter}  ", SIGN_STYLE), Span(told)), MarkChoice(letter))
        for letter, told in mark_words(trace, index, marks, words)
    ]
    return [PickEntry((Span(" Marks", "title"),)), *entries] if entries else []


def note_entries(
    trace: RolloutTrace, index: TraceIndex, notes: Iterable[tuple[str, NamedPlace | None, str]]
) -> list[PickEntry]:
    """One line for each note, below a heading: what it is on, and its text."""
    entries = []
    for name, place, text in notes:
        where = f"{clean(name)} (not in this recording)" if place is None else _name(trace, index, place.node)
        line = (Span(f"   {NOTE_SIGN}  ", SIGN_STYLE), Span(f"{where}  ", "path"), Span(clean(text)))
        entries.append(PickEntry(line, NoteChoice(name)))
    return [PickEntry((Span(" Notes", "title"),)), *entries] if entries else []


def _name(trace: RolloutTrace, index: TraceIndex, node: NodeRef | None) -> str:
    name = "" if node is None or node.kind == "diagnostic" else clean(name_of(trace, index, node))
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
