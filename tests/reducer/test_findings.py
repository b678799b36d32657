"""What a reference would refuse: a finding that names the place, and the rest of the graph all the same."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.reducer.recording import Recording, apply, call, encoded, output, script, user
from tui.model.ids import CompactionRequestId, InferenceCallId, ThreadId, ToolCallId
from tui.reducer.reducer import TraceReducer
from tui.schema.decode import decode_line
from tui.schema.events import (
    CodeCellStarted,
    CodexTurnStarted,
    CompactionRequestFailed,
    CompactionRequestStarted,
    RecordingCompleted,
    UnknownEvent,
)


def _reused_call_id(r: Recording) -> None:
    r.request("i1", [user("a"), call("c1", '{"a":1}')])
    r.request("i2", [user("a"), call("c1", '{"a":2}')])


def _unknown_previous_response(r: Recording) -> None:
    r.request("i1", [user("a")], previous="never-recorded")


def _runtime_of_unknown_call(r: Recording) -> None:
    r.runtime("x", {"command": ["ls"], "cwd": "/"})


def _missing_command(r: Recording) -> None:
    r.tool("x")
    r.runtime("x", {"cwd": "/"})


def _mismatch(r: Recording) -> None:
    r.request("i1", [user("a")])
    r.done("i1", [], "R1")
    r.request("i2", [user("z"), user("y")])
    r.request("i3", [user("q")], previous="R1")


_OUTPUT_OF_OBJECT = {"type": "function_call_output", "call": {"id": "c"}, "output": "ok"}

CASES: list[tuple[Callable[[Recording], object], list[str]]] = [
    (_reused_call_id, ["call-id-reused"]),
    (_unknown_previous_response, ["previous-response-unknown"]),
    (_runtime_of_unknown_call, ["unknown-tool-call"]),
    (_missing_command, ["field-missing"]),
    (_mismatch, ["conversation-mismatch"]),
    (lambda r: r.request("i1", [{"type": "hologram"}]), ["unsupported-item"]),
    (lambda r: r.request("i1", [{"no": "type"}]), ["item-without-type"]),
    (lambda r: r.request("i1", [{"type": "message", "role": "{wizard}"}]), ["bad-message"]),
    (lambda r: r.request("i1", [user("a") | {"content": "a"}] * 2), ["item-content-unread"]),
    (
        lambda r: r.request("i1", [user("a") | {"content": {"type": "input_text", "text": "a"}}]),
        ["item-content-unread"],
    ),
    (lambda r: r.request("i1", [user("a") | {"content": [{"type": "input_text"}]}]), ["item-content-unread"]),
    (lambda r: r.request("i1", [_OUTPUT_OF_OBJECT] * 2), ["item-call-unread"]),
    (lambda r: r.done("never", []), ["unknown-inference"]),
    (lambda r: r.tool_end("never"), ["unknown-tool-call"]),
    (lambda r: r.cell_end("9"), ["unknown-cell"]),
    (lambda r: r.thread("T", "/root"), ["duplicate-start"]),
    (lambda r: r.event(CodexTurnStarted(codex_turn_id="V", thread_id="lost")), ["thread-not-started"]),
    (lambda r: r.event(UnknownEvent("from_the_future", b'{"type":"from_the_future"}')), ["unknown-event"]),
    (lambda r: [r.event(RecordingCompleted()), r.request("i1", [])], ["event-after-end"]),
    (lambda r: r.event(CodexTurnStarted(codex_turn_id="V", thread_id="T"), seq=9), ["seq-gap"]),
    (lambda r: r.event(CodexTurnStarted(codex_turn_id="V", thread_id="T"), seq=1), ["seq-repeated"]),
    (lambda r: r.event(CodexTurnStarted(codex_turn_id="V", thread_id="T"), rollout_id="Q"), ["other-rollout"]),
]


@pytest.mark.parametrize(
    ("damage", "codes"), CASES, ids=lambda value: "-".join(value) if isinstance(value, list) else ""
)
def test_damage_is_found_and_the_replay_goes_on(damage: Callable[[Recording], object], codes: list[str]) -> None:
    """Whatever was wrong, the turn that follows is in the graph, and each finding says where and what follows."""
    recording = Recording()
    damage(recording)
    recording.event(CodexTurnStarted(codex_turn_id="after", thread_id="T"), seq=len(recording.lines) + 1)
    reducer = recording.reduce()
    findings = [finding for finding in reducer.diagnostics if finding.seq != len(recording.lines)]
    assert [finding.code for finding in findings] == codes
    assert "after" in reducer.trace.codex_turns
    assert all(finding.line and finding.message and finding.consequence for finding in findings)


def test_a_reused_call_id_keeps_both_versions() -> None:
    recording = Recording()
    _reused_call_id(recording)
    trace = recording.reduce().trace
    assert len([item for item in trace.conversation_items.values() if item.call_id == "c1"]) == 2


def test_an_unknown_call_is_shown_from_its_runtime_on() -> None:
    recording = Recording()
    _runtime_of_unknown_call(recording)
    trace = recording.reduce().trace
    tool = trace.tool_calls[ToolCallId("x")]
    assert tool.kind.type == "exec_command"
    assert tool.terminal_operation_id is not None


def test_a_request_without_its_payload_is_a_call_with_nothing_sent() -> None:
    recording = Recording()
    recording.request("i1", [user("a")])
    recording.bodies.clear()
    reducer = recording.reduce()
    assert [finding.code for finding in reducer.diagnostics] == ["payload-unreadable"]
    assert list(reducer.trace.inference_calls[InferenceCallId("i1")].request_item_ids) == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"input": 1}', b'{"input": [}', b"\xff", b'{"input":["\\ud800"]}', b"[" * 5000]
)
def test_any_bytes_may_stand_in_a_payload(body: bytes) -> None:
    recording = Recording()
    seq = recording.request("i1", [user("a")])
    recording.bodies["raw_payload:1"] = body
    (finding,) = recording.reduce().diagnostics
    assert (finding.code, finding.seq) == ("payload-invalid", seq)


def test_an_item_of_broken_text_is_shown_as_such_among_the_others() -> None:
    recording = Recording()
    recording.request("i1", [user("whole"), user("broken")])
    recording.bodies["raw_payload:1"] = recording.bodies["raw_payload:1"].replace(b"broken", b"\xff\xfe")
    reducer = recording.reduce()
    assert [finding.code for finding in reducer.diagnostics] == ["unreadable-item"]
    assert len(reducer.trace.conversation_items) == 2


def test_a_malformed_line_is_a_finding_at_its_line() -> None:
    recording = Recording()
    reducer = TraceReducer(recording.manifest)
    for line in recording.lines:
        apply(reducer, line, recording.bodies)
    torn = decode_line(b'{"schema_version":2,"seq":4,', 4)
    assert torn is not None
    reducer.apply(torn, {})
    (finding,) = reducer.diagnostics
    assert (finding.code, finding.line) == ("malformed-line", 4)


def test_outputs_must_agree_in_schema_1_only() -> None:
    for schema, expected in ((1, ["call-id-reused"]), (2, [])):
        recording = Recording(schema)
        recording.request("i1", [user("a"), output("c1", "one")])
        recording.request("i2", [user("a"), output("c1", "two")])
        assert [finding.code for finding in recording.reduce().diagnostics] == expected


def test_events_of_a_thread_that_never_started_are_shown_in_an_inferred_one() -> None:
    recording = Recording()
    recording.inside("lost", "lost-turn").request("i1", [user("a")])
    reducer = recording.reduce()
    assert [finding.code for finding in reducer.diagnostics] == ["thread-not-started", "turn-not-started"]
    assert reducer.trace.threads[ThreadId("lost")].agent_path == "(unknown)"


def test_a_cell_without_context_has_the_only_one_possible() -> None:
    r = Recording()
    nowhere = {"thread_id": None, "codex_turn_id": None}
    r.event(CodeCellStarted(runtime_cell_id="1", model_visible_call_id="c1", source_js=""), **nowhere)
    r.request("i1", [user("a"), script("c1")])
    reducer = r.reduce()
    assert [(found.code, found.severity) for found in reducer.diagnostics] == [("context-inferred", "warning")]
    (cell,) = reducer.trace.code_cells.values()
    assert (cell.thread_id, cell.codex_turn_id) == ("T", "U")


def test_a_queued_cell_without_a_turn_does_not_touch_the_request_that_shows_its_source() -> None:
    r = Recording()
    r.event(CodexTurnStarted(codex_turn_id="another", thread_id="T"))  # so it is not clear which turn it is
    r.event(CodeCellStarted(runtime_cell_id="1", model_visible_call_id="c1", source_js=""), codex_turn_id=None)
    r.request("i1", [user("a"), script("c1"), user("b")])
    r.request("i2", [user("a"), script("c1"), user("b"), user("c")])
    reducer = r.reduce()
    assert [finding.code for finding in reducer.diagnostics] == ["no-context"]
    assert [len(call.request_item_ids) for call in reducer.trace.inference_calls.values()] == [3, 4]


def test_token_counts_that_cannot_be_read_are_reported() -> None:
    """The reference leaves them out without a word; the call itself is whole."""
    recording = Recording()
    recording.request("i1", [user("a")])
    recording.done("i1", [], usage={"input_tokens": 1.5, "output_tokens": 2})
    reducer = recording.reduce()
    assert [(finding.code, finding.severity) for finding in reducer.diagnostics] == [("usage-unreadable", "warning")]
    assert reducer.trace.inference_calls[InferenceCallId("i1")].usage is None


def test_negative_token_counts_are_none_for_people() -> None:
    """The reference counts them as 0; nobody who looks at the recording shall believe that."""
    recording = Recording()
    recording.request("i1", [user("a")])
    counted = {"input_tokens": 900, "cached_input_tokens": -1, "output_tokens": -1, "reasoning_output_tokens": 0}
    recording.done("i1", [], usage=counted)
    reducer = recording.reduce()
    call = reducer.trace.inference_calls[InferenceCallId("i1")]
    assert (call.usage is not None, call.known_usage) == (True, None)
    assert [(finding.code, finding.severity) for finding in reducer.diagnostics] == [("usage-unreadable", "warning")]
    (reduced,) = json.loads(encoded(reducer))["inference_calls"].values()
    assert [reduced["usage"][name] for name in counted] == [900, 0, 0, 0]


def test_the_error_of_a_compaction_is_kept_for_people() -> None:
    r = Recording()
    started = CompactionRequestStarted(
        compaction_id="k",
        compaction_request_id="attempt",
        thread_id="T",
        codex_turn_id="U",
        model="m",
        provider_name="p",
        request_payload=r.payload("compaction_request", {}),
    )
    r.event(started)
    r.event(CompactionRequestFailed(compaction_id="k", compaction_request_id="attempt", error="high demand"))
    trace = r.graph()
    assert trace.evidence.failure_texts == {"attempt": "high demand"}
    assert trace.compaction_requests[CompactionRequestId("attempt")].execution.status == "failed"
