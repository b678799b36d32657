"""Which request produced a tool call, and the way from anything back to the user's prompt (viewer notes §§1, 3, 9)."""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

from tui.analysis.index import TraceIndex, anchor_node
from tui.analysis.injected import is_injected
from tui.analysis.lookup import find_object
from tui.analysis.naming import name_of
from tui.model.conversation import (
    CodeCellProducer,
    CompactionProducer,
    ConversationItem,
    InferenceProducer,
    ProducerRef,
    ToolProducer,
)
from tui.model.ids import CodeCellId, InferenceCallId, ItemId, RawPayloadId, ThreadId, ToolCallId
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
    Thread,
    ToolCall,
    ToolCallAnchor,
)
from tui.model.trace import RolloutTrace
from tui.schema.payloads import RawPayloadRef

Certainty = Literal["exact", "later", "guess"]
"""`exact`: the graph links them. `later`: through the call item that the response held. `guess`: by turn and time."""

TASK_EDGES = frozenset({"spawn_agent", "assign_agent_task"})
"""Kinds of edges by which one agent gives another its work."""

MAX_STEPS = 200
"""Steps after which a chain ends: agents nest less deep, and a damaged log may go in circles."""


class Request(NamedTuple):
    """The inference call behind something, and how sure that is."""

    inference_id: InferenceCallId
    certainty: Certainty


class Step(NamedTuple):
    """One step on the way to the cause: what it says, and the object to go to."""

    text: str
    node: NodeRef


def request_of_tool(trace: RolloutTrace, index: TraceIndex, tool: ToolCall) -> Request | None:
    """The request whose response led to the tool call; for a nested call that of its cell. None if nothing tells."""
    if isinstance(tool.requester, CodeCellCaller):
        return request_of_cell(trace, index, tool.requester.code_cell_id)
    asking = index.asking_inferences.first(tool.tool_call_id)
    if asking is not None:
        return Request(asking, "exact")
    for item_id in tool.model_visible_call_item_ids:
        producer = producing_inference(trace, index, item_id)
        if producer is not None:
            return Request(producer, "later")
    return _latest_before(trace, index, tool)


def request_of_cell(trace: RolloutTrace, index: TraceIndex, cell_id: CodeCellId) -> Request | None:
    """The request whose response held the cell's source; without the cell, that of its dispatching tool call."""
    cell = trace.code_cells.get(cell_id)
    if cell is not None:
        producer = producing_inference(trace, index, cell.source_item_id)
        if producer is not None:
            return Request(producer, "exact")
    dispatch = dispatch_of_cell(index, cell_id)
    tool = trace.tool_calls.get(dispatch) if dispatch is not None else None
    if tool is None or isinstance(tool.requester, CodeCellCaller):
        return None
    return request_of_tool(trace, index, tool)


def dispatch_of_cell(index: TraceIndex, cell_id: CodeCellId) -> ToolCallId | None:
    """The tool call that ran the cell: linked with it, or with the same call id."""
    linked = index.cell_tools.first(cell_id)
    return linked if linked is not None else index.tools_of_call.first(cell_id.removeprefix("code_cell:"))


def producing_inference(trace: RolloutTrace, index: TraceIndex, item_id: ItemId) -> InferenceCallId | None:
    """The inference call that returned the item, or None: inherited history has none."""
    item = trace.conversation_items.get(item_id)
    if item is not None:
        for producer in item.produced_by:
            if isinstance(producer, InferenceProducer):
                return producer.inference_call_id
    return index.returning_inferences.first(item_id)


def spawning_tool(trace: RolloutTrace, thread_id: ThreadId) -> ToolCallId | None:
    """The tool call that spawned a thread, if its edge is in the graph."""
    thread = trace.threads.get(thread_id)
    if thread is None or not isinstance(thread.origin, SpawnedOrigin):
        return None
    edge = trace.interaction_edges.get(thread.origin.spawn_edge_id)
    return edge.source.tool_call_id if edge is not None and isinstance(edge.source, ToolCallAnchor) else None


def prompt_of(trace: RolloutTrace, index: TraceIndex, call: InferenceCall) -> ItemId | None:
    """The last item in the input of a request that asked the agent for something: the user's, or another agent's.

    Context that the agent program adds in the user's role asks for nothing. None if nobody asked in words.
    """
    for place in range(len(call.request_item_ids) - 1, -1, -1):
        item = trace.conversation_items.get(call.request_item_ids[place])
        if item is not None and (_is_task(trace, index, item.item_id) or _is_prompt(item)):
            return item.item_id
    return None


def _is_prompt(item: ConversationItem) -> bool:
    is_users = item.role == "user" and item.kind == "message" and item.agent_message is msgspec.UNSET
    return is_users and not is_injected(item)


def _is_task(trace: RolloutTrace, index: TraceIndex, item_id: ItemId) -> bool:
    """Whether another agent asked with this item; a result or a note is no task."""
    edges = index.edges_to.of(NodeRef("item", item_id))
    return any(trace.interaction_edges[edge].kind in TASK_EDGES for edge in edges)


def why(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> list[Step]:
    """The chain from `node` back to the user's prompt, each step caused by the next.

    Nested call ← cell ← request ← task of the agent ← the parent's call that gave it ← … ← the prompt at the root.
    """
    steps: list[Step] = []
    seen: set[NodeRef] = set()
    at: NodeRef | None = node
    while at is not None and at not in seen and len(steps) < MAX_STEPS:
        seen.add(at)
        steps.append(Step(name_of(trace, index, at) + _doubt(trace, index, at), at))
        at = cause_of(trace, index, at)
    return steps


def cause_of(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> NodeRef | None:
    """What led directly to `node`, or None at the beginning or where the recording does not tell."""
    match find_object(trace, node):
        case ToolCall() as tool:
            return _cause_of_tool(trace, index, tool)
        case CodeCell(code_cell_id=cell_id, codex_turn_id=turn_id):
            request = request_of_cell(trace, index, cell_id)
            return NodeRef("turn", turn_id) if request is None else NodeRef("inference", request.inference_id)
        case TerminalOperation(tool_call_id=tool_id):
            return NodeRef("tool_call", tool_id)
        case InferenceCall() as call:
            prompt = prompt_of(trace, index, call)
            return NodeRef("turn", call.codex_turn_id) if prompt is None else NodeRef("item", prompt)
        case CodexTurn(thread_id=thread_id):
            return NodeRef("thread", thread_id)
        case Compaction(codex_turn_id=turn_id):
            return NodeRef("turn", turn_id)
        case CompactionRequest(compaction_id=compaction_id, codex_turn_id=turn_id):
            installed = compaction_id in trace.compactions
            return NodeRef("compaction", compaction_id) if installed else NodeRef("turn", turn_id)
        case found:
            return _cause_of_other(trace, index, found)


def _cause_of_other(trace: RolloutTrace, index: TraceIndex, found: object) -> NodeRef | None:
    match found:
        case ConversationItem() as item:
            return _cause_of_item(trace, index, item)
        case InteractionEdge(source=source):
            return anchor_node(source)
        case Thread(thread_id=thread_id, origin=SpawnedOrigin(parent_thread_id=parent_id)):
            tool_id = spawning_tool(trace, thread_id)
            return NodeRef("thread", parent_id) if tool_id is None else NodeRef("tool_call", tool_id)
        case RawPayloadRef(raw_payload_id=payload_id):
            return index.payload_users.first(RawPayloadId(payload_id))
        case _:
            return None


def _cause_of_tool(trace: RolloutTrace, index: TraceIndex, tool: ToolCall) -> NodeRef:
    if isinstance(tool.requester, CodeCellCaller) and tool.requester.code_cell_id in trace.code_cells:
        return NodeRef("code_cell", tool.requester.code_cell_id)
    request = request_of_tool(trace, index, tool)
    if request is not None:
        return NodeRef("inference", request.inference_id)
    turn_id = tool.started_by_codex_turn_id
    return NodeRef("turn", turn_id) if turn_id is not None else NodeRef("thread", tool.thread_id)


def _cause_of_item(trace: RolloutTrace, index: TraceIndex, item: ConversationItem) -> NodeRef | None:
    for edge_id in index.edges_to.of(NodeRef("item", item.item_id)):
        return anchor_node(trace.interaction_edges[edge_id].source)
    for producer in item.produced_by:
        return producer_node(producer)
    thread = trace.threads.get(item.thread_id)
    # A prompt that nobody in this recording sent: the user's in a root thread, the spawner's in a child.
    spawned = thread is not None and isinstance(thread.origin, SpawnedOrigin)
    return NodeRef("thread", item.thread_id) if spawned else None


def producer_node(producer: ProducerRef) -> NodeRef:
    """The object that produced an item."""
    match producer:
        case InferenceProducer(inference_id):
            return NodeRef("inference", inference_id)
        case ToolProducer(tool_id):
            return NodeRef("tool_call", tool_id)
        case CodeCellProducer(cell_id):
            return NodeRef("code_cell", cell_id)
        case CompactionProducer(compaction_id):
            return NodeRef("compaction", compaction_id)


def _doubt(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> str:
    tool = find_object(trace, node)
    if not isinstance(tool, ToolCall) or isinstance(tool.requester, CodeCellCaller):
        return ""
    request = request_of_tool(trace, index, tool)
    return " (its request is a guess by time)" if request is not None and request.certainty == "guess" else ""


def _latest_before(trace: RolloutTrace, index: TraceIndex, tool: ToolCall) -> Request | None:
    if tool.started_by_codex_turn_id is None:
        return None
    for name in index.inferences_of_turn.newest_first(tool.started_by_codex_turn_id):
        if trace.inference_calls[name].execution.started_seq < tool.execution.started_seq:
            return Request(name, "guess")
    return None
