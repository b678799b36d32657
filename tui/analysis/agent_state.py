"""Who works, who waits for whom, who has nothing open: by what the log says is open, never by a timeout.

| state | evidence |
|---|---|
| done, failed, cancelled | the agent ended, with that status |
| working | in its open turn a request or a tool call is open; the newest one is named |
| waiting | all that is open in its turn is waiting for other agents |
| idle | it lives, but has no open turn |
| quiet | its turn is open, and nothing in it |

An agent that only waits for a living child is not stuck; one that is quiet for long may be.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from tui.analysis.index import TraceIndex
from tui.analysis.naming import agent_name, tool_argument, tool_name
from tui.model.execution import ExecutionWindow
from tui.model.ids import CodexTurnId, ThreadId
from tui.model.objects import InferenceCall, ToolCall
from tui.model.trace import RolloutTrace
from tui.schema.events import WaitAgentSummary

StateWord = Literal["working", "waiting", "idle", "quiet", "done", "failed", "cancelled"]

_ENDED: dict[str, StateWord] = {
    "completed": "done",
    "failed": "failed",
    "cancelled": "cancelled",
    "aborted": "cancelled",
}


class AgentState(NamedTuple):
    """How an agent stands: `what` is open or was last, as recorded, since `since_unix_ms`."""

    word: StateWord
    what: str
    since_unix_ms: int


def state_of_agent(trace: RolloutTrace, index: TraceIndex, thread_id: ThreadId) -> AgentState:
    """The state of one agent of the graph. Costs the calls of its last turn. KeyError for an unknown agent."""
    thread = trace.threads[thread_id]
    turn_id = index.turns.last(thread_id)
    turn = trace.codex_turns.get(turn_id) if turn_id is not None else None
    if not thread.execution.is_open:
        word = _ENDED.get(thread.execution.status, "done")
        if word == "done" and turn is not None and turn.execution.status == "failed":
            return AgentState("failed", "its last turn failed", _end(thread.execution))
        return AgentState(word, "", _end(thread.execution))
    if turn is None:
        return AgentState("idle", "no turn yet", thread.execution.started_at_unix_ms)
    if not turn.execution.is_open:
        return AgentState("idle", f"its last turn is {turn.execution.status}", _end(turn.execution))
    return _in_turn(trace, index, thread_id, turn.codex_turn_id)


def _in_turn(trace: RolloutTrace, index: TraceIndex, thread_id: ThreadId, turn_id: CodexTurnId) -> AgentState:
    calls = list(_calls_of_turn(trace, index, turn_id))
    open_calls = [call for call in calls if call.execution.is_open]
    busy = [call for call in open_calls if not is_wait(call)]
    if busy:
        newest = max(busy, key=lambda call: call.execution.started_seq)
        return AgentState("working", _name(trace, index, newest), newest.execution.started_at_unix_ms)
    if open_calls:
        newest = max(open_calls, key=lambda call: call.execution.started_seq)
        return AgentState("waiting", _awaited(trace, index, thread_id, newest), newest.execution.started_at_unix_ms)
    last = max(
        (_end(call.execution) for call in calls), default=trace.codex_turns[turn_id].execution.started_at_unix_ms
    )
    return AgentState("quiet", "", last)


def _calls_of_turn(trace: RolloutTrace, index: TraceIndex, turn_id: CodexTurnId) -> Iterator[InferenceCall | ToolCall]:
    for inference_id in index.inferences_of_turn.of(turn_id):
        yield trace.inference_calls[inference_id]
    for tool_id in index.tools_of_turn.of(turn_id):
        yield trace.tool_calls[tool_id]


def is_wait(call: InferenceCall | ToolCall) -> bool:
    """Whether a call does nothing but wait for other agents."""
    return isinstance(call, ToolCall) and (
        isinstance(call.summary, WaitAgentSummary) or call.kind.type == "wait_agent" or tool_name(call) == "wait_agent"
    )


def _name(trace: RolloutTrace, index: TraceIndex, call: InferenceCall | ToolCall) -> str:
    if isinstance(call, InferenceCall):
        return f"inference {index.ordinal('inference', call.inference_call_id)}"
    argument = tool_argument(trace, call)
    return f"$ {argument}" if call.terminal_operation_id is not None else f"{tool_name(call)} {argument}"


def _awaited(trace: RolloutTrace, index: TraceIndex, thread_id: ThreadId, call: InferenceCall | ToolCall) -> str:
    """Whom a waiting agent waits for: the one it named, else all of its living children."""
    named = tool_argument(trace, call) if isinstance(call, ToolCall) else ""
    if isinstance(call, ToolCall) and isinstance(call.summary, WaitAgentSummary) and named:
        return f"for {named}"
    living = [child for child in index.child_threads.of(thread_id) if trace.threads[child].execution.is_open]
    return f"for {', '.join(agent_name(trace, child) for child in living)}" if living else "for an agent's message"


def _end(window: ExecutionWindow) -> int:
    return window.started_at_unix_ms if window.ended_at_unix_ms is None else window.ended_at_unix_ms


class AgentTokens(NamedTuple):
    """Tokens of an agent's own requests, and with those of all agents below it. Cached input counts as input."""

    own: int
    rolled_up: int


def tokens_by_agent(trace: RolloutTrace, index: TraceIndex) -> dict[ThreadId, AgentTokens]:
    """The tokens of every agent."""
    own = dict.fromkeys(trace.threads, 0)
    for call in trace.inference_calls.values():
        if call.usage is not None and call.thread_id in own:
            own[call.thread_id] += call.usage.input_tokens + call.usage.output_tokens
    return {
        thread_id: AgentTokens(tokens, sum(own.get(name, 0) for name in _family(index, thread_id)))
        for thread_id, tokens in own.items()
    }


def _family(index: TraceIndex, thread_id: ThreadId) -> set[ThreadId]:
    """An agent and all below it; each once, even if a broken recording makes a ring of them."""
    found: set[ThreadId] = set()
    waiting = [thread_id]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(index.child_threads.of(name))
    return found
