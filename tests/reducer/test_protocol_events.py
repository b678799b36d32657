"""What the agent program said of itself: kept with the turn that it belongs to, and never in the graph."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reducer.recording import Json, Recording, apply, encoded, user
from tui.analysis.agents.overview import overview_of
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.node_names import find_node
from tui.analysis.kinds.timing import span_of
from tui.analysis.problems.listed import ProblemGroups
from tui.analysis.problems.of_object import problem_of
from tui.analysis.state.recording import RecordingState
from tui.model.noderef import NodeRef
from tui.model.protocol import ProtocolEvent
from tui.model.trace import RolloutTrace
from tui.reducer.reducer import TraceReducer
from tui.schema.events import CodexTurnEnded, InferenceFailed, ProtocolEventObserved, ThreadEnded
from tui.viewmodel.lists.agent_words import rollout_sentence
from tui.viewmodel.payload.raw_evidence import payloads_behind
from tui.viewmodel.text.spans import line_text
from tui.viewmodel.timeline.model import TimelineModel

ENDED = RecordingState("ended", "")
LIMIT = "Usage limit reached. Try again at 14:05."


def observed(recording: Recording, event_type: str, body: Json | bytes) -> int:
    """Recorders write these outside of every agent and turn."""
    ref = recording.payload("protocol_event", body)
    event = ProtocolEventObserved(event_type=event_type, event_payload=ref)
    return recording.event(event, thread_id=None, codex_turn_id=None)


def reduced(recording: Recording, *, reads: bool = True) -> TraceReducer:
    reducer = TraceReducer(recording.manifest, reads_protocol_events=reads)
    for line in recording.lines:
        apply(reducer, line, recording.bodies)
    return reducer


def rows(trace: RolloutTrace) -> list[tuple[int, str, str]]:
    model = TimelineModel(trace, TraceIndex(trace))
    model.fold_everything(folded=False)
    return [(row.depth, row.glyph, line_text(row.label)) for row in model.rows(0, 99)]


def finished(recording: Recording, status: Any = "completed") -> Recording:
    recording.event(CodexTurnEnded(codex_turn_id="U", status=status))
    recording.event(ThreadEnded(thread_id="T", status="completed"))
    return recording


@pytest.mark.parametrize("schema", [1, 2])
@pytest.mark.parametrize("status", ["completed", "failed"])
def test_turn_that_reported_an_error_failed(schema: int, status: str) -> None:
    recording = Recording(schema)
    seq = observed(recording, "error", {"type": "error", "message": LIMIT, "codex_error_info": "usage_limit_exceeded"})
    observed(recording, "turn_complete", {"type": "task_complete", "turn_id": "U", "last_agent_message": None})
    trace = reduced(finished(recording, status)).trace
    assert rows(trace) == [
        (0, "✗", f"/root  {LIMIT}"),
        (1, "✗", f"turn 1  {LIMIT}  (no request recorded)"),
        (2, "✗", f"error  {LIMIT}"),
    ]
    index = TraceIndex(trace)
    overview = overview_of(trace, index, ENDED)
    assert rollout_sentence(trace, index, overview) == f"failed: its last turn failed: {LIMIT}"
    assert overview.problems == TimelineModel(trace, index).problem_count == 2
    found = trace.protocol_events[f"event:{seq}"]  # type: ignore[index]  # ids are plain ones here
    assert (found.code, found.codex_turn_id, found.attribution) == ("usage_limit_exceeded", "U", "derived")
    assert find_node(trace, f"seq:{seq}") == NodeRef("event", f"event:{seq}")


def test_turn_with_an_answer_got_over_its_error() -> None:
    recording = Recording()
    observed(recording, "error", {"message": "stream broke"})
    observed(recording, "turn_complete", {"turn_id": "U", "last_agent_message": "done"})
    assert rows(reduced(finished(recording)).trace) == [
        (0, "✓", "/root"),
        (1, "✓", "turn 1  (no request recorded)"),
        (2, "✗", "error  stream broke"),
    ]


def test_end_of_a_turn_says_why_and_how_long() -> None:
    recording = Recording()
    started = {"turn_id": "U", "model_context_window": 258_400, "turn_attribution": {"turn_trigger": "exec"}}
    observed(recording, "turn_started", started)
    body = {"turn_id": "U", "reason": "interrupted", "duration_ms": 90, "time_to_first_token_ms": 40}
    observed(recording, "turn_aborted", body)
    trace = reduced(finished(recording, "cancelled")).trace
    assert rows(trace) == [(0, "✓", "/root"), (1, "⊘", "turn 1  interrupted  (no request recorded)")]
    facts = trace.evidence.turn_facts["U"]  # type: ignore[index]  # ids are plain ones here
    assert (facts.model_context_window, facts.trigger, facts.abort_reason) == (258_400, "exec", "interrupted")
    assert (facts.duration_ms, facts.time_to_first_token_ms) == (90, 40)
    behind = payloads_behind(trace, TraceIndex(trace), NodeRef("turn", "U"))
    assert [ref.kind.type for ref in behind] == ["protocol_event", "protocol_event"]


def test_turn_taken_back_and_warnings_have_rows() -> None:
    recording = Recording()
    observed(recording, "warning", {"message": "long threads and multiple compactions"})
    finished(recording)
    observed(recording, "thread_rolled_back", {"num_turns": 1})
    trace = reduced(recording).trace
    assert rows(trace)[1:] == [
        (1, "✓", "turn 1  (no request recorded)"),
        (2, "△", "warning  long threads and multiple compactions"),
        (1, "↶", "rolled back  1 turn taken back"),
    ]
    groups = ProblemGroups()
    groups.add_story(trace, TimelineModel(trace, TraceIndex(trace)).tree.troubled)
    assert [(group.code, group.severity) for group in groups.in_order()] == [
        ("session-warning", "warning"),
        ("rolled-back", "warning"),
    ]


def two_agents() -> Recording:
    recording = Recording()
    recording.child("C", "/root/c")
    for thread_id, name in (("T", "i1"), ("C", "i2")):
        recording.inside(thread_id).request(name, [user("go")])
    recording.event(InferenceFailed(inference_call_id="i2", error="broke"))
    return recording


@pytest.mark.parametrize(
    ("message", "end", "turn", "attribution"),
    [
        ("broke", None, "turn-C", "derived"),
        ("other", None, None, "unproven"),
        ("other", "other", "U", "derived"),
        ("other", "third", None, "unproven"),
    ],
)
def test_error_of_one_of_several_agents(message: str, end: str | None, turn: str | None, attribution: str) -> None:
    recording = two_agents()
    observed(recording, "error", {"message": message})
    if end is not None:
        observed(recording, "turn_complete", {"turn_id": "U", "error": {"message": end}, "last_agent_message": None})
    trace = reduced(recording).trace
    found = next(event for event in trace.protocol_events.values() if event.event_type == "error")
    assert (found.codex_turn_id, found.attribution) == (turn, attribution)
    assert found.thread_id == ("C" if turn == "turn-C" else "T")


def test_session_says_where_and_how_it_may_act() -> None:
    recording = Recording()
    body = {"thread_id": "T", "cwd": "/w", "permission_profile": {"type": "disabled"}, "reasoning_effort": "medium"}
    observed(recording, "session_configured", {**body, "initial_messages": [{"type": "x"}] * 50})
    recording.thread("S", "/other", {"cwd": "/s", "sandbox_policy": "read-only", "approval_policy": "never"})
    facts = reduced(recording).trace.evidence.session_facts
    ours, other = facts["T"], facts["S"]  # type: ignore[index]  # ids are plain ones here
    assert (ours.cwd, ours.permissions, ours.reasoning_effort) == ("/w", '{"type":"disabled"}', "medium")
    assert (other.cwd, other.sandbox, other.approval_policy) == ("/s", "read-only", "never")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"\xff", b'{"message": {"a": [1]}, "turn_id": 7, "thread_id": []}', b"null"]
)
def test_any_body_is_kept_as_an_event(body: bytes) -> None:
    recording = Recording()
    observed(recording, "error", body)
    (event,) = reduced(recording).trace.protocol_events.values()
    assert isinstance(event, ProtocolEvent)
    assert rows(reduced(recording).trace)


@pytest.mark.parametrize(
    ("event_type", "body", "sign", "text"),
    [
        ("stream_error", {"message": "reconnecting 2/5"}, "△", "stream error  reconnecting 2/5"),
        ("guardian_warning", {"message": "look"}, "△", "guardian warning  look"),
        ("deprecation_notice", {"summary": "old", "details": "use b"}, "△", "deprecation notice  old: use b"),
        ("model_reroute", {"from_model": "a", "reason": "busy"}, "·", "model reroute  busy"),
        ("mcp_startup", {"type": "mcp", "failed": ["db"]}, "·", 'mcp startup  {"failed":["db"]}'),
    ],
)
def test_events_of_other_kinds_say_their_words(event_type: str, body: dict[str, Any], sign: str, text: str) -> None:
    recording = Recording()
    observed(recording, event_type, body)
    trace = reduced(finished(recording)).trace
    assert (2, sign, text) in rows(trace)
    problems = [problem_of(trace, NodeRef("event", event_id)) for event_id in trace.protocol_events]
    assert [problem.code for problem in problems if problem] == ["session-warning"] * (sign == "△")


def test_text_alone_is_the_message() -> None:
    recording = Recording()
    observed(recording, "error", b'"Usage limit reached"')
    (event,) = reduced(recording).trace.protocol_events.values()
    assert event.message == "Usage limit reached"


def test_repeated_seq_keeps_both_events() -> None:
    recording = Recording()
    for message in ("one", "two"):
        ref = recording.payload("protocol_event", {"message": message})
        recording.event(ProtocolEventObserved(event_type="warning", event_payload=ref), seq=4)
    assert [event.message for event in reduced(recording).trace.protocol_events.values()] == ["one", "two"]


def test_graph_takes_nothing_from_protocol_events() -> None:
    recording = Recording()
    observed(recording, "error", {"message": LIMIT})
    finished(recording, "failed")
    with_events, without = reduced(recording), reduced(recording, reads=False)
    assert encoded(with_events) == encoded(without)
    assert not without.trace.protocol_events
    assert with_events.diagnostics == without.diagnostics


def test_killed_request_lasts_until_the_newest_event_of_its_turn() -> None:
    recording = Recording()
    started = recording.request("i", [user("go")])
    recording.accept("rs_1")
    newest = recording.accept("rs_2")
    recording.event(ThreadEnded(thread_id="T", status="completed"), thread_id=None, codex_turn_id=None)
    trace = reduced(recording).trace
    span = span_of(trace, TraceIndex(trace), NodeRef("inference", "i"))
    assert span is not None
    assert span.is_open
    assert span.duration_ms >= 10 * (newest - started)
