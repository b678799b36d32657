"""Of a frame only the cells are sent that the terminal does not show, and then it shows the frame."""

from __future__ import annotations

import random

import pytest
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests.ui.terminal.small_terminal import SmallTerminal
from tui.ui.terminal.shown import DrawnPiece, Shown

STYLES = ["", "red", "bold blue on black", "underline", "#123456 on #654321", "on #101010", "dim italic"]
WORDS = ["abc", " ", "   ", "x", "─│", "漢字", "one two", "…"]
ODD = "👩\u200d💻"
"""A woman at a computer: two cells on some terminals, four on others."""


def strip(*runs: tuple[str, str]) -> Strip:
    return Strip([Segment(text, Style.parse(style)) for text, style in runs])


def sent(shown: Shown, *lines: Strip) -> str:
    return shown.difference([DrawnPiece(0, y, line) for y, line in enumerate(lines)], ColorSystem.TRUECOLOR)


@pytest.mark.parametrize(
    ("before", "after", "data"),
    [
        (["abc"], ["abc"], ""),
        (["abc"], ["aXc"], "\x1b[1;2HX"),
        (["abc", "def"], ["abc", "deX"], "\x1b[2;3HX"),
        (["a" * 20], ["X" + "a" * 18 + "X"], "\x1b[1;1HX\x1b[18CX"),
        (["abcd"], ["XbcX"], "\x1b[1;1HXbcX"),
        (["漢字"], ["漢語"], "\x1b[1;3H語"),
        (["ab"], ["漢"], "\x1b[1;1H漢"),
        ([f"{ODD} abc"], [f"{ODD} abX"], f"\x1b[1;1H  \x1b[1;1H{ODD}\x1b[1;3H abX"),
        (["abcdefg"], [f"{ODD}  X"], f"\x1b[1;1H  \x1b[1;1H{ODD}\x1b[1;3H  Xfg"),
    ],
    ids=["nothing", "a cell", "another line", "two runs", "a short gap", "wide", "narrow to wide", "odd", "odd now"],
)
def test_only_what_differs_is_sent(before: list[str], after: list[str], data: str) -> None:
    shown = Shown()
    sent(shown, *(strip((text, "")) for text in before))
    assert sent(shown, *(strip((text, "")) for text in after)) == data
    assert sent(shown, *(strip((text, "")) for text in after)) == ""


def test_all_is_sent_once_the_screen_is_forgotten() -> None:
    shown = Shown()
    first = sent(shown, strip(("abc", "red")))
    shown.forget()
    assert sent(shown, strip(("abc", "red"))) == first == "\x1b[1;1H\x1b[31mabc\x1b[0m"


def test_what_stands_behind_an_odd_character_is_sent_with_it() -> None:
    shown = Shown()
    line = [DrawnPiece(0, 0, strip(("abcd", ""))), DrawnPiece(4, 0, strip(("behind", "")))]
    shown.difference(line, ColorSystem.TRUECOLOR)
    odd = [DrawnPiece(0, 0, strip((ODD, ""))), line[1]]
    assert shown.difference(odd, ColorSystem.TRUECOLOR).endswith("behind")


@pytest.mark.parametrize(
    "text", ["नमस्ते दुनिया", "தமிழ் மொழி", "ក្រុង", "ကျေးဇူး", "👍🏽 a", "𝅘𝅥𝅮 a", "䷀䷁", "☰ a", "🫩🪉 a", "𝌆"]
)
@pytest.mark.parametrize("cells", [0, 1, 2])
def test_borders_hold_at_any_width_of_odd_characters(text: str, cells: int) -> None:
    """A terminal that gives each character which is not plain `cells` cells."""
    shown, terminal = Shown(), SmallTerminal(lambda letter: 1 if letter.isascii() or letter in "│·" else cells)
    right = [DrawnPiece(16, 0, strip(("│", ""))), DrawnPiece(17, 0, strip(("right │", "")))]
    terminal.feed(shown.difference([DrawnPiece(0, 0, strip(("·" * 16, ""))), *right], ColorSystem.TRUECOLOR))
    line = strip((text, "")).adjust_cell_length(16)
    terminal.feed(shown.difference([DrawnPiece(0, 0, line)], ColorSystem.TRUECOLOR))
    assert terminal.text(0)[16:] == "│right │"
    assert "·" not in terminal.text(0)


def test_blanks_of_other_ink_are_the_same() -> None:
    shown = Shown()
    sent(shown, strip(("   ", "red on black")))
    assert sent(shown, strip(("   ", "bold blue on black"))) == ""
    assert sent(shown, strip(("   ", "underline blue on black"))) != ""


def some_line(chance: random.Random, width: int) -> Strip:
    """Words in styles, exactly `width` cells."""
    segments = [Segment(chance.choice(WORDS), Style.parse(chance.choice(STYLES))) for _ in range(width)]
    return Strip(segments).adjust_cell_length(width).crop(0, width)


@pytest.mark.parametrize("seed", range(20))
def test_any_frames_look_as_if_drawn_whole(seed: int) -> None:
    chance = random.Random(seed)
    shown, terminal, whole = Shown(), SmallTerminal(), SmallTerminal()
    for _ in range(30):
        x, width = chance.choice([(0, 40), (0, 12), (12, 28)])
        pieces = [DrawnPiece(x, y, some_line(chance, width)) for y in range(5) if chance.random() < 0.6]
        terminal.feed(shown.difference(pieces, ColorSystem.TRUECOLOR))
        for piece in pieces:
            whole.feed(Shown().difference([piece], ColorSystem.TRUECOLOR))
        assert terminal.cells == whole.cells
