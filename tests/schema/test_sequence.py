"""Lists of ids that share what they have in common."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.schema.sequence import SharedSequence


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
