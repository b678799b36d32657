"""Lists of ids that share what they have in common."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tui.schema.sequence import SharedSequence, Spine


def test_extending_a_sequence_twice_with_the_same_ids_shares_them() -> None:
    """A call's input with its response is the snapshot first and the prefix of the next call then: one list."""
    sent = SharedSequence(["a", "b"])
    snapshot = sent.extended(["c"])
    prefix = sent.extended(["c"])
    assert prefix.to_list() == ["a", "b", "c"]
    assert prefix._spine is snapshot._spine


def test_extending_otherwise_leaves_the_other_sequences_alone() -> None:
    sent = SharedSequence(["a", "b"])
    one, other = sent.extended(["c"]), sent.extended(["d"])
    longer = one.extended(["e"])
    assert [list(ids) for ids in (sent, one, other, longer)] == [
        ["a", "b"],
        ["a", "b", "c"],
        ["a", "b", "d"],
        ["a", "b", "c", "e"],
    ]


@given(st.lists(st.sampled_from("ab"), max_size=12), st.lists(st.sampled_from("ab"), max_size=12))
def test_the_shared_beginning_ends_where_two_lists_first_differ(ours: list[str], theirs: list[str]) -> None:
    pairs = zip(ours, theirs, strict=False)
    expected = next((place for place, (one, other) in enumerate(pairs) if one != other), min(len(ours), len(theirs)))
    assert SharedSequence(ours).shared_prefix_length(SharedSequence(theirs)) == expected


@given(st.lists(st.integers(), max_size=6), st.slices(6))
def test_a_slice_is_that_of_a_list(entries: list[int], wanted: slice) -> None:
    sequence: SharedSequence[int] = SharedSequence(entries)
    sequence.extended([7, 8, 9])
    assert sequence[wanted] == entries[wanted]


class _Copied(Spine[int]):
    """Counts how many of its entries were copied."""

    entries = 0

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        self.entries += len(found) if isinstance(index, slice) else 0
        return found


def test_a_slice_copies_no_more_than_it_returns() -> None:
    sequence: SharedSequence[int] = SharedSequence()
    spine = sequence._spine = _Copied()
    long = sequence.extended(range(1000))
    assert long[990:] == list(range(990, 1000))
    assert spine.entries == 10


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=4), max_size=4), st.integers(0, 16))
def test_the_first_place_is_that_of_a_list(added: list[list[str]], length: int) -> None:
    """Asked while the lists grow, and of each as far as it goes."""
    whole: SharedSequence[str] = SharedSequence()
    for more in added:
        whole = whole.extended(more)
        for sequence in (whole, whole.prefix(length)):
            entries = list(sequence)
            expected = {entry: entries.index(entry) if entry in entries else None for entry in "abcdef"}
            assert {entry: sequence.place_of(entry) for entry in "abcdef"} == expected


def test_lists_that_part_have_places_of_their_own() -> None:
    sent = SharedSequence("ab")
    one = sent.extended("c")
    assert one.place_of("c") == 2
    other = sent.extended("dc")
    assert [(ids.place_of("c"), ids.place_of("d")) for ids in (sent, one, other)] == [
        (None, None),
        (2, None),
        (3, 2),
    ]
