"""The rows of the message ladder, and the panel that shows the current one in full."""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len

from tui.ui.theme import style_for
from tui.ui.widgets.row_view import RowView
from tui.viewmodel.ladder.lines import LadderLayout, ladder_line, layout_for
from tui.viewmodel.ladder.model import LadderModel
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.spans import Line


class LadderView(RowView):
    """The rows."""

    def __init__(self, model: LadderModel, moved: Callable[[], None]) -> None:
        super().__init__(style_for=style_for, id="ladder")
        self.model = model
        self._moved = moved
        self._layout = layout_for(80, 1, 0)

    @property
    def columns(self) -> LadderLayout:
        """The layout in force."""
        return self._layout

    def fit(self, newest_seq: int) -> None:
        """Lay the columns out for the width that there is."""
        width = self.scrollable_content_region.width
        self._layout = layout_for(width, len(self.model.agents), newest_seq)
        self.model.visible_columns = self._layout.columns
        self.model.move_column(0)
        self.model.move_to(self.model.cursor)

    def row_count(self) -> int:
        """Edges and silences."""
        return len(self.model.rows)

    def row_line(self, index: int, width: int) -> Line:  # noqa: ARG002  # laid out for it by `fit`
        """One row."""
        return ladder_line(self.model, self.model.rows[index], self._layout, cell_len)

    def empty_text(self) -> str:
        """Why there is nothing."""
        if not self.model.is_known:
            return "Working out what went between agents …"
        if self.model.agent_count == 1:
            return "There is one agent only: nothing went between agents."
        return "Nothing has gone between agents yet." if self.model.agent_count else "No agent has started yet."

    def cursor_changed(self) -> None:
        """Columns may have moved with the cursor."""
        before = self.model.shown_columns
        self.model.move_to(self.cursor)
        self.model.is_following = self.model.is_following and self.cursor == len(self.model.rows) - 1
        if self.model.shown_columns != before:
            self.rows_changed()
        self._moved()

    def perform(self, move: Move, count: int | None = None) -> bool:
        """Do what a key says; whether the ladder has such a move. The last row is where new ones come: stay with it."""
        if move is Move.GO_LAST and not count:
            self.follow()
            return True
        return super().perform(move, count)

    def follow(self) -> None:
        """Stay with the newest row while the recording grows."""
        self.model.is_following = True
        self.model.new_rows = 0
        self.move_cursor(len(self.model.rows) - 1)


class DetailPanel(RowView):
    """Everything about the row under the cursor, below the rows of a view; `id` is its name in the style sheet."""

    can_focus = False
    show_cursor = False

    def __init__(self, id: str) -> None:  # noqa: A002  # Textual's own name for it
        super().__init__(style_for=style_for, id=id)
        self._detail: list[Line] = []

    def show(self, lines: list[Line]) -> None:
        """Show other lines; the same ones again send nothing."""
        if lines != self._detail:
            self._detail = lines
            self.rows_changed()

    def row_count(self) -> int:
        """Lines."""
        return len(self._detail)

    def row_line(self, index: int, width: int) -> Line:  # noqa: ARG002  # wrapped for it
        """One line."""
        return self._detail[index]
