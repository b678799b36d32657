"""Which payload files stand behind a node: what the payload pane shows when the node is selected, best first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

import msgspec

from tui.analysis.index.ends import anchor_node
from tui.analysis.index.trace_index import TraceIndex
from tui.model.conversation import ConversationItem
from tui.model.ids import ItemId, RawPayloadId
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


def payloads_behind(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> list[RawPayloadRef]:
    """The payloads of a node, the most telling first: results before requests, what came last before what came first.

    An agent's is what its session started with, a turn's are those of its last request, which the conversation shows,
    too, and what was said of it. Empty for ids that the graph does not hold.
    """
    found = find_object(trace, node)
    if found is None or isinstance(found, TerminalSession):
        return []
    return [found] if isinstance(found, RawPayloadRef) else _behind(trace, index, found)


def path_to(trace: RolloutTrace, node: NodeRef, ref: RawPayloadRef) -> tuple[str, ...]:
    """Where a node is inside one of its payloads: keys and indices from the root; empty for the whole of it."""
    source = trace.evidence.item_sources.get(ItemId(node.id)) if node.kind == "item" else None
    if source is None or source.raw_payload_id != ref.raw_payload_id or source.item_list == "message":
        return ()
    return (source.item_list, str(source.index))


_WithPayloads = (
    InferenceCall
    | ToolCall
    | TerminalOperation
    | CodeCell
    | ConversationItem
    | Compaction
    | CompactionRequest
    | InteractionEdge
    | Thread
    | CodexTurn
    | ProtocolEvent
)


def _behind(trace: RolloutTrace, index: TraceIndex, found: _WithPayloads) -> list[RawPayloadRef]:  # one case a kind
    match found:
        case InferenceCall() as call:
            return _refs(trace, _of_request(trace, call))
        case ToolCall() as tool:
            return _refs(trace, _of_tool(tool))
        case TerminalOperation() as operation:
            return _refs(trace, reversed(operation.raw_payload_ids))
        case CodeCell() as cell:
            return _refs(trace, [cell.raw_result_payload_id, cell.raw_initial_response_payload_id])
        case ConversationItem() as item:
            return _of_item(trace, item)
        case Compaction() as compaction:
            return _of_compaction(trace, index, compaction)
        case CompactionRequest() as request:
            return _refs(trace, [request.raw_response_payload_id, request.raw_request_payload_id])
        case InteractionEdge() as edge:
            return _of_edge(trace, index, edge)
        case Thread() as thread:
            facts = trace.evidence.session_facts.get(thread.thread_id)
            told = () if facts is None else facts.raw_payload_ids
            return _refs(trace, [trace.evidence.metadata_payloads.get(thread.thread_id), *told])
        case CodexTurn() as turn:
            return _of_turn(trace, index, turn)
        case ProtocolEvent(raw_payload_id=raw_payload_id):
            return _refs(trace, [raw_payload_id])
        case other:
            assert_never(other)


def _of_request(trace: RolloutTrace, call: InferenceCall) -> list[RawPayloadId | None]:
    prompt = call.prepared_prompt_payload_id
    warmup = trace.evidence.warmup_payloads.get(call.inference_call_id)
    known_prompt = None if prompt is msgspec.UNSET else prompt
    return [call.raw_response_payload_id, call.raw_request_payload_id, known_prompt, warmup]


def _of_turn(trace: RolloutTrace, index: TraceIndex, turn: CodexTurn) -> list[RawPayloadRef]:
    """Those of its last request, then what the agent program said of the turn."""
    last = index.inferences_of_turn.last(turn.codex_turn_id)
    requested = [] if last is None else payloads_behind(trace, index, NodeRef("inference", last))
    events = (trace.protocol_events[name] for name in index.events_of_turn.of(turn.codex_turn_id))
    return [*requested, *_refs(trace, [event.raw_payload_id for event in events])]


def _of_tool(tool: ToolCall) -> list[RawPayloadId | None]:
    """The result first; of a patch, what the runtime says that it changed."""
    runtime = list(reversed(tool.raw_runtime_payload_ids))
    result = [tool.raw_result_payload_id]
    first = [*runtime, *result] if tool.kind.type == "apply_patch" else [*result, *runtime]
    return [*first, tool.raw_invocation_payload_id]


def _of_item(trace: RolloutTrace, item: ConversationItem) -> list[RawPayloadRef]:
    source = trace.evidence.item_sources.get(item.item_id)
    parts = [getattr(part, "raw_payload_id", None) for part in item.body.parts]
    return _refs(trace, [None if source is None else source.raw_payload_id, *parts])


def _of_edge(trace: RolloutTrace, index: TraceIndex, edge: InteractionEdge) -> list[RawPayloadRef]:
    """What it carried; if that is not recorded, what is at its source: the call with the message."""
    return _refs(trace, edge.carried_raw_payload_ids) or payloads_behind(trace, index, anchor_node(edge.source))


def _of_compaction(trace: RolloutTrace, index: TraceIndex, compaction: Compaction) -> list[RawPayloadRef]:
    marker = trace.conversation_items.get(compaction.marker_item_id)
    found = [] if marker is None else _of_item(trace, marker)
    for request_id in reversed(compaction.request_ids):
        found += payloads_behind(trace, index, NodeRef("compaction_request", request_id))
    return found


def _refs(trace: RolloutTrace, payload_ids: Iterable[RawPayloadId | None]) -> list[RawPayloadRef]:
    found = dict.fromkeys(payload_id for payload_id in payload_ids if payload_id is not None)
    return [trace.raw_payloads[payload_id] for payload_id in found if payload_id in trace.raw_payloads]
