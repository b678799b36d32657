"""The whole of what the graph abridges: a conversation item as it was in its payload."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from tui.model.evidence import ItemSource
from tui.model.ids import ItemId
from tui.model.trace import RolloutTrace
from tui.schema.payloads import RawPayloadRef


def _list_decoder(name: str) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(
        msgspec.defstruct(f"_{name}", [(name, list[msgspec.Raw] | msgspec.UnsetType, msgspec.UNSET)])
    )


_DECODERS = {name: _list_decoder(name) for name in ("input", "output_items", "input_history", "replacement_history")}
"""Decoders that find one array of a payload and leave everything else undecoded."""


def item_array(payload: bytes, item_list: str) -> list[msgspec.Raw]:
    """The items of one array of a payload, undecoded; none if it has no such array or is damaged.

    Costs one pass over the payload without decoding what it skips. A payload that is a message is its only item.
    """
    if item_list == "message":
        return [msgspec.Raw(payload)]
    try:
        array: list[msgspec.Raw] | msgspec.UnsetType = getattr(_DECODERS[item_list].decode(payload), item_list)
        if array is msgspec.UNSET:
            array = getattr(_DECODERS[item_list].decode(_recognised(payload, item_list)), item_list)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    return [] if isinstance(array, msgspec.UnsetType) else array


def _recognised(payload: bytes, item_list: str) -> bytes:
    """The payload with the list under this name, if it can be told which one it is; else an empty one."""
    from tui.schema.bodies import with_lists  # few recordings need it

    found = with_lists(payload, (item_list,))
    return b"{}" if found is None else found.body


def raw_items(payload: bytes, sources: Sequence[ItemSource]) -> list[bytes | None]:
    """Several items of one payload, in one pass for each array that holds some of them."""
    arrays = {name: item_array(payload, name) for name in {source.item_list for source in sources}}
    found: list[bytes | None] = []
    for source in sources:
        items = arrays[source.item_list]
        place = 0 if source.item_list == "message" else source.index
        found.append(bytes(items[place]) if 0 <= place < len(items) else None)
    return found


def items_as_sent(
    trace: RolloutTrace, wanted: Sequence[ItemId], read: Callable[[RawPayloadRef], object]
) -> dict[ItemId, bytes]:
    """Several items of a graph; those that cannot be found are left out. `read` gives a payload's body, or no bytes.

    Each payload is read once.
    """
    sources = {name: source for name in wanted if (source := trace.evidence.item_sources.get(name)) is not None}
    found: dict[ItemId, bytes] = {}
    for payload_id in dict.fromkeys(source.raw_payload_id for source in sources.values()):
        ref = trace.raw_payloads.get(payload_id)
        body = None if ref is None else read(ref)
        if not isinstance(body, bytes):
            continue
        names = [name for name, source in sources.items() if source.raw_payload_id == payload_id]
        raws = raw_items(body, [sources[name] for name in names])
        found.update((name, raw) for name, raw in zip(names, raws, strict=True) if raw is not None)
    return found


def item_fields(raw: bytes | msgspec.Raw) -> dict[str, Any]:
    """The fields of a raw item; empty if it is not a JSON object that can be decoded."""
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
