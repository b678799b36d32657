"""Which lines of the screen carry the scroll position, and which are drawn as one region."""

from __future__ import annotations

import pytest

from tui.ui.widgets.frame_line import adjoining, thumb_lines


@pytest.mark.parametrize(
    ("height", "count", "top", "expected"),
    [
        (10, 10, 0, (0, -1)),
        (10, 20, 0, (0, 4)),
        (10, 20, 4, (2, 6)),
        (10, 20, 10, (5, 9)),
        (10, 1_000_000, 0, (0, 0)),
        (10, 1_000_000, 999_990, (9, 9)),
    ],
)
def test_thumb_is_where_the_screen_is(height: int, count: int, top: int, expected: tuple[int, int]) -> None:
    assert thumb_lines(height, count, top) == expected


@pytest.mark.parametrize(("lines", "groups"), [([], []), ([3], [[3]]), ([0, 1, 4, 5, 6, 8], [[0, 1], [4, 5, 6], [8]])])
def test_lines_without_gaps_are_one_group(lines: list[int], groups: list[list[int]]) -> None:
    assert list(adjoining(lines)) == groups
