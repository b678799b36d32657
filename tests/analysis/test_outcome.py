"""How the session came out, with the evidence: the session's outcome, never the recording's state."""

from __future__ import annotations

import pytest

from tests.analysis.prefixes import moments
from tests.analysis.small_graph import SmallGraph, small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.state.outcome import outcome_of
from tui.analysis.state.outcome_word import Outcome
from tui.analysis.state.recording import RecordingState
from tui.model.ids import CodexTurnId, InferenceCallId
from tui.model.noderef import NodeRef
from tui.model.protocol import TurnFacts
from tui.schema.events import ExecutionStatus, RolloutStatus

LIVE = RecordingState("live", "the log grew lately")
ENDED = RecordingState("ended", "recording_completed was written")
CUT_OFF = RecordingState("cut off", "nobody has the log open")
LOADING = RecordingState("loading", "the log has not been read to its end yet")

TURN = NodeRef("turn", "turn")
REQUEST = NodeRef("inference", "call")


def outcome(graph: SmallGraph, recording: RecordingState = ENDED) -> Outcome:
    return outcome_of(graph.trace, TraceIndex(graph.trace), recording)


def session(
    status: RolloutStatus, turn: ExecutionStatus = "completed", request: ExecutionStatus = "completed", reason: str = ""
) -> SmallGraph:
    """A session that stands at `status` after one turn with one request."""
    graph = small_graph()
    graph.inference("call", status=request)
    if reason:
        graph.trace.evidence.failure_texts[InferenceCallId("call")] = reason
    if turn != "running":
        graph.trace.codex_turns[CodexTurnId("turn")].execution.end(900, 9, turn)
    graph.trace.status = status
    return graph


@pytest.mark.parametrize(
    ("graph", "recording", "expected"),
    [
        (
            session("completed"),
            ENDED,
            ("succeeded", "the session ended as completed; its last turn completed", "", TURN),
        ),
        (
            session("completed"),
            CUT_OFF,
            ("succeeded", "the session ended as completed; its last turn completed", "", TURN),
        ),
        (
            session("completed", request="failed", reason="stream disconnected"),
            ENDED,
            ("failed", "the recorder wrote 'completed', but the last request failed", "stream disconnected", REQUEST),
        ),
        (
            session("completed", "failed"),
            ENDED,
            ("failed", "the recorder wrote 'completed', but the last turn failed", "", TURN),
        ),
        (session("failed"), ENDED, ("failed", "the session ended as failed; its last turn completed", "", TURN)),
        (
            session("completed", "aborted"),
            ENDED,
            ("cancelled", "the recorder wrote 'completed', but the last turn was aborted", "", TURN),
        ),
        (
            session("aborted", "running"),
            ENDED,
            ("cancelled", "the session ended as aborted; the end of its last turn is not recorded", "", TURN),
        ),
        (
            session("completed", "running"),
            ENDED,
            ("unknown", "the session ended as completed; the end of its last turn is not recorded", "", TURN),
        ),
        (session("running", "running"), LIVE, ("running", "a turn is open", "", TURN)),
        (session("running"), LIVE, ("running", "the session has not ended", "", TURN)),
        (session("running", "running"), CUT_OFF, ("unknown", "the recording was cut off during a turn", "", TURN)),
        (session("running", "running"), ENDED, ("unknown", "the recording ended during a turn", "", TURN)),
        (
            session("running", "failed"),
            CUT_OFF,
            ("unknown", "the recording was cut off before the session ended; its last turn failed", "", TURN),
        ),
        (session("completed"), LOADING, ("unknown", "the log has not been read to its end yet", "", None)),
    ],
)
def test_outcome_by_session_turn_and_recording(graph: SmallGraph, recording: RecordingState, expected: tuple) -> None:  # type: ignore[type-arg]
    assert tuple(outcome(graph, recording)) == expected


def test_session_without_turn_is_unknown() -> None:
    graph = SmallGraph()
    graph.thread("root")
    assert outcome(graph, CUT_OFF)[:2] == ("unknown", "the recording was cut off before the first turn")
    graph.trace.status = "completed"
    assert outcome(graph)[:2] == ("unknown", "the session ended as completed; no turn of it is recorded")


def test_error_of_completed_turn_is_failure() -> None:
    graph = session("completed")
    graph.trace.evidence.turn_facts[CodexTurnId("turn")] = TurnFacts(error="Codex ran out of room")
    assert outcome(graph).text == "failed: Codex ran out of room"


def test_failed_helper_leaves_success() -> None:
    graph = session("completed")
    graph.thread("child", "/root/child", parent="root", status="failed")
    assert outcome(graph).word == "succeeded"


@pytest.mark.parametrize(
    ("bundle", "recording", "expected"),
    [
        ("agents", ENDED, "succeeded"),
        ("failures", ENDED, "succeeded"),
        ("failures-schema2", ENDED, "failed: Incomplete response returned, reason: max_output_tokens"),
        ("killed", CUT_OFF, "unknown"),
        ("killed", LIVE, "running"),
    ],
)
def test_outcome_of_demo(bundle: str, recording: RecordingState, expected: str) -> None:
    *_, (_, trace, index) = moments(bundle)
    assert outcome_of(trace, index, recording).text == expected
