"""Counts, failures, durations and tokens over the panes: Enter goes to the slowest call of a row, or to its agent."""

from __future__ import annotations

from collections.abc import Sequence

from tui.ui.screens.picker_screen import PickerScreen, PickList
from tui.ui.widgets.row_strip import StyleFor
from tui.viewmodel.statistics_list import statistics_entries
from tui.viewmodel.statistics_tables import Table
from tui.viewmodel.text import Measure

_MARGIN = 5
"""Cells beside the entries: the frame, the edge of the screen, the scroll position."""


class StatisticsScreen(PickerScreen):
    """Returns the node of the chosen row, or None."""

    def __init__(self, *, style_for: StyleFor, measure: Measure) -> None:
        super().__init__("Statistics · counting …", (), style_for=style_for, empty="nothing yet")
        self._measure = measure
        self._tables: Sequence[Table] = ()

    def show_tables(self, tables: Sequence[Table], title: str) -> None:
        """Show what was counted."""
        self._tables = tables
        self.replace_entries(statistics_entries(tables, self._entry_width, self._measure), title)
        self.call_after_refresh(self._show_first_heading)

    def _show_first_heading(self) -> None:
        """The box was too low for it when the entries came."""
        rows = self.query_one(PickList)
        rows.scroll_rows(-rows.top)

    def on_resize(self) -> None:
        """Other columns fit."""
        if self._tables:
            self.replace_entries(statistics_entries(self._tables, self._entry_width, self._measure))

    @property
    def _entry_width(self) -> int:
        return max(20, self.size.width - _MARGIN)

    def _fit(self) -> None:
        super()._fit()
        self.query_one("#picker").styles.width = max(10, self.size.width - 2)
