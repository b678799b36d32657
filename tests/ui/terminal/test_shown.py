"""Of a frame only the cells are sent that the terminal does not show, and then it shows the frame."""

from __future__ import annotations

import random

import pytest
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests.ui.terminal.small_terminal import SmallTerminal
from tui.ui.terminal.pen import FEW_BYTES
from tui.ui.terminal.shown import DrawnPiece, Shift, Shown

STYLES = ["", "red", "bold blue on black", "underline", "#123456 on #654321", "on #101010", "dim italic"]
WORDS = ["abc", " ", "   ", "x", "─│", "漢字", "one two", "…", " " * 12]
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
        (["abc"], ["aXc"], "\x1b[;2HX"),
        (["abc", "def"], ["abc", "deX"], "\x1b[2;3HX"),
        (["a" * 20], ["X" + "a" * 18 + "X"], "\x1b[HX\x1b[18CX"),
        (["abcd"], ["XbcX"], "\x1b[HXbcX"),
        (["abc", "def"], ["aXc", "dXf"], "\x1b[;2HX\v\bX"),
        (["ab", "cd"], ["aX", "cX"], "\x1b[;2HX\x1b[2;2HX"),
        (["漢字"], ["漢語"], "\x1b[;3H語"),
        (["ab"], ["漢"], "\x1b[H漢"),
        ([f"{ODD} abc"], [f"{ODD} abX"], f"\x1b[H  \x1b[H{ODD}\x1b[;3H abX"),
        (["abcdefg"], [f"{ODD}  X"], f"\x1b[H  \x1b[H{ODD}\x1b[;3H  Xfg"),
    ],
    ids=[
        *("nothing", "a cell", "another line", "two runs", "a short gap", "below", "below at the edge"),
        *("wide", "narrow to wide", "odd", "odd now"),
    ],
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
    assert sent(shown, strip(("abc", "red"))) == first == "\x1b[H\x1b[31mabc\x1b[m"


def test_frame_of_another_size_is_sent_whole() -> None:
    """What was drawn for a wider terminal past the edge of the present one is in its last column."""
    shown = Shown()
    shown.fit(5, 1)
    wide = sent(shown, strip(("abcde", "")))
    shown.fit(5, 1)
    assert sent(shown, strip(("abcde", ""))) == ""
    shown.fit(3, 1)
    assert (wide, sent(shown, strip(("abc", "")))) == ("\x1b[Habcde", "\x1b[Habc")


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


@pytest.mark.parametrize("few_bytes", [0, FEW_BYTES])
@pytest.mark.parametrize("seed", range(20))
def test_any_frames_look_as_if_drawn_whole(seed: int, few_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.ui.terminal.pen.FEW_BYTES", few_bytes)
    chance = random.Random(seed)
    shown, terminal, whole = Shown(), SmallTerminal(columns=40), SmallTerminal()
    shown.fit(40, 5)
    for _ in range(30):
        x, width = chance.choice([(0, 40), (0, 12), (12, 28)])
        pieces = [DrawnPiece(x, y, some_line(chance, width)) for y in range(5) if chance.random() < 0.6]
        terminal.feed(shown.difference(pieces, ColorSystem.TRUECOLOR))
        for piece in pieces:
            whole.feed(Shown().difference([piece], ColorSystem.TRUECOLOR))
        assert terminal.cells == whole.cells


def test_frame_of_many_short_pieces_sets_each_colour_once() -> None:
    shown, terminal, whole = Shown(), SmallTerminal(), SmallTerminal()
    plain = [strip(("." * 60, ""))] * 8
    broken = [strip(*[("▓", "blue"), ("▒", "#d7af87"), (" ", ""), ("·", "")] * 15)] * 8
    terminal.feed(sent(shown, *plain))
    data = sent(shown, *broken)
    terminal.feed(data)
    whole.feed(sent(Shown(), *broken))
    assert terminal.cells == whole.cells
    assert (data.count("\x1b[34m"), data.count("38;2;215;175;135")) == (1, 1)


def test_frame_that_nobody_awaits_is_written_line_by_line() -> None:
    pieces = [strip(*[("▓", "blue"), ("▒", "red")] * 30)] * 8
    drawn = [DrawnPiece(0, y, line) for y, line in enumerate(pieces)]
    terminal, whole = SmallTerminal(), SmallTerminal()
    data = Shown().difference(drawn, ColorSystem.TRUECOLOR, is_awaited=False)
    terminal.feed(data)
    whole.feed(sent(Shown(), *pieces))
    assert terminal.cells == whole.cells
    assert data.count("\x1b[34m") == 30 * 8


def test_long_blanks_of_a_broken_frame_are_erased() -> None:
    shown, terminal, whole = Shown(), SmallTerminal(), SmallTerminal()
    terminal.feed(sent(shown, *[strip(("▓", "blue"), ("▒", "red")) for _ in range(40)], strip(("x" * 50, ""))))
    after = [*[strip(("▒", "red"), ("▓", "blue")) for _ in range(40)], strip((" " * 49 + "x", ""))]
    data = sent(shown, *after)
    terminal.feed(data)
    whole.feed(sent(Shown(), *after))
    assert terminal.cells == whole.cells
    assert "\x1b[49X" in data


BARS = "▓▒░·▒▓ ▒▒▓░▓·▓ ▓▓▒░▒·▓▒▓ ▒░▓▒·▓▓▒"


def bars_from(start: int) -> Strip:
    """A lane: a name, the cells of the bars from `start` on, and sums behind them."""
    return strip(("name │", ""), (BARS[start : start + 20], "blue"), ("│ sums", "dim"))


@pytest.mark.parametrize(
    ("start", "to", "data"),
    [
        (0, 4, "\x1b[;7H\x1b[4P\x1b[16C\x1b[4@\x1b[;23H"),
        (12, 8, "\x1b[;23H\x1b[4P\x1b[7G\x1b[4@\x1b[;7H"),
    ],
    ids=["later", "earlier"],
)
def test_bars_that_move_sideways_are_moved_by_the_terminal(start: int, to: int, data: str) -> None:
    shown, terminal, whole = Shown(), SmallTerminal(), SmallTerminal()
    terminal.feed(sent(shown, bars_from(start)))
    shown.expect(Shift(range(1), 6, 26, to - start))
    moved = sent(shown, bars_from(to))
    terminal.feed(moved)
    whole.feed(sent(Shown(), bars_from(to)))
    assert terminal.cells == whole.cells
    assert moved.startswith(data)
    assert sent(shown, bars_from(to)) == ""


@pytest.mark.parametrize("seed", range(20))
def test_move_that_was_wrongly_expected_does_no_harm(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.ui.terminal.shown.WORTH_SHIFTING", -100)
    chance = random.Random(seed)
    shown, terminal, whole = Shown(), SmallTerminal(), SmallTerminal()
    for _ in range(20):
        pieces = [DrawnPiece(0, y, some_line(chance, 40)) for y in range(5) if chance.random() < 0.6]
        left, right = sorted(chance.sample(range(41), 2))
        shown.expect(Shift(range(chance.randrange(5), 5), left, right, chance.randint(-45, 45)))
        terminal.feed(shown.difference(pieces, ColorSystem.TRUECOLOR))
        for piece in pieces:
            whole.feed(Shown().difference([piece], ColorSystem.TRUECOLOR))
        assert terminal.cells == whole.cells
