"""The whole of an item, from its payload."""

from __future__ import annotations

import pytest

from tests.analysis.small_graph import small_graph
from tui.analysis.requests.raw_items import item_fields, items_as_sent, raw_items
from tui.model.evidence import ItemList, ItemSource
from tui.model.ids import ItemId, RawPayloadId
from tui.schema.payloads import PayloadKind, RawPayloadRef

REQUEST = b'{"model": "m", "input": [{"type": "message", "n": 1e400}, {"type":"reasoning"}], "tools": []}'


@pytest.mark.parametrize(
    ("payload", "item_list", "index", "item"),
    [
        (REQUEST, "input", 0, b'{"type": "message", "n": 1e400}'),
        (REQUEST, "input", 1, b'{"type":"reasoning"}'),
        (REQUEST, "input", 2, None),
        (REQUEST, "output_items", 0, None),
        (b'{"input": "text"}', "input", 0, None),
        (b"not json", "input", 0, None),
        (b'{"type":"message"}', "message", 0, b'{"type":"message"}'),
    ],
)
def test_an_item_is_found_by_array_and_index(
    payload: bytes, item_list: ItemList, index: int, item: bytes | None
) -> None:
    assert raw_items(payload, [ItemSource(RawPayloadId("raw_payload:1"), item_list, index)]) == [item]


@pytest.mark.parametrize(("raw", "fields"), [(b'{"a":1}', {"a": 1}), (b"[1]", {}), (b"{", {})])
def test_what_is_no_object_has_no_fields(raw: bytes, fields: dict[str, int]) -> None:
    assert item_fields(raw) == fields


def test_each_payload_is_read_once_and_unreadable_ones_left_out() -> None:
    trace = small_graph().trace
    for item_id, payload_id, index in (("a", "sent", 1), ("b", "lost", 0), ("c", "sent", 0), ("d", "unknown", 0)):
        trace.evidence.item_sources[ItemId(item_id)] = ItemSource(RawPayloadId(payload_id), "input", index)
    for payload_id in ("sent", "lost"):
        ref = RawPayloadRef(payload_id, PayloadKind("inference_request"), f"{payload_id}.json")
        trace.raw_payloads[RawPayloadId(payload_id)] = ref
    read: list[str] = []

    def body_of(ref: RawPayloadRef) -> bytes | None:
        read.append(ref.raw_payload_id)
        return REQUEST if ref.raw_payload_id == "sent" else None

    found = items_as_sent(trace, [ItemId(name) for name in "abcde"], body_of)
    assert found == {"a": b'{"type":"reasoning"}', "c": b'{"type": "message", "n": 1e400}'}
    assert read == ["sent", "lost"]
