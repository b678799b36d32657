"""What a key does to rows: the names of all moves, and the arithmetic of those that every pane and list has.

A key, a count and a test go the same way: the key map names a `Move`, `perform(move, count)` of the pane or list under
the focus does it, and the table that `perform` looks it up in is the only place that knows how.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from tui.named_tuple import NamedTuple


class Move(Enum):
    """A move; its value is the id of the command in the key map."""

    MOVE_DOWN = "move_down"
    MOVE_UP = "move_up"
    PAGE_DOWN = "page_down"
    PAGE_UP = "page_up"
    HALF_PAGE_DOWN = "half_page_down"
    HALF_PAGE_UP = "half_page_up"
    GO_FIRST = "go_first"
    GO_LAST = "go_last"
    STEP_IN = "step_in"
    STEP_OUT = "step_out"
    TOGGLE_OR_PAGE = "toggle_or_page"
    TOGGLE_FOLD = "toggle_fold"
    FOLD_ENDED = "fold_ended"
    LONGEST_PIECE = "longest_piece"
    LONGEST_WAIT = "longest_wait"
    FOLD_ALL = "fold_all"
    UNFOLD_ALL = "unfold_all"
    ACTIVATE = "activate"
    NEXT_SIBLING = "next_sibling"
    PREVIOUS_SIBLING = "previous_sibling"
    NEXT_TURN = "next_turn"
    PREVIOUS_TURN = "previous_turn"
    NEXT_PROBLEM = "next_problem"
    PREVIOUS_PROBLEM = "previous_problem"
    FOLLOW_NEWEST = "follow_newest"
    TOGGLE_TIME_BAR = "toggle_time_bar"
    ZOOM_TIME_IN = "zoom_time_in"
    ZOOM_TIME_OUT = "zoom_time_out"
    ZOOM_TIME_TO_ROW = "zoom_time_to_row"
    PAN_TIME_LATER = "pan_time_later"
    PAN_TIME_EARLIER = "pan_time_earlier"
    NEXT_VIEW_MODE = "next_view_mode"
    NEXT_NEW_ITEM = "next_new_item"
    PREVIOUS_NEW_ITEM = "previous_new_item"
    GO_FIRST_DIFFERENCE = "go_first_difference"
    GO_PAIR = "go_pair"


class Rows(NamedTuple):
    """Rows on a screen: the cursor's row and the first row shown, from 0; how many rows there are, and how many fit."""

    cursor: int
    top: int
    total: int
    height: int

    def stepped(self, rows: int) -> Rows:
        """The cursor `rows` further down."""
        return self._replace(cursor=self.cursor + rows)

    def turned(self, pages: float) -> Rows:
        """Cursor and screen `pages` further down. A whole page keeps one line of the page before."""
        rows = round(max(1, self.height - 1) * pages)
        return self._replace(cursor=self.cursor + rows, top=self.top + rows)

    def at(self, row: int) -> Rows:
        """The cursor on row `row`."""
        return self._replace(cursor=row)


RowMove = Callable[[Rows, int | None], Rows]
"""From where the cursor is and the count typed before the key (None: no count) to where it goes, not yet clamped."""

ROW_MOVES: dict[Move, RowMove] = {
    Move.MOVE_DOWN: lambda rows, count: rows.stepped(count or 1),
    Move.MOVE_UP: lambda rows, count: rows.stepped(-(count or 1)),
    Move.PAGE_DOWN: lambda rows, count: rows.turned(count or 1),
    Move.PAGE_UP: lambda rows, count: rows.turned(-(count or 1)),
    Move.HALF_PAGE_DOWN: lambda rows, count: rows.turned((count or 1) / 2),
    Move.HALF_PAGE_UP: lambda rows, count: rows.turned(-(count or 1) / 2),
    Move.GO_FIRST: lambda rows, count: rows.at((count or 1) - 1),
    Move.GO_LAST: lambda rows, count: rows.at(count - 1 if count else rows.total - 1),
}
"""The moves of every pane and list."""
