"""The state of an agent, by what the log says is open; never by a timeout (viewer notes §8).

| state | evidence |
|---|---|
| ended, failed, cancelled | the agent ended; its status, or that of its last turn, says how |
| idle | it lives and has no open turn |
| waiting on the model | a request or a compaction is open in its turn |
| waiting on a terminal | a command or a write to one is open, called by it or by its script |
| waiting on an agent | all that is open in its turn is waiting for other agents |
| working | anything else is open in its turn: another tool, a script, or the turn alone, between two calls |
| left open | it had not ended when the recording did |
| cut off | it had not ended, the recording has no end, and nobody writes it any more |

An agent that waits for one that works is not stuck: `tui.analysis.state.waiting` follows whom it waits for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.problems.of_object import reason_of_turn
from tui.analysis.state.open_work import OpenWork, WorkKind, open_work
from tui.analysis.state.recording import RecordingState
from tui.model.execution import ExecutionWindow
from tui.model.ids import CodexTurnId, OperationId, ThreadId
from tui.model.noderef import NodeRef
from tui.model.objects import CodexTurn, InferenceCall, Thread, ToolCall
from tui.model.trace import RolloutTrace
from tui.named_tuple import NamedTuple

LiveWord = Literal[
    "working", "waiting on an agent", "waiting on a terminal", "waiting on the model", "idle", "ended", "failed",
    "cancelled",
]  # fmt: skip
StateWord = Literal[LiveWord, "left open", "cut off"]

STATE_WORDS: tuple[StateWord, ...] = (
    "working",
    "waiting on the model",
    "waiting on a terminal",
    "waiting on an agent",
    "idle",
    "left open",
    "cut off",
    "ended",
    "failed",
    "cancelled",
)
"""All states, those of a living agent first."""

IN_TURN: frozenset[str] = frozenset({"working", "waiting on the model", "waiting on a terminal", "waiting on an agent"})
"""States of an agent that has something to do."""

_WORDS: dict[WorkKind, LiveWord] = {
    "model": "waiting on the model",
    "terminal": "waiting on a terminal",
    "agent": "waiting on an agent",
    "tool": "working",
    "script": "working",
}

EndingWord = Literal["ended", "failed", "cancelled"]
_ENDINGS: dict[str, EndingWord] = {
    "failed": "failed",
    "cancelled": "cancelled",
    "aborted": "cancelled",
}


class AgentState(NamedTuple):
    """The state of an agent.

    `doing` is what the graph alone says; `word` differs from it where the recording is over. `node` is the open object
    that says so (for an agent without one: the turn or the thread whose end does), `since_unix_ms` its start (or its
    end), `what` its name, as recorded. `via`, `process`: as in `OpenWork`. `evidence`: why the recording is over, where
    that matters. `until_unix_ms`: when the recording stops, for a state that it left open.
    """

    word: StateWord
    doing: LiveWord
    node: NodeRef
    since_unix_ms: int
    what: str = ""
    via: tuple[NodeRef, ...] = ()
    process: NodeRef | None = None
    evidence: str = ""
    until_unix_ms: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether `node` is open, so that it has an age."""
        return self.doing in IN_TURN

    def age_ms(self, index: TraceIndex) -> int:
        """Milliseconds for which `node` is open, or over: until the recording stops; while it goes on, until now."""
        until = index.now_unix_ms if self.until_unix_ms is None else self.until_unix_ms
        return max(0, until - self.since_unix_ms)


class TurnEnding(NamedTuple):
    """How a turn that is over went. `node` proves it; `how` names that object's end, empty if it went well.

    `reason`: why, in the words of the provider or of the agent program; empty if they gave none.
    """

    word: EndingWord
    node: NodeRef
    how: str = ""
    reason: str = ""

    @property
    def what(self) -> str:
        """Both in one line."""
        return f"{self.how}: {self.reason}" if self.reason else self.how


def state_of_agent(
    trace: RolloutTrace, index: TraceIndex, thread_id: ThreadId, recording: RecordingState
) -> AgentState:
    """The state of one agent of the graph. Costs the calls of its last turn. KeyError for an unknown agent."""
    thread = trace.threads[thread_id]
    turn_id = index.turns.last(thread_id)
    turn = trace.codex_turns.get(turn_id) if turn_id is not None else None
    if not thread.execution.is_open:
        return _ended(trace, index, thread, turn)
    state = _alive(trace, index, thread, turn)
    if not recording.is_over:
        return state
    word: StateWord = "cut off" if recording.word == "cut off" else "left open"
    return state._replace(word=word, evidence=recording.evidence, until_unix_ms=index.newest_unix_ms)


def left_open(trace: RolloutTrace, index: TraceIndex, recording: RecordingState) -> Iterator[NodeRef]:
    """What each agent was doing when the recording stopped, of a command its call; nothing while it may go on."""
    for thread_id in trace.threads if recording.is_over else ():
        state = state_of_agent(trace, index, ThreadId(thread_id), recording)
        if state.word not in ("left open", "cut off") or not state.is_open:
            continue
        is_command = state.node.kind == "terminal_operation"
        operation = trace.terminal_operations.get(OperationId(state.node.id)) if is_command else None
        yield state.node if operation is None else NodeRef("tool_call", operation.tool_call_id)


def _alive(trace: RolloutTrace, index: TraceIndex, thread: Thread, turn: CodexTurn | None) -> AgentState:
    if turn is None:
        node = NodeRef("thread", thread.thread_id)
        return AgentState("idle", "idle", node, thread.execution.started_at_unix_ms, "no turn yet")
    node = NodeRef("turn", turn.codex_turn_id)
    if not turn.execution.is_open:
        ending = ending_of_turn(trace, index, turn)
        return AgentState("idle", "idle", ending.node, _end(turn.execution), ending.what or "its last turn completed")
    work = open_work(trace, index, turn.codex_turn_id)
    if work is None:
        since_unix_ms, what = _between(trace, index, turn)
        return AgentState("working", "working", node, since_unix_ms, what)
    return _at(work)


def _at(work: OpenWork) -> AgentState:
    word = _WORDS[work.kind]
    return AgentState(word, word, work.node, work.since_unix_ms, work.what, work.via, work.process)


def _ended(trace: RolloutTrace, index: TraceIndex, thread: Thread, turn: CodexTurn | None) -> AgentState:
    """Over. A thread cannot be cancelled and seldom fails: how its last turn ended says more."""
    word: EndingWord = _ENDINGS.get(thread.execution.status, "ended")
    node, what = NodeRef("thread", thread.thread_id), ""
    if turn is not None and not turn.execution.is_open:
        ending = ending_of_turn(trace, index, turn)
        what = ending.what
        if ending.word != "ended":
            word, node = ending.word, ending.node
    left = open_work(trace, index, turn.codex_turn_id) if turn is not None else None
    if left is not None:
        what = f"{what}, left open: {left.what}".removeprefix(", ")
    return AgentState(word, word, node, _end(thread.execution), what)


def ending_of_turn(trace: RolloutTrace, index: TraceIndex, turn: CodexTurn) -> TurnEnding:
    """How a turn that is over went. Older recorders call one completed whose last request failed: it has no answer."""
    status = turn.execution.status
    word: EndingWord = _ENDINGS.get(status, "ended")
    node = NodeRef("turn", turn.codex_turn_id)
    last = index.inferences_of_turn.last(turn.codex_turn_id)
    if last is not None and word != "cancelled" and trace.inference_calls[last].execution.status == "failed":
        reason = trace.evidence.failure_texts.get(last, "")
        return TurnEnding("failed", NodeRef("inference", last), "its last request failed", reason)
    reason = reason_of_turn(trace, turn)
    if word == "ended" and reason:
        word = "failed"
    if word == "ended":
        return TurnEnding(word, node)
    return TurnEnding(word, node, "its last turn failed" if word == "failed" else f"its last turn was {status}", reason)


def _between(trace: RolloutTrace, index: TraceIndex, turn: CodexTurn) -> tuple[int, str]:
    """Since when nothing of an open turn is open, and what it is between; a request that failed is mostly repeated."""
    calls: list[InferenceCall | ToolCall] = []
    calls += [trace.inference_calls[name] for name in index.inferences_of_turn.of(_id(turn))]
    calls += [trace.tool_calls[name] for name in index.tools_of_turn.of(_id(turn))]
    last = max(calls, key=lambda call: (_end(call.execution), call.execution.ended_seq or 0), default=None)
    if last is None:
        return turn.execution.started_at_unix_ms, "before its first call"
    since_unix_ms = _end(last.execution)
    if isinstance(last, InferenceCall) and last.execution.status == "failed":
        return since_unix_ms, f"after request {index.ordinal('inference', last.inference_call_id)} failed"
    return since_unix_ms, "between two calls"


def _id(turn: CodexTurn) -> CodexTurnId:
    return turn.codex_turn_id


def _end(window: ExecutionWindow) -> int:
    return window.started_at_unix_ms if window.ended_at_unix_ms is None else window.ended_at_unix_ms
