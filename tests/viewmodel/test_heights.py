"""Row numbers while most heights are estimates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.viewmodel.rows.heights import EntryLine, HeightIndex

HEIGHTS = st.lists(st.integers(1, 9), min_size=1, max_size=40)


@given(HEIGHTS, st.integers(1, 7))
def test_measured_rows_and_places_are_each_others_inverse(heights: list[int], chunk_size: int) -> None:
    index = HeightIndex(len(heights), chunk_size=chunk_size)
    for chunk in range(index.chunk_of(len(heights) - 1) + 1):
        index.measure(chunk, [heights[entry] for entry in index.entries_of(chunk)])

    places = [EntryLine(entry, line) for entry, height in enumerate(heights) for line in range(height)]

    assert index.total == len(places)
    assert [index.place_of(row) for row in range(index.total)] == places
    assert [index.row_of(place) for place in places] == list(range(index.total))


def test_measuring_a_chunk_moves_only_what_is_behind_it() -> None:
    index = HeightIndex(6, chunk_size=2, estimate=4)
    before = [index.row_of(EntryLine(entry, 0)) for entry in range(6)]

    index.measure(1, [1, 10])

    assert before == [0, 4, 8, 12, 16, 20]
    assert [index.row_of(EntryLine(entry, 0)) for entry in range(6)] == [0, 4, 8, 9, 19, 23]


@pytest.mark.parametrize(("place", "row"), [(EntryLine(0, 7), 1), (EntryLine(1, 99), 4), (EntryLine(2, 99), 8)])
def test_a_line_beyond_an_entry_is_its_last_one(place: EntryLine, row: int) -> None:
    index = HeightIndex(3, chunk_size=2, estimate=4)
    index.measure(0, [2, 3])

    assert index.row_of(place) == row


def test_a_forgotten_entry_makes_its_chunk_an_estimate_again() -> None:
    index = HeightIndex(4, chunk_size=2, estimate=4)
    index.measure(0, [1, 1])

    index.forget(1)

    assert not index.is_measured(0)
    assert index.total == 16
