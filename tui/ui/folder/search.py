"""A search of all recordings in a folder: asked of the index beside the screen, read on the screen line by line."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import NamedTuple

from tui.analysis.kinds.plural import counted
from tui.analysis.recording.session_texts import SessionText
from tui.analysis.search.excerpt import Excerpt, excerpt
from tui.fleet.database import IndexUnavailableError
from tui.fleet.index import FleetIndex, FoundTexts
from tui.fleet.remembered import FolderMemory
from tui.model.noderef import NodeRef
from tui.viewmodel.folder.board import FolderBoard
from tui.viewmodel.folder.columns import in_order
from tui.viewmodel.folder.row import short_name
from tui.viewmodel.text.clean import Measure, clean, elide
from tui.viewmodel.text.excerpts import excerpt_line
from tui.viewmodel.text.spans import Line, Span

NAME_CELLS = 24

_KIND_CELLS = 8

_WORD = re.compile(r"\w+")


class FoundInFolder(NamedTuple):
    """One text that holds the words. `is_first`: of those of its recording."""

    path: str
    number: int
    is_first: bool


class FolderSearch:
    """What was looked for, and the places that hold it."""

    def __init__(self, memory: FolderMemory, board: FolderBoard, words: str) -> None:
        self.words = words
        self.places: list[FoundInFolder] = []
        self.recordings = 0
        """Recordings that hold the words."""
        self.is_running = False
        self.trouble = ""
        """Why nothing can be looked for, in one line."""
        self._memory = memory
        self._board = board
        self._index: FleetIndex | None = None
        tokens = [re.escape(word) for word in _WORD.findall(words)]
        self._pattern = re.compile(r"\W+".join(tokens), re.IGNORECASE)

    async def run(self) -> None:
        """Look for the words, in all that has been read by now."""
        if self.is_running:
            return
        folder = self._memory.folder
        if folder is None:
            self.trouble = "you have no home folder, so that no index can be kept"
            return
        self.is_running = True
        try:
            found = await asyncio.to_thread(self._find, folder)
        except IndexUnavailableError as error:
            self.trouble = str(error)
            return
        finally:
            self.is_running = False
        self._take(found)

    def close(self) -> None:
        """Let go of the index."""
        if self._index is not None:
            self._index.close()
            self._index = None

    @property
    def title(self) -> str:
        """What was found, and in how much."""
        if self.trouble:
            return f"g/ {clean(self.words)} · {clean(self.trouble)}"
        unread = self._board.totals().unread
        later = f" · {unread:,} have not been read yet" if unread else ""
        texts = counted(len(self.places), "text")
        return f"g/ {clean(self.words)} · {texts} in {self.recordings:,} of {self._board.count:,} recordings{later}"

    @property
    def has_more(self) -> bool:
        """Whether recordings are still being read."""
        return self._board.totals().unread > 0

    def node(self, place: FoundInFolder) -> NodeRef | None:
        """The object whose text it is; None if it is gone by now."""
        text = self._text(place)
        return None if text is None else text.node

    def line(self, row: int, measure: Measure) -> Line:
        """One place: the name of its recording, what it is, and the words in their context."""
        place = self.places[row]
        shown = self._board.row(place.path)
        name = "" if shown is None or not place.is_first else elide(short_name(shown.summary), NAME_CELLS, measure)
        text = self._text(place)
        kind = "gone" if text is None else text.kind
        head = f" {name}{' ' * (NAME_CELLS - measure(name))}  "
        return (Span(head, "path"), Span(f"{kind:<{_KIND_CELLS}}", "dim"), *excerpt_line(self._excerpt(text)))

    def _excerpt(self, text: SessionText | None) -> Excerpt:
        if text is None:
            return Excerpt("", "", "")
        match = self._pattern.search(text.text)
        start, end = (0, 0) if match is None else match.span()
        return excerpt(text.text, start, end)

    def _text(self, place: FoundInFolder) -> SessionText | None:
        if self._index is None and self._memory.folder is not None:
            self._index = FleetIndex(self._memory.folder)
        return None if self._index is None else self._index.text(place.number)

    def _find(self, folder: Path) -> list[FoundTexts]:
        index = FleetIndex(folder)
        try:
            return index.find(self.words, self._memory.real_path(self._board.root))
        finally:
            index.close()

    def _take(self, found: list[FoundTexts]) -> None:
        """The newest recordings first."""
        by_path = {self._memory.path_of(one.path): one.numbers for one in found}
        rows = [row for path in by_path if (row := self._board.row(path)) is not None]
        self.recordings = len(rows)
        self.places = [
            FoundInFolder(row.path, number, is_first=not place)
            for row in in_order(rows)
            for place, number in enumerate(by_path[row.path])
        ]
