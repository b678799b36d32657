"""The rows of a comparison."""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len

from tui.ui.theme import style_for
from tui.ui.widgets.row_view import RowView
from tui.viewmodel.compare.lines import row_line
from tui.viewmodel.compare.model import CompareModel
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.spans import Line

FOLDING: dict[Move, bool | None] = {
    Move.STEP_IN: True,
    Move.STEP_OUT: False,
    Move.TOGGLE_FOLD: None,
    Move.TOGGLE_OR_PAGE: None,
}
"""Moves that fold or unfold what follows a parting: whether they unfold, None for what it is not."""


class CompareView(RowView):
    """Shows a `CompareModel`; `moved` is called whenever its cursor may be elsewhere."""

    def __init__(self, model: CompareModel, moved: Callable[[], None]) -> None:
        super().__init__(style_for=style_for, id="compare")
        self.model = model
        self.reason_for_nothing = ""
        self._moved = moved

    def row_count(self) -> int:
        """Agents, partings, items."""
        return len(self.model.rows)

    def row_line(self, index: int, width: int) -> Line:
        """One row."""
        return row_line(self.model, self.model.rows[index], width, cell_len)

    def empty_text(self) -> str:
        """Why there is nothing yet."""
        return self.reason_for_nothing

    def cursor_changed(self) -> None:
        """The model's cursor goes along, and with it the mark of the parting it is in."""
        before = self._parting
        self.model.move_to(self.cursor)
        if self._parting != before:
            self.rows_changed()
        self._moved()

    @property
    def _parting(self) -> tuple[int, int] | None:
        row = self.model.current
        return None if row is None else (row.agent, row.parting)

    def perform(self, move: Move, count: int | None = None) -> bool:
        """Do what a key says; whether the comparison has such a move."""
        if move in FOLDING:
            if not self.model.toggle_fold(unfold=FOLDING[move]) and move is Move.TOGGLE_OR_PAGE:
                return super().perform(Move.PAGE_DOWN, count)
        elif move in (Move.FOLD_ALL, Move.UNFOLD_ALL):
            self.model.fold_all(unfold=move is Move.UNFOLD_ALL)
        else:
            return super().perform(move, count)
        self.rows_renewed()
        return True

    def rows_renewed(self) -> None:
        """The model has other rows: show them, the cursor in sight, and the first row as long as nobody left it."""
        if self.top == 0:
            self.rows_changed_and_go(self.model.cursor)
        else:
            self.rows_changed(cursor=self.model.cursor)
            self.move_cursor(self.model.cursor)
        self._moved()
