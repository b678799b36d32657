"""What stands before the items of a request, compared with the request before: a prompt cache begins there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.reducer.recording import Recording, answer, user
from tui.model.ids import InferenceCallId
from tui.schema.events import InferenceStarted

CALM: dict[str, Any] = {"instructions": "be calm", "tools": [{"name": "shell"}]}


def changed_heads(*requests: Mapping[str, Any]) -> dict[InferenceCallId, tuple[str, ...]]:
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


def tools_item(*names: str, item_id: str = "at_1") -> dict[str, object]:
    return {"type": "additional_tools", "id": item_id, "tools": [{"name": name} for name in names]}


def test_tools_sent_as_an_item_are_compared() -> None:
    recording = Recording()
    for number, names in enumerate((["shell"], ["shell"], ["shell", "web"], ["shell", "web"]), 1):
        items = [tools_item(*names), user("hi"), *[answer("yo")] * (number - 1)]
        recording.request(f"i{number}", items)
        recording.done(f"i{number}", [answer("yo")])
    assert recording.graph().evidence.changed_heads == {"i3": ("tools",)}


def test_id_of_a_tools_item_is_not_compared() -> None:
    recording = Recording()
    recording.request("i1", [tools_item("shell"), user("hi")])
    recording.request("i2", [tools_item("shell", item_id="at_2"), user("hi")])
    assert recording.graph().evidence.changed_heads == {}


def test_settings_are_compared() -> None:
    low, high = {**CALM, "reasoning": {"effort": "low"}}, {**CALM, "reasoning": {"effort": "high"}}
    assert changed_heads(low, low, high, {**high, "tool_choice": "none"}) == {"i3": ("settings",), "i4": ("settings",)}


def test_blanks_between_values_change_nothing() -> None:
    recording = Recording()
    for number, blank in enumerate(("", " "), 1):
        fields = f'"tools":{blank}[{{"name":{blank}"f x"}}],{blank}"reasoning":{blank}{{"effort":{blank}"low"}}'
        tools = f'{{"type":"additional_tools","tools":{blank}[{{"name":{blank}"shell"}}]}}'
        body = f'{{"model":"m",{fields},"input":[{tools},{{"type":"message","role":"user","content":[]}}]}}'.encode()
        started = InferenceStarted(
            inference_call_id=f"i{number}",
            thread_id="T",
            codex_turn_id="U",
            model="m",
            provider_name="p",
            request_payload=recording.payload("inference_request", body),
        )
        recording.event(started)
    assert recording.graph().evidence.changed_heads == {}
