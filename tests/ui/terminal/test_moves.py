"""The cursor goes from cell to cell in the fewest bytes, and arrives."""

from __future__ import annotations

from itertools import product

import pytest

from tests.ui.terminal.small_terminal import SmallTerminal
from tui.ui.terminal.moves import NOWHERE, Place, move

PLACES = [*product((0, 1, 4, 9, 10, 99, 119), (0, 1, 3, 9, 10, 39))]


@pytest.mark.parametrize("start", PLACES)
def test_every_way_leads_to_its_place(start: Place) -> None:
    for end in [*PLACES, start]:
        terminal = SmallTerminal()
        terminal.feed(move(NOWHERE, start) + move(start, end) + "X")
        assert list(terminal.cells) == [(end[1], end[0])]
        assert len(move(start, end)) <= len(move(NOWHERE, end))


@pytest.mark.parametrize(
    ("start", "end", "way"),
    [
        (NOWHERE, (0, 0), "\x1b[H"),
        (NOWHERE, (0, 4), "\x1b[5H"),
        (NOWHERE, (4, 0), "\x1b[;5H"),
        (NOWHERE, (4, 4), "\x1b[5;5H"),
        ((4, 4), (4, 4), ""),
        ((4, 4), (5, 4), "\x1b[C"),
        ((4, 4), (14, 4), "\x1b[10C"),
        ((4, 4), (3, 6), "\v\v\b"),
        ((4, 4), (4, 3), "\x1bM"),
        ((30, 4), (0, 5), "\v\r"),
        ((30, 4), (2, 4), "\x1b[3G"),
        ((30, 4), (25, 4), "\x1b[5D"),
    ],
)
def test_the_shortest_way_is_taken(start: Place, end: Place, way: str) -> None:
    assert move(start, end) == way
