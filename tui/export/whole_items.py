"""The texts of an item whole: what the graph abridges is read from the payload where it was first seen."""

from __future__ import annotations

import msgspec

from tui.analysis.requests.raw_items import item_fields, raw_item
from tui.model.conversation import CodePart, ConversationItem, JsonPart
from tui.store import TraceStore

LARGEST_BODY = 256 << 20
"""Bytes of a payload that is looked at for the whole of what the graph abridges."""

_VALUE_FIELDS = ("arguments", "input", "output", "action", "content")
"""Fields of an item that hold what the graph abridges."""


def whole_values(store: TraceStore, item: ConversationItem) -> list[str]:
    """The readable texts of an item in their order; abridged only where the payload cannot be read."""
    parts = item.body.parts
    if any(isinstance(part, JsonPart) for part in parts):
        return _from_payload(store, item) or [
            getattr(part, "summary", "") or getattr(part, "text", "") for part in parts
        ]
    texts = [part.source if isinstance(part, CodePart) else getattr(part, "text", "") for part in parts]
    return [text for text in texts if text]


def _from_payload(store: TraceStore, item: ConversationItem) -> list[str]:
    source = store.trace.evidence.item_sources.get(item.item_id)
    ref = None if source is None else store.trace.raw_payloads.get(source.raw_payload_id)
    body = None if ref is None else store.payloads.read(ref, LARGEST_BODY)
    raw = raw_item(body, source) if isinstance(body, bytes) and source is not None else None
    fields = {} if raw is None else item_fields(raw)
    return [_as_text(fields[name]) for name in _VALUE_FIELDS if fields.get(name)]


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
