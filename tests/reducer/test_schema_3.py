"""What schema 3 changes in the reducer (schema 3 notes §6), told on small recordings."""

from __future__ import annotations

import msgspec
import pytest

from tests.reducer.recording import (
    Recording,
    agent_message,
    call,
    call_of,
    cell_of,
    encoded,
    flow,
    item_of,
    output,
    script,
    tool_of,
    user,
)
from tui.model.conversation import JsonPart
from tui.model.ids import RawPayloadId
from tui.reducer.reducer import EVENT_STEPS
from tui.schema.decode import EventLine
from tui.schema.events import (
    EVENT_TYPES,
    EventPayload,
    InferenceStarted,
    RecordingCompleted,
    ThreadEnded,
    ThreadResumed,
    UnknownEvent,
)
from tui.schema.payloads import PayloadKind


@pytest.fixture
def recording() -> Recording:
    return Recording(3)


def _codes(recording: Recording) -> list[str]:
    return [finding.code for finding in recording.reduce().diagnostics]


# Requests (§6.1)


def test_the_conversation_comes_from_the_request(recording: Recording) -> None:
    recording.request("i1", [user("a")], prompt={"input": [user("something else")]})
    trace = recording.graph()
    assert flow(trace) == "i1 1 > | visible 1"
    assert call_of(trace, "i1").prepared_prompt_payload_id == "raw_payload:2"


def test_a_warm_up_context_stands_for_the_request(recording: Recording) -> None:
    """The request continues an answer that is not recorded; what stands before it is in the context."""
    whole = [user("a"), call("c1")]
    recording.request("i1", [call("c1")], "untraced", warmup={"input": whole})
    recording.request("i2", [*whole, output("c1")])
    trace = recording.graph()
    assert flow(trace) == "i1 1 2 > | i2 1 2 3 > | visible 1 2 3"
    assert call_of(trace, "i1").raw_request_payload_id == "raw_payload:1"
    assert trace.evidence.warmup_payloads == {"i1": "raw_payload:3"}
    assert item_of(trace, 2).body.parts == [JsonPart("{}", RawPayloadId("raw_payload:3"))]


def test_a_warm_up_context_is_not_compared_with_requests(recording: Recording) -> None:
    """It has no instructions and no tools; that says nothing about what was sent."""
    recording.request("i1", [user("a")], instructions="be brief")
    recording.request("i2", [], "untraced", warmup={"input": [user("a")]})
    recording.request("i3", [user("a")], instructions="be brief")
    assert recording.graph().evidence.changed_heads == {}


def test_a_warm_up_context_takes_a_compaction(recording: Recording) -> None:
    recording.request("i1", [user("a")])
    recording.compact("k1", [user("a")], [user("S")])
    recording.request("i2", [], "untraced", warmup={"input": [user("S"), user("n")]})
    assert flow(recording.graph()) == "i1 1 > | i2 3 4 > | visible 1 2 3 4"


def test_mislabeled_evidence_is_reported_once(recording: Recording) -> None:
    for name in ("i1", "i2"):
        recording.request(name, [user("a")])
        line = recording.lines[-1]
        assert isinstance(line, EventLine)
        started = line.event.payload
        assert isinstance(started, InferenceStarted)
        mislabeled = msgspec.structs.replace(started.request_payload, kind=PayloadKind("agent_result"))
        event = msgspec.structs.replace(
            line.event, payload=msgspec.structs.replace(started, request_payload=mislabeled)
        )
        recording.lines[-1] = msgspec.structs.replace(line, event=event)
    assert _codes(recording) == ["mislabeled-payload"]
    assert flow(recording.reduce().trace) == "i1 1 > | i2 1 > | visible 1"


def test_missing_prepared_prompts_are_reported_once(recording: Recording) -> None:
    recording.schema = 2  # the helper then adds no prompt
    recording.request("i1", [user("a")])
    recording.request("i2", [user("a")])
    reducer = recording.reduce()
    assert [finding.code for finding in reducer.diagnostics if finding.code != "other-schema"] == ["no-prepared-prompt"]
    assert call_of(reducer.trace, "i2").prepared_prompt_payload_id is msgspec.UNSET


# Waits (§6.4)


def _waiting(r: Recording, *, source_is_known: bool = True) -> None:
    if source_is_known:
        r.request("i1", [script("c1")])
    r.cell("1", "c1")
    r.tool("w1", "other", call="w", other_name="wait", arguments={"cell_id": "no cell at all"})


@pytest.mark.parametrize("source_is_known", [True, False])
def test_a_confirmed_wait_links_its_cell(recording: Recording, source_is_known: bool) -> None:
    """For a cell whose source has not come, the link waits with the cell."""
    _waiting(recording, source_is_known=source_is_known)
    recording.waited("w1", "1")
    if not source_is_known:
        recording.request("i1", [script("c1")])
    trace = recording.graph()
    assert cell_of(trace, "c1").wait_tool_call_ids == ["w1"]
    assert tool_of(trace, "w1").resolved_wait_runtime_cell_id == "1"


def test_arguments_alone_link_no_cell(recording: Recording) -> None:
    recording.request("i1", [script("c1")])
    recording.cell("1", "c1")
    recording.tool("w1", "other", call="w", other_name="wait", arguments={"cell_id": "1"})
    trace = recording.graph()
    assert cell_of(trace, "c1").wait_tool_call_ids == []
    assert tool_of(trace, "w1").resolved_wait_runtime_cell_id is msgspec.UNSET


def test_an_unknown_number_is_kept_and_never_linked(recording: Recording) -> None:
    _waiting(recording)
    recording.waited("w1", "7")
    recording.cell("7", "c7")
    recording.request("i2", [script("c1"), script("c7")])
    trace = recording.graph()
    assert tool_of(trace, "w1").resolved_wait_runtime_cell_id == "7"
    assert cell_of(trace, "c7").wait_tool_call_ids == []


def test_a_wait_from_before_a_resumption_links_nothing(recording: Recording) -> None:
    """The number may mean another cell by then."""
    _waiting(recording)
    recording.event(ThreadEnded(thread_id="T", status="completed"))
    recording.event(ThreadResumed(thread_id="T"))
    recording.cell("1", "c2")
    recording.request("i2", [script("c1"), script("c2")])
    recording.waited("w1", "1")
    trace = recording.graph()
    assert [cell.wait_tool_call_ids for cell in trace.code_cells.values()] == [[], []]
    assert tool_of(trace, "w1").resolved_wait_runtime_cell_id == "1"


WAIT_FAULTS: list[tuple[dict[str, str | None], str]] = [
    ({"thread_id": None}, "confirmed wait missing thread"),
    ({"codex_turn_id": None}, "confirmed wait missing turn"),
    ({"codex_turn_id": "another"}, "confirmed wait target has wrong dispatch context"),
]


@pytest.mark.parametrize(("envelope", "message"), WAIT_FAULTS)
def test_a_wait_from_elsewhere_is_reported(recording: Recording, envelope: dict[str, str | None], message: str) -> None:
    _waiting(recording)
    recording.waited("w1", "1", **envelope)
    reducer = recording.reduce()
    assert [finding.message.partition(":")[0] for finding in reducer.diagnostics] == [message]
    assert cell_of(reducer.trace, "c1").wait_tool_call_ids == ["w1"]


def test_waits_of_unknown_calls_are_reported(recording: Recording) -> None:
    recording.waited("never", "1")
    assert _codes(recording) == ["unknown-tool-call"]


def test_the_first_confirmation_of_a_wait_counts(recording: Recording) -> None:
    _waiting(recording)
    recording.waited("w1", "1")
    recording.waited("w1", "2")
    reducer = recording.reduce()
    assert [finding.code for finding in reducer.diagnostics] == ["duplicate-start"]
    assert tool_of(reducer.trace, "w1").resolved_wait_runtime_cell_id == "1"


# Smaller ones (§§4, 6.5, 7)


def test_configuration_updates_are_skipped(recording: Recording) -> None:
    recording.request("i1", [user("a"), {"type": "configuration_update"}, user("b")])
    assert flow(recording.graph()) == "i1 1 2 > | visible 1 2"


@pytest.mark.parametrize(("schema", "codes"), [(2, ["bad-agent-message"]), (3, [])])
def test_agent_messages_may_have_any_id(schema: int, codes: list[str]) -> None:
    recording = Recording(schema)
    recording.request("i1", [{**agent_message("/root/a", "/root", "hello"), "id": 5}])
    assert _codes(recording) == codes


@pytest.mark.parametrize("kind", ["exec_command", "write_stdin"])
def test_only_writes_to_commands_read_their_invocation(recording: Recording, kind: str) -> None:
    recording.tool("t1", kind, arguments={"session_id": 1})
    assert len(recording.reduce().needs(recording.lines[-1])) == (kind == "write_stdin")


def test_the_graph_says_whether_the_recording_was_closed(recording: Recording) -> None:
    def closing() -> tuple[object, bool]:
        graph = msgspec.json.decode(encoded(recording.reduce()))
        return graph["recording_status"], "recording_complete" in graph

    assert closing() == ("unclosed", False)
    recording.event(RecordingCompleted())
    assert closing() == ("complete", False)


def test_new_fields_have_their_place_in_the_graph(recording: Recording) -> None:
    _waiting(recording)
    recording.waited("w1", "1")
    graph = msgspec.json.decode(encoded(recording.reduce()))
    tool, request = list(graph["tool_calls"]["w1"]), list(graph["inference_calls"]["i1"])
    at = tool.index("resolved_wait_runtime_cell_id")
    assert tool[at - 1 : at + 2] == ["code_mode_runtime_tool_id", "resolved_wait_runtime_cell_id", "thread_id"]
    at = request.index("prepared_prompt_payload_id")
    assert request[at - 1 : at + 2] == [
        "raw_request_payload_id",
        "prepared_prompt_payload_id",
        "raw_response_payload_id",
    ]


def test_later_schemas_are_read_by_these_rules() -> None:
    later = Recording(9)
    later.accept_output(output("c", "x", "o1"), "o1")
    graph = msgspec.json.decode(encoded(later.reduce()))
    assert (graph["schema_version"], graph["recording_status"], len(graph["conversation_items"])) == (9, "unclosed", 1)


def test_every_event_kind_is_reduced() -> None:
    assert set(EVENT_STEPS) == {*EVENT_TYPES.values(), UnknownEvent}
    assert set(EVENT_TYPES.values()) == set(EventPayload.__subclasses__())


def test_event_kinds_of_a_later_schema_are_reported() -> None:
    recording = Recording(2)
    recording.tool("w1")
    recording.waited("w1", "1")
    reducer = recording.reduce()
    assert [finding.code for finding in reducer.diagnostics] == ["later-event"]
    assert tool_of(reducer.trace, "w1").resolved_wait_runtime_cell_id == "1"
