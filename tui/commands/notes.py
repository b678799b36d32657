"""`rtrace-tui notes`: what a person noted in the viewer about a recording."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import NamedTuple

from tui.analysis.kinds.naming import name_of
from tui.analysis.kinds.node_names import UnknownNodeError
from tui.analysis.links.place_names import NamedPlace, find_place
from tui.bundle.disk.notes import NoteBook, NotesError
from tui.commands.answer import answer
from tui.commands.answers.notes import notes_answer
from tui.commands.arguments import add_bundle, add_json
from tui.store import TraceStore
from tui.viewmodel.text.clean import clean

DESCRIPTION = (
    "Print the notes that you wrote in the viewer (M). They are kept in $XDG_STATE_HOME/rtrace-tui/notes, by default "
    "~/.local/state/rtrace-tui/notes, for the recording with these ids wherever it lies, and never in the bundle."
)


class Noted(NamedTuple):
    """A note: the name of its place, the place if the recording has it, the text."""

    name: str
    place: NamedPlace | None
    text: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A bundle, and how to print its notes."""
    add_bundle(parser)
    add_json(parser)


def run(given: argparse.Namespace) -> int:
    """Print the notes of the recording."""
    return answer("notes", given, _noted, lambda asked: notes_answer(*asked), notes_lines)


def _noted(store: TraceStore, _given: argparse.Namespace) -> tuple[TraceStore, list[Noted]]:
    """The notes in the order in which they were written. Raises `UnknownNodeError` where they cannot be read."""
    from tui.ui.remembered import state_path

    folder, trace = state_path(), store.trace
    try:
        texts = {} if folder is None else NoteBook(folder).load(trace.trace_id, trace.rollout_id)
    except NotesError as error:
        raise UnknownNodeError(str(error)) from error
    return store, [Noted(name, _place(store, name), text) for name, text in texts.items()]


def _place(store: TraceStore, name: str) -> NamedPlace | None:
    try:
        return find_place(store.trace, name)
    except UnknownNodeError:
        return None


def notes_lines(asked: tuple[TraceStore, list[Noted]]) -> Iterator[str]:
    """One paragraph for each note: its place for `--at`, what that is, the text."""
    store, found = asked
    for name, place, text in found:
        what = "not in this recording" if place is None else clean(name_of(store.trace, store.index, place.node))
        yield f"{clean(name)}  {what}"
        yield from (f"  {line}" for line in clean(text).splitlines())
    if not found:
        yield "no notes; M in the viewer writes one"
