"""The list of what a search of the whole recording found; it grows while one looks."""

from __future__ import annotations

from rich.cells import cell_len

from tui.ui.lists.list_screen import Chosen, ListTools
from tui.ui.lists.results import ResultRows, ResultsScreen
from tui.ui.live.everywhere import EverywhereSearch
from tui.viewmodel.lists.found_lines import title_line
from tui.viewmodel.text.excerpts import match_in_view
from tui.viewmodel.text.spans import Line, line_text

CHANGE_SECONDS = 0.05
"""How often the list is drawn while results come, at most."""

GROWTH_SECONDS = 1.0
"""How often what has come into the recording is searched."""


class FoundRows(ResultRows):
    """The lines of the list."""

    def __init__(self, search: EverywhereSearch) -> None:
        super().__init__()
        self._search = search

    def row_count(self) -> int:
        """Headings and places."""
        return self._search.found.row_count

    def row_line(self, index: int, width: int) -> Line:
        """One of them."""
        return match_in_view(self._search.line(index), width, cell_len)

    def empty_text(self) -> str:
        """Nothing yet, or nothing at all."""
        return "" if self._search.is_running else "Nothing in this recording holds it."

    def cursor_changed(self) -> None:
        """The list keeps the cursor, so that it stays on its row while others come in above."""
        self._search.found.cursor = self.cursor


class FoundScreen(ResultsScreen):
    """Ends with the number of the chosen place, with `SEARCH_AGAIN`, or None."""

    HINTS = (
        ("activate", "goes there"),
        ("search_next", "walks on from there"),
        ("next_sibling", "next object"),
        ("search_here", "searches again"),
        ("cancel", "closes"),
    )

    def __init__(self, search: EverywhereSearch, tools: ListTools) -> None:
        super().__init__("", tools, FoundRows(search))
        self.search = search
        self._is_due = False

    def opened(self) -> None:
        """Begin, or go on with what came since."""
        self.search.on_change = self._change_soon
        self.fit()
        self._draw()
        self._go_on()
        self.set_interval(GROWTH_SECONDS, self._go_on)

    def on_unmount(self) -> None:
        """What is still searched is kept, not shown."""
        self.search.on_change = _nothing

    # What every list does

    def chosen(self) -> Chosen | None:
        """The place under the cursor."""
        found = self.search.found
        shown = found.row_at(found.cursor)
        return None if shown is None else Chosen(shown.group.node, line_text(self.search.line(found.cursor)).strip())

    def activate(self) -> None:
        """Close the list and go to the place under the cursor."""
        if self.search.found.row_count:
            self.close(self.search.found.place_number(self.search.found.cursor))

    def cancel(self) -> None:
        """Stop the search; when it is over, close."""
        if self.search.is_running:
            self.search.stop()
        else:
            self.close()

    def takes_key(self, key: str) -> bool:
        """The brackets go from object to object, too."""
        steps = {"right_square_bracket": 1, "]": 1, "left_square_bracket": -1, "[": -1}
        if key in steps:
            self.go_group(steps[key])
        return key in steps

    def go_group(self, step: int) -> None:
        """Move to the first place of the next object, or of the one before."""
        if self.search.found.row_count:
            self.rows.move_cursor(self.search.found.next_group(step))
            self.say_whole()

    # Growing

    def _go_on(self) -> None:
        """Search what is there and was not searched."""
        if not (self.search.is_stopped or self.search.is_running or self.is_over):
            self.app.run_worker(self.search.run(), group="search")  # it outlives the list

    def _change_soon(self) -> None:
        if not self._is_due and self.is_mounted and not self.is_over:
            self._is_due = True
            self.set_timer(CHANGE_SECONDS if self.search.found.row_count else 0.001, self._draw)

    def _draw(self) -> None:
        self._is_due = False
        title = title_line(self.search.facts(), self.box_width(self.size.width) - 2, cell_len)
        self.title_text = line_text(title)
        self.title_bar.show(title)
        found = self.search.found
        self.rows.rows_changed(found.cursor if found.row_count else None)
        self.say_whole()
        self.footer.refresh()


def _nothing() -> None:
    """Nobody looks."""
