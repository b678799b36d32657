"""The rows of the folder screen."""

from __future__ import annotations

import time
from contextlib import suppress

from rich.cells import cell_len
from textual.message import Message

from tui.ui.theme import style_for
from tui.ui.widgets.row_view import RowView
from tui.viewmodel.folder.board import FolderBoard
from tui.viewmodel.text.spans import Line

SCROLL_CELLS = 1
"""At the end of each row, for the mark of where the list is."""


class RowHighlighted(Message):
    """The cursor came to stand on another recording."""


class RowEntered(Message):
    """A row was clicked twice."""


class FolderRows(RowView):
    """The rows that match."""

    def __init__(self, model: FolderBoard) -> None:
        super().__init__(style_for=style_for, id="catalog")
        self._model = model
        self.reason_for_nothing = ""

    def row_count(self) -> int:
        """Recordings that match."""
        return len(self._model.rows)

    def row_line(self, index: int, width: int) -> Line:
        """One recording."""
        cells = width - SCROLL_CELLS
        when = day_and_time if self._model.layout(cells).has_times else short_time
        return self._model.line(index, cells, cell_len, when)

    @property
    def line_width(self) -> int:
        """Cells of a row."""
        return self.scrollable_content_region.width - SCROLL_CELLS

    def empty_text(self) -> str:
        """Why there is none."""
        return self.reason_for_nothing

    def cursor_changed(self) -> None:
        """The cursor was moved by rows, a page or a click: the model goes along."""
        self._model.move_to(self.cursor)
        self.post_message(RowHighlighted())

    def row_clicked(self, index: int, column: int) -> None:  # noqa: ARG002  # a row is one target
        """Select the row; open it if it is selected already."""
        if index == self.cursor:
            self.post_message(RowEntered())
        else:
            self.move_cursor(index)


def short_time(unix_ms: int, now_unix_ms: int) -> str:
    """The time of a day, the day of a year, or the year, where the person is; empty for what no calendar holds."""
    with suppress(OverflowError, OSError, ValueError):
        then, now = time.localtime(unix_ms / 1000), time.localtime(now_unix_ms / 1000)
        if then[:3] == now[:3]:
            return time.strftime("%H:%M", then)
        return time.strftime("%m-%d" if then[0] == now[0] else "%Y", then)
    return ""


def day_and_time(unix_ms: int, now_unix_ms: int) -> str:
    """The same with the time beside the day of this year, and the whole date of another one."""
    with suppress(OverflowError, OSError, ValueError):
        then, now = time.localtime(unix_ms / 1000), time.localtime(now_unix_ms / 1000)
        if then[:3] == now[:3]:
            return time.strftime("%H:%M", then)
        return time.strftime("%m-%d %H:%M" if then[0] == now[0] else "%Y-%m-%d", then)
    return ""


def full_time(unix_ms: int, now_unix_ms: int) -> str:
    """The day and the time where the person is; empty for what no calendar holds."""
    with suppress(OverflowError, OSError, ValueError):
        then, now = time.localtime(unix_ms / 1000), time.localtime(now_unix_ms / 1000)
        return time.strftime("today %H:%M:%S" if then[:3] == now[:3] else "%Y-%m-%d %H:%M:%S", then)
    return ""
