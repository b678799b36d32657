"""The whole of what the graph abridges: a conversation item as it stood in its payload."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from tui.model.evidence import ItemSource


def _list_decoder(name: str) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(msgspec.defstruct(f"_{name}", [(name, list[msgspec.Raw], [])]))


_DECODERS = {name: _list_decoder(name) for name in ("input", "output_items", "input_history", "replacement_history")}
"""Decoders that find one array of a payload and leave everything else undecoded."""


def raw_item(payload: bytes, source: ItemSource) -> bytes | None:
    """The JSON of the item at `source` in the body of its payload; None if the payload does not hold it.

    Costs one pass over the payload without decoding what it skips.
    """
    if source.item_list == "message":
        return payload
    try:
        items = getattr(_DECODERS[source.item_list].decode(payload), source.item_list)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return bytes(items[source.index]) if 0 <= source.index < len(items) else None


def raw_items(payload: bytes, sources: Sequence[ItemSource]) -> list[bytes | None]:
    """Several items of one payload, in one pass for each array that holds some of them."""
    arrays: dict[str, list[msgspec.Raw]] = {}
    for name in {source.item_list for source in sources if source.item_list != "message"}:
        try:
            arrays[name] = getattr(_DECODERS[name].decode(payload), name)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            arrays[name] = []
    found: list[bytes | None] = []
    for source in sources:
        items = arrays.get(source.item_list, [])
        if source.item_list == "message":
            found.append(payload)
        else:
            found.append(bytes(items[source.index]) if 0 <= source.index < len(items) else None)
    return found


def item_fields(raw: bytes) -> dict[str, Any]:
    """The fields of a raw item; empty if it is no JSON object that can be decoded."""
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
