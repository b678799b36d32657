"""A terminal that knows what this program sends in a frame: places, styles, and characters of one or two cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from rich.cells import cell_len

_PARTS = re.compile(r"\x1b\[(\d*)(?:;(\d+))?H|\x1b\[(\d*)([ABCDGKPX@])|\x1b\[([\d;]*)m|(\v|\r|\x08|\x1bM)|([^\x1b])")

Look = tuple[frozenset[str], str, str]
"""Attributes, foreground, background."""

PLAIN: Look = (frozenset(), "39", "49")


_OFF = {"22": {"1", "2"}, "23": {"3"}, "24": {"4"}, "25": {"5"}, "27": {"7"}, "29": {"9"}}
"""Attributes that a code switches off."""

_STEPS = {
    "A": (0, -1),
    "B": (0, 1),
    "C": (1, 0),
    "D": (-1, 0),
    "\x1bM": (0, -1),
    "\v": (0, 1),
    "\b": (-1, 0),
}
"""Columns and lines that the cursor goes."""


class SmallTerminal:
    """Cells by line and column, each with its character and its look."""

    def __init__(self, measure: Callable[[str], int] = cell_len, columns: int = 0) -> None:
        """`measure`: the cells that this terminal gives a character. `columns`: of a line, to erase it."""
        self._measure = measure
        self._columns = columns
        self.cells: dict[tuple[int, int], tuple[str, Look]] = {}
        self._x = self._y = 0
        self._look = PLAIN

    def feed(self, data: str) -> None:
        """Take what a program sends."""
        end = 0
        for part in _PARTS.finditer(data):
            assert part.start() == end, data[end:][:20]
            end = part.end()
            line, column, times, order, codes, step, letter = part.groups()
            if line is not None:
                self._x, self._y = int(column or 1) - 1, int(line or 1) - 1
            elif order is not None:
                self._do(order, int(times or 1))
            elif step is not None:
                self._do(step, 1)
            elif codes is not None:
                self._look = _styled(self._look, codes.split(";"))
            else:
                self._put(letter)
        assert end == len(data), data[end:][:20]
        assert self._look == PLAIN

    def text(self, line: int) -> str:
        """The characters of a line, a blank where nothing was written; the rest of a wide one is a blank, too."""
        width = max(x for y, x in self.cells if y == line) + 1
        return "".join(self.cells.get((line, x), (" ", PLAIN))[0] or " " for x in range(width))

    def _do(self, order: str, times: int) -> None:
        """Move the cursor, erase, delete or insert cells: the letter of the control sequence says which."""
        if order in ("G", "\r"):
            self._x = times - 1
            return
        if order in _STEPS:
            across, down = _STEPS[order]
            self._x += across * times
            self._y += down * times
            return
        blank = (" ", _seen(" ", self._look))
        right = max((x + 1 for y, x in self.cells if y == self._y), default=0)
        behind = [self.cells.get((self._y, x), blank) for x in range(self._x, right)]
        if order == "K":
            behind = [blank] * (self._columns - self._x)
        elif order == "X":
            behind[:times] = [blank] * times
        elif order == "P":
            behind = behind[times:] + [blank] * times
        elif order == "@":
            behind = ([blank] * times + behind)[: len(behind)]
        for x, cell in enumerate(behind, self._x):
            self.cells[self._y, x] = cell

    def _put(self, letter: str) -> None:
        for at in range(self._measure(letter)):
            self.cells[self._y, self._x] = (letter if at == 0 else "", _seen(letter, self._look))
            self._x += 1


def _seen(letter: str, look: Look) -> Look:
    """A blank shows neither foreground nor weight."""
    attributes, foreground, background = look
    if letter != " ":
        return look
    attributes -= {"1", "2", "3"}
    return attributes, foreground if attributes else "", background


def _styled(look: Look, codes: list[str]) -> Look:
    attributes, foreground, background = look
    numbers = iter(codes)
    for code in numbers:
        if code in ("", "0"):
            attributes, foreground, background = PLAIN
        elif code in ("38", "48"):
            colour = ";".join([code, *_colour(numbers)])
            foreground, background = (colour, background) if code == "38" else (foreground, colour)
        elif code in _OFF:
            attributes -= _OFF[code]
        elif len(code) == 1:
            attributes |= {code}
        elif code.startswith(("3", "9")):
            foreground = code
        else:
            background = code
    return attributes, foreground, background


def _colour(numbers: Iterable[str]) -> list[str]:
    """The rest of a colour: `5;n` or `2;r;g;b`."""
    rest = iter(numbers)
    kind = next(rest)
    return [kind, *(next(rest) for _ in range(1 if kind == "5" else 3))]


def cost_of_change(before: SmallTerminal, after: SmallTerminal) -> int:
    """About the bytes that the cells need which differ: their text, a move a run, a sequence where the look changes."""
    size = 0
    last: tuple[int, int] | None = None
    look: Look = PLAIN
    for place in sorted(after.cells):
        letter, wanted = after.cells[place]
        if before.cells.get(place) == (letter, wanted):
            continue
        if last is None or (last[0], last[1] + 1) != place:
            size += len(f"\x1b[{place[0] + 1};{place[1] + 1}H")
        if wanted != look and (letter != " " or wanted[2] != look[2]):
            size += 3 + sum(len(new) for new, old in zip(wanted[1:], look[1:], strict=True) if new != old)
            look = wanted
        size += len(letter.encode())
        last = place
    return size
