"""The problems of a recording, over the panes: a list to choose from, and what the chosen one means."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical

from tui.ui.lists.picker import PickerScreen, PickList
from tui.ui.widgets.line_bar import LineBar
from tui.ui.widgets.row_strip import StyleFor
from tui.viewmodel.picker import PickEntry
from tui.viewmodel.problem_rows import DETAIL_ROWS, ProblemChoice, detail_lines

_FRAME_ROWS = 5
"""Rows of the box that are neither entries nor explanation: borders, title, a line between them, typed line."""

_MARGIN_COLUMNS = 4
_MARGIN_ROWS = 2
_WIDEST = 140


class ProblemsScreen(PickerScreen):
    """Returns the `ProblemChoice` under the cursor, or None."""

    def __init__(self, title: str, entries: Sequence[PickEntry], *, style_for: StyleFor) -> None:
        super().__init__(title, entries, style_for=style_for, empty="no problems")

    def compose(self) -> ComposeResult:
        """The title, the list, the explanation, and the typed line."""
        with Vertical(id="picker"):
            yield LineBar(style_for=self._style_for, id="picker-title")
            yield PickList(self.picker, style_for=self._style_for)
            with Vertical(id="problem-detail"):
                for _ in range(DETAIL_ROWS):
                    yield LineBar(style_for=self._style_for)
            yield LineBar(style_for=self._style_for, id="picker-typed")

    def refresh_entries(self) -> None:
        """Show the list, and explain what its cursor stands on."""
        super().refresh_entries()
        chosen = self.picker.chosen
        choice = chosen.value if chosen is not None and isinstance(chosen.value, ProblemChoice) else None
        bars = self.query_one("#problem-detail").query(LineBar)
        for bar, line in zip(bars, detail_lines(choice, self._box_width() - 2, cell_len), strict=True):
            bar.show(line)

    def on_resize(self) -> None:
        """Keep the box inside the screen, and the explanation inside the box."""
        super().on_resize()
        self.refresh_entries()

    def _box_width(self) -> int:
        return max(20, min(self.size.width - _MARGIN_COLUMNS, _WIDEST))

    def _fit(self) -> None:
        """As wide as the screen, since an explanation needs room; as high as the list was at its longest."""
        self._most = max(self._most, len(self.picker.shown))
        box, detail = self.query_one("#picker"), self.query_one("#problem-detail")
        detail.display = self._most > 0
        rows = self._most + DETAIL_ROWS + _FRAME_ROWS if self._most else _FRAME_ROWS
        box.styles.width = self._box_width()
        box.styles.height = min(rows, max(8, self.size.height - _MARGIN_ROWS))
