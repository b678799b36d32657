"""Which rows tell of an object that has no row of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from tui.analysis.index.ends import anchor_node, producer_node
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.links.places import parents_of
from tui.analysis.links.provenance import dispatch_of_cell
from tui.analysis.requests.sent import requests_sending
from tui.model.conversation import ConversationItem
from tui.model.ids import RawPayloadId
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

MAX_CAUSES = 8
"""How far back to look for a cause that has a row."""


def owners_of(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> Iterator[NodeRef]:
    """Objects that may have a row, the most telling first."""
    match find_object(trace, node):
        case ConversationItem() as item:
            yield from _owners_of_item(trace, index, item)
        case CodeCell() as cell:
            dispatch = dispatch_of_cell(index, cell.code_cell_id)
            if dispatch is not None:
                yield NodeRef("tool_call", dispatch)
        case TerminalOperation(tool_call_id=tool_id):
            yield NodeRef("tool_call", tool_id)
        case TerminalSession() as session:
            for name in (session.created_by_operation_id, *session.operation_ids):
                yield from owners_of(trace, index, NodeRef("terminal_operation", name))
        case InteractionEdge(source=source, target=target):
            yield from _with_owners(trace, index, (anchor_node(source), anchor_node(target)))
        case ProtocolEvent():
            yield from parents_of(trace, index, node)
        case RawPayloadRef() as payload:
            yield from _with_owners(trace, index, index.payload_users.of(RawPayloadId(payload.raw_payload_id)))
        case Thread() | CodexTurn() | InferenceCall() | ToolCall() | Compaction() | CompactionRequest() | None:
            pass  # they have rows of their own
        case other:
            assert_never(other)
    yield from _causes(trace, index, node)


def _with_owners(trace: RolloutTrace, index: TraceIndex, nodes: Iterable[NodeRef]) -> Iterator[NodeRef]:
    for node in nodes:
        yield node
        yield from owners_of(trace, index, node)


def _owners_of_item(trace: RolloutTrace, index: TraceIndex, item: ConversationItem) -> Iterator[NodeRef]:
    """An item that arrived from another agent belongs to its edge; else what produced it; else who sent it first."""
    for edge_id in index.edges_to.of(NodeRef("item", item.item_id)):
        yield NodeRef("edge", edge_id)
    for producer in item.produced_by:
        owner = producer_node(producer)
        yield owner
        if owner.kind == "code_cell":
            yield from owners_of(trace, index, owner)
    for inference_id in requests_sending(trace, index, item.item_id)[:1]:
        yield NodeRef("inference", inference_id)
    if item.codex_turn_id is not None:
        yield NodeRef("turn", item.codex_turn_id)
    yield NodeRef("thread", item.thread_id)


def _causes(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> Iterator[NodeRef]:
    from tui.analysis.links.why import cause_of  # the rules of all links, for a jump to what has no row

    cause = cause_of(trace, index, node)
    for _ in range(MAX_CAUSES):
        if cause is None:
            return
        yield cause
        cause = cause_of(trace, index, cause)
