"""The texts of an item whole: what the graph abridges is read from the payload where it was first seen."""

from __future__ import annotations

import weakref

import msgspec

from tui.analysis.requests.raw_items import item_array, item_fields
from tui.model.conversation import CodePart, ConversationItem, JsonPart
from tui.model.evidence import ItemSource
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
    raw = None if source is None else _newest_lists.setdefault(store, _ItemLists(store)).item(source)
    fields = {} if raw is None else item_fields(raw)
    return [_as_text(fields[name]) for name in _VALUE_FIELDS if fields.get(name)]


class _ItemLists:
    """The list of items that was read last: the items of a payload are mostly asked for one after the other."""

    def __init__(self, store: TraceStore) -> None:
        self._store = weakref.proxy(store)
        self._name: tuple[str, str] | None = None
        self._items: list[msgspec.Raw] = []

    def item(self, source: ItemSource) -> msgspec.Raw | None:
        """The JSON of an item; None if its payload does not hold it."""
        name = (source.raw_payload_id, source.item_list)
        if name != self._name:
            self._name, self._items = name, self._read(source)
        place = 0 if source.item_list == "message" else source.index
        return self._items[place] if 0 <= place < len(self._items) else None

    def _read(self, source: ItemSource) -> list[msgspec.Raw]:
        ref = self._store.trace.raw_payloads.get(source.raw_payload_id)
        body = None if ref is None else self._store.payloads.read(ref, LARGEST_BODY)
        return item_array(body, source.item_list) if isinstance(body, bytes) else []


_newest_lists: weakref.WeakKeyDictionary[TraceStore, _ItemLists] = weakref.WeakKeyDictionary()


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
