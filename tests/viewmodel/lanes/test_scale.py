"""Milliseconds and cells: there and back, with silences shortened, zoomed and moved."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.viewmodel.lanes.scale import Scale, Silence, View, silences


@given(st.integers(1, 200), st.integers(0, 10_000), st.integers(1, 10_000))
def test_cells_follow_the_order_of_time(width: int, start: int, length: int) -> None:
    scale = Scale(start, start + length, width)
    cells = [scale.cell_of(ms) for ms in range(start, start + length, max(1, length // 50))]
    assert cells == sorted(cells)
    assert 0 <= cells[0] <= cells[-1] < width


@given(st.integers(5, 200), st.integers(10, 10_000))
def test_time_of_a_cell_lies_in_it(width: int, length: int) -> None:
    scale = Scale(0, length, width)
    for cell in range(0, width, 7):
        assert scale.place_of(scale.time_of(cell)) >= cell - 1e-9


def test_silence_takes_one_cell() -> None:
    scale = Scale(0, 10_100, 21, [Silence(50, 10_050)])
    assert [scale.cell_of(ms) for ms in (0, 49, 50, 5_000, 10_049, 10_050, 10_099)] == [0, 9, 10, 10, 10, 11, 20]
    assert scale.gap_cells() == [10]


@pytest.mark.parametrize(
    ("busy", "found"),
    [
        ([], [Silence(0, 100)]),
        ([(0, 100)], []),
        ([(0, 40), (60, 100)], []),
        ([(0, 30), (60, 100)], [Silence(30, 60)]),
        ([(10, 90), (20, 30)], []),
        ([(40, 50)], [Silence(0, 40), Silence(50, 100)]),
    ],
)
def test_silences_are_times_without_work(busy: list[tuple[int, int]], found: list[Silence]) -> None:
    assert silences(busy, 0, 100, 20) == found


def test_zoom_keeps_the_time_under_the_cursor_in_place() -> None:
    view = View(1_000)
    view.zoom(250, 1)
    assert (view.start, view.end) == (125, 625)
    view.zoom(250, -1)
    assert (view.start, view.end) == (0, 1_000)


@pytest.mark.parametrize(
    ("cells", "moved", "shown"),
    [
        (10, 10, (500, 900)),
        (-15, -15, (250, 650)),
        (100, 20, (600, 1_000)),
        (-100, -40, (0, 400)),
    ],
)
def test_pan_stays_within_the_session(cells: int, moved: int, shown: tuple[int, int]) -> None:
    view = View(1_000)
    view.start, view.end = 400, 800
    assert view.pan(cells, 40) == moved
    assert (view.start, view.end) == shown


@given(st.integers(20, 120), st.integers(1, 400), st.integers(-40, 40), st.integers(0, 900))
def test_what_stays_in_view_moves_by_whole_cells(width: int, length: int, cells: int, ms: int) -> None:
    view = View(1_000)
    view.start, view.end = 300.0, 300.0 + length
    before = Scale(view.start, view.end, width).place_of(ms)
    moved = view.pan(cells, width)
    assert Scale(view.start, view.end, width).place_of(ms) == pytest.approx(before - moved)


def test_pan_to_an_end_shows_less_than_a_cell_beyond_it() -> None:
    view = View(1_000)
    view.zoom(333, 2)
    assert view.pan(-1_000, 30) < 0
    assert -250 / 30 < view.start <= 0
    assert view.pan(-1, 30) == 0
    view.pan(1_000, 30)
    assert 1_000 <= view.end < 1_000 + 250 / 30


def test_growing_session_stays_whole_while_all_of_it_is_shown() -> None:
    view = View(100)
    view.extend(200)
    assert (view.start, view.end) == (0, 200)
    view.zoom(0, 1)
    view.extend(400)
    assert (view.start, view.end) == (0, 100)


@pytest.mark.parametrize(
    ("start", "end", "gaps", "line"),
    [
        (0, 250, [], "│0.0s           │0.1s           │0.2s"),
        (0, 120, [], "│0.00s          │0.05s           │0.10s"),
        (0, 4_000, [], "│0s                 │2s"),
        (7_199_000, 7_201_000, [], "│1:59:59            │2:00:00"),
        (0, 101_000, [Silence(500, 100_500)], "│0.0s               │01:40.5"),
    ],
)
def test_ticks_are_at_round_moments_with_different_words(start: int, end: int, gaps: list[Silence], line: str) -> None:
    assert Scale(start, end, 40, gaps).axis().rstrip() == line


@given(st.integers(1, 200), st.integers(0, 10**9), st.integers(1, 10**8))
def test_no_two_ticks_have_the_same_words(width: int, start: int, length: int) -> None:
    ticks = [words.strip() for words in Scale(start, start + length, width).axis().split("│")[1:]]
    assert len({*ticks}) == len(ticks)
