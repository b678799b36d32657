"""`notes --json`: what a person noted about a recording."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tui.analysis.kinds.naming import name_of
from tui.analysis.links.place_names import NamedPlace
from tui.commands.answers.objects import NodeAnswer, node_answer
from tui.store import TraceStore


class NoteAnswer(msgspec.Struct, frozen=True):
    """A note with its place; `node` is null for what this copy of the recording does not have."""

    at: str
    node: NodeAnswer | None
    name: str | None
    path: list[str]
    text: str


class NotesAnswer(msgspec.Struct, frozen=True):
    """The document."""

    notes: list[NoteAnswer]


def notes_answer(store: TraceStore, notes: Iterable[tuple[str, NamedPlace | None, str]]) -> NotesAnswer:
    """All notes: name of the place, the place if the recording has it, the text."""
    return NotesAnswer([_note(store, name, place, text) for name, place, text in notes])


def _note(store: TraceStore, name: str, place: NamedPlace | None, text: str) -> NoteAnswer:
    if place is None:
        return NoteAnswer(name, None, None, [], text)
    return NoteAnswer(
        name, node_answer(place.node), name_of(store.trace, store.index, place.node), list(place.path), text
    )
