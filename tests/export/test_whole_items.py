"""The whole of abridged items: each payload is read once for all its items."""

from __future__ import annotations

import pytest

from tests.conftest import DEMO_BUNDLES
from tui.bundle.payloads.store import PayloadStore
from tui.commands.loaded import loaded_store
from tui.export.whole_items import whole_values
from tui.model.conversation import JsonPart
from tui.schema.payloads import RawPayloadRef
from tui.source.fault import PayloadFault


def test_items_of_one_payload_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    store = loaded_store(str(DEMO_BUNDLES / "agents"))
    items = [
        item
        for item in store.trace.conversation_items.values()
        if any(isinstance(part, JsonPart) for part in item.body.parts)
    ]
    sources = store.trace.evidence.item_sources
    items.sort(key=lambda item: sources[item.item_id].raw_payload_id)
    read, read_one = list[str](), PayloadStore.read

    def noted(payloads: PayloadStore, ref: RawPayloadRef, limit: int = 1 << 30) -> bytes | PayloadFault:
        read.append(ref.raw_payload_id)
        return read_one(payloads, ref, limit)

    monkeypatch.setattr(PayloadStore, "read", noted)
    assert all(whole_values(store, item) for item in items)
    assert len(read) == len(set(read)) < len(items)
