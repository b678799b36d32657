"""Tool outputs and messages that enter the history before a request shows them (schema 3 notes §§6.2, 6.3)."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from tests.reducer.recording import (
    Recording,
    agent_message,
    answer,
    apply,
    call,
    cell_of,
    flow,
    item_of,
    operation_of,
    output,
    reasoning,
    script,
    script_output,
    tool_of,
    user,
)
from tui.model.conversation import ToolProducer
from tui.model.ids import ThreadId, ToolCallId
from tui.schema.events import (
    HistoryItemAccepted,
)


@pytest.fixture
def recording() -> Recording:
    return Recording(3)


def test_an_accepted_output_is_an_item_at_once(recording: Recording) -> None:
    """It exists from its acceptance on, though no request shows it; the tool does not count it as seen yet."""
    recording.tool("c1", call="c1")
    seq = recording.accept_output(output("c1", "out", "o1"), "o1")
    trace = recording.graph()
    item = item_of(trace, 1)
    assert (item.kind, item.call_id, item.first_seen_at_unix_ms, item.accepted_seq) == (
        "function_call_output",
        "c1",
        seq * 10,
        seq,
    )
    assert item.produced_by == [ToolProducer(ToolCallId("c1"))]
    assert trace.threads[ThreadId("T")].conversation_item_ids == ["conversation_item:1"]
    assert tool_of(trace, "c1").model_visible_output_item_ids == []


def test_a_request_uses_the_accepted_output(recording: Recording) -> None:
    recording.tool("c1", call="c1")
    recording.accept_output(output("c1", "whole", "o1"), "o1")
    recording.request("i1", [user("a"), output("c1", "as sent", "o1")])
    trace = recording.graph()
    assert flow(trace) == "i1 2 1 > | visible 2 1"
    assert item_of(trace, 1).body.parts[0].text == "as sent"
    assert tool_of(trace, "c1").model_visible_output_item_ids == ["conversation_item:1"]


def test_a_tool_that_starts_later_finds_the_output(recording: Recording) -> None:
    recording.accept_output(output("c1", "out", "o1"), "o1")
    recording.tool("c1", call="c1")
    assert tool_of(recording.graph(), "c1").model_visible_output_item_ids == ["conversation_item:1"]


def test_the_cell_and_terminal_wait_for_a_sighting(recording: Recording) -> None:
    recording.request("i1", [script("c1")])
    recording.cell("1", "c1")
    recording.command("t1", call="c1")
    recording.accept_output(script_output("c1", "out", "o1"), "o1")
    trace = recording.graph()
    operation = operation_of(trace, 1)
    assert cell_of(trace, "c1").output_item_ids == []
    assert operation.model_observations[0].output_item_ids == []
    recording.request("i2", [script("c1"), script_output("c1", "out", "o1")])
    trace = recording.graph()
    operation = operation_of(trace, 1)
    assert cell_of(trace, "c1").output_item_ids == ["conversation_item:2"]
    assert operation.model_observations[0].output_item_ids == ["conversation_item:2"]


ACCEPTED: list[tuple[str, dict[str, object]]] = [
    ("function_call_output", {"call_id": "c", "output": "x"}),
    ("custom_tool_call_output", {"call_id": "c", "output": "x"}),
    ("tool_search_output", {"call_id": "c"}),
    ("mcp_tool_call_output", {"call_id": "c"}),
    ("agent_message", {"author": "/root", "recipient": "/root/a", "content": [{"type": "input_text", "text": "x"}]}),
]


@pytest.mark.parametrize("field", ["agent_message_payload", "tool_output_payload"])
@pytest.mark.parametrize(("kind", "fields"), ACCEPTED)
def test_either_field_may_hold_either_sort(
    recording: Recording, kind: str, fields: dict[str, object], field: str
) -> None:
    ref = recording.payload("protocol_event", {"type": kind, "id": "o1", **fields})
    recording.event(HistoryItemAccepted(item_id="o1", **{field: ref}))
    assert list(recording.graph().conversation_items) == ["conversation_item:1"]


REFUSED: list[tuple[object, list[str]]] = [
    (output("c", "x", "another"), ["acceptance-mismatch"]),
    (output("c", "x"), ["acceptance-mismatch"]),
    (call("c", item_id="o1"), ["acceptance-mismatch"]),
    (user("x", "o1"), ["acceptance-mismatch"]),
    (reasoning("x", "o1"), ["acceptance-mismatch"]),
    ({"type": "configuration_update", "id": "o1"}, ["acceptance-mismatch"]),
    ({"type": "hologram", "id": "o1"}, ["unsupported-item", "acceptance-mismatch"]),
]


@pytest.mark.parametrize(("item", "codes"), REFUSED)
@pytest.mark.parametrize("known", [[], [user("x", "o1")], [output("c", "x", "o1")]])
def test_other_items_are_no_acceptance(
    recording: Recording, item: object, codes: list[str], known: list[dict[str, object]]
) -> None:
    """Where an output has the id already, the payload is not looked at."""
    recording.request("i1", known)
    recording.accept_output(item, "o1")
    reducer = recording.reduce()
    is_read = not known or known[0]["type"] == "message"
    assert [finding.code for finding in reducer.diagnostics] == (codes if is_read else [])
    assert len(reducer.trace.conversation_items) == len(known)
    assert all(found.accepted_seq is not msgspec.UNSET for found in reducer.trace.conversation_items.values())


def test_a_known_output_is_accepted_and_not_made_again(recording: Recording) -> None:
    recording.request("i1", [output("c", "x", "o1")])
    seq = recording.accept_output(output("c", "x", "o1"), "o1")
    trace = recording.graph()
    assert [item.accepted_seq for item in trace.conversation_items.values()] == [seq]


def test_an_ordinary_item_with_the_id_does_not_count(recording: Recording) -> None:
    recording.request("i1", [answer("x", "o1")])
    seq = recording.accept_output(output("c", "x", "o1"), "o1")
    trace = recording.graph()
    assert [item.accepted_seq for item in trace.conversation_items.values()] == [seq, seq]


def test_a_stub_keeps_what_it_is(recording: Recording) -> None:
    """An output may use the stub of a message, whose sender and kind stay; only the content is the list's."""
    recording.accept("m1", agent_message("/root/a", "/root", "hello", "m1"))
    recording.request("i1", [output("c", "as sent", "m1")])
    item = item_of(recording.graph(), 1)
    assert (item.kind, item.call_id, item.role) == ("message", None, "assistant")
    assert item.agent_message.author == "/root/a"
    assert item.body.parts[0].text == "as sent"


def test_a_stub_that_a_list_repeats_keeps_its_body(recording: Recording) -> None:
    recording.accept_output(output("c", "x", "o1"), "o1")
    reducer, known = recording.reduce(), len(recording.lines)
    body = item_of(reducer.trace, 1).body
    recording.request("i1", [output("c", "x", "o1")])
    for line in recording.lines[known:]:
        apply(reducer, line, recording.bodies)
    assert item_of(reducer.trace, 1).body is body


def test_a_list_links_the_call_that_it_shows(recording: Recording) -> None:
    """The item keeps the call id of its acceptance, whose tool made it; the one in the list has seen it."""
    recording.tool("t1", call="c1")
    recording.tool("t2", call="c2")
    recording.accept_output(output("c1", "x", "o1"), "o1")
    recording.request("i1", [output("c2", "x", "o1")])
    trace = recording.graph()
    assert item_of(trace, 1).call_id == "c1"
    assert item_of(trace, 1).produced_by == [ToolProducer(ToolCallId("t1")), ToolProducer(ToolCallId("t2"))]
    assert tool_of(trace, "t1").model_visible_output_item_ids == []
    assert tool_of(trace, "t2").model_visible_output_item_ids == ["conversation_item:1"]


def test_a_stub_is_used_once(recording: Recording) -> None:
    recording.accept_output(output("c", "x", "o1"), "o1")
    recording.request("i1", [output("c", "x", "o1")])
    recording.request("i2", [user("a")])
    recording.request("i3", [output("c", "x", "o1")])
    assert flow(recording.graph()) == "i1 1 > | i2 2 > | i3 3 > | visible 1 2 3"


def test_schema_2_makes_no_item_of_an_output() -> None:
    recording = Recording(2)
    recording.accept_output(output("c", "x", "o1"), "o1")
    reducer = recording.reduce()
    assert reducer.trace.conversation_items == {}


# Order (§6.3)

A, B, D = user("a"), user("b"), user("d")
C1, C2 = call("c1"), call("c2")


def _two_then_output(r: Recording) -> None:
    r.request("i1", [A, C1])
    r.accept_output(output("c1", "x", "o1"), "o1")


def _new_before_output(r: Recording) -> None:
    _two_then_output(r)
    r.request("i2", [A, C1, B, output("c1", "x", "o1"), D])


def _new_first(r: Recording) -> None:
    _two_then_output(r)
    r.request("i2", [B, A, C1, output("c1", "x", "o1"), D])


def _replacement(r: Recording) -> None:
    _two_then_output(r)
    r.compact("k1", [A, C1], [B, output("c1", "x", "o1"), D])


def _two_outputs(r: Recording) -> None:
    r.request("i1", [A, C1, C2])
    r.accept_output(output("c1", "x", "o1"), "o1")
    r.accept_output(output("c2", "x", "o2"), "o2")
    r.request("i2", [A, C1, C2, B, output("c2", "x", "o2"), output("c1", "x", "o1")])


def _response(r: Recording) -> None:
    r.request("i1", [A])
    r.accept_output(output("c1", "x", "o1"), "o1")
    r.done("i1", [answer("b"), output("c1", "x", "o1")])
    r.request("i2", [A, answer("b"), output("c1", "x", "o1")])


def _response_with_it_twice(r: Recording) -> None:
    r.request("i1", [A])
    r.accept_output(output("c1", "x", "o1"), "o1")
    r.done("i1", [output("c1", "x", "o1"), output("c1", "x", "o1")])
    r.request("i2", [A, output("c1", "x", "o1"), output("c1", "x", "o1")])


def _agent_message(r: Recording) -> None:
    message = agent_message("/root/a", "/root", "hello", "m1")
    r.request("i1", [A, C1])
    r.accept("m1", message)
    r.request("i2", [A, C1, B, message, D])


def _visible_before_placed(r: Recording) -> None:
    """The new item was accepted before it came, so that it is visible as soon as it exists."""
    _two_then_output(r)
    r.accept("b1")
    r.request("i2", [A, C1, user("b", "b1"), output("c1", "x", "o1")])


ORDERS: list[tuple[Callable[[Recording], None], str]] = [
    (_new_before_output, "1 2 4 3 5"),
    (_new_first, "1 2 4 3 5"),
    (_replacement, "1 2 5 3 4 6"),
    (_two_outputs, "1 2 3 4 6 5"),
    (_response, "1 3 2"),
    (_response_with_it_twice, "1 2 3"),
    (_agent_message, "1 2 3 4 5"),
    (_visible_before_placed, "1 2 4 3"),
]


@pytest.mark.parametrize(("events", "expected"), ORDERS, ids=[events.__name__ for events, _ in ORDERS])
def test_new_items_go_before_the_outputs_behind_them(
    recording: Recording, events: Callable[[Recording], None], expected: str
) -> None:
    events(recording)
    assert flow(recording.graph()).rpartition("visible ")[2] == expected
