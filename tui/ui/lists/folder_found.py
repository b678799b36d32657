"""The places in all recordings of a folder that hold some words; Enter opens the recording there."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.widget import Widget

from tui.ui.folder.search import FolderSearch
from tui.ui.lists.list_screen import Chosen, ListScreen, ListTools
from tui.ui.theme import style_for
from tui.ui.widgets.row_view import RowView
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.spans import Line, Span, line_text

AGAIN_SECONDS = 2.0
"""How often is looked again while recordings are still being read."""


class FolderFoundRows(RowView):
    """The places."""

    can_focus = False

    def __init__(self, search: FolderSearch) -> None:
        super().__init__(style_for=style_for)
        self._search = search

    def row_count(self) -> int:
        """Places that were found."""
        return len(self._search.places)

    def row_line(self, index: int, width: int) -> Line:  # noqa: ARG002  # the view crops
        """One of them."""
        return self._search.line(index, cell_len)

    def empty_text(self) -> str:
        """Nothing yet, or nothing at all."""
        if self._search.trouble:
            return "Nothing can be looked for."
        return "Looking …" if self._search.is_running else "Nothing that has been read holds it."

    def row_clicked(self, index: int, column: int) -> None:  # noqa: ARG002  # a row is one target
        """Go there."""
        self.move_cursor(index)
        if isinstance(self.screen, FolderFoundScreen):
            self.screen.activate()

    def _mark(self, index: int, otherwise: str) -> str:
        # The list never has the focus, yet its cursor is the one that counts.
        return "cursor" if index == self.cursor else otherwise


class FolderFoundScreen(ListScreen):
    """Ends with the path of a recording and the object in it, or None."""

    HINTS = (("activate", "opens it there"), ("next_sibling", "next recording"), ("cancel", "closes"))

    def __init__(self, search: FolderSearch, tools: ListTools) -> None:
        super().__init__(search.title, tools, opened_by="search_everywhere")
        self.search = search
        self.rows = FolderFoundRows(search)

    def parts(self) -> Sequence[Widget]:
        """The results."""
        self.box.set_class(True, "-whole")  # noqa: FBT003  # Textual's signature
        return (self.rows,)

    def opened(self) -> None:
        """Look, and look again while recordings are still being read."""
        self.fit()
        self.run_worker(self._look(), group="find")
        self.set_interval(AGAIN_SECONDS, self._look_again)

    def on_unmount(self) -> None:
        """Let go of the index."""
        super().on_unmount()
        self.search.close()

    def resized(self) -> None:
        """Keep the box inside the screen."""
        self.fit()
        self.footer.refresh()

    def fit(self) -> None:
        """Results are read, not only chosen: the box takes the room there is."""
        self.box.styles.width = max(10, self.size.width - 4)
        self.box.styles.height = max(5, self.size.height - 4)

    async def _look(self) -> None:
        before = self.search.title
        await self.search.run()
        if not self.is_over and (self.search.title != before or not self.search.places):
            self.title_text = self.search.title
            self.title_bar.show((Span(f" {self.search.title}", "title"),))
            self.rows.rows_changed()
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

    def next_match(self, step: int) -> None:
        """All that is listed matches."""
        self.move(Move.MOVE_DOWN if step > 0 else Move.MOVE_UP, None)

    def start_typing(self) -> None:
        """What was found is what was searched for."""
        key = self.tools.keyboard.first_key("search_everywhere")
        self.footer.say(f"{key} in the list of recordings searches for something else")

    def move(self, move: Move, count: int | None) -> bool:
        """Move by places, pages, or recordings; into a place is to go there, out is to close."""
        if move is Move.STEP_IN:
            self.activate()
        elif move is Move.STEP_OUT:
            self.close()
        elif move in (Move.NEXT_SIBLING, Move.PREVIOUS_SIBLING):
            self._go_recording(1 if move is Move.NEXT_SIBLING else -1)
        else:
            return self.rows.perform(Move.PAGE_DOWN if move is Move.TOGGLE_OR_PAGE else move, count)
        return True

    def _go_recording(self, step: int) -> None:
        places, at = self.search.places, self.rows.cursor
        ahead = range(at + 1, len(places)) if step > 0 else range(at - 1, -1, -1)
        found = next((number for number in ahead if places[number].is_first), None)
        if found is not None:
            self.rows.move_cursor(found)
