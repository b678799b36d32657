"""Counts, failures, durations and tokens over the panes: Enter goes to the slowest call of a row, or to its agent."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Protocol

from tui.ui.lists.list_screen import FULL_WIDTH_TO, Hints, ListTools
from tui.ui.lists.picker import PickerScreen
from tui.ui.scheduler import SlicedWork
from tui.viewmodel.lists.picker import PickEntry
from tui.viewmodel.lists.statistics import Laid, lay_out
from tui.viewmodel.lists.statistics_tables import ORDERS, REQUESTS, Order, Table
from tui.viewmodel.text.clean import Measure

_FRAME_CELLS = 3
"""Cells of the box beside the entries: the frame and the scroll position."""

_MARGIN = 2
"""Columns of a wide screen beside the box."""


class MakeTables(Protocol):
    """Makes the tables of one count, in steps."""

    def __call__(self, order: Order, /, *, is_reversed: bool) -> Generator[None, None, list[Table]]:
        """Their rows in an order, or in that order the other way round."""


_HINTS: Hints = (
    ("activate", "goes there"),
    ("change_order", "sorts"),
    ("search_here", "narrows"),
    ("cancel", "closes"),
)


class StatisticsScreen(PickerScreen):
    """Ends with the node of the chosen row, or None."""

    def __init__(self, tools: ListTools, *, measure: Measure, at: str = "") -> None:
        """`at`: title of the table to begin at; the first one if that is empty or not there."""
        super().__init__("Statistics · counting …", (), tools, empty="nothing yet", hints=_HINTS)
        self._measure = measure
        self._at = at
        self._make_tables: MakeTables | None = None
        self._tables: Sequence[Table] = ()
        self._about = ""
        self._order: Order = ORDERS[0]
        self._is_reversed = False
        self._keys: dict[PickEntry, tuple[str, str]] = {}
        self._laid = Laid([], {}, 0)
        self._made: tuple[Sequence[Table], Laid] = self._tables, self._laid
        self._begins = True
        """Whether what is made next is shown from its beginning."""
        self._work: SlicedWork[None] = SlicedWork((), lambda: None)

    def show_tables(self, make: MakeTables, about: str) -> None:
        """Show what was counted; the cursor stays on its row, whatever call is the slowest of it now."""
        self._make_tables, self._about = make, about
        self._make()

    def change_order(self) -> bool:
        """Sort the rows of each table by the next amount."""
        self._order = ORDERS[(ORDERS.index(self._order) + 1) % len(ORDERS)]
        self._is_reversed = False
        if self._order == "cached" and self._tables:
            self._at, self._begins = REQUESTS, True
        self._make()
        return True

    def reverse_order(self) -> bool:
        """Sort the other way round."""
        self._is_reversed = not self._is_reversed
        self._make()
        return True

    def _make(self) -> None:
        """Make the tables and their lines between keys, since there may be thousands; then show them."""
        self._work.stop()
        self._work = SlicedWork(self._steps(), self._show_made)

    def _steps(self) -> Iterator[None]:
        if self._make_tables is not None:
            tables = yield from self._make_tables(self._order, is_reversed=self._is_reversed)
            laid = yield from lay_out(tables, self._entry_width, self._measure)
            self._made = tables, laid

    def _show_made(self) -> None:
        """Show the entries, each with the title of its table and the name of its row."""
        if self.is_over or self._make_tables is None:
            return
        key = self._keys.get(self.picker.chosen) if self.picker.chosen else None
        self._tables, self._laid = self._made
        keys = [
            (table.title, row)
            for table in self._tables
            for row in (*(["legend"] if table.legend else []), "", *(one.cells[0] for one in table.rows))
        ]
        self._keys = dict(zip(self._laid.entries, keys, strict=True))
        self.replace_entries(list(self._keys), self._title())
        if key is not None:
            self._stand_on(key)
        if self._begins:
            self._begins = False
            self.call_after_refresh(self._show_beginning)

    def on_unmount(self) -> None:
        """Make no more of it."""
        super().on_unmount()
        self._work.stop()

    def _title(self) -> str:
        parts = ["Statistics", f"by {self._order}{' from below' if self._is_reversed else ''}"]
        if self._laid.hidden:
            least = self._laid.all_columns + _FRAME_CELLS
            least += _MARGIN if least > FULL_WIDTH_TO else 0
            which = ", ".join(f"{title} {count}" for title, count in self._laid.hidden.items())
            parts.append(f"columns hidden below width {least}: {which}")
        return " · ".join([*parts, self._about, "Enter: its slowest call, or the agent"])

    def _stand_on(self, key: tuple[str, str]) -> None:
        places = [place for place, entry in enumerate(self.picker.shown) if self._keys.get(entry) == key]
        if places:
            self.picker.cursor = places[0]
            self.refresh_entries()

    def _show_beginning(self) -> None:
        """Show the wanted table from its first line on; the box was too low for it when the entries came."""
        lines = [place for place, entry in enumerate(self.picker.shown) if self._keys[entry][0] == self._at]
        first = next((place for place in lines if self.picker.shown[place].value is not None), None)
        if first is not None:
            self.picker.cursor = first
            self.refresh_entries()
            self.call_after_refresh(lambda: self.rows.scroll_rows(lines[0] - self.rows.top))
        else:
            self.rows.scroll_rows(-self.rows.top)

    def resized(self) -> None:
        """Other columns fit."""
        super().resized()
        self._make()

    @property
    def _entry_width(self) -> int:
        return max(20, self.wanted_width() - _FRAME_CELLS)

    def wanted_width(self) -> int:
        """As wide as the screen."""
        return self.box_width(self.size.width, _MARGIN)
