"""Counts, failures, durations and tokens over the panes: Enter goes to the slowest call of a row, or to its agent."""

from __future__ import annotations

from collections.abc import Sequence

from tui.ui.lists.list_screen import ListTools
from tui.ui.lists.picker import PickerScreen
from tui.viewmodel.picker import PickEntry
from tui.viewmodel.statistics_list import statistics_entries
from tui.viewmodel.statistics_tables import Table
from tui.viewmodel.text import Measure

_MARGIN = 5
"""Cells beside the entries: the frame, the edge of the screen, the scroll position."""


class StatisticsScreen(PickerScreen):
    """Ends with the node of the chosen row, or None."""

    def __init__(self, tools: ListTools, *, measure: Measure) -> None:
        super().__init__("Statistics · counting …", (), tools, empty="nothing yet")
        self._measure = measure
        self._tables: Sequence[Table] = ()
        self._keys: dict[PickEntry, tuple[str, str]] = {}

    def show_tables(self, tables: Sequence[Table], title: str) -> None:
        """Show what was counted; the cursor stays on its row, whatever call is the slowest of it now."""
        is_first = not self._tables
        key = self._keys.get(self.picker.chosen) if self.picker.chosen else None
        self._tables = tables
        self._make_entries()
        self.replace_entries(list(self._keys), title)
        if is_first:
            self.call_after_refresh(self._show_top)
        elif key is not None:
            self._stand_on(key)

    def _make_entries(self) -> None:
        """The entries, each with the title of its table and the name of its row."""
        keys = [(table.title, row) for table in self._tables for row in ("", *(one.cells[0] for one in table.rows))]
        entries = statistics_entries(self._tables, self._entry_width, self._measure)
        self._keys = dict(zip(entries, keys, strict=True))

    def _stand_on(self, key: tuple[str, str]) -> None:
        places = [place for place, entry in enumerate(self.picker.shown) if self._keys.get(entry) == key]
        if places:
            self.picker.cursor = places[0]
            self.refresh_entries()

    def _show_top(self) -> None:
        """The box was too low for it when the entries came."""
        self.rows.scroll_rows(-self.rows.top)

    def resized(self) -> None:
        """Other columns fit."""
        super().resized()
        if self._tables:
            self._make_entries()
            self.replace_entries(list(self._keys))

    @property
    def _entry_width(self) -> int:
        return max(20, self.size.width - _MARGIN)

    def fit(self) -> None:
        """As wide as the screen."""
        super().fit()
        self.box.styles.width = max(10, self.size.width - 2)
