"""The lanes: a row an agent, drawn for the width that there is."""

from __future__ import annotations

from collections.abc import Callable

from tui.ui.theme import style_for
from tui.ui.widgets.row_view import RowView
from tui.viewmodel.lanes.model import LanesModel
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.spans import Line


class LanesView(RowView):
    """Shows a `LanesModel`; `moved` is called whenever its cursor may stand elsewhere."""

    def __init__(self, model: LanesModel, moved: Callable[[], None]) -> None:
        super().__init__(style_for=style_for, id="lanes")
        self.model = model
        self._moved = moved

    def row_count(self) -> int:
        """Agents."""
        return len(self.model.lanes)

    def row_line(self, index: int, width: int) -> Line:
        """The lane of an agent."""
        return self.model.line(index, width)

    def empty_text(self) -> str:
        """Before anything is computed, and where no agent has started."""
        return "No agent has started yet." if self.model.is_known else "Working out who did what, and when …"

    def cursor_changed(self) -> None:
        """The model's cursor goes along."""
        self.model.go_row(self.cursor)
        self._moved()

    def perform(self, move: Move, count: int | None = None) -> bool:
        """Do what a key says; whether lanes have such a move."""
        before = (self.model.at_ms, self.model.view.start, self.model.view.end)
        if not super().perform(move, count):
            if not self.model.perform(move, count):
                return False
            self.move_cursor(self.model.cursor)
        if before != (self.model.at_ms, self.model.view.start, self.model.view.end):
            self.rows_changed()
        self._moved()
        return True
