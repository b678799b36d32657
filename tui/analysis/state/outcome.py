"""How the session came out: one word, why, and the object that proves it. Every screen and command asks here.

The outcome is the session's and not the recording's (`recording_state`): a recording that is whole may hold a session
that failed, and one that was cut off says nothing about how the session went on.

| outcome | evidence |
|---|---|
| running | the session has not ended, and the recording may go on |
| succeeded | the session ended, and the root agent's last turn completed |
| failed, cancelled | the session ended so, or the root agent's last turn did, or its last request failed |
| unknown | the recording stops before the session does, or lacks the root agent's last turn or its end |
| | or no agent was read, or the word with which one of them ended could not be read |

What helpers of the root agent did wrong are problems, not the outcome: the root agent may have coped with them.
"""

from __future__ import annotations

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.state.agent import TurnEnding, ending_of_turn
from tui.analysis.state.outcome_word import Outcome, OutcomeWord
from tui.analysis.state.recording import RecordingState, RecordingWord
from tui.model.ids import ThreadId
from tui.model.noderef import NodeRef
from tui.model.objects import CodexTurn
from tui.model.trace import RolloutTrace

_ENDINGS: dict[str, OutcomeWord] = {"failed": "failed", "aborted": "cancelled"}
"""Outcomes that the end of the session names itself."""

_STOPS: dict[RecordingWord, str] = {
    "cut off": "the recording was cut off",
    "end unread": "the last line is not understood; what was read stops",
}

_OF_TURN: dict[str, OutcomeWord] = {"ended": "succeeded", "failed": "failed", "cancelled": "cancelled"}


def outcome_of(trace: RolloutTrace, index: TraceIndex, recording: RecordingState) -> Outcome:
    """The outcome as far as the graph has it. Costs the same for a recording of any length."""
    if recording.word == "loading":
        return Outcome("unknown", recording.evidence)
    if not trace.threads and trace.status == "running":
        return Outcome("unknown", "no agent of it was read")
    last = index.turns.last(ThreadId(trace.root_thread_id))
    turn = None if last is None else trace.codex_turns.get(last)
    is_open = turn is not None and turn.execution.is_open
    if not recording.is_over and (is_open or trace.status == "running"):
        return Outcome("running", "a turn is open" if is_open else "the session has not ended", node=_node(turn))
    if trace.status == "running":
        return _without_end(trace, index, recording, turn)
    return _at_end(trace, index, turn)


def _without_end(trace: RolloutTrace, index: TraceIndex, recording: RecordingState, turn: CodexTurn | None) -> Outcome:
    """The recording is over and the session is not: it may have gone on, whatever its last turn did."""
    stop = _STOPS.get(recording.word, "the recording ended")
    if turn is None:
        return Outcome("unknown", f"{stop} before the first turn")
    if turn.execution.is_open:
        return Outcome("unknown", f"{stop} during a turn", node=_node(turn))
    ending = ending_of_turn(trace, index, turn)
    how = ending.what or "its last turn completed"
    return Outcome("unknown", f"{stop} before the session ended; {how}", node=ending.node)


def _at_end(trace: RolloutTrace, index: TraceIndex, turn: CodexTurn | None) -> Outcome:
    """The session ended. "Completed" only says that nothing stopped it: then its last turn says how it came out."""
    word = _ENDINGS.get(trace.status)
    if turn is None or turn.execution.is_open:
        lacks = "no turn of it is recorded" if turn is None else "the end of its last turn is not recorded"
        return Outcome(word or "unknown", f"the session ended as {trace.status}; {lacks}", node=_node(turn))
    ending = ending_of_turn(trace, index, turn)
    word = word or _OF_TURN[ending.word]
    if word == "succeeded" and not trace.status == turn.execution.status == "completed":
        whose = "its last turn" if trace.status == "completed" else "the session"
        return Outcome("unknown", f"how {whose} ended could not be read", node=ending.node)
    return Outcome(word, _how(trace.status, ending), ending.reason, ending.node)


def _how(status: str, ending: TurnEnding) -> str:
    """What the end of the session says, and what its last turn says against it."""
    if status == "completed" and ending.how:
        return f"the recorder wrote 'completed', but {ending.how.replace('its', 'the', 1)}"
    return f"the session ended as {status}; {ending.how or 'its last turn completed'}"


def _node(turn: CodexTurn | None) -> NodeRef | None:
    return None if turn is None else NodeRef("turn", turn.codex_turn_id)
