"""Which payloads an object of the graph names: its own, and those that the log has beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from tui.model.conversation import ConversationItem, JsonPart, PayloadRefPart
from tui.model.ids import RawPayloadId
from tui.model.kinds import KINDS, ByGraphKind, GraphKind, GraphObject
from tui.model.noderef import NodeRef
from tui.model.objects import (
    CodeCell,
    CompactionRequest,
    InferenceCall,
    InteractionEdge,
    TerminalOperation,
    Thread,
    ToolCall,
)
from tui.model.protocol import ProtocolEvent
from tui.model.trace import RolloutTrace

_Named = Iterable[RawPayloadId | None]


def payloads_used(trace: RolloutTrace, node: NodeRef) -> list[RawPayloadId]:
    """The payloads of an object, each once, in the order in which they come; none of what the graph does not hold."""
    if node.kind == "diagnostic":
        return []
    found = KINDS[node.kind].objects(trace).get(node.id)
    return [] if found is None else payloads_of(trace, node.kind, found)


def payloads_of(trace: RolloutTrace, kind: GraphKind, found: GraphObject) -> list[RawPayloadId]:
    """The same of an object that the graph holds."""
    named = _NAMED_BY[kind]
    if named is None:
        return []
    used = [one for one in named(trace, found) if one is not None]
    return used if len(used) < 2 else list(dict.fromkeys(used))


def _of_thread(trace: RolloutTrace, thread: Thread) -> _Named:
    return [trace.evidence.metadata_payloads.get(thread.thread_id)]


def _of_inference(trace: RolloutTrace, inference: InferenceCall) -> _Named:
    prompt = inference.prepared_prompt_payload_id
    used = [inference.raw_request_payload_id, None if prompt is msgspec.UNSET else prompt]
    warmup = trace.evidence.warmup_payloads.get(inference.inference_call_id)
    return [*used, warmup, inference.raw_response_payload_id]


def _of_tool(_trace: RolloutTrace, tool: ToolCall) -> _Named:
    return [tool.raw_invocation_payload_id, *tool.raw_runtime_payload_ids, tool.raw_result_payload_id]


def _of_cell(_trace: RolloutTrace, cell: CodeCell) -> _Named:
    return [cell.raw_initial_response_payload_id, cell.raw_result_payload_id]


def _of_operation(_trace: RolloutTrace, operation: TerminalOperation) -> _Named:
    return operation.raw_payload_ids


def _of_attempt(_trace: RolloutTrace, attempt: CompactionRequest) -> _Named:
    return [attempt.raw_request_payload_id, attempt.raw_response_payload_id]


def _of_edge(_trace: RolloutTrace, edge: InteractionEdge) -> _Named:
    return edge.carried_raw_payload_ids


def _of_item(trace: RolloutTrace, item: ConversationItem) -> _Named:
    source = trace.evidence.item_sources.get(item.item_id)
    seen = [] if source is None else [source.raw_payload_id]
    return seen + [part.raw_payload_id for part in item.body.parts if isinstance(part, (JsonPart, PayloadRefPart))]


def _of_event(_trace: RolloutTrace, event: ProtocolEvent) -> _Named:
    return [event.raw_payload_id]


_NAMED_BY: ByGraphKind[Callable[[RolloutTrace, Any], _Named] | None] = {
    "thread": _of_thread,
    "turn": None,
    "inference": _of_inference,
    "tool_call": _of_tool,
    "code_cell": _of_cell,
    "terminal_operation": _of_operation,
    "terminal_session": None,
    "compaction": None,
    "compaction_request": _of_attempt,
    "edge": _of_edge,
    "item": _of_item,
    "payload": None,
    "event": _of_event,
}
