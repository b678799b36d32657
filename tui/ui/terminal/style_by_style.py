"""Writes all cells of one style, then those of the next: each colour is set once a frame.

    ▓▒▒▓▓▒·  ab     first  " ▒▒  ▒"    what is written later is blanked where that is cheaper than to skip it
                    then   "▓", "▓▓"
                    then   "·  ab"      blanks show no ink: they are written with the text beside them

What is left of blanks is written behind all the texts on their background.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, zip_longest

from tui.named_tuple import NamedTuple
from tui.ui.terminal.cells import Cell
from tui.ui.terminal.moves import NOWHERE, Place, length_of_cells, length_of_lines, move
from tui.ui.terminal.run import Run, erased
from tui.ui.terminal.sgr import ANY_COLOUR, PLAIN, RESET, Codes, covers, is_erased_ground, turn

MOST_ORDERED = 200
"""Among this many pieces of one style the nearest one is found in time."""

_FAR = 99

_SHORT_BLANKS = 4
"""More blanks than this are erased by a sequence that is shorter than they are."""

_MOVE_TO_BLANKS = 3
"""Bytes that blanks cost at least which are not written with a text, beside their own."""

_LONGEST_WAY = 6
"""Bytes of the longest way over cells within a line that is worth comparing with what they hold."""


class _Part:
    """Cells of one style beside each other, of which all or none are on the terminal already."""

    __slots__ = ("codes", "is_blank", "is_right", "text", "width", "x")

    def __init__(self, codes: Codes, x: int, cells: list[Cell], *, is_right: bool) -> None:
        self.codes = codes
        self.x = x
        self.width = len(cells)
        self.text = "".join([cell.text for cell in cells])
        self.is_blank = codes.foreground == ANY_COLOUR
        self.is_right = is_right
        """Whether the terminal shows it by now."""


class _Line(NamedTuple):
    """The parts of a run, and the run."""

    parts: list[_Part]
    run: Run


class _Piece(NamedTuple):
    """A text to be written at a place, and blanks behind it."""

    x: int
    text: str
    width: int
    blanks: int
    may_erase: bool
    run: Run

    @property
    def place(self) -> Place:
        return self.x, self.run.y

    def behind(self, cells: int) -> Place:
        """Where the cursor is after this many cells. At the end of a line, terminals differ in that."""
        x = self.x + cells
        return (x, self.run.y) if x < self.run.line_end else NOWHERE

    @property
    def usual_end(self) -> Place:
        """Where the cursor is likely to be left."""
        return self.behind(self.width + (0 if self.may_erase and self.blanks > _SHORT_BLANKS else self.blanks))


class StyleByStyle:
    """A frame in the order of its styles."""

    def __init__(self, runs: Iterable[Run], codes: Codes) -> None:
        self._sent: list[str] = []
        self._codes = codes
        self._at = NOWHERE
        self._by_style: dict[Codes, list[tuple[_Line, int]]] = {}
        for run in runs:
            line = _Line(_parts(run), run)
            for number, part in enumerate(line.parts):
                if not part.is_right:
                    self._by_style.setdefault(part.codes, []).append((line, number))
        self._rank = {codes: number for number, codes in enumerate(sorted(self._by_style, key=self._order))}

    def text(self) -> str:
        """What to send; afterwards the terminal writes in its plain style."""
        for codes in self._rank:
            pieces = list(self._pieces(codes))
            if pieces:
                change, self._codes = turn(self._codes, codes)
                self._sent.append(change)
                self._write(pieces)
        if self._codes != PLAIN:
            self._sent.append(RESET)
        return "".join(self._sent)

    def _order(self, codes: Codes) -> tuple[str, bool, tuple[str, ...], int]:
        """Backgrounds together, in each blanks last; least changes of attributes; first what there is most of."""
        is_blank = codes.foreground == ANY_COLOUR
        return codes.background, is_blank, codes.attributes, -len(self._by_style[codes])

    def _pieces(self, codes: Codes) -> Iterator[_Piece]:
        """What is to be written in a style. All that it writes is right then."""
        is_blank, may_erase = codes.foreground == ANY_COLOUR, is_erased_ground(codes)
        for (parts, run), number in self._by_style[codes]:
            if parts[number].is_right:
                continue  # written with one before
            first, last = self._first(codes, parts, number), self._last(codes, parts, number)
            x, width = parts[first].x, sum(part.width for part in parts[first : last + 1])
            text = "".join([_written(codes, part) for part in parts[first : last + 1]])
            if is_blank:
                yield _Piece(x, "", 0, width, may_erase, run)
                continue
            blanks = 0
            if last + 1 < len(parts) and _takes(codes, parts[last + 1]):
                blanks = len(_written(codes, parts[last + 1]))
            yield _Piece(x, text, width, blanks, may_erase, run)

    @staticmethod
    def _first(codes: Codes, parts: list[_Part], number: int) -> int:
        """The first part of a text that begins with one: itself, or a few blanks before it."""
        before = parts[number - 1] if number > 0 else None
        return number - (before is not None and before.width <= _SHORT_BLANKS and _takes(codes, before))

    def _last(self, codes: Codes, parts: list[_Part], last: int) -> int:
        """The last part of a text: to each one in it, it is cheaper to write the cells before it than to skip them."""
        cost = width = 0
        for number in range(last + 1, len(parts)):
            part = parts[number]
            if part.codes == codes and not part.is_right:
                if cost > length_of_cells(width):
                    break
                last, cost, width = number, 0, 0
                continue
            cost += self._bytes_over(codes, part)
            width += part.width
            if cost > _LONGEST_WAY:
                break
        return last

    def _bytes_over(self, codes: Codes, part: _Part) -> int:
        """Bytes that a text takes to go on over a part, less those that it saves; far too many if it would spoil it."""
        if part.codes == codes:
            return len(part.text.encode())
        if _takes(codes, part):
            return part.width - min(part.width, _SHORT_BLANKS) - _MOVE_TO_BLANKS
        is_same = part.is_blank and covers(codes, part.codes)
        comes_later = not part.is_right and self._rank[part.codes] > self._rank[codes]
        return part.width if is_same or comes_later else _FAR

    def _write(self, pieces: list[_Piece]) -> None:
        ordered = _in_short_steps(self._at, pieces)
        for piece, following in zip_longest(ordered, ordered[1:]):
            self._sent += (move(self._at, piece.place), piece.text)
            self._at = piece.behind(piece.width)
            if piece.blanks:
                self._blank(piece, following and following.place)

    def _blank(self, piece: _Piece, following: Place | None) -> None:
        """Write the blanks of a piece, or erase them if that and the way to what follows are shorter so."""
        text, behind = " " * piece.blanks, piece.behind(piece.width + piece.blanks)
        if piece.may_erase:
            erasing = erased(piece.run, piece.x + piece.width, piece.blanks)
            rest = [len(move(at, following)) if following else 0 for at in (self._at, behind)]
            if len(erasing) + rest[0] < len(text) + rest[1]:
                text, behind = erasing, self._at
        self._sent.append(text)
        self._at = behind


def _written(codes: Codes, part: _Part) -> str:
    """What a text of a style writes in the place of a part, which is right then, or comes later."""
    if part.codes == codes or (part.is_blank and covers(codes, part.codes)):
        part.is_right = True
        return part.text
    return " " * part.width


def _takes(codes: Codes, part: _Part) -> bool:
    """Whether a part is blanks, still to be written, that a text of a style may end in."""
    return part.is_blank and not part.is_right and covers(codes, part.codes)


def _in_short_steps(at: Place, pieces: list[_Piece]) -> list[_Piece]:
    """The pieces of a style in an order with short ways between them: always the nearest one comes next."""
    order: list[_Piece] = []
    ahead = pieces[::-1]
    while ahead:
        nearest = len(ahead) - 1 if at == NOWHERE or len(ahead) > MOST_ORDERED else _nearest(at, ahead)
        order.append(ahead.pop(nearest))
        at = order[-1].usual_end
    return order


def _nearest(at: Place, pieces: list[_Piece]) -> int:
    """Which of the pieces takes fewest bytes to go to; of several the last."""
    x, y = at
    nearest, least = -1, _FAR
    for number in range(len(pieces) - 1, -1, -1):
        column, line = pieces[number].place
        length = length_of_lines(line - y)
        if length < least:  # nearly always not: most are in other lines
            length += length_of_cells(column - x)
            if length < least:
                nearest, least = number, length
    return nearest


def _parts(run: Run) -> list[_Part]:
    parts: list[_Part] = []
    x = run.x
    for (codes, is_right), group in groupby(_states(run)):
        width = len(list(group))
        parts.append(_Part(codes, x, run.cells[x - run.x : x - run.x + width], is_right=is_right))
        x += width
    return parts


def _states(run: Run) -> list[tuple[Codes, bool]]:
    """Of each cell its style, and whether the terminal shows it; both cells of a wide character, or none."""
    states = [(cell.codes, cell is old or cell == old) for cell, old in zip(run.cells, run.before, strict=True)]
    for at, cell in enumerate(run.cells):
        if not cell.text and at > 0:
            states[at - 1 : at + 1] = [
                (codes, states[at - 1][1] and states[at][1]) for codes, _ in states[at - 1 : at + 1]
            ]
    return states
