"""The problem that an object has of its own: an object that only contains a failed one is not a second problem.

A turn fails because its last request to the model or to compact its history failed, and an agent because its last turn
did. Where one looks for what is wrong, the request is the place; the turn and the agent would only stand in the way.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.problems.of_object import ObjectProblem, problem_of
from tui.model.delta import TraceDelta
from tui.model.ids import CodexTurnId, ThreadId, ToolCallId
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace
from tui.named_tuple import NamedTuple


class Holder(NamedTuple):
    """A turn or an agent."""

    kind: Literal["turn", "thread"]
    id: str


def own_problem_of(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> ObjectProblem | None:
    """The problem of an object, or None; None also where something in it is what failed. In constant time."""
    found = problem_of(trace, node)
    if found is None or found.code != "failed" or node.kind not in ("turn", "thread"):
        return found
    inner = _last_in(trace, index, node)
    return None if inner is not None and _has_failed(trace, inner) else found


def holders_to_judge(trace: RolloutTrace, delta: TraceDelta) -> Iterator[Holder]:
    """Turns and agents whose own problem may be another after `delta`, though they are not in it."""
    calls = (trace.inference_calls.get(name) for name in delta.inference_calls)
    attempts = (trace.compaction_requests.get(name) for name in delta.compaction_requests)
    for request in (*calls, *attempts):
        turn = None if request is None else Holder("turn", request.codex_turn_id)
        if turn is not None and turn.id not in delta.codex_turns and _has_failed(trace, NodeRef(*turn)):
            yield turn
    for turn_id in delta.codex_turns:
        held = trace.codex_turns.get(turn_id)
        agent = None if held is None else Holder("thread", held.thread_id)
        if agent is not None and agent.id not in delta.threads and _has_failed(trace, NodeRef(*agent)):
            yield agent


class LeftProcesses:
    """Finds the calls whose process runs on while their agent ends or resumes: their problem may be another then.

    An agent changes with every event, so what was seen of it is remembered.
    """

    def __init__(self, trace: RolloutTrace, index: TraceIndex) -> None:
        self._trace = trace
        self._index = index
        self._over: set[ThreadId] = set()

    def of(self, delta: TraceDelta) -> Iterator[ToolCallId]:
        """The calls of agents that ended or resumed with `delta`."""
        for thread_id in delta.threads:
            thread = self._trace.threads.get(thread_id)
            is_over = thread is not None and not thread.execution.is_open
            if is_over != (thread_id in self._over):
                (self._over.add if is_over else self._over.discard)(thread_id)
                yield from self._running_in(thread_id)

    def _running_in(self, thread_id: ThreadId) -> Iterator[ToolCallId]:
        for session_id in self._index.sessions_of_thread.of(thread_id):
            session = self._trace.terminal_sessions.get(session_id)
            creator = None if session is None else self._trace.terminal_operations.get(session.created_by_operation_id)
            if creator is not None and creator.execution.is_open:
                yield creator.tool_call_id


def _last_in(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> NodeRef | None:
    """What decides how a turn or an agent ended."""
    if node.kind == "turn":
        return _last_request(trace, index, CodexTurnId(node.id))
    turn = index.turns.last(ThreadId(node.id))
    return None if turn is None else NodeRef("turn", turn)


def _last_request(trace: RolloutTrace, index: TraceIndex, turn_id: CodexTurnId) -> NodeRef | None:
    """What a turn asked for last: an answer, or a compaction of its history."""
    name, attempt_name = index.inferences_of_turn.last(turn_id), index.attempts_of_turn.last(turn_id)
    call = None if name is None else trace.inference_calls.get(name)
    attempt = None if attempt_name is None else trace.compaction_requests.get(attempt_name)
    if attempt is not None and (call is None or attempt.execution.started_seq > call.execution.started_seq):
        return NodeRef("compaction_request", attempt.compaction_request_id)
    return None if call is None else NodeRef("inference", call.inference_call_id)


def _has_failed(trace: RolloutTrace, node: NodeRef) -> bool:
    found = problem_of(trace, node)
    return found is not None and found.code == "failed"
