"""Where the evidence behind an item lies: what Enter asks the payload pane to show."""

from __future__ import annotations

import msgspec

from tui.analysis.requests.truncation import cut_of_item, operation_behind
from tui.model.conversation import OUTPUT_KINDS, ConversationItem, JsonPart, PayloadRefPart
from tui.model.ids import ItemId, RawPayloadId
from tui.model.objects import InferenceCall
from tui.model.trace import RolloutTrace
from tui.viewmodel.conversation.head import HeadEntry
from tui.viewmodel.conversation.listing import ConversationListing
from tui.viewmodel.conversation.rows import BlockRow, Fold


class Opening(msgspec.Struct, frozen=True):
    """A payload to show, and the value in it that is meant: keys and indices from its root.

    `item_id` is None where no item is meant. `missing` are the bytes of that value's decoded text that the model did
    not see.
    """

    item_id: ItemId | None
    raw_payload_id: RawPayloadId
    path: tuple[str, ...] = ()
    missing: tuple[int, int] | None = None


def opening_of(trace: RolloutTrace, item: ConversationItem) -> Opening | None:
    """The payload in which an item was first seen, at the item; None if it is unknown."""
    source = trace.evidence.item_sources.get(item.item_id)
    if source is not None:
        path = () if source.item_list == "message" else (source.item_list, str(source.index))
        return Opening(item.item_id, source.raw_payload_id, path)
    for part in item.body.parts:
        if isinstance(part, (JsonPart, PayloadRefPart)):
            return Opening(item.item_id, part.raw_payload_id)
    return None


def opening_here(listing: ConversationListing) -> Opening | None:
    """What Enter opens under the cursor; None where the row has no more behind it than it shows."""
    entry, row, item = listing.entry_here, listing.row_here, listing.item_here
    call = listing.request_of_head
    if entry is None or row is None:
        return None
    if call is not None and entry.head is not None:
        return opening_of_head(call, entry.head, row)
    if item is None:
        return None
    if row.role == "cut":
        return missing_part_of(listing.trace, item) or opening_of(listing.trace, item)
    elsewhere = row.role == "note" or (row.role == "more" and listing.layout.fold_of(item.item_id) is Fold.WHOLE)
    opening = opening_of(listing.trace, item) if elsewhere else None
    if opening is None or not opening.path:
        return opening
    return msgspec.structs.replace(opening, path=(*opening.path, *part_path(item, row.block)))


def part_path(item: ConversationItem, block: int) -> tuple[str, ...]:
    """Where the part behind a block is in the JSON of its item, if it is in the payload alone, as a picture is."""
    part = item.body.parts[block] if 0 <= block < len(item.body.parts) else None
    if not isinstance(part, PayloadRefPart):
        return ()
    return ("output" if item.kind in OUTPUT_KINDS else "content", str(block))


def opening_of_head(call: InferenceCall, head: HeadEntry, row: BlockRow) -> Opening | None:
    """Where a row of what a request sends before its items is in the recording; None for a header."""
    if row.role == "header":
        return None
    number = min(row.block + 1 if len(head.places) > 1 else 0, len(head.places) - 1)
    place = head.places[number] if number >= 0 else None
    if place is None:
        return None
    prompt = call.prepared_prompt_payload_id
    payload_id = call.raw_request_payload_id if place.body == "request" or prompt is msgspec.UNSET else prompt
    return Opening(None, payload_id, place.path)


def missing_part_of(trace: RolloutTrace, item: ConversationItem) -> Opening | None:
    """What of an output the model did not see, in the runtime's own record; None if it is unknown."""
    cut = cut_of_item(trace, item)
    operation = operation_behind(trace, item)
    if cut is None or cut.missing_start is None or cut.missing_end is None or operation is None:
        return None
    if not operation.raw_payload_ids:
        return None
    # The runtime records a beginning and an end; the output is in the end.
    payload = operation.raw_payload_ids[-1]
    return Opening(item.item_id, payload, ("aggregated_output",), (cut.missing_start, cut.missing_end))
