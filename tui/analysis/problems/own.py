"""The problem that an object has of its own: an object that only contains a failed one is not a second problem.

A turn fails because its last request failed, and an agent because its last turn did. Where one looks for what is
wrong, the request is the place; the turn and the agent would only stand in the way.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.problems.of_object import ObjectProblem, problem_of
from tui.model.delta import TraceDelta
from tui.model.ids import CodexTurnId, ThreadId
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace


class Holder(NamedTuple):
    """A turn or an agent."""

    kind: Literal["turn", "thread"]
    id: str


def own_problem_of(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> ObjectProblem | None:
    """The problem of an object, or None; None also where something in it is what failed. In constant time."""
    found = problem_of(trace, node)
    if found is None or found.code != "failed" or node.kind not in ("turn", "thread"):
        return found
    inner = _last_in(index, node)
    return None if inner is not None and _has_failed(trace, inner) else found


def holders_to_judge(trace: RolloutTrace, delta: TraceDelta) -> Iterator[Holder]:
    """Turns and agents whose own problem may be another after `delta`, though they are not in it."""
    for name in delta.inference_calls:
        call = trace.inference_calls.get(name)
        turn = None if call is None else Holder("turn", call.codex_turn_id)
        if turn is not None and turn.id not in delta.codex_turns and _has_failed(trace, NodeRef(*turn)):
            yield turn
    for turn_id in delta.codex_turns:
        held = trace.codex_turns.get(turn_id)
        agent = None if held is None else Holder("thread", held.thread_id)
        if agent is not None and agent.id not in delta.threads and _has_failed(trace, NodeRef(*agent)):
            yield agent


def _last_in(index: TraceIndex, node: NodeRef) -> NodeRef | None:
    """What decides how a turn or an agent ended."""
    if node.kind == "turn":
        request = index.inferences_of_turn.last(CodexTurnId(node.id))
        return None if request is None else NodeRef("inference", request)
    turn = index.turns.last(ThreadId(node.id))
    return None if turn is None else NodeRef("turn", turn)


def _has_failed(trace: RolloutTrace, node: NodeRef) -> bool:
    found = problem_of(trace, node)
    return found is not None and found.code == "failed"
