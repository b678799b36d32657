"""A place becomes bytes and a place again."""

from __future__ import annotations

import msgspec

from tui.model.noderef import NodeRef
from tui.viewmodel.frame.navigation import Place
from tui.viewmodel.frame.remembered import MOST_FOLDED, Identity, Remembered, is_of, remembered
from tui.viewmodel.timeline.folding import Stance

TURN = NodeRef("turn", "t1")
OTHER = NodeRef("turn", "t2")
AGENT = NodeRef("thread", "alpha")
CALL = NodeRef("tool_call", "call")
IDENTITY = Identity("trace", "rollout", "/bundle")


def written(place: Place, marks: dict[str, Place] | None = None, *, unfolded_turns: tuple[str, ...] = ()) -> Remembered:
    """A place after it was written down and read back."""
    taken = remembered(
        IDENTITY,
        place,
        marks or {},
        {"a": "the cause", "z": "no mark"},
        follows=True,
        unfolded_turns=unfolded_turns,
        filter_text="kind:tool",
    )
    return msgspec.json.decode(msgspec.json.encode(taken), type=Remembered)


def test_a_place_is_the_same_after_a_round_trip() -> None:
    place = Place(
        "conversation",
        NodeRef("item", "i"),
        Stance(frozenset({TURN, CALL}), CALL, 7, frozenset({OTHER}), frozenset({AGENT})),
    )
    found = written(place)
    assert found.place_of(found.place) == place
    assert (found.follows, found.filter) == (True, "kind:tool")


def test_a_place_before_there_was_anything() -> None:
    found = written(Place("timeline", None, Stance(frozenset(), None, 0)))
    assert found.place_of(found.place) == Place("timeline", None, Stance(frozenset(), None, 0))


def test_marks_share_the_folding_that_they_have_in_common() -> None:
    folding = frozenset({TURN})
    marks = {letter: Place("timeline", CALL, Stance(frozenset({TURN}), CALL, 1)) for letter in "abc"}
    found = written(Place("timeline", TURN, Stance(folding, TURN, 0)), marks)
    assert len(found.foldings) == 1
    assert {letter: found.place_of(saved) for letter, saved in found.marks.items()} == marks


def test_turns_that_came_later_keep_their_folding() -> None:
    found = written(Place("timeline", TURN, Stance(frozenset(), TURN, 0)), unfolded_turns=(TURN.id,))
    view = found.place_of(found.place, [TURN, OTHER, CALL]).view
    assert isinstance(view, Stance)
    assert view.folded == {OTHER}


def test_a_folding_of_very_many_rows_is_not_remembered() -> None:
    many = frozenset(NodeRef("tool_call", str(number)) for number in range(MOST_FOLDED + 1))
    found = written(Place("timeline", CALL, Stance(many, CALL, 3)))
    assert found.foldings == []
    assert found.place_of(found.place) == Place("timeline", CALL, None)


def test_a_folding_that_was_not_written_down_is_none() -> None:
    found = written(Place("timeline", CALL, Stance(frozenset({TURN}), CALL, 3)))
    for number in (-1, 1):
        view = found.place_of(msgspec.structs.replace(found.place, folding=number)).view
        assert isinstance(view, Stance)
        assert view.folded == set()


def test_the_same_place_gives_the_same_bytes() -> None:
    refs = [NodeRef("tool_call", str(number)) for number in range(50)]
    one = written(Place("timeline", CALL, Stance(frozenset(refs), CALL, 0)))
    other = written(Place("timeline", CALL, Stance(frozenset(reversed(refs)), CALL, 0)))
    assert msgspec.json.encode(one) == msgspec.json.encode(other)


def test_it_is_of_one_recording_in_one_place_only() -> None:
    found = written(Place("timeline", None))
    assert is_of(found, IDENTITY)
    for other in (
        Identity("x", "rollout", "/bundle"),
        Identity("trace", "x", "/bundle"),
        Identity("trace", "rollout", "/x"),
    ):
        assert not is_of(found, other)
