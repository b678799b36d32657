"""Payloads that no release writes: what the format's reference makes of them, and what it refuses."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.reducer.recording import Json, Recording, agent_message, apply, call, reasoning, user
from tui.model.ids import CodeCellId, EdgeId, ItemId, OperationId, ThreadId, ToolCallId
from tui.reducer.reducer import TraceReducer
from tui.schema.events import HistoryItemAccepted, ProtocolEventObserved, ToolCallKind, ToolCallRuntimeStarted
from tui.schema.payloads import PayloadKind, RawPayloadRef

CHILD = "01a201f9-37b4-7960-b1e2-450fd42331b1"


def _codes(recording: Recording) -> list[str]:
    return [finding.code for finding in recording.reduce().diagnostics]


def _part(recording: Recording, number: int = 1) -> Any:
    return recording.reduce().trace.conversation_items[ItemId(f"conversation_item:{number}")].body.parts[0]


# Items (reducer rules §2)


def test_only_calls_and_outputs_have_a_call_id() -> None:
    r = Recording()
    r.request("i1", [{**reasoning("secret"), "call_id": "c1"}, {**user("hi"), "call_id": "c1"}])
    assert [item.call_id for item in r.graph().conversation_items.values()] == [None, None]


def test_an_agent_message_whose_id_is_no_string_is_refused() -> None:
    """Other items just have no id then; this one is read by the types of its fields."""
    r = Recording()
    r.request("i1", [{**user("hi"), "id": 7}, {**agent_message("/root/a", "/root", "hi"), "id": 7}])
    assert _codes(r) == ["bad-agent-message"]


@pytest.mark.parametrize(("depth", "part"), [(127, "JsonPart"), (128, "TextPart")])
def test_arguments_are_json_up_to_127_levels(depth: int, part: str) -> None:
    r = Recording()
    r.request("i1", [call("c1", "[" * depth + "]" * depth)])
    assert type(_part(r)).__name__ == part


def test_arguments_keep_an_integer_of_any_length() -> None:
    r = Recording()
    r.request("i1", [call("c1", '{"a":1E5,"b":' + "7" * 5_000 + "}")])
    assert _part(r).summary == '{"a":1e+5,"b":' + "7" * (240 - 14) + "..."


def test_an_item_nested_too_deep_is_a_finding() -> None:
    """Two levels of the 127 are the payload's own: its object, and the array of items."""
    r = Recording()
    r.request("i1", [{"type": "web_search_call", "action": [[]]}, {**user("hi"), "x": _nested(124)}])
    assert _codes(r) == []
    r.request("i2", [{**user("hi"), "x": _nested(125)}])
    assert _codes(r) == ["unreadable-item"]


def _nested(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels - 1):
        value = [value]
    return value


def test_a_message_that_a_request_shows_otherwise_than_its_acceptance_has_changed() -> None:
    r = Recording()
    r.accept("m1", agent_message("/root/a", "/root", "first", "m1"))
    r.request("i1", [agent_message("/root/a", "/root", "second", "m1")])
    reducer = TraceReducer(r.manifest)
    for line in r.lines:
        reducer.take_delta()
        apply(reducer, line, r.bodies)
    assert reducer.take_delta().conversation_items == {ItemId("conversation_item:1")}


# Events


def test_a_payload_kind_that_the_format_does_not_know_is_a_finding() -> None:
    r = Recording()
    ref = RawPayloadRef("raw_payload:1", PayloadKind("hologram"), "payloads/1.json")
    r.event(ProtocolEventObserved(event_type="warning", event_payload=ref))
    assert _codes(r) == ["unknown-payload-kind"]


def test_an_event_kind_of_schema_2_is_a_finding_in_schema_1() -> None:
    r = Recording(schema=1)
    r.event(HistoryItemAccepted(item_id="m1"))
    assert _codes(r) == ["later-event"]


# Tools (reducer rules §§8.5, 9.2, 9.4)


@pytest.mark.parametrize("body", [b"{", b'{"tool_name":"\xff"}'])
def test_every_invocation_must_be_json(body: bytes) -> None:
    r = Recording()
    r.tool("x", arguments={})
    r.bodies["raw_payload:1"] = body
    assert _codes(r) == ["payload-invalid"]


def test_a_wait_is_known_by_its_name_however_that_is_escaped() -> None:
    r = Recording()
    r.request("i1", [{"type": "custom_tool_call", "name": "exec", "input": "1", "call_id": "c1"}])
    r.cell("1", "c1")
    r.tool("x", "other", arguments={"cell_id": "1"}, other_name="wait")
    r.bodies["raw_payload:2"] = r.bodies["raw_payload:2"].replace(b'"wait"', b'"w\\u0061it"')
    assert r.graph().code_cells[CodeCellId("code_cell:c1")].wait_tool_call_ids == ["x"]


@pytest.mark.parametrize(
    "arguments", ['{"session_id":1,"session_id":2}', '{"session_id":1,"yield_time_ms":18446744073709551616}']
)
@pytest.mark.parametrize(("schema", "codes"), [(1, ["payload-invalid"]), (2, [])])
def test_a_write_with_unfit_arguments_has_no_operation(arguments: str, schema: int, codes: list[str]) -> None:
    """Schema 1 calls that an error; schema 2 leaves it to the tool, which refuses the call anyway."""
    r = Recording(schema)
    r.tool("x", "write_stdin", arguments={})
    function = {"type": "function", "arguments": arguments}
    r.bodies["raw_payload:1"] = msgspec.json.encode({"tool_name": "write_stdin", "payload": function})
    assert _codes(r) == codes
    assert r.reduce().trace.terminal_operations == {}


@pytest.mark.parametrize(("integer", "codes"), [(2**64 - 1, []), (2**64, ["payload-invalid"]), (2**128, [])])
def test_a_dispatch_result_holds_no_integer_of_more_than_64_bits(integer: int, codes: list[str]) -> None:
    r = Recording()
    r.tool("x", "write_stdin", arguments={"session_id": 1})
    r.tool_end("x", {"type": "code_mode_response", "value": [{"n": integer}]})
    assert _codes(r) == codes
    assert r.reduce().trace.terminal_operations[OperationId("terminal_operation:1")].execution.status == "completed"


@pytest.mark.parametrize("body", [b"{", b'{"invocation":null}', b'{"invocation":{"tool":"t"}}'])
def test_schema_1_reads_every_runtime_start_to_see_whether_an_mcp_server_runs(body: bytes) -> None:
    r = Recording(schema=1)
    r.tool("x", "apply_patch")
    r.runtime("x", {})
    r.bodies["raw_payload:1"] = body
    assert _codes(r) == ["payload-invalid"]


@pytest.mark.parametrize(("schema", "codes"), [(1, ["payload-invalid"]), (2, [])])
def test_only_schema_1_reads_the_runtime_end_of_an_mcp_call(schema: int, codes: list[str]) -> None:
    r = Recording(schema)
    r.tool("x", "other")
    kind = None if schema == 1 else ToolCallKind("mcp", server="s", tool="t")
    ref = r.payload("tool_runtime_event", {"invocation": {"server": "s", "tool": "t"}})
    r.event(ToolCallRuntimeStarted(tool_call_id="x", kind=kind, runtime_payload=ref))
    r.runtime_end("x", {})
    r.bodies["raw_payload:2"] = b"{"
    assert _codes(r) == codes


# Agents (reducer rules §10)


def _closed(**changed: Any) -> Recording:
    r = Recording()
    r.child(CHILD, "/root/a")
    r.tool("x", "close_agent", arguments={})
    r.runtime_end(
        "x", {"call_id": "x", "sender_thread_id": CHILD, "receiver_thread_id": CHILD, "status": "running", **changed}
    )
    return r


@pytest.mark.parametrize("status", ["not_found", {"completed": None}, {"completed": "x"}, {"errored": "x"}])
def test_statuses_of_agents(status: Any) -> None:
    assert EdgeId("edge:tool:x") in _closed(status=status).graph().interaction_edges


@pytest.mark.parametrize(
    "changed",
    [
        {"status": {"errored": None}},
        {"status": {}},
        {"status": {"completed": "a", "errored": "b"}},
        {"status": "odd"},
        {"sender_thread_id": "nobody"},
        {"receiver_thread_id": CHILD.replace("-", "")[:10] + "-" + CHILD.replace("-", "")[10:]},
        {"receiver_thread_id": "urn:uuid:" + CHILD.replace("-", "")},
    ],
)
def test_an_ill_typed_field_of_an_agent_payload_is_a_finding(changed: Json) -> None:
    r = _closed(**changed)
    assert _codes(r) == ["payload-invalid"]
    assert ThreadId(CHILD) in r.reduce().trace.threads
    assert ToolCallId("x") in r.reduce().trace.tool_calls


@pytest.mark.parametrize(
    "changed", [{"completed_at_ms": 1.5}, {"receiver_agent_nickname": 5}, {"sender_thread_id": "T"}]
)
def test_field_of_another_type_costs_that_field_alone(changed: Json) -> None:
    r = _closed(**changed)
    assert _codes(r) == ["field-retyped"]
    assert EdgeId("edge:tool:x") in r.reduce().trace.interaction_edges


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ('{"author":"/root","recipient":"/root/a","content":"m","trigger\\u005fturn":true}', True),
        ('{"author":"/root","author":"/root","recipient":"/root/a","content":"m","trigger_turn":true}', False),
    ],
)
def test_a_message_as_json_text_is_read_as_json(text: str, linked: bool) -> None:
    """A key may be escaped, and must not come twice."""
    r = Recording()
    r.child(CHILD, "/root/a")
    r.tool("x", "send_message", arguments={})
    message = {"call_id": "x", "sender_thread_id": CHILD, "receiver_thread_id": CHILD, "prompt": "m"}
    r.runtime("x", message, "send_message")
    content = [{"type": "output_text", "text": text}]
    r.inside(CHILD).request("i1", [{"type": "message", "role": "assistant", "content": content}])
    assert (EdgeId("edge:tool:x") in r.graph().interaction_edges) == linked
