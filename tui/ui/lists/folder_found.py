"""The places in all recordings of a folder that hold some words; Enter opens the recording there."""

from __future__ import annotations

from rich.cells import cell_len

from tui.ui.folder.search import FolderSearch
from tui.ui.lists.list_screen import Chosen, ListTools
from tui.ui.lists.results import ResultRows, ResultsScreen
from tui.viewmodel.text.excerpts import match_in_view
from tui.viewmodel.text.spans import Line, Span, line_text

AGAIN_SECONDS = 2.0
"""How often it looks again while recordings are still being read."""


class FolderFoundRows(ResultRows):
    """The places."""

    def __init__(self, search: FolderSearch) -> None:
        super().__init__()
        self._search = search

    def row_count(self) -> int:
        """Places that were found."""
        return len(self._search.places)

    def row_line(self, index: int, width: int) -> Line:
        """One of them."""
        return match_in_view(self._search.line(index, cell_len), width, cell_len)

    def empty_text(self) -> str:
        """Nothing yet, or nothing at all."""
        if self._search.trouble:
            return "Nothing can be looked for."
        return "Looking …" if self._search.is_running else "Nothing that has been read holds it."


class FolderFoundScreen(ResultsScreen):
    """Ends with the path of a recording and the object in it, with `SEARCH_AGAIN`, or None."""

    HINTS = (
        ("activate", "opens it there"),
        ("next_sibling", "next recording"),
        ("search_here", "searches again"),
        ("cancel", "closes"),
    )

    def __init__(self, search: FolderSearch, tools: ListTools) -> None:
        super().__init__(search.title, tools, FolderFoundRows(search), opened_by="search_everywhere")
        self.search = search

    def opened(self) -> None:
        """Look, and look again while recordings are still being read."""
        self.fit()
        self.run_worker(self._look(), group="find")
        self.set_interval(AGAIN_SECONDS, self._look_again)

    def on_unmount(self) -> None:
        """Let go of the index."""
        super().on_unmount()
        self.search.close()

    async def _look(self) -> None:
        before = self.search.title
        await self.search.run()
        if not self.is_over and (self.search.title != before or not self.search.places):
            self.title_text = self.search.title
            self.title_bar.show((Span(f" {self.search.title}", "title"),))
            self.rows.rows_changed()
            self.say_whole()
            self.footer.refresh()

    def _look_again(self) -> None:
        if self.search.has_more:
            self.run_worker(self._look(), group="find")

    # What every list does

    def chosen(self) -> Chosen | None:
        """The place under the cursor."""
        if not self.search.places:
            return None
        text = line_text(self.search.line(self.rows.cursor, cell_len)).strip()
        return Chosen(self.search.node(self.search.places[self.rows.cursor]), text)

    def activate(self) -> None:
        """Close the list and open the recording at the place under the cursor."""
        if self.search.places:
            place = self.search.places[self.rows.cursor]
            self.close((place.path, self.search.node(place)))

    def go_group(self, step: int) -> None:
        """Move to the first place of the next recording, or of the one before."""
        places, at = self.search.places, self.rows.cursor
        ahead = range(at + 1, len(places)) if step > 0 else range(at - 1, -1, -1)
        found = next((number for number in ahead if places[number].is_first), None)
        if found is not None:
            self.rows.move_cursor(found)
            self.say_whole()
