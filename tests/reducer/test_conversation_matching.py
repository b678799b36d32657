"""Which item a payload shows: the cases that the reducer rules answer (§§5, 6, 15), as requests and responses.

A row is a recording and its `flow`: item ordinals of each request and response, then the thread's visible items.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.reducer.recording import Recording, agent_message, answer, flow, reasoning, user

Story = Callable[[Recording], object]


def _accepted_message(r: Recording) -> None:
    r.accept("m1", agent_message("/root/a", "/root", "hello", "m1"))
    r.request("i1", [user("hi"), agent_message("/root/a", "/root", "hello", "m1")])


def _accepted_message_without_id(r: Recording) -> None:
    r.accept("m1", agent_message("/root/a", "/root", "hello", "m1"))
    r.request("i1", [user("hi"), agent_message("/root/a", "/root", "hello")])


SCHEMA_2: dict[str, tuple[list[Story], str]] = {
    "a repeated history keeps its items": (
        [
            lambda r: r.request("i1", [user("hi")]),
            lambda r: r.done("i1", [answer("yo")]),
            lambda r: r.request("i2", [user("hi"), answer("yo"), user("more")]),
        ],
        "i1 1 > 2 | i2 1 2 3 > | visible 1 2 3",
    ),
    "another Responses id is another item": (
        [
            lambda r: r.request("i1", [user("hi", "u1")]),
            lambda r: r.done("i1", [answer("yo", "a1")]),
            lambda r: r.request("i2", [user("hi", "u9"), answer("yo", "a9")]),
        ],
        "i1 1 > 2 | i2 3 4 > | visible 1 3 4",
    ),
    "ids that come late are adopted": (
        [
            lambda r: r.request("i1", [user("hi")]),
            lambda r: r.done("i1", [answer("yo")]),
            lambda r: r.request("i2", [user("hi", "u1"), answer("yo", "a1")]),
        ],
        "i1 1 > 2 | i2 1 2 > | visible 1 2",
    ),
    "items may change places": (
        [
            lambda r: r.request("i1", [user("a"), user("b")]),
            lambda r: r.request("i2", [user("b"), user("a")]),
        ],
        "i1 1 2 > | i2 2 1 > | visible 1 2",
    ),
    "what left the input and returns is new": (
        [
            lambda r: r.request("i1", [user("a", "u1")]),
            lambda r: r.request("i2", [user("z")]),
            lambda r: r.request("i3", [user("a", "u1")]),
        ],
        "i1 1 > | i2 2 > | i3 3 > | visible 1 2 3",
    ),
    "a response after a newer request stays out of the snapshot": (
        [
            lambda r: r.request("i1", [user("a")]),
            lambda r: r.request("i2", [user("a"), user("b")]),
            lambda r: r.done("i1", [answer("r")]),
            lambda r: r.request("i3", [user("a"), user("b"), answer("r")]),
        ],
        "i1 1 > 3 | i2 1 2 > | i3 1 2 4 > | visible 1 2 4",
    ),
    "a response that comes again is recognised by its id": (
        [
            lambda r: r.request("i1", [user("a")]),
            lambda r: r.failed("i1", [reasoning("e", "r1")]),
            lambda r: r.request("i2", [user("a")]),
            lambda r: r.done("i2", [reasoning("e", "r1"), answer("yo", "a1")]),
        ],
        "i1 1 > 2 | i2 1 > 2 3 | visible 1",
    ),
    "twice the same in one response are two items": (
        [lambda r: r.request("i1", [user("a")]), lambda r: r.done("i1", [answer("yo", "a1"), answer("yo", "a1")])],
        "i1 1 > 2 3 | visible 1",
    ),
    "a partial response enters the snapshot": (
        [
            lambda r: r.request("i1", [user("a")]),
            lambda r: r.failed("i1", [answer("r1")]),
            lambda r: r.request("i2", [user("a"), answer("r1")]),
        ],
        "i1 1 > 2 | i2 1 2 > | visible 1 2",
    ),
    "an incremental request shows its prefix": (
        [
            lambda r: r.request("i1", [user("a")]),
            lambda r: r.done("i1", [answer("r")], "R1"),
            lambda r: r.request("i2", [user("z")]),
            lambda r: r.request("i3", [user("q")], previous="R1"),
        ],
        "i1 1 > 2 | i2 3 > | i3 1 2 4 > | visible 1 2 3 4",
    ),
    "a compaction's replacement is what the next request repeats": (
        [
            lambda r: r.request("i1", [user("a")]),
            lambda r: r.compact("c", [user("a")], [user("summary")]),
            lambda r: r.request("i2", [user("summary"), user("n")]),
        ],
        "i1 1 > | i2 3 4 > | visible 1 2 3 4",
    ),
    "an incremental request leaves a pending compaction": (
        [
            lambda r: r.request("i1", [user("a")]),
            lambda r: r.done("i1", [answer("r")], "R1"),
            lambda r: r.compact("c", [], [user("summary")]),
            lambda r: r.request("i2", [user("q")], previous="R1"),
            lambda r: r.done("i2", [answer("r2")]),
            lambda r: r.request("i3", [user("summary"), user("q"), answer("r2")]),
        ],
        "i1 1 > 2 | i2 1 2 5 > 6 | i3 4 7 8 > | visible 1 2 3 4 5 7 8",
    ),
    "a message accepted before any request keeps its item": (
        [_accepted_message],
        "i1 2 1 > | visible 1 2",
    ),
    "without its id it is another item": (
        [_accepted_message_without_id],
        "i1 2 3 > | visible 1 2 3",
    ),
    "a late acceptance makes an unused response visible, in its place": (
        [
            lambda r: r.request("i1", [user("hi")]),
            lambda r: r.done("i1", [answer("yo", "a1")]),
            lambda r: r.request("i2", [user("hi"), user("b")]),
            lambda r: r.accept("a1"),
        ],
        "i1 1 > 2 | i2 1 3 > | visible 1 2 3",
    ),
}

SCHEMA_1: dict[str, tuple[list[Story], str]] = {
    "ids do not matter": (
        [
            lambda r: r.request("i1", [user("hi", "u1")]),
            lambda r: r.done("i1", [answer("yo", "a1")]),
            lambda r: r.request("i2", [user("hi", "u9"), answer("yo", "a9")]),
        ],
        "i1 1 > 2 | i2 1 2 > | visible 1 2",
    ),
    "responses are visible at once, and always new": (
        [
            lambda r: r.request("i1", [user("a")]),
            lambda r: r.failed("i1", [reasoning("e", "r1")]),
            lambda r: r.request("i2", [user("a")]),
            lambda r: r.done("i2", [reasoning("e", "r1")]),
        ],
        "i1 1 > 2 | i2 1 > 3 | visible 1 2 3",
    ),
    "a late response joins the snapshot whichever call it answers": (
        [
            lambda r: r.request("i1", [user("a")]),
            lambda r: r.request("i2", [user("a"), user("b")]),
            lambda r: r.done("i1", [answer("r")]),
            lambda r: r.request("i3", [user("a"), user("b"), answer("r")]),
        ],
        "i1 1 > 3 | i2 1 2 > | i3 1 2 3 > | visible 1 2 3",
    ),
}


def _flow(schema: int, story: list[Story]) -> str:
    recording = Recording(schema)
    for step in story:
        step(recording)
    return flow(recording.graph())


@pytest.mark.parametrize(("story", "expected"), SCHEMA_2.values(), ids=SCHEMA_2.keys())
def test_schema_2_finds_the_item(story: list[Story], expected: str) -> None:
    assert _flow(2, story) == expected


@pytest.mark.parametrize(("story", "expected"), SCHEMA_1.values(), ids=SCHEMA_1.keys())
def test_schema_1_finds_the_item(story: list[Story], expected: str) -> None:
    assert _flow(1, story) == expected


def test_readable_reasoning_of_a_later_payload_is_kept() -> None:
    """The encrypted part is the identity; whichever payload shows readable text first fills it in."""
    recording = Recording()
    recording.request("i1", [user("a")])
    recording.done("i1", [reasoning("e", "r1")])
    recording.request("i2", [user("a"), reasoning("e", "r1", summary=["because"])])
    item = recording.graph().conversation_items["conversation_item:2"]  # type: ignore[index]
    assert [type(part).__name__ for part in item.body.parts] == ["SummaryPart", "EncodedPart"]


def test_a_repeated_history_is_not_normalised_again() -> None:
    """Proof that the unchanged start of a request is skipped: items in it that are broken JSON go unseen.

    The second request begins with the bytes of the first. If the reducer read that start again, the report about its
    unsupported item would come twice.
    """
    strange = {"type": "hologram"}
    recording = Recording()
    recording.request("i1", [user("a"), strange])
    recording.request("i2", [user("a"), strange, user("b")])
    codes = [finding.code for finding in recording.reduce().diagnostics]
    assert codes == ["unsupported-item"]
