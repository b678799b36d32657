"""Where an object belongs in the story of a recording: below what caused it, in the order in which things began.

agent ─ turn ─ inference ─ tool call ─┬─ nested tool call of a code cell
                                      └─ the agent that the call spawned ─ turn ─ …
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, assert_never

import msgspec

from tui.analysis.index.ends import anchor_node
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.links.provenance import dispatch_of_cell, request_id_of_tool, request_of_cell, spawning_tool
from tui.model.conversation import ConversationItem, InferenceProducer
from tui.model.ids import CodexTurnId, ItemId
from tui.model.kinds import GraphObject
from tui.model.lookup import find_object, window_of
from tui.model.noderef import NodeRef
from tui.model.objects import (
    CodeCell,
    CodeCellCaller,
    CodexTurn,
    Compaction,
    CompactionRequest,
    InferenceCall,
    InteractionEdge,
    SpawnedOrigin,
    TerminalOperation,
    TerminalSession,
    Thread,
    ToolCall,
    ToolCallAnchor,
)
from tui.model.protocol import ProtocolEvent
from tui.model.trace import RolloutTrace
from tui.schema.payloads import RawPayloadRef

_EXECUTED: Final = (ToolCall, InferenceCall, CodexTurn, Thread, CodeCell, CompactionRequest)
"""What has an execution window from its start on."""


def parents_of(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> Iterator[NodeRef]:
    """The objects that `node` may stand below, best first; nothing for what is at the top.

    The first one that is there counts: a graph that still grows, or that has holes, lacks some.
    """
    return parents_of_object(trace, index, find_object(trace, node))


def parents_of_object(trace: RolloutTrace, index: TraceIndex, found: GraphObject | None) -> Iterator[NodeRef]:
    """The same of an object of the graph."""
    match found:
        case ToolCall() as tool:
            yield from _parents_of_tool(trace, index, tool)
        case InferenceCall(codex_turn_id=turn_id, thread_id=thread_id):
            yield from (NodeRef("turn", turn_id), NodeRef("thread", thread_id))
        case CodexTurn(thread_id=thread_id):
            yield NodeRef("thread", thread_id)
        case Thread() as thread:
            yield from _parents_of_thread(trace, thread)
        case CodeCell() as cell:
            yield from _parents_of_cell(trace, index, cell)
        case Compaction(codex_turn_id=turn_id, thread_id=thread_id):
            yield from (NodeRef("turn", turn_id), NodeRef("thread", thread_id))
        case CompactionRequest(compaction_id=compaction_id, codex_turn_id=turn_id, thread_id=thread_id):
            yield NodeRef("compaction", compaction_id)
            yield from (NodeRef("turn", turn_id), NodeRef("thread", thread_id))
        case InteractionEdge() as edge:
            yield from _parents_of_edge(trace, edge)
        case ConversationItem() as item:
            yield from _parents_of_item(item)
        case ProtocolEvent(codex_turn_id=event_turn_id, thread_id=event_thread_id):
            yield from (NodeRef("turn", event_turn_id),) if event_turn_id is not None else ()
            yield from (NodeRef("thread", event_thread_id),) if event_thread_id is not None else ()
        case TerminalOperation() | TerminalSession() | RawPayloadRef() | None:
            return  # what has no row
        case other:
            assert_never(other)


def order_of(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> int:
    """The key by which siblings are ordered: twice the seq of the start, odd for what comes right behind a seq."""
    return order_of_object(trace, index, find_object(trace, node))


def order_of_object(trace: RolloutTrace, index: TraceIndex, found: GraphObject | None) -> int:
    """The same of an object of the graph."""
    if isinstance(found, _EXECUTED):  # nearly all that has a row
        return 2 * found.execution.started_seq
    match found:
        case Compaction() as compaction:
            return _order_of_compaction(trace, index, compaction)
        case InteractionEdge() as edge:
            return _order_of_edge(trace, index, edge)
        case ConversationItem() as item:
            return _order_of_item(trace, item)
        case other:
            window = window_of(other)
            return 0 if window is None else 2 * window.started_seq


def _parents_of_tool(trace: RolloutTrace, index: TraceIndex, tool: ToolCall) -> Iterator[NodeRef]:
    requester = tool.requester
    if isinstance(requester, CodeCellCaller):
        dispatch = dispatch_of_cell(index, requester.code_cell_id)
        if dispatch is not None and dispatch != tool.tool_call_id:
            yield NodeRef("tool_call", dispatch)
        yield NodeRef("code_cell", requester.code_cell_id)
    asked_by = request_id_of_tool(trace, index, tool)
    if asked_by is not None:
        yield NodeRef("inference", asked_by)
    if tool.started_by_codex_turn_id is not None:
        yield NodeRef("turn", tool.started_by_codex_turn_id)
    yield NodeRef("thread", tool.thread_id)


def _parents_of_cell(trace: RolloutTrace, index: TraceIndex, cell: CodeCell) -> Iterator[NodeRef]:
    request = request_of_cell(trace, index, cell.code_cell_id)
    if request is not None:
        yield NodeRef("inference", request.inference_id)
    yield from (NodeRef("turn", cell.codex_turn_id), NodeRef("thread", cell.thread_id))


def _parents_of_thread(trace: RolloutTrace, thread: Thread) -> Iterator[NodeRef]:
    tool_id = spawning_tool(trace, thread.thread_id)
    if tool_id is not None:
        yield NodeRef("tool_call", tool_id)
    if isinstance(thread.origin, SpawnedOrigin):
        yield NodeRef("thread", thread.origin.parent_thread_id)


def _parents_of_edge(trace: RolloutTrace, edge: InteractionEdge) -> Iterator[NodeRef]:
    """An edge is where it arrived."""
    target = anchor_node(edge.target)
    if target.kind == "thread":
        yield target
        return
    item = find_object(trace, target)
    if isinstance(item, ConversationItem):
        if item.codex_turn_id is not None:
            yield NodeRef("turn", item.codex_turn_id)
        yield NodeRef("thread", item.thread_id)


def _parents_of_item(item: ConversationItem) -> Iterator[NodeRef]:
    """An item is below the request that it answers."""
    for producer in item.produced_by:
        if isinstance(producer, InferenceProducer):
            yield NodeRef("inference", producer.inference_call_id)
    if item.codex_turn_id is not None:
        yield NodeRef("turn", item.codex_turn_id)
    yield NodeRef("thread", item.thread_id)


def _order_of_item(trace: RolloutTrace, item: ConversationItem) -> int:
    """Where the history took it in, else at the end of the answer that holds it."""
    if item.accepted_seq is not msgspec.UNSET:
        return 2 * item.accepted_seq
    names = [one.inference_call_id for one in item.produced_by if isinstance(one, InferenceProducer)]
    windows = [trace.inference_calls[name].execution for name in names if name in trace.inference_calls]
    return 2 * (windows[0].ended_seq or windows[0].started_seq) if windows else 0


def _order_of_compaction(trace: RolloutTrace, index: TraceIndex, compaction: Compaction) -> int:
    attempts = [trace.compaction_requests[name] for name in index.compaction_attempts.of(compaction.compaction_id)]
    if attempts:
        return 2 * max(attempt.execution.started_seq for attempt in attempts)
    return _order_by_time(trace, index, compaction.codex_turn_id, compaction.installed_at_unix_ms)


def _order_of_edge(trace: RolloutTrace, index: TraceIndex, edge: InteractionEdge) -> int:
    """Behind the call that sent it; a result where the receiver's history took it in."""
    if isinstance(edge.source, ToolCallAnchor):
        tool = trace.tool_calls.get(edge.source.tool_call_id)
        if tool is not None:
            return 2 * tool.execution.started_seq + 1
    item = trace.conversation_items.get(ItemId(anchor_node(edge.target).id))
    if item is None:
        return 2 * index.newest_seq + 1
    if item.accepted_seq is not msgspec.UNSET:
        return 2 * item.accepted_seq
    return _order_by_time(trace, index, item.codex_turn_id, edge.started_at_unix_ms)


def _order_by_time(trace: RolloutTrace, index: TraceIndex, turn_id: CodexTurnId | None, at_unix_ms: int) -> int:
    """Behind the last request of the turn that began before `at_unix_ms`; behind the turn's own start without one."""
    if turn_id is None:
        return 0
    for name in index.inferences_of_turn.newest_first(turn_id):
        execution = trace.inference_calls[name].execution
        if execution.started_at_unix_ms <= at_unix_ms:
            return 2 * execution.started_seq + 1
    turn = trace.codex_turns.get(turn_id)
    return 2 * turn.execution.started_seq + 1 if turn is not None else 0
