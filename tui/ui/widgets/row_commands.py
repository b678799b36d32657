"""The commands that every pane of rows has; their keys are in the registry under the scope `rows`."""

from __future__ import annotations


class RowCommands:
    """Moving by rows, pages and to the ends. `count` is the number typed before the key."""

    def row_count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def move_cursor(self, to: int) -> None:
        """Put the cursor on row `to`."""
        raise NotImplementedError

    def move_by(self, rows: int) -> None:
        """Move the cursor by `rows`."""
        raise NotImplementedError

    def move_page(self, pages: float) -> None:
        """Move cursor and screen by `pages`."""
        raise NotImplementedError

    def action_move_down(self, count: int | None = None) -> None:
        """One row down, or `count`."""
        self.move_by(count or 1)

    def action_move_up(self, count: int | None = None) -> None:
        """One row up, or `count`."""
        self.move_by(-(count or 1))

    def action_page_down(self, count: int | None = None) -> None:
        """One page down, or `count`."""
        self.move_page(count or 1)

    def action_page_up(self, count: int | None = None) -> None:
        """One page up, or `count`."""
        self.move_page(-(count or 1))

    def action_half_page_down(self, count: int | None = None) -> None:
        """Half a page down, or `count` halves."""
        self.move_page((count or 1) / 2)

    def action_half_page_up(self, count: int | None = None) -> None:
        """Half a page up, or `count` halves."""
        self.move_page(-(count or 1) / 2)

    def action_go_first(self, count: int | None = None) -> None:
        """The first row, or row number `count`, from 1."""
        self.move_cursor((count or 1) - 1)

    def action_go_last(self, count: int | None = None) -> None:
        """The last row, or row number `count`, from 1."""
        self.move_cursor(count - 1 if count else self.row_count() - 1)
