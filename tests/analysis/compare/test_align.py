"""Which entries of two lists belong together."""

from __future__ import annotations

from collections.abc import Generator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.analysis.compare.align import _with_few_changes, align

ENTRIES = st.lists(st.sampled_from("abcdef"), max_size=30)


@pytest.mark.parametrize(
    ("ours", "theirs", "pairs"),
    [
        ("", "", []),
        ("abc", "abc", [(0, 0), (1, 1), (2, 2)]),
        ("abc", "axc", [(0, 0), (2, 2)]),
        ("abc", "abxc", [(0, 0), (1, 1), (2, 3)]),
        ("abxc", "abc", [(0, 0), (1, 1), (3, 2)]),
        ("aXbYc", "YbXc", [(1, 2), (4, 3)]),
        ("aaaa", "aa", [(0, 0), (1, 1)]),
    ],
)
def test_pairs_of_small_lists(ours: str, theirs: str, pairs: list[tuple[int, int]]) -> None:
    assert align(ours, theirs) == pairs


@given(ENTRIES, ENTRIES)
def test_pairs_are_equal_entries_in_order(ours: list[str], theirs: list[str]) -> None:
    pairs = align(ours, theirs)
    assert all(ours[left] == theirs[right] for left, right in pairs)
    assert all(one[0] < two[0] and one[1] < two[1] for one, two in pairwise(pairs))


@given(ENTRIES, ENTRIES)
def test_pairs_do_not_depend_on_the_side(ours: list[str], theirs: list[str]) -> None:
    assert align(theirs, ours) == [(right, left) for left, right in align(ours, theirs)]


@given(ENTRIES)
def test_list_belongs_to_itself(entries: list[str]) -> None:
    assert align(entries, entries) == [(place, place) for place in range(len(entries))]


@given(ENTRIES, st.integers(0, 30))
def test_one_new_entry_costs_no_other_pair(entries: list[str], place: int) -> None:
    place = min(place, len(entries))
    longer = [*entries[:place], "new", *entries[place:]]
    assert len(align(entries, longer)) == len(entries)


def test_very_long_lists_without_anchors_are_answered() -> None:
    ours = ["a", *["x", "y"] * 20_000, "z"]
    theirs = ["a", *["y", "x"] * 20_000, "z"]
    pairs = align(ours, theirs)
    assert (0, 0) in pairs
    assert (len(ours) - 1, len(theirs) - 1) in pairs


def test_few_changes_are_found_among_many_repetitions() -> None:
    polls = ["wait", "nothing yet"] * 3_000
    ours = [*polls[:1_000], "hm", *polls[1_000:]]
    theirs = [*polls[:4_000], *polls[4_002:], "hm", "hm"]
    assert len(align(ours, theirs)) == len(polls) - 2


@given(ENTRIES, ENTRIES)
def test_few_changes_leave_the_fewest_alone(ours: list[str], theirs: list[str]) -> None:
    pairs = ended(_with_few_changes(ours, theirs))
    assert all(ours[left] == theirs[right] for left, right in pairs)
    assert all(one[0] < two[0] and one[1] < two[1] for one, two in pairwise(pairs))
    assert len(pairs) == longest_common(tuple(ours), tuple(theirs))


def ended(steps: Generator[None, None, list[tuple[int, int]] | None]) -> list[tuple[int, int]]:
    """What steps lead to."""
    found: list[list[tuple[int, int]] | None] = []

    def whole() -> Generator[None, None, None]:
        found.append((yield from steps))

    for _ in whole():
        pass
    assert found[0] is not None
    return found[0]


def longest_common(ours: tuple[str, ...], theirs: tuple[str, ...]) -> int:
    """The length of the longest common subsequence, by the table of the textbook."""
    row = [0] * (len(theirs) + 1)
    for entry in ours:
        above = row
        row = [0]
        for place, other in enumerate(theirs):
            row.append(above[place] + 1 if entry == other else max(above[place + 1], row[place]))
    return row[-1]
