"""What stands before the items of a request, compared with the request before: a prompt cache begins there."""

from __future__ import annotations

from tests.reducer.recording import Recording, answer, user

CALM = {"instructions": "be calm", "tools": [{"name": "shell"}]}


def changed_heads(*requests: dict[str, object]) -> dict[str, tuple[str, ...]]:
    """Which of the requests `i1`, `i2`, … of one thread changed what."""
    recording = Recording()
    for number, fields in enumerate(requests, 1):
        recording.request(f"i{number}", [user("hi")], **fields)
        recording.done(f"i{number}", [answer("yo")], response_id=f"r{number}")
    return dict(recording.graph().evidence.changed_heads)


def test_the_first_request_and_one_with_the_same_head_change_nothing() -> None:
    assert changed_heads(CALM, CALM) == {}


def test_other_instructions_and_tools_are_named() -> None:
    wild = {"instructions": "be wild", "tools": [{"name": "shell"}, {"name": "web"}]}
    assert changed_heads(CALM, wild, wild) == {"i2": ("instructions", "tools")}


def test_a_request_without_tools_has_lost_them() -> None:
    assert changed_heads(CALM, {"instructions": "be calm"}) == {"i2": ("tools",)}


def test_a_request_that_continues_a_response_need_not_say_them_again() -> None:
    assert changed_heads(CALM, {"previous": "r1"}, {**CALM, "previous": "r2"}) == {}


def test_each_thread_has_a_head_of_its_own() -> None:
    recording = Recording()
    recording.request("i1", [user("hi")], **CALM)
    recording.child("C", "/root/alpha")
    recording.inside("C").request("c1", [user("go")], instructions="be a helper")
    assert recording.graph().evidence.changed_heads == {}
