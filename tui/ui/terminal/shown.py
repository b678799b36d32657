"""What the terminal shows, cell by cell, so that a frame sends only the cells that are other ones by now.

A screen that opens, closes or appears again is drawn whole, and two or three times. Most of it is on the terminal
already.

    pieces of a frame ──▶ cells ──▶ compared with those on the terminal ──▶ runs of cells that differ ──▶ bytes

Terminals disagree about the width of some characters (joined emoji, marks of no width). Behind a word with such a
character nobody knows where the terminal's cursor is: its cells are blanked first, and what comes behind it is placed
by a move of its own. A line that has or had one is written from the first change to its end, also where it reached
into another piece.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count, takewhile, zip_longest

from rich.color import ColorSystem
from textual.strip import Strip

from tui.named_tuple import NamedTuple
from tui.ui.terminal.cells import Cell, Cells, cells_of
from tui.ui.terminal.compact_strip import CompactStrip
from tui.ui.terminal.pen import Pen
from tui.ui.terminal.run import Run
from tui.ui.terminal.sgr import ANY_COLOUR, PLAIN, Codes, covers

GAP = 4
"""Cells between two runs that are cheaper to write again than to skip: a move takes as many bytes."""


class DrawnPiece(NamedTuple):
    """A part of a line, to be drawn at a column and a line of the terminal, both from 0."""

    x: int
    y: int
    strip: Strip


class Shift(NamedTuple):
    """In some lines, the next frame will show in cells `left` to before `right` what is `cells` further right now.

    Further left if `cells` is negative.
    """

    lines: range
    left: int
    right: int
    cells: int


WORTH_SHIFTING = 10
"""Cells of a line that a shift must save: the sequences for it take some 20 bytes."""

_BLANK = Cell(" ", Codes((), ANY_COLOUR, PLAIN.background))
"""What a terminal shows in a cell that it inserted while it writes in its plain style."""


class Shown:
    """The cells of the terminal, as far as they are known."""

    def __init__(self) -> None:
        self._expected: Shift | None = None
        self._lines: dict[int, list[Cell | None]] = {}
        self._odd: set[int] = set()
        """Lines that have a character of doubtful width."""
        self._size = (0, 0)

    def fit(self, columns: int, rows: int) -> None:
        """Frames have this size from now on. If it is another one, nothing is known any more.

        The terminal has its size before the screens learn of it. What was still drawn for the larger one went past the
        edge, and a terminal puts that into the last column.
        """
        if self._size != (columns, rows):
            self._size = (columns, rows)
            self.forget()

    def forget(self) -> None:
        """Something else wrote to the terminal, or it has another size: nothing is known any more."""
        self._lines.clear()
        self._odd.clear()

    def expect(self, shift: Shift) -> None:
        """A frame that moves a part of the screen sideways comes next. Where that is not so, nothing is lost."""
        self._expected = shift

    def difference(self, pieces: Iterable[DrawnPiece], color_system: ColorSystem, *, is_awaited: bool = True) -> str:
        """What to send so that the terminal shows `pieces`; empty if it does. Afterwards it is taken as shown.

        `is_awaited`: whether it answers a key, so that fewer bytes are worth more work.
        """
        pen = Pen()
        by_line: dict[int, list[DrawnPiece]] = {}
        for piece in pieces:
            by_line.setdefault(piece.y, []).append(piece)
        for y, drawn in by_line.items():
            self._draw_line(pen, y, sorted(drawn, key=lambda piece: piece.x), color_system)
        if self._expected is not None and not by_line.keys().isdisjoint(self._expected.lines):
            self._expected = None
        return pen.text(is_awaited=is_awaited)

    def _draw_line(self, pen: Pen, y: int, pieces: list[DrawnPiece], color_system: ColorSystem) -> None:
        shown = self._lines.setdefault(y, [])
        drawn = [(piece.x, _cells(piece.strip, color_system)) for piece in pieces]
        is_odd = y in self._odd or any(cells.is_odd for _x, cells in drawn)
        is_behind_change = False
        ends = [x for x, _cells in drawn[1:]]
        for (x, (cells, holds_odd)), next_x in zip_longest(drawn, ends):
            end = x + len(cells)
            shown.extend([None] * (end - len(shown)))
            if self._expected is not None and y in self._expected.lines and not is_odd:
                _shift(pen, y, shown, self._expected, x, cells)
            before = shown[x:end]
            if is_odd and (is_behind_change or before != cells):
                is_behind_change = True
                if holds_odd:
                    pen.write_words(x, y, cells)
                else:
                    pen.write_now(x, y, cells)
                pen.write_words(end, y, _known(shown[end:next_x]))
            elif before != cells:
                for start, stop in _runs(before, cells):
                    pen.write(Run(x + start, y, cells[start:stop], before[start:stop], len(shown), self._size[0]))
            shown[x:end] = cells
        if any(cells.is_odd for _x, cells in drawn):
            self._odd.add(y)
        elif is_odd and sum(len(cells.cells) for _x, cells in drawn) == len(shown):
            self._odd.discard(y)


def _shift(pen: Pen, y: int, shown: list[Cell | None], shift: Shift, x: int, wanted: list[Cell]) -> None:
    """Let the terminal move a part of a line if fewer cells of what is `wanted` from `x` on are then to be written."""
    left, right, cells = shift.left, shift.right, shift.cells
    if not (x <= left and right <= x + len(wanted) and 0 < abs(cells) < right - left):
        return
    before, after = shown[left:right], wanted[left - x : right - x]
    if any(cell is None or not cell.text for cell in (*before, *shown[right : right + 1])):
        return  # half of a wide character would stay behind
    blank = [_BLANK] * abs(cells)
    moved = [*before[cells:], *blank] if cells > 0 else [*blank, *before[:cells]]
    if _differing(before, after) - _differing(moved, after) >= WORTH_SHIFTING:
        pen.shift(y, left, right, cells)
        shown[left:right] = moved


def _differing(shown: Iterable[Cell | None], wanted: Iterable[Cell]) -> int:
    return sum(old is not new and old != new for old, new in zip(shown, wanted, strict=True))


def _known(cells: list[Cell | None]) -> list[Cell]:
    """The cells before the first unknown one; none where the first is the rest of a wide character."""
    if cells and cells[0] is not None and not cells[0].text:
        return []
    return [cell for cell in takewhile(lambda cell: cell is not None, cells) if cell is not None]


def _runs(before: list[Cell | None], after: list[Cell]) -> Iterable[tuple[int, int]]:
    """Where cells differ: first and behind the last one of each run, cheap gaps included, wide characters whole."""
    start = end = -1
    for at, old, cell in zip(count(), before, after, strict=False):
        if cell is old or cell == old:
            continue
        if start >= 0 and (at == end or (at - end <= GAP and _is_cheap(after, end, at))):
            end = at + 1
            continue
        if start >= 0:
            yield _whole(after, start, end)
        start, end = at, at + 1
    if start >= 0:
        yield _whole(after, start, end)


def _is_cheap(cells: list[Cell], start: int, end: int) -> bool:
    """Whether cells between two that are to be written take fewer bytes than a move, changes of style included."""
    left, right = cells[start - 1].codes, cells[end].codes
    size = 0
    for text, codes in cells[start:end]:
        size += len(text) if text.isascii() else len(text.encode())
        if not (codes in (left, right) or covers(left, codes) or covers(right, codes)):
            return False
    return size <= GAP


def _whole(cells: list[Cell], start: int, end: int) -> tuple[int, int]:
    while start > 0 and not cells[start].text:
        start -= 1
    while end < len(cells) and not cells[end].text:
        end += 1
    return start, end


def _cells(strip: Strip, color_system: ColorSystem) -> Cells:
    return strip.cells(color_system) if isinstance(strip, CompactStrip) else cells_of(strip, color_system)
