"""What failed, where that came from, and what followed: the beginning of the answer to "why" for a failed thing.

failed: stream disconnected before completion
the response broke off after 2 items
retried as request 2 of /root, which succeeded
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, assert_never

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import name_of
from tui.analysis.kinds.plural import counted
from tui.analysis.problems.listed import problem_text
from tui.analysis.problems.of_object import problem_of
from tui.analysis.requests.compared import requests_showing
from tui.model.conversation import ConversationItem
from tui.model.ids import CodexTurnId, ThreadId
from tui.model.lookup import find_object
from tui.model.noderef import NodeRef
from tui.model.objects import (
    CodeCell,
    CodexTurn,
    Compaction,
    CompactionRequest,
    InferenceCall,
    InteractionEdge,
    TerminalOperation,
    TerminalSession,
    Thread,
    ToolCall,
)
from tui.model.protocol import ProtocolEvent
from tui.model.trace import RolloutTrace
from tui.schema.payloads import RawPayloadRef

_LOOKED_AT = 4_000
"""Characters at the end of an output that are looked at for its last line."""

CALLS_LOOKED_AT = 500
"""Later calls of a turn among which a repeated one is looked for."""


class StoryLine(NamedTuple):
    """One line of the story, as recorded: clean it to show it. `node` is where it leads, `proof` what says so."""

    text: str
    proof: str = ""
    node: NodeRef | None = None


def failure_story(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> list[StoryLine]:
    """The lines on a thing that failed, the failure itself first; none for a thing that did not."""
    problem = problem_of(trace, node)
    if problem is None:
        return []
    lines = [StoryLine(problem_text(trace, node, problem), "execution.status")]
    match find_object(trace, node):
        case InferenceCall() as call:
            lines += _of_request(trace, index, call)
        case ToolCall() as tool:
            lines += _of_call(trace, index, tool, lines[0].text)
        case CodexTurn() as turn:
            lines += _of_turn(trace, index, turn)
        case Thread() as thread:
            lines += _inside(trace, index, _last_turn(index, thread))
        case CodeCell() | TerminalOperation() | TerminalSession() | Compaction() | CompactionRequest():
            pass
        case InteractionEdge() | ConversationItem() | RawPayloadRef() | ProtocolEvent() | None:
            pass
        case other:
            assert_never(other)
    return lines


def _of_request(trace: RolloutTrace, index: TraceIndex, call: InferenceCall) -> Iterator[StoryLine]:
    items = len(call.response_item_ids)
    if items:
        yield StoryLine(f"the response broke off after {counted(items, 'item')}", "response_item_ids")
    elif call.raw_response_payload_id is None:
        yield StoryLine("nothing of a response is recorded", "response_payload")
    names = list(index.inferences_of_turn.of(call.codex_turn_id))
    place = names.index(call.inference_call_id)
    if place + 1 < len(names):
        later = trace.inference_calls[names[place + 1]]
        known = {*call.request_item_ids.to_list(), *call.response_item_ids}
        word = "retried as" if known.issuperset(later.request_item_ids.to_list()) else "followed by"
        yield _outcome_line(trace, index, word, NodeRef("inference", later.inference_call_id), "request_item_ids")
    else:
        turn = NodeRef("turn", call.codex_turn_id)
        yield _outcome_line(trace, index, "not retried: it was the last request of", turn, "codex_turn_id")


def healed_by(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> NodeRef | None:
    """The request of the same turn that succeeded after a request that failed: such a failure did not end the run."""
    found = find_object(trace, node)
    if not isinstance(found, InferenceCall):
        return None
    names = list(index.inferences_of_turn.of(found.codex_turn_id))
    later = names[names.index(found.inference_call_id) + 1 :]
    good = (name for name in later if trace.inference_calls[name].execution.status == "completed")
    return next((NodeRef("inference", name) for name in good), None)


def _of_call(trace: RolloutTrace, index: TraceIndex, tool: ToolCall, said: str) -> Iterator[StoryLine]:
    last = _last_line(trace, tool)
    if last and last not in said:
        yield StoryLine(f"its output ends: {last}", "aggregated_output")
    yield from _told_to_model(trace, index, tool)
    yield from _next_try(trace, index, tool)


def _told_to_model(trace: RolloutTrace, index: TraceIndex, tool: ToolCall) -> Iterator[StoryLine]:
    """The request in which the model first saw the failure, and with which it went on."""
    for item_id in tool.model_visible_output_item_ids:
        calls = [trace.inference_calls[name] for name in index.inferences_of_thread.of(tool.thread_id)]
        seen = next(iter(requests_showing(calls, item_id)), None)
        if seen is not None:
            went_on = NodeRef("inference", seen.inference_call_id)
            yield StoryLine(f"the model saw it in {name_of(trace, index, went_on)}", "request_item_ids", went_on)
            return
    yield StoryLine("no recorded request showed it to the model", "request_item_ids")


def _next_try(trace: RolloutTrace, index: TraceIndex, tool: ToolCall) -> Iterator[StoryLine]:
    """The next call of the turn that asks for the same, if there is one; nothing where the turn is too long to say."""
    turn_id = tool.started_by_codex_turn_id
    names = [] if turn_id is None else list(index.tools_of_turn.of(turn_id))
    if tool.tool_call_id not in names:
        return
    wanted = name_of(trace, index, NodeRef("tool_call", tool.tool_call_id))
    later = names[names.index(tool.tool_call_id) + 1 :]
    for name in later[:CALLS_LOOKED_AT]:
        node = NodeRef("tool_call", name)
        if name_of(trace, index, node) == wanted:
            yield _outcome_line(trace, index, "retried as", node, "the same arguments")
            return
    if len(later) <= CALLS_LOOKED_AT:
        yield StoryLine("not tried again in its turn with the same arguments", "started_by_codex_turn_id")


def _of_turn(trace: RolloutTrace, index: TraceIndex, turn: CodexTurn) -> Iterator[StoryLine]:
    last = index.inferences_of_turn.last(turn.codex_turn_id)
    yield from _inside(trace, index, None if last is None else NodeRef("inference", last))
    turns = list(index.turns.of(turn.thread_id))
    place = turns.index(turn.codex_turn_id)
    if place + 1 < len(turns):
        yield _outcome_line(trace, index, "followed by", NodeRef("turn", turns[place + 1]), "codex_turn_id")


def _inside(trace: RolloutTrace, index: TraceIndex, inner: NodeRef | None) -> Iterator[StoryLine]:
    """What failed in a thing that only holds it."""
    problem = None if inner is None else problem_of(trace, inner)
    if inner is not None and problem is not None:
        text = f"because {name_of(trace, index, inner)} {problem_text(trace, inner, problem)}"
        yield StoryLine(text, "execution.status", inner)


def _last_turn(index: TraceIndex, thread: Thread) -> NodeRef | None:
    turn = index.turns.last(ThreadId(thread.thread_id))
    return None if turn is None else NodeRef("turn", CodexTurnId(turn))


def _outcome_line(trace: RolloutTrace, index: TraceIndex, word: str, node: NodeRef, proof: str) -> StoryLine:
    """Something that followed, and how that came out."""
    return StoryLine(f"{word} {name_of(trace, index, node)}, which {_how_it_ended(trace, node)}", proof, node)


def _how_it_ended(trace: RolloutTrace, node: NodeRef) -> str:
    problem, found = problem_of(trace, node), find_object(trace, node)
    if problem is not None:
        return problem_text(trace, node, problem) if problem.code != "exit-code" else f"ended with {problem.text}"
    status = getattr(getattr(found, "execution", None), "status", "")
    return "succeeded" if status == "completed" else "is running" if status == "running" else status or "has no outcome"


def _last_line(trace: RolloutTrace, tool: ToolCall) -> str:
    """The last line that is not empty of what a failed command put out, its errors before its output."""
    operation: TerminalOperation | None = None
    if tool.terminal_operation_id is not None:
        operation = trace.terminal_operations.get(tool.terminal_operation_id)
    result = None if operation is None else operation.result
    texts = () if result is None else (result.stderr, result.stdout)
    lines = (line.strip() for text in texts for line in reversed(text[-_LOOKED_AT:].split("\n")))
    return next((line for line in lines if line), "")
