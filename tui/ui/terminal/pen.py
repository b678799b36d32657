"""Writes cells to the terminal in the order that takes fewest bytes: line by line, or style by style.

Line by line, each change of colour costs about ten bytes; where many short pieces of few styles change, that is most of
a frame. Style by style, each colour is set once, and a move of the cursor between the pieces costs three to eight.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter

from tui.named_tuple import NamedTuple
from tui.ui.terminal.cells import Cell, is_odd_text
from tui.ui.terminal.moves import NOWHERE, move
from tui.ui.terminal.run import Run, erased
from tui.ui.terminal.sgr import ANY_COLOUR, PLAIN, RESET, Codes, is_erased_ground, turn
from tui.ui.terminal.style_by_style import StyleByStyle

FEW_BYTES = 200
"""In a frame of at most this many bytes, the other order saves next to nothing."""

_FEW_BLANKS_AT_END, _FEW_BLANKS = 4, 10
"""More blanks than this are erased by a shorter sequence, at the end of what is written and before its end."""

_TEXT_OF, _CODES_OF = attrgetter("text"), attrgetter("codes")


class Pen:
    """Takes what is to be written, in order; `text` is what to send."""

    def __init__(self) -> None:
        self._first = _LineByLine()
        """Lines with characters of doubtful width keep their order."""
        self._runs: list[Run] = []
        self._shifts: list[_Shift] = []
        """Come before everything else, in the plain style, which is that of the cells that come in."""

    def write(self, run: Run) -> None:
        """Write cells whose place and width are certain; when, does not matter."""
        self._runs.append(run)

    def write_now(self, x: int, y: int, cells: list[Cell]) -> None:
        """Write cells behind those that were written so before."""
        self._forget_place_of_other_line(y)
        self._first.write(x, y, cells)

    def write_words(self, x: int, y: int, cells: list[Cell]) -> None:
        """Write cells of which some are of doubtful width; those behind a word with one are placed by a move."""
        self._forget_place_of_other_line(y)
        for start, stop, is_odd in _words(cells):
            word = cells[start:stop]
            if is_odd:
                self._first.write(x + start, y, [Cell(" ", cell.codes) for cell in word])
                self._first.at = NOWHERE
            self._first.write(x + start, y, word)
            if is_odd:
                self._first.at = NOWHERE

    def _forget_place_of_other_line(self, y: int) -> None:
        """Behind the last cell of a line, terminals differ in where the cursor is."""
        if self._first.at[1] != y:
            self._first.at = NOWHERE

    def shift(self, y: int, left: int, right: int, cells: int) -> None:
        """Move the cells of line `y` from `left` to before `right` to the left by `cells`; blanks fill the gap.

        A negative `cells` moves them to the right. Cells are deleted before as many are inserted: what is behind them
        comes back to its place, and nothing is pushed over the edge.
        """
        self._shifts.append(_Shift(y, left, right, cells))

    def text(self, *, is_awaited: bool = True) -> str:
        """What to send; afterwards the terminal writes in its plain style.

        If somebody waits for it, in the order that takes fewer bytes. Finding that out takes as long as all the rest.
        """
        start = self._first.codes
        before = _shifted(self._shifts) + self._first.text()
        in_lines = _LineByLine(start)
        for run in self._runs:
            in_lines.write_run(run)
        usual = in_lines.finished()
        if len(usual) <= FEW_BYTES or not is_awaited:
            return before + usual
        other = StyleByStyle(self._runs, start).text()
        return before + min(usual, other, key=lambda text: len(text.encode()))


class _Shift(NamedTuple):
    """What `Pen.shift` was asked for."""

    y: int
    left: int
    right: int
    cells: int


def _shifted(shifts: Sequence[_Shift]) -> str:
    """What moves parts of lines: downwards all that is deleted, and upwards again all that is inserted.

    From line to line in the same column, a move takes three bytes.
    """
    pieces: list[str] = []
    at = NOWHERE
    for letter, lines in (("P", shifts), ("@", shifts[::-1])):
        for y, left, right, cells in lines:
            place = (left if (letter == "P") == (cells > 0) else right - abs(cells), y)
            pieces.append(f"{move(at, place)}\x1b[{abs(cells)}{letter}")
            at = place
    return "".join(pieces)


class _LineByLine:
    """Writes cells as they come, and remembers where the terminal's cursor is and in which style it writes."""

    def __init__(self, codes: Codes = PLAIN) -> None:
        self._pieces: list[str] = []
        self.codes = codes
        self.at = NOWHERE

    def write(self, x: int, y: int, cells: list[Cell]) -> None:
        if self.at != (x, y):
            self._pieces.append(move(self.at, (x, y)))
        for codes, run in groupby(cells, _CODES_OF):
            change, self.codes = turn(self.codes, codes)
            self._pieces.append(change)
            self._pieces.extend(map(_TEXT_OF, run))
        self.at = (x + len(cells), y)

    def write_run(self, run: Run) -> None:
        """Write cells of certain width, and erase many blanks."""
        x, y, pieces = run.x, run.y, self._pieces
        end = x + len(run.cells)
        pieces.append(move(self.at, (x, y)))
        place = x
        """Of the cursor: before what was erased."""
        for codes, group in groupby(run.cells, _CODES_OF):
            texts = list(map(_TEXT_OF, group))
            change, self.codes = turn(self.codes, codes)
            if place != x:
                pieces.append(move((place, y), (x, y)))
            pieces.append(change)
            place, x = x, x + len(texts)
            few = _FEW_BLANKS if x < end else _FEW_BLANKS_AT_END
            if len(texts) > few and codes.foreground == ANY_COLOUR and is_erased_ground(codes):
                pieces.append(erased(run, place, len(texts)))
            else:
                pieces += texts
                place = x
        self.at = (place, y) if place < run.line_end else NOWHERE

    def text(self) -> str:
        return "".join(self._pieces)

    def finished(self) -> str:
        return self.text() + (RESET if self.codes != PLAIN else "")


def _words(cells: list[Cell]) -> Iterable[tuple[int, int, bool]]:
    """Words that hold a cell of doubtful width, and what is between them: start, end, and which of both it is."""
    start = 0
    for is_blank, group in groupby(range(len(cells)), lambda at: cells[at].text == " "):
        word = list(group)
        if is_blank or not any(is_odd_text(cells[at].text) for at in word):
            continue
        if start < word[0]:
            yield start, word[0], False
        start = word[-1] + 1
        yield word[0], start, True
    if start < len(cells):
        yield start, len(cells), False
