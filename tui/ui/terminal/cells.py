"""A piece of a line as the cells of a terminal: each with its text and the codes of its style."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import category, east_asian_width

from rich.cells import cell_len
from rich.color import ColorSystem
from textual.strip import Strip

from tui.named_tuple import NamedTuple
from tui.ui.terminal.sgr import ANY_COLOUR, PLAIN, UNSEEN_ON_BLANKS, Codes, codes_of

_CERTAIN_PLANES = ("\U00020000", "\U0003ffff")
"""Behind the first 65,536 characters, terminals agree about rare ideographs alone."""

_WIDENED = re.compile("[\u2630-\u2637\u268a-\u268f\u4dc0-\u4dff]")
"""Trigrams, digrams and hexagrams: one cell until Unicode 15, two since 16.0 (EastAsianWidth.txt)."""


_WORDS = re.compile(" |[^ ]+")


class Cell(NamedTuple):
    """What one cell of the terminal shows; the second cell of a wide character is an empty text."""

    text: str
    codes: Codes


class Cells(NamedTuple):
    """The cells of a piece of a line."""

    cells: list[Cell]
    is_odd: bool
    """Whether it holds a character of which terminals disagree how wide it is."""


def cells_of(strip: Strip, color_system: ColorSystem) -> Cells:
    """The cells that a terminal with this many colours shows of a strip."""
    cells: list[Cell] = []
    is_odd = False
    for text, style, control in strip:
        if control:
            continue
        codes = PLAIN if style is None else codes_of(style, color_system)
        narrow = _narrow_cells(codes)
        try:
            cells += [narrow[letter] for letter in text]
        except KeyError:
            for word in _WORDS.findall(text):
                found, holds_odd = _cells_of_word(word, codes, narrow[" "], cells)
                cells += found
                is_odd = is_odd or holds_odd
    return Cells(_fitted(cells, strip.cell_length) if is_odd else cells, is_odd)


class _NarrowCells(dict[str, Cell]):
    """The cells of characters that take one cell on every terminal, in one style; KeyError for others.

    Equal cells are one object: comparing those of two frames costs next to nothing.
    """

    def __init__(self, codes: Codes) -> None:
        super().__init__({" ": Cell(" ", _on_blank(codes))})
        self._codes = codes

    def __missing__(self, letter: str) -> Cell:
        if not letter.isascii() and _certain_width(letter) != 1:
            raise KeyError(letter)
        cell = self[letter] = Cell(letter, self._codes)
        return cell


_narrow_cells = lru_cache(maxsize=1024)(_NarrowCells)


def is_odd_text(text: str) -> bool:
    """Whether terminals may disagree about the cells of a cell's text."""
    return not text.isascii() and not (len(text) == 1 and _certain_width(text))


def _cells_of_word(word: str, codes: Codes, blank: Cell, before: list[Cell]) -> Cells:
    """The cells of a text without blanks, or of one blank; a mark at its beginning goes into the cell before it."""
    cells: list[Cell] = []
    is_odd = False
    for letter in word:
        width = _certain_width(letter)
        is_odd = is_odd or not width
        cells.extend(_cells_of_letter(letter, width or cell_len(letter), codes, blank, cells or before))
    return Cells(_fitted(cells, cell_len(word)) if is_odd else cells, is_odd)


def _fitted(cells: list[Cell], width: int) -> list[Cell]:
    """As many cells as a word or strip has: of characters joined to one, none has a cell of its own."""
    if len(cells) > width > 0:
        rest = "".join(cell.text for cell in cells[width - 1 :])
        return [*cells[: width - 1], cells[width - 1]._replace(text=rest)]
    return cells + [Cell("", PLAIN)] * (width - len(cells))


def _cells_of_letter(letter: str, width: int, codes: Codes, blank: Cell, before: list[Cell]) -> list[Cell]:
    """The cells of one character; one of no width goes into the cell before it."""
    if letter == " ":
        return [blank]
    if width == 0:
        if before:
            before[-1] = before[-1]._replace(text=before[-1].text + letter)
        return []
    return [Cell(letter, codes)] + [Cell("", codes)] * (width - 1)


@lru_cache(maxsize=256)
def _on_blank(codes: Codes) -> Codes:
    attributes = tuple(code for code in codes.attributes if code not in UNSEEN_ON_BLANKS)
    return Codes(attributes, codes.foreground if attributes else ANY_COLOUR, codes.background)


@lru_cache(maxsize=4096)
def _certain_width(letter: str) -> int:
    """The cells that `letter` takes on every terminal, 1 or 2; 0 if terminals disagree."""
    first, last = _CERTAIN_PLANES
    if (letter > "\uffff" and not first <= letter <= last) or _WIDENED.match(letter):
        return 0
    if category(letter) in ("Mn", "Me", "Mc", "Cf", "Co", "Cn", "Cs", "Cc"):
        return 0
    width = cell_len(letter)
    is_wide = east_asian_width(letter) in ("W", "F")
    return width if width == 1 + is_wide else 0
