"""Frames look the same on a terminal of others, sent as differences or written whole, cell by cell."""

from __future__ import annotations

import random

import pyte
import pytest
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.ui.terminal.cells import Cell, cells_of
from tui.ui.terminal.shown import DrawnPiece, Shift, Shown

COLUMNS, LINES = 60, 12
STYLES = ["", "red", "bold blue on black", "underline", "reverse", "color(180)", "color(67)", "on #101010", "italic"]
WORDS = ["abc", " ", "   ", "x", "▓", "▒▒", "─│", "漢字", "one two", "…", " " * 20, "a" * 15]

Look = tuple[object, ...]


class Terminal:
    """What a terminal shows of what it got."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(COLUMNS, LINES)
        self.stream = pyte.Stream(self.screen)

    def looks(self) -> list[list[Look]]:
        """Line by line, of each cell its character and what one sees of its style."""
        return [[_seen(self.screen.buffer[y][x]) for x in range(COLUMNS)] for y in range(LINES)]


def _seen(char: pyte.screens.Char) -> Look:
    is_lined = char.underscore or char.reverse or char.strikethrough
    lines = (char.underscore, char.reverse, char.strikethrough)
    if char.data == " ":
        return char.data, char.bg, char.fg if is_lined else "", *lines
    return char.data, char.bg, char.fg, *lines, char.bold, char.italics


def written(x: int, y: int, cells: list[Cell]) -> str:
    """Cells written with a move and a whole style for each."""
    sent = []
    for at, (text, (attributes, foreground, background)) in enumerate(cells):
        if text:
            codes = ";".join(["0", *attributes, foreground or "39", background])
            sent.append(f"\x1b[{y + 1};{x + at + 1}H\x1b[{codes}m{text}")
    return "".join(sent) + "\x1b[0m"


def some_line(chance: random.Random, width: int) -> Strip:
    words, styles = chance.sample(WORDS, 4), chance.sample(STYLES, 3)
    segments = [Segment(chance.choice(words), Style.parse(chance.choice(styles))) for _ in range(width)]
    return Strip(segments).adjust_cell_length(width).crop(0, width)


@pytest.mark.parametrize("is_awaited", [True, False])
@pytest.mark.parametrize("seed", range(12))
def test_differences_look_as_written_whole(seed: int, is_awaited: bool) -> None:
    chance = random.Random(seed)
    shown, terminal, whole = Shown(), Terminal(), Terminal()
    shown.fit(COLUMNS, LINES)
    for _ in range(12):
        x, width = chance.choice([(0, COLUMNS), (0, 25), (25, COLUMNS - 25)])
        pieces = [DrawnPiece(x, y, some_line(chance, width)) for y in range(LINES) if chance.random() < 0.7]
        if chance.random() < 0.3:
            shown.expect(Shift(range(3, LINES), 5, 40, chance.randint(-9, 9)))
        terminal.stream.feed(shown.difference(pieces, ColorSystem.EIGHT_BIT, is_awaited=is_awaited))
        for piece in pieces:
            whole.stream.feed(written(piece.x, piece.y, cells_of(piece.strip, ColorSystem.EIGHT_BIT).cells))
        assert terminal.looks() == whole.looks()
