"""From any style to any other in one short sequence."""

from __future__ import annotations

from itertools import product

import pytest

from tests.ui.terminal.small_terminal import SmallTerminal
from tui.ui.terminal.sgr import ANY_COLOUR, PLAIN, Codes, covers, transition, turn

ATTRIBUTES = [(), ("1",), ("2",), ("1", "2"), ("3", "4"), ("1", "7"), ("4", "9")]
STYLES = [Codes(*parts) for parts in product(ATTRIBUTES, ("39", "31", "38;5;245"), ("49", "48;5;235"))]
BLANK = Codes((), ANY_COLOUR, "49")


@pytest.mark.parametrize("current", STYLES)
def test_any_style_follows_any_other(current: Codes) -> None:
    for wanted in STYLES:
        terminal, afresh = SmallTerminal(), SmallTerminal()
        terminal.feed(f"{transition(PLAIN, current)}{transition(current, wanted)}X{transition(wanted, PLAIN)}")
        afresh.feed(f"\x1b[0;{';'.join([*wanted.attributes, wanted.foreground, wanted.background])}mX\x1b[m")
        assert terminal.cells == afresh.cells


@pytest.mark.parametrize(
    ("current", "wanted", "sequence"),
    [
        (PLAIN, PLAIN, ""),
        (Codes(("1",), "31", "41"), PLAIN, "\x1b[m"),
        (Codes((), "31", "41"), Codes((), "32", "41"), "\x1b[32m"),
        (Codes(("1",), "38;5;245", "49"), Codes((), "38;5;245", "49"), "\x1b[22m"),
        (Codes(("1", "2"), "38;5;245", "49"), Codes(("1",), "38;5;245", "49"), "\x1b[22;1m"),
        (Codes(("1", "4", "9"), "31", "49"), Codes((), "32", "49"), "\x1b[0;32m"),
    ],
)
def test_a_sequence_holds_what_changes(current: Codes, wanted: Codes, sequence: str) -> None:
    assert transition(current, wanted) == sequence


@pytest.mark.parametrize(
    ("codes", "is_covered"),
    [
        (Codes((), "31", "49"), True),
        (Codes(("1", "2", "3"), "31", "49"), True),
        (Codes(("4",), "31", "49"), False),
        (Codes((), "31", "41"), False),
    ],
)
def test_blanks_are_written_in_styles_that_show_none(codes: Codes, is_covered: bool) -> None:
    assert covers(codes, BLANK) is is_covered
    assert (turn(codes, BLANK) == ("", codes)) is is_covered
