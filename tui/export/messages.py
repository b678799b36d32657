"""The texts of requests and calls in the form that OpenTelemetry's conventions give to messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tui.analysis.requests.compared import compactions_before, compare_requests
from tui.analysis.requests.order import request_before
from tui.export.format import Subject
from tui.export.spans import WorkSpan
from tui.export.whole_items import whole_values
from tui.model.conversation import CALL_KINDS, OUTPUT_KINDS, ConversationItem, PayloadRefPart
from tui.model.ids import ItemId
from tui.model.objects import CodeCell, InferenceCall, ToolCall


def input_messages(subject: Subject, span: WorkSpan) -> list[dict[str, Any]]:
    """What was new in a request: what it repeats is in the spans before it."""
    call = span.found
    if not isinstance(call, InferenceCall):
        return []
    store = subject.store
    before = request_before(store.trace, store.index, call)
    compactions = compactions_before(store.trace, store.index, before, call)
    difference = compare_requests(store.trace, before, call, compactions)
    sent = call.request_item_ids[difference.shared :]
    if before is not None:
        sent = [name for name in sent if name in difference.new]
    return [message for name in sent for message in _message(subject, name)]


def output_messages(subject: Subject, span: WorkSpan) -> list[dict[str, Any]]:
    """The answer: its items are the parts of one message."""
    call = span.found
    if not isinstance(call, InferenceCall):
        return []
    parts = [
        part for name in call.response_item_ids for message in _message(subject, name) for part in message["parts"]
    ]
    if not parts:
        return []
    reason = "tool_call" if any(part["type"] == "tool_call" for part in parts) else "stop"
    ended = reason if call.execution.status == "completed" else "error"
    return [{"role": "assistant", "parts": parts, "finish_reason": ended}]


def tool_arguments(subject: Subject, span: WorkSpan) -> str | None:
    """What a tool was called with, or the source of a script."""
    found = span.found
    if isinstance(found, CodeCell):
        return subject.disclosure.text(found.source_js)
    return _joined(subject, found.model_visible_call_item_ids) if isinstance(found, ToolCall) else None


def tool_result(subject: Subject, span: WorkSpan) -> str | None:
    """What the model was answered; of a call that a script made, what the command put out."""
    found = span.found
    if isinstance(found, CodeCell):
        return _joined(subject, found.output_item_ids)
    if not isinstance(found, ToolCall):
        return None
    operation_id = found.terminal_operation_id
    operation = None if operation_id is None else subject.store.trace.terminal_operations.get(operation_id)
    if not found.model_visible_output_item_ids and operation is not None and operation.result is not None:
        return subject.disclosure.text(operation.result.stdout)
    return _joined(subject, found.model_visible_output_item_ids)


def _joined(subject: Subject, item_ids: Iterable[ItemId]) -> str | None:
    items = [subject.store.trace.conversation_items.get(name) for name in item_ids]
    texts = [text for item in items if item is not None for text in _texts(subject, item)]
    return "\n".join(texts) if texts else None


def _message(subject: Subject, item_id: ItemId) -> list[dict[str, Any]]:
    item = subject.store.trace.conversation_items.get(item_id)
    if item is None:
        return []
    texts = _texts(subject, item)
    call_id = None if item.call_id is None else subject.disclosure.label(item.call_id)
    if item.kind in CALL_KINDS:
        source = subject.store.trace.evidence.item_sources.get(item.item_id)
        name = subject.disclosure.label((source and source.tool_name) or "")
        parts = [{"type": "tool_call", "id": call_id, "name": name, "arguments": "\n".join(texts)}]
    elif item.kind in OUTPUT_KINDS:
        parts = [{"type": "tool_call_response", "id": call_id, "response": "\n".join(texts)}]
    else:
        kind = "reasoning" if item.kind == "reasoning" else "text"
        parts = [{"type": kind, "content": text} for text in texts]
    return [{"role": subject.disclosure.word(item.role), "parts": parts}] if parts else []


def _texts(subject: Subject, item: ConversationItem) -> list[str]:
    """The readable texts of an item; a picture is named by its payload, an encrypted body is left out."""
    show = subject.disclosure
    readable = show.pieces(whole_values(subject.store, item))
    named = [
        f"({show.label(part.label)}, in {show.label(part.raw_payload_id)})"
        for part in item.body.parts
        if isinstance(part, PayloadRefPart)
    ]
    return [*readable, *named]
