"""Where the evidence behind an item lies: what Enter asks the payload pane to show."""

from __future__ import annotations

import msgspec

from tui.analysis.truncation import cut_of_item, operation_behind
from tui.model.conversation import ConversationItem, JsonPart, PayloadRefPart
from tui.model.ids import ItemId, RawPayloadId
from tui.model.trace import RolloutTrace


class Opening(msgspec.Struct, frozen=True):
    """A payload to show, and the value in it that is meant: keys and indices from its root.

    `missing` are the bytes of that value's decoded text that the model did not see.
    """

    item_id: ItemId
    raw_payload_id: RawPayloadId
    path: tuple[str, ...] = ()
    missing: tuple[int, int] | None = None


def opening_of(trace: RolloutTrace, item: ConversationItem) -> Opening | None:
    """The payload in which an item was first seen, at the item; None if nothing tells."""
    source = trace.evidence.item_sources.get(item.item_id)
    if source is not None:
        path = () if source.item_list == "message" else (source.item_list, str(source.index))
        return Opening(item.item_id, source.raw_payload_id, path)
    for part in item.body.parts:
        if isinstance(part, (JsonPart, PayloadRefPart)):
            return Opening(item.item_id, part.raw_payload_id)
    return None


def missing_part_of(trace: RolloutTrace, item: ConversationItem) -> Opening | None:
    """What of an output the model did not see, in the runtime's own record; None if nothing tells."""
    cut = cut_of_item(trace, item)
    operation = operation_behind(trace, item)
    if cut is None or cut.missing_start is None or cut.missing_end is None or operation is None:
        return None
    if not operation.raw_payload_ids:
        return None
    # The runtime records a beginning and an end; the output is in the end.
    payload = operation.raw_payload_ids[-1]
    return Opening(item.item_id, payload, ("aggregated_output",), (cut.missing_start, cut.missing_end))
