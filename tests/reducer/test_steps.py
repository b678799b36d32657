"""One event may bring any number of items: no step of its reduction pays for many of them, and nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings

from tests.examples import examples
from tests.reducer.recording import Recording, answer, encoded, user
from tests.reducer.stories import recordings
from tui.reducer import steps as step_rules
from tui.reducer.jsontext import MAX_DEPTH
from tui.reducer.reducer import TraceReducer
from tui.reducer.steps import STEP_BYTES, STEP_ITEMS

MANY = 5 * STEP_ITEMS


@settings(max_examples=examples(150), deadline=None)
@given(recordings())
def test_steps_of_any_size_lead_to_the_same_graph(recording: Recording) -> None:
    whole = recording.reduce()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(step_rules, "STEP_ITEMS", 1)
        patch.setattr(step_rules, "STEP_BYTES", 1)
        stepwise = recording.reduce()
    assert encoded(stepwise) == encoded(whole)
    assert stepwise.diagnostics == whole.diagnostics


def many_answers(r: Recording) -> None:
    r.request("i1", [user("hi")])
    r.done("i1", [answer(str(number)) for number in range(MANY)])


def many_messages(r: Recording) -> None:
    r.request("i1", [user(str(number)) for number in range(MANY)])


def many_after_a_response(r: Recording) -> None:
    r.request("i1", [user("hi")])
    r.done("i1", [answer("yo")], response_id="r1")
    r.request("i2", [user(str(number)) for number in range(MANY)], previous="r1")


def many_compacted(r: Recording) -> None:
    r.compact("c", [user(str(number)) for number in range(MANY)], [user("short")])


def few_after_many(r: Recording) -> None:
    """What was sent is looked for among all that was sent before."""
    many_messages(r)
    r.request("i2", [user(f"other {number}") for number in range(3)])


def many_again_in_another_order(r: Recording) -> None:
    many_messages(r)
    r.request("i2", [user(str(number)) for number in reversed(range(MANY))])


@pytest.mark.parametrize("schema", [1, 2])
@pytest.mark.parametrize(
    "story",
    [
        many_answers,
        many_messages,
        many_after_a_response,
        many_compacted,
        few_after_many,
        many_again_in_another_order,
    ],
)
def test_no_step_makes_many_items(story: Callable[[Recording], None], schema: int) -> None:
    recording = Recording(schema)
    story(recording)
    reducer = TraceReducer(recording.manifest)
    for line in recording.lines[:-1]:
        reducer.apply(line, recording.bodies)
    items = reducer.trace.conversation_items
    before, steps = len(items), reducer.steps(recording.lines[-1], recording.bodies)
    made = [before, *(len(items) for _ in steps)]
    assert len(made) > MANY // STEP_ITEMS
    assert max(after - before for before, after in pairwise(made)) <= STEP_ITEMS
    assert encoded(reducer) == encoded(recording.reduce())
    assert reducer.diagnostics == []


def test_items_of_many_bytes_have_steps_of_their_own() -> None:
    recording = Recording(2)
    recording.request("i1", [user("a" * STEP_BYTES), user("b"), user("c" * STEP_BYTES)])
    reducer = TraceReducer(recording.manifest)
    for line in recording.lines[:-1]:
        reducer.apply(line, recording.bodies)
    assert len(list(reducer.steps(recording.lines[-1], recording.bodies))) == 8
    assert encoded(reducer) == encoded(recording.reduce())


def test_an_ordinary_event_is_one_step() -> None:
    recording = Recording(2)
    recording.request("i1", [user("hi")])
    recording.done("i1", [answer("yo")])
    reducer = TraceReducer(recording.manifest)
    assert [len(list(reducer.steps(line, recording.bodies))) for line in recording.lines] == [0] * len(recording.lines)


def test_an_item_that_is_nested_too_deeply_keeps_nothing_but_its_place() -> None:
    recording = Recording(2)
    deep: object = "x"
    for _ in range(MAX_DEPTH):
        deep = [deep]
    recording.request("i1", [{**user("a", "u1"), "more": deep}])
    reducer = recording.reduce()
    (item,) = reducer.trace.conversation_items.values()
    assert item.responses_item_id is msgspec.UNSET
    assert [found.code for found in reducer.diagnostics] == ["unreadable-item"]
