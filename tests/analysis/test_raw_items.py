"""The whole of an item, from its payload."""

from __future__ import annotations

import pytest

from tui.analysis.requests.raw_items import item_fields, raw_items
from tui.model.evidence import ItemList, ItemSource
from tui.model.ids import RawPayloadId

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
