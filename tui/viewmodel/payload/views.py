"""The ways to look at a payload, each as rows with a cursor; all of them can say and find a byte offset."""

from __future__ import annotations

import re
from typing import Protocol

from tui.viewmodel.payload.hex import bytes_per_row, hex_line, hex_row_count
from tui.viewmodel.payload.json_rows import node_line
from tui.viewmodel.payload.json_tree import JsonNode, JsonTree
from tui.viewmodel.payload.source import Pages
from tui.viewmodel.payload.text import PagedText
from tui.viewmodel.rows.heights import EntryLine
from tui.viewmodel.text.clean import Measure
from tui.viewmodel.text.spans import Line


class PayloadView(Protocol):
    """One way to look at bytes."""

    @property
    def pages(self) -> Pages:
        """The bytes that offsets count in."""
        ...

    @property
    def row_count(self) -> int:
        """Number of rows, maybe an estimate."""
        ...

    @property
    def cursor(self) -> int:
        """The row of the cursor."""
        ...

    @property
    def offset(self) -> int:
        """A byte at the cursor."""
        ...

    def stand_on(self, row: int) -> None:
        """Move the cursor to a row."""
        ...

    def go_to(self, offset: int) -> None:
        """Move the cursor to the row that shows a byte, at once or when jobs have found it."""
        ...

    def line(self, row: int) -> Line:
        """The line of a row."""
        ...

    def measure_around(self, row: int, rows: int) -> bool:
        """Make this many row numbers from `row` on exact; whether any changed."""
        ...

    def set_width(self, width: int) -> bool:
        """The pane is `width` cells wide; whether rows changed."""
        ...


class TreeView:
    """The JSON tree; the cursor is a node, so that rows may come and go around it."""

    def __init__(self, pages: Pages, tree: JsonTree, measure: Measure) -> None:
        self.pages = pages
        self.tree = tree
        self._measure = measure
        self._width = 80
        self._row = 0
        self._node: JsonNode | None = tree.rows[0] if tree.rows else None

    @property
    def row_count(self) -> int:
        """Number of rows that are open."""
        return len(self.tree.rows)

    @property
    def node(self) -> JsonNode | None:
        """The node under the cursor."""
        return self.tree.rows[self.cursor] if self.tree.rows else None

    @property
    def cursor(self) -> int:
        """The row of the node under the cursor; of what took its place, if it is gone."""
        rows = self.tree.rows
        if self._row < len(rows) and rows[self._row] is self._node:
            return self._row
        at: JsonNode | None = self._node
        while at is not None and at not in rows:
            at = at.parent
        self._row = rows.index(at) if at is not None else max(0, min(self._row, len(rows) - 1))
        self._node = rows[self._row] if rows else None
        return self._row

    @property
    def offset(self) -> int:
        """The first byte of the value under the cursor."""
        at = self.node
        while at is not None and at.source is not self.pages:
            at = at.parent
        return at.start if at is not None else 0

    def stand_on(self, row: int) -> None:
        """Move the cursor to a row."""
        self._row = max(0, min(row, len(self.tree.rows) - 1))
        self._node = self.tree.rows[self._row] if self.tree.rows else None

    def leave_to_parent(self) -> None:
        """Move the cursor to the container around its node."""
        node = self.node
        if node is not None and node.parent is not None:
            self._node = node.parent

    def go_sibling(self, steps: int) -> None:
        """Move the cursor by this many members of the same container; negative is up."""
        rows, at = self.tree.rows, self.cursor
        depth, step = rows[at].depth, 1 if steps > 0 else -1
        for _ in range(abs(steps)):
            row = at + step
            while 0 <= row < len(rows) and rows[row].depth > depth:
                row += step
            if not 0 <= row < len(rows) or rows[row].depth < depth:
                break
            at = row
        self.stand_on(at)

    def go_to(self, offset: int) -> None:
        """Open the way to the value at a byte."""
        self.seek(offset)

    def seek(self, target: int | tuple[str, ...]) -> None:
        """Open the way to a byte, or to keys and indices from the root, and stand there when it is known."""
        self.tree.seek(target)
        self.take_found()

    def take_found(self) -> bool:
        """Stand on what `go_to` looked for, opened, if it is there now."""
        if self.tree.found is None:
            return False
        self._node, self.tree.found = self.tree.found, None
        if self._node.is_container and not self._node.expanded:
            self.tree.expand(self.cursor)
        return True

    def line(self, row: int) -> Line:
        """The line of a row."""
        return node_line(self.tree.rows[row], self._width, self._measure)

    def measure_around(self, _row: int, _rows: int) -> bool:
        """Rows of a tree are one line each."""
        return False

    def set_width(self, width: int) -> bool:
        """The pane is `width` cells wide; the number of rows stays."""
        changed = width != self._width
        self._width = width
        return changed


class TextView:
    """Wrapped lines; the cursor is a page and a line in it."""

    def __init__(self, text: PagedText) -> None:
        self._text = text
        self._place = EntryLine(0, 0)

    @property
    def pages(self) -> Pages:
        """The bytes of the text."""
        return self._text.pages

    @property
    def row_count(self) -> int:
        """Number of rows, estimates included."""
        return self._text.row_count

    @property
    def cursor(self) -> int:
        """The row of the cursor."""
        return self._text.row_of(self._place)

    @property
    def offset(self) -> int:
        """A byte near the cursor."""
        return self._text.offset_of(self._place)

    def stand_on(self, row: int) -> None:
        """Move the cursor to a row."""
        self._place = self._text.place_of(row)

    def go_to(self, offset: int) -> None:
        """Move the cursor to the row that shows a byte."""
        self._place = self._text.place_at(offset)

    def line(self, row: int) -> Line:
        """The line of a row."""
        return self._text.line(row)

    def measure_around(self, row: int, rows: int) -> bool:
        """Make this many row numbers from `row` on exact; whether any changed."""
        return self._text.measure_around(row, rows)

    def mark(self, pattern: re.Pattern[str] | None) -> None:
        """Show every match of a pattern as such; None takes the marks away."""
        self._text.mark(pattern)

    def set_width(self, width: int) -> bool:
        """The pane is `width` cells wide; the cursor stays near the byte it was at."""
        offset = self.offset if width >= 1 and self._place != (0, 0) else 0
        if not self._text.set_width(width):
            return False
        self._place = self._text.place_at(offset) if offset else EntryLine(0, 0)
        return True


class HexView:
    """Bytes as numbers; the cursor is an offset."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.offset = 0
        self._width = 80

    @property
    def row_count(self) -> int:
        """Number of rows."""
        return hex_row_count(self.pages, self._width)

    @property
    def cursor(self) -> int:
        """The row of the cursor."""
        return self.offset // bytes_per_row(self._width)

    def stand_on(self, row: int) -> None:
        """Move the cursor to a row."""
        self.offset = max(0, min(row, self.row_count - 1)) * bytes_per_row(self._width)

    def go_to(self, offset: int) -> None:
        """Move the cursor to the row that shows a byte."""
        self.offset = max(0, min(offset, self.pages.size - 1))

    def line(self, row: int) -> Line:
        """The line of a row."""
        return hex_line(self.pages, row, self._width)

    def measure_around(self, _row: int, _rows: int) -> bool:
        """Rows of bytes are one line each."""
        return False

    def set_width(self, width: int) -> bool:
        """The pane is `width` cells wide; whether another number of bytes fits a row."""
        changed = bytes_per_row(width) != bytes_per_row(self._width)
        self._width = width
        return changed
