"""The whole texts of an object: what it says, what it ran, what it gave out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, assert_never

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.requests.prompts import prompt_of
from tui.analysis.requests.route import route_of
from tui.model.conversation import CodePart, ConversationItem, EncodedPart, JsonPart, PayloadRefPart
from tui.model.ids import ItemId
from tui.model.lookup import find_object
from tui.model.noderef import NodeRef
from tui.model.objects import (
    CodeCell,
    CodexTurn,
    Compaction,
    CompactionRequest,
    ExecRequest,
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


class LabelledText(NamedTuple):
    """A text as recorded, and what it is: `text`, `source`, `output`, …."""

    label: str
    text: str


def texts_of(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> list[LabelledText]:
    """The texts of an object, as far as the graph holds them; empty ones are left out."""
    return [found for found in _texts(trace, index, node) if found.text]


def _texts(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> Iterator[LabelledText]:
    match find_object(trace, node):
        case ConversationItem() as item:
            yield LabelledText("text", item_texts(item))
        case CodeCell() as cell:
            yield LabelledText("source", cell.source_js)
            yield from _items("output", trace, cell.output_item_ids)
        case ToolCall():
            route = route_of(trace, index, node)
            yield from _items("what the model saw", trace, [one.item_id for one in route.items] if route else [])
        case TerminalOperation() as operation:
            yield from _texts_of_operation(operation)
        case InferenceCall() as call:
            yield from _items("prompt", trace, _prompt(trace, index, call))
            yield from _items("response", trace, call.response_item_ids)
        case CodexTurn(codex_turn_id=turn_id):
            first = index.inferences_of_turn.first(turn_id)
            if first is not None:
                yield from _items("prompt", trace, _prompt(trace, index, trace.inference_calls[first]))
        case Compaction() as compaction:
            yield from _items("replacement", trace, compaction.replacement_item_ids)
        case ProtocolEvent(message=message, code=code):
            yield LabelledText("message", message)
            yield LabelledText("code", code)
        case InteractionEdge() as edge:
            yield from _items("carried", trace, edge.carried_item_ids)
        case Thread() | TerminalSession() | CompactionRequest() | RawPayloadRef() | None:
            return
        case other:
            assert_never(other)


def item_texts(item: ConversationItem) -> str:
    """All that an item says; what is not text is named."""
    return "\n".join(_part_text(part) for part in item.body.parts)


def _part_text(part: object) -> str:
    match part:
        case CodePart(source=source):
            return source
        case JsonPart(summary=summary):
            return summary
        case EncodedPart(label=label, value=value):
            return f"({label}, {len(value):,} characters)"
        case PayloadRefPart(label=label, raw_payload_id=payload_id):
            return f"({label}, in {payload_id})"
        case _:
            return str(getattr(part, "text", ""))


def _items(label: str, trace: RolloutTrace, names: Iterable[ItemId]) -> Iterator[LabelledText]:
    for name in names:
        item = trace.conversation_items.get(name)
        if item is not None:
            yield LabelledText(f"{label}, {name}", item_texts(item))


def _texts_of_operation(operation: TerminalOperation) -> Iterator[LabelledText]:
    request, result = operation.request, operation.result
    if isinstance(request, ExecRequest):
        yield LabelledText("command", request.display_command)
    else:
        yield LabelledText("input", request.stdin)
    if result is not None:
        yield LabelledText("output", result.stdout)
        yield LabelledText("error output", result.stderr)


def _prompt(trace: RolloutTrace, index: TraceIndex, call: InferenceCall) -> list[ItemId]:
    found = prompt_of(trace, index, call)
    return [] if found is None else [found]
