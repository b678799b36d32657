"""Writes cells to the terminal in the order that takes fewest bytes: line by line, or style by style.

Line by line, each change of colour costs about ten bytes; where many short pieces of few styles change, that is most of
a frame. Style by style, each colour is set once, and a move of the cursor between the pieces costs three to eight.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby, zip_longest
from operator import attrgetter

from tui.named_tuple import NamedTuple
from tui.ui.terminal.cells import ANY_COLOUR, Cell, is_odd_text
from tui.ui.terminal.sgr import PLAIN, RESET, Codes, transition

FEW_BYTES = 400
"""Of a frame of so few bytes the other order saves next to nothing."""

GAP = 3
"""Cells between two pieces of one style that are cheaper to write than to skip."""

DOWN, UP, BACK = "\v", "\x1bM", "\b"
"""One line down, one up, one cell back. A terminal line changes a line feed, but no vertical tab, and terminals take
both for the same (ECMA-48 §8.3.161; xterm's control sequences, "Single-character functions")."""

Place = tuple[int, int]
"""A column and a line, both from 0."""

MOST_ORDERED = 200
"""Of so many pieces of one style the nearest one is found in time."""

_FAR = 99

_NOWHERE = (-1, -1)
"""A place of the cursor that is not known."""

_TEXT_OF, _CODES_OF = attrgetter("text"), attrgetter("codes")


class Run(NamedTuple):
    """Cells beside each other that are to be written, what is known to be there, and where its line ends."""

    x: int
    y: int
    cells: list[Cell]
    before: Sequence[Cell | None]
    line_end: int


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
                self._first.at = _NOWHERE
            self._first.write(x + start, y, word)
            if is_odd:
                self._first.at = _NOWHERE

    def _forget_place_of_other_line(self, y: int) -> None:
        """Behind the last cell of a line, terminals differ in where the cursor is."""
        if self._first.at[1] != y:
            self._first.at = _NOWHERE

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
            in_lines.write(run.x, run.y, run.cells)
            if run.x + len(run.cells) >= run.line_end:
                in_lines.at = _NOWHERE
        usual = in_lines.finished()
        if len(usual) <= FEW_BYTES or not is_awaited:
            return before + usual
        other = _StyleByStyle(self._runs, start).text()
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
    at: Place | None = None
    for letter, lines in (("P", shifts), ("@", shifts[::-1])):
        for y, left, right, cells in lines:
            place = (left if (letter == "P") == (cells > 0) else right - abs(cells), y)
            pieces.append(f"{_move(at, place)}\x1b[{abs(cells)}{letter}")
            at = place
    return "".join(pieces)


class _LineByLine:
    """Writes cells as they come, and remembers where the terminal's cursor is and in which style it writes."""

    def __init__(self, codes: Codes = PLAIN) -> None:
        self._pieces: list[str] = []
        self.codes = codes
        self.at = _NOWHERE

    def write(self, x: int, y: int, cells: list[Cell]) -> None:
        if self.at != (x, y):
            self._pieces.append(_move(None if self.at == _NOWHERE else self.at, (x, y)))
        for codes, run in groupby(cells, _CODES_OF):
            change, self.codes = _turn(self.codes, codes)
            self._pieces.append(change)
            self._pieces.extend(map(_TEXT_OF, run))
        self.at = (x + len(cells), y)

    def text(self) -> str:
        return "".join(self._pieces)

    def finished(self) -> str:
        return self.text() + (RESET if self.codes != PLAIN else "")


class _Segment(NamedTuple):
    """Cells of one style, and how many cells they take. `is_there`: the terminal shows them already."""

    codes: Codes
    x: int
    y: int
    width: int
    text: str
    is_there: bool


class _Segments(NamedTuple):
    """The pieces of a run."""

    parts: list[_Segment]
    line_end: int


class _Text(NamedTuple):
    """What is written at a place, and where the terminal's cursor is behind it, as for `_move`."""

    place: Place
    text: str
    behind: Place | None


class _StyleByStyle:
    """Writes all cells of one style, then those of the next."""

    def __init__(self, runs: Iterable[Run], codes: Codes) -> None:
        self._pieces: list[str] = []
        self._codes = codes
        self._at: Place | None = None
        self._by_style: dict[Codes, list[tuple[_Segments, int]]] = {}
        for run in runs:
            found = _Segments(_segments(run), run.line_end)
            for number, part in enumerate(found.parts):
                if not part.is_there:
                    self._by_style.setdefault(part.codes, []).append((found, number))
        self._rank = {codes: number for number, codes in enumerate(sorted(self._by_style, key=self._order))}

    def text(self) -> str:
        for codes in self._rank:
            change, self._codes = _turn(self._codes, codes)
            self._pieces.append(change)
            self._write(codes, self._by_style[codes])
        if self._codes != PLAIN:
            self._pieces.append(RESET)
        return "".join(self._pieces)

    def _order(self, codes: Codes) -> tuple[tuple[str, ...], str, bool, int]:
        """Least changes of attributes and background; blanks first, then what there is most of."""
        return codes.attributes, codes.background, codes.foreground != ANY_COLOUR, -len(self._by_style[codes])

    def _write(self, codes: Codes, places: Iterable[tuple[_Segments, int]]) -> None:
        texts = _in_short_steps(self._at, [*self._texts(codes, places)])
        for (place, text, behind), following in zip_longest(texts, texts[1:]):
            self._pieces.append(_move(self._at, place))
            self._at = behind
            if _is_erasable(codes, text):
                erasing, after = f"\x1b[{len(text)}X", following and following.place
                rest = [0, 0] if after is None else [len(_move(at, after)) for at in (place, behind)]
                if len(erasing) + rest[0] < len(text) + rest[1]:
                    text, self._at = erasing, place
            self._pieces.append(text)

    def _texts(self, codes: Codes, places: Iterable[tuple[_Segments, int]]) -> Iterator[_Text]:
        """The pieces of a style, narrow gaps closed."""
        written: _Segments | None = None
        last = -1
        for segments, number in places:
            if segments is written and number <= last:
                continue  # written with the one before
            written, (text, last) = segments, self._joined(codes, segments.parts, number)
            first, end = segments.parts[number], segments.parts[last]
            behind = end.x + end.width
            yield _Text((first.x, first.y), text, (behind, first.y) if behind < segments.line_end else None)

    def _joined(self, codes: Codes, parts: list[_Segment], number: int) -> tuple[str, int]:
        """The text from a piece on, over narrow gaps; and the number of the last piece in it."""
        text, last = parts[number].text, number
        gap, width = "", 0
        for place in range(number + 1, len(parts)):
            part = parts[place]
            if part.codes == codes:
                if not part.is_there:
                    text, last, gap, width = text + gap + part.text, place, "", 0
                    continue
                gap += part.text
            elif self._may_be_blanked(codes, part):
                gap += " " * part.width
            else:
                break
            width += part.width
            if width > GAP:
                break
        return text, last

    def _may_be_blanked(self, codes: Codes, part: _Segment) -> bool:
        """Whether blanks of a style do no harm to a piece: it is written later, or looks like that."""
        if part.codes.foreground == ANY_COLOUR and not codes.attributes:
            return part.codes.background == codes.background and not part.text.strip(" ")
        return not part.is_there and self._rank[part.codes] > self._rank[codes]


def _in_short_steps(at: Place | None, texts: list[_Text]) -> list[_Text]:
    """The pieces of a style in an order with short ways between them: always the nearest one comes next."""
    order: list[_Text] = []
    ahead = texts[::-1]
    while ahead:
        nearest = len(ahead) - 1 if at is None or len(ahead) > MOST_ORDERED else _nearest(at, ahead)
        order.append(ahead.pop(nearest))
        at = order[-1].behind
    return order


def _nearest(at: Place, texts: list[_Text]) -> int:
    """Which of the pieces takes fewest bytes to go to; of several the last."""
    x, y = at
    nearest, least = -1, _FAR
    for number in range(len(texts) - 1, -1, -1):
        column, line = texts[number].place
        length = _length_of_lines(line - y)
        if length < least:  # nearly always not: most are in other lines
            length += _length_of_cells(column - x)
            if length < least:
                nearest, least = number, length
    return nearest


def _is_erasable(codes: Codes, text: str) -> bool:
    """Whether a text is blanks as an erased cell is: of no background, in which terminals differ."""
    return not text.strip(" ") and (codes.attributes, codes.background) == ((), "49")


def _segments(run: Run) -> list[_Segment]:
    found: list[_Segment] = []
    at = 0
    for codes, group in groupby(run.cells, _CODES_OF):
        cells = list(group)
        end = at + len(cells)
        is_there = run.before[at:end] == cells
        found.append(_Segment(codes, run.x + at, run.y, len(cells), "".join(map(_TEXT_OF, cells)), is_there))
        at = end
    return found


def _to(place: Place) -> str:
    return f"\x1b[{place[1] + 1};{place[0] + 1}H"


@lru_cache(maxsize=4096)
def _move(at: Place | None, to: Place) -> str:
    """The shortest way to a place. `at` is None where the terminal's cursor may be at two places."""
    if at is None:
        return _to(to)
    across, down = to[0] - at[0], to[1] - at[1]
    steps = _steps(down, (DOWN, "B"), (UP, "A")) + _steps(across, ("", "C"), (BACK, "D"))
    return min(_to(to), steps, key=len)


def _steps(count: int, ahead: tuple[str, str], back: tuple[str, str]) -> str:
    """The shortest way along a line or a column: one step as often as needed, or a sequence with a number.

    Each way is the control that takes one step, if there is one, and the letter of the sequence.
    """
    step, letter = ahead if count > 0 else back
    number = str(abs(count)) if abs(count) > 1 else ""
    with_number = f"\x1b[{number}{letter}" if count else ""
    return min(step * abs(count), with_number, key=len) if step else with_number


@lru_cache
def _length_of_lines(count: int) -> int:
    return len(_steps(count, (DOWN, "B"), (UP, "A")))


@lru_cache(maxsize=1024)
def _length_of_cells(count: int) -> int:
    return len(_steps(count, ("", "C"), (BACK, "D")))


@lru_cache(maxsize=4096)
def _turn(current: Codes, wanted: Codes) -> tuple[str, Codes]:
    """What turns the style of the terminal into that of a cell, and what it is then."""
    if wanted.foreground == ANY_COLOUR:
        wanted = wanted._replace(foreground="39" if current.attributes else current.foreground)
    return transition(current, wanted), wanted


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
