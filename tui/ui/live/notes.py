"""The notes of the recording that is shown: read when it is known, written with each change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.bundle.disk.notes import NoteBook, NotesError
from tui.model.noderef import NodeRef
from tui.store import TraceStore

if TYPE_CHECKING:  # most recordings have no notes, and the first rows need none
    from tui.analysis.links.place_names import NamedPlace


class Notes:
    """Texts by place. Without a book they last as long as the program."""

    def __init__(self, store: TraceStore) -> None:
        self._store = store
        self._book: NoteBook | None = None
        self._texts: dict[str, str] = {}
        self._of: tuple[str, str] | None = None

    def keep_in(self, book: NoteBook) -> None:
        """Read and write the notes of this book."""
        self._book, self._of = book, None

    def take_up(self) -> str:
        """Read the notes of the recording that is shown, if it is another one; one line if that is not possible."""
        ids = (self._store.trace.trace_id, self._store.trace.rollout_id)
        if ids == self._of or not all(ids):
            return ""
        self._of = ids
        self._texts = {}
        try:
            self._texts = {} if self._book is None else self._book.load(*ids)
        except NotesError as error:
            self._book = None  # what cannot be read is not written over
            return str(error)
        return ""

    def at(self, place: NamedPlace) -> str:
        """The note at a place; empty if there is none."""
        return self._texts.get(_name_of(place), "")

    def write(self, place: NamedPlace, text: str) -> str:
        """Keep a note, or drop it if it is empty; one line if that is not possible."""
        name = _name_of(place)
        if text:
            self._texts[name] = text
        else:
            self._texts.pop(name, None)
        ids = (self._store.trace.trace_id, self._store.trace.rollout_id)
        try:
            if self._book is not None:
                self._book.save(*ids, self._texts)
        except NotesError as error:
            return str(error)
        return "" if self._book is not None else "kept until the program ends: there is no folder for notes"

    def all(self) -> list[tuple[str, NamedPlace | None, str]]:
        """Every note: the name of its place, the place if the recording has it, the text."""
        return [(name, self._place(name), text) for name, text in self._texts.items()]

    def nodes(self) -> set[NodeRef]:
        """The objects that have a note, at themselves or inside."""
        places = (self._place(name) for name in self._texts)
        return {place.node for place in places if place is not None}

    def _place(self, name: str) -> NamedPlace | None:
        from tui.analysis.kinds.node_names import UnknownNodeError
        from tui.analysis.links.place_names import find_place

        try:
            return find_place(self._store.trace, name)
        except UnknownNodeError:
            return None


def _name_of(place: NamedPlace) -> str:
    from tui.analysis.links.place_names import lasting_name

    return lasting_name(place)
