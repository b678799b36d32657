"""The lowest lines of a list: in full what the line under its cursor has no room for."""

from __future__ import annotations

from rich.cells import cell_len
from textual.containers import Vertical

from tui.ui.theme import style_for
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.lists.whole import WHOLE_ROWS, whole_lines


class WholeLine(Vertical):
    """Takes `WHOLE_ROWS` rows of a list in which a line is cut, and none in others."""

    def __init__(self) -> None:
        self.bars = [LineBar(style_for=style_for) for _ in range(WHOLE_ROWS)]
        super().__init__(*self.bars, id="whole-line")
        self.display = False

    @property
    def rows(self) -> int:
        """Rows that it takes."""
        return WHOLE_ROWS if self.display else 0

    def show(self, text: str, width: int) -> None:
        """Say a text in `width` cells; nothing if it is empty."""
        for bar, line in zip(self.bars, whole_lines(text, width, cell_len), strict=True):
            bar.show(line)
