"""What a recording leaves open although something must be there: said in words, never guessed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

import msgspec

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import agent_name
from tui.analysis.links.provenance import request_of_cell, request_of_tool
from tui.analysis.links.relation import Evidence, Gap
from tui.analysis.links.rule import Graph
from tui.analysis.messages.edges import views_of_call
from tui.analysis.requests.prompts import can_prompt
from tui.model.conversation import OUTPUT_KINDS, ConversationItem
from tui.model.lookup import find_object
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
    ThreadAnchor,
    ToolCall,
)
from tui.model.protocol import ProtocolEvent
from tui.model.trace import RolloutTrace
from tui.schema.payloads import RawPayloadRef


def stated_gaps(graph: Graph, node: NodeRef) -> Iterator[Gap]:
    """The gaps of one object that have words of their own."""
    match find_object(graph.trace, node):
        case ToolCall() as tool:
            yield from _gaps_of_tool(graph, tool)
        case CodeCell() as cell:
            yield from _gaps_of_cell(graph, cell)
        case TerminalOperation() as operation:
            yield from _gaps_of_operation(operation)
        case TerminalSession() as session:
            yield from _gaps_of_session(graph.trace, session)
        case Thread() as thread:
            yield from _gaps_of_thread(graph.trace, thread)
        case ConversationItem() as item:
            yield from _gaps_of_item(graph.trace, graph.index, item)
        case InteractionEdge() as edge:
            yield from _gaps_of_edge(edge)
        case CompactionRequest() as attempt:
            yield from _gaps_of_attempt(graph.trace, attempt)
        case CodexTurn() | InferenceCall() | Compaction() | RawPayloadRef() | ProtocolEvent() | None:
            return
        case other:
            assert_never(other)


def _gaps_of_tool(graph: Graph, tool: ToolCall) -> Iterator[Gap]:
    node = NodeRef("tool_call", tool.tool_call_id)
    if isinstance(tool.requester, CodeCellCaller) and tool.requester.code_cell_id not in graph.trace.code_cells:
        name = tool.requester.code_cell_id
        text = f"{name}, which is not in the graph: the item with its source was never recorded"
        yield Gap("issued by", text, Evidence(node, "requester.code_cell_id"))
    if request_of_tool(graph.trace, graph.index, tool) is None:
        text = "a request that is not recorded: no response lists the call, and no request of its turn came before it"
        yield Gap("asked for by", text, Evidence(node, "model_visible_call_item_ids"))
    if tool.kind.type == "write_stdin" and tool.terminal_operation_id is None:
        text = "a terminal operation that is not known: the session id of the call could not be used"
        yield Gap("ran", text, Evidence(node, "terminal_operation_id"))
    for view in views_of_call(graph.trace, graph.index, tool, recording_is_over=False):
        if not view.is_in_graph:
            agent = view.target_agent
            receiver = view.named or "an agent" if agent is None else agent_name(graph.trace, agent)
            text = (
                f"{view.kind.replace('_', ' ')} to {receiver}, not seen to arrive: {view.reason or 'no edge shows it'}"
            )
            yield Gap("went out as", text, Evidence(node, "execution.status"))
    if tool.kind.type == "wait_agent" and not getattr(tool.summary, "target_agent_path", None):
        text = "agents that the graph does not name; the payloads of the call may"
        yield Gap("waited for", text, Evidence(node, "raw_runtime_payload_ids"))


def _gaps_of_cell(graph: Graph, cell: CodeCell) -> Iterator[Gap]:
    node = NodeRef("code_cell", cell.code_cell_id)
    if request_of_cell(graph.trace, graph.index, cell.code_cell_id) is None:
        text = "a request that is not recorded: no response holds the source of the cell"
        yield Gap("asked for by", text, Evidence(node, "source_item_id"))


def _gaps_of_operation(operation: TerminalOperation) -> Iterator[Gap]:
    node = NodeRef("terminal_operation", operation.operation_id)
    if operation.terminal_id is None:
        text = "a process without a known id: it ended in one go, or never started"
        yield Gap("created", text, Evidence(node, "terminal_id"))


def _gaps_of_session(trace: RolloutTrace, session: TerminalSession) -> Iterator[Gap]:
    creator = trace.terminal_operations.get(session.created_by_operation_id)
    if creator is None or creator.kind != "write_stdin":
        return
    where = NodeRef("terminal_operation", creator.operation_id)
    if creator.execution.status == "failed":
        text = "no command of this recording; the write to it failed, so there may be no such process"
        yield Gap("created by", text, Evidence(where, "execution.status"))
        return
    text = "a command outside of this recording, or from before the session was resumed: the first use is a write"
    yield Gap("created by", text, Evidence(where, "kind"))


def _gaps_of_thread(trace: RolloutTrace, thread: Thread) -> Iterator[Gap]:
    node = NodeRef("thread", thread.thread_id)
    if isinstance(thread.origin, SpawnedOrigin) and thread.origin.spawn_edge_id not in trace.interaction_edges:
        text = f"a call that is not recorded: {thread.origin.spawn_edge_id} is not in the graph"
        yield Gap("spawned over", text, Evidence(node, "origin.spawn_edge_id"))


def _gaps_of_item(trace: RolloutTrace, index: TraceIndex, item: ConversationItem) -> Iterator[Gap]:
    node = NodeRef("item", item.item_id)
    if item.produced_by or index.edges_to.count(node):
        return
    if item.agent_message is not msgspec.UNSET:
        text = f"a call of {item.agent_message.author} that is not recorded as the sender"
        yield Gap("sent by", text, Evidence(node, "agent_message.author"))
    elif item.kind in OUTPUT_KINDS:
        text = "a tool call that this recording does not hold: the transcript is all there is"
        yield Gap("output of", text, Evidence(node, "produced_by"))
    elif item.role == "assistant":
        text = "a response that this recording does not hold: history from before, or from another agent"
        yield Gap("returned by", text, Evidence(node, "produced_by"))
    elif can_prompt(trace, index, item) and _is_spawned(trace.threads.get(item.thread_id)):
        text = "someone that the graph does not name: no edge arrives at this item"
        yield Gap("sent by", text, Evidence(node, "produced_by"))


def _is_spawned(thread: Thread | None) -> bool:
    return thread is not None and isinstance(thread.origin, SpawnedOrigin)


def _gaps_of_edge(edge: InteractionEdge) -> Iterator[Gap]:
    if isinstance(edge.target, ThreadAnchor) and edge.kind != "close_agent":
        text = "an item of that agent that is not known: the agent was not seen to take it in"
        yield Gap("carries", text, Evidence(NodeRef("edge", edge.edge_id), "target"))


def _gaps_of_attempt(trace: RolloutTrace, attempt: CompactionRequest) -> Iterator[Gap]:
    if attempt.compaction_id not in trace.compactions:
        text = f"{attempt.compaction_id}, which was never installed"
        yield Gap(
            "attempt at", text, Evidence(NodeRef("compaction_request", attempt.compaction_request_id), "compaction_id")
        )
