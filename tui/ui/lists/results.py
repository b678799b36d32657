"""What the lists of search results share: they take the room there is, and their rows are places to go to."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.widget import Widget

from tui.ui.lists.list_screen import ListScreen, ListTools
from tui.ui.lists.whole_line import WholeLine
from tui.ui.theme import style_for
from tui.ui.widgets.row_view import RowView
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.spans import line_text

_FRAME_CELLS = 3

_ANY_WIDTH = 1_000_000
"""Cells in which no line is cut."""

_LEAST_HEIGHT = 14
"""On a lower screen no row is said in full: the results need the rows."""

SEARCH_AGAIN = "search again"
"""What a list ends with when something else is to be searched for."""


class ResultRows(RowView):
    """Rows of places. The list never has the focus, yet its cursor is the one that counts."""

    can_focus = False

    def __init__(self) -> None:
        super().__init__(style_for=style_for)

    def row_clicked(self, index: int, column: int) -> None:  # noqa: ARG002  # a row is one target
        """Go there."""
        self.move_cursor(index)
        if isinstance(self.screen, ResultsScreen):
            self.screen.activate()

    def _mark(self, index: int, otherwise: str) -> str:
        return "cursor" if index == self.cursor else otherwise


class ResultsScreen(ListScreen):
    """A list of places, grouped; Enter closes it and goes to the place under the cursor."""

    def __init__(self, title: str, tools: ListTools, rows: ResultRows, *, opened_by: str = "") -> None:
        super().__init__(title, tools, opened_by=opened_by)
        self.rows = rows
        self.whole = WholeLine()

    def parts(self) -> Sequence[Widget]:
        """The results."""
        self.box.set_class(True, "-whole")  # noqa: FBT003  # Textual's signature
        return (self.rows, self.whole)

    def resized(self) -> None:
        """Keep the box inside the screen."""
        self.fit()
        self.say_whole()
        self.footer.refresh()

    def fit(self) -> None:
        """Results are read, not only chosen: the box takes the room there is."""
        self.box.styles.width = self.box_width(self.size.width)
        self.box.styles.height = max(5, self.size.height - 4)
        self.whole.display = self.size.height >= _LEAST_HEIGHT

    def say_whole(self) -> None:
        """Say in full what the row under the cursor has no room for."""
        width = self.box_width(self.size.width) - _FRAME_CELLS
        text = line_text(self.rows.row_line(self.rows.cursor, _ANY_WIDTH)).strip() if self.rows.row_count() else ""
        self.whole.show(text if cell_len(text) >= width else "", width)

    def go_group(self, step: int) -> None:
        """Move to the first place of the next group, or of the one before."""

    def next_match(self, step: int) -> None:
        """All that is listed matches."""
        self.move(Move.MOVE_DOWN if step > 0 else Move.MOVE_UP, None)

    def start_typing(self) -> None:
        """What was found is what was searched for: ask for other words."""
        self.close(SEARCH_AGAIN)

    def move(self, move: Move, count: int | None) -> bool:
        """Move by places, pages, or groups."""
        if move in (Move.NEXT_SIBLING, Move.PREVIOUS_SIBLING):
            self.go_group(1 if move is Move.NEXT_SIBLING else -1)
        elif not self.rows.perform(Move.PAGE_DOWN if move is Move.TOGGLE_OR_PAGE else move, count):
            return False
        self.say_whole()
        return True
