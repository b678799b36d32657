"""The problems of a recording, over the panes: a list to choose from, and what the chosen one means."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.containers import Vertical
from textual.widget import Widget

from tui.model.noderef import NodeRef
from tui.ui.lists.list_screen import ListTools
from tui.ui.lists.picker import PickerScreen
from tui.ui.theme import style_for
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.picker import PickEntry
from tui.viewmodel.problem_rows import DETAIL_ROWS, ProblemChoice, detail_lines

_FRAME_ROWS = 5
"""Rows of the box that are neither entries nor explanation: borders, title, a line between them, typed line."""

_MARGIN_COLUMNS = 4
_MARGIN_ROWS = 2
_WIDEST = 140


class ProblemsScreen(PickerScreen):
    """Ends with the `ProblemChoice` under the cursor, or None."""

    def __init__(self, title: str, entries: Sequence[PickEntry], tools: ListTools) -> None:
        super().__init__(title, entries, tools, empty="no problems")
        self.details = [LineBar(style_for=style_for) for _ in range(DETAIL_ROWS)]
        self.detail = Vertical(*self.details, id="problem-detail")

    def parts(self) -> Sequence[Widget]:
        """The list, and the explanation."""
        return (*super().parts(), self.detail)

    def node_of(self, value: object) -> NodeRef | None:
        """Where the problem is."""
        return value.problem.node if isinstance(value, ProblemChoice) else None

    def refresh_entries(self) -> None:
        """Show the list, and explain what its cursor is on."""
        super().refresh_entries()
        chosen = self.picker.chosen
        choice = chosen.value if chosen is not None and isinstance(chosen.value, ProblemChoice) else None
        for bar, line in zip(self.details, detail_lines(choice, self._box_width() - 2, cell_len), strict=True):
            bar.show(line)

    def resized(self) -> None:
        """Keep the box inside the screen, and the explanation inside the box."""
        super().resized()
        self.refresh_entries()

    def _box_width(self) -> int:
        return max(20, min(self.size.width - _MARGIN_COLUMNS, _WIDEST))

    def fit(self) -> None:
        """As wide as the screen, since an explanation needs room; as high as the list was at its longest."""
        self._most = max(self._most, len(self.picker.shown))
        self.detail.display = self._most > 0
        rows = self._most + DETAIL_ROWS + _FRAME_ROWS if self._most else _FRAME_ROWS
        self.box.styles.width = self._box_width()
        self.box.styles.height = min(rows, max(8, self.size.height - _MARGIN_ROWS))
