"""Requests of a thread compared: what is new, what is gone, where the prompt cache ends (viewer notes §1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from tui.model.conversation import OUTPUT_KINDS, ConversationItem
from tui.model.ids import CompactionId, ItemId
from tui.model.objects import Compaction, InferenceCall
from tui.model.trace import RolloutTrace


class RequestDifference(msgspec.Struct, frozen=True):
    """What one request changed of the one before it in its thread.

    `shared`: how many leading items are the same as before; the item at this index is the first one that no prompt
    cache can hold. `new`: items that neither the request before nor its response held. `gone`: items of the request
    before, or of its response, that this request does not repeat, in their order. `compaction_ids`: the compactions
    whose replacement came in here.
    """

    previous: InferenceCall | None
    shared: int
    new: frozenset[ItemId]
    gone: tuple[ItemId, ...]
    compaction_ids: tuple[CompactionId, ...] = ()


def previous_request(requests: Sequence[InferenceCall], call: InferenceCall) -> InferenceCall | None:
    """The request before `call` in `requests`, which are in order of start; a retry counts as a request."""
    earlier: InferenceCall | None = None
    for candidate in requests:
        if candidate.execution.started_seq >= call.execution.started_seq:
            break
        earlier = candidate
    return earlier


def compare_requests(
    before: InferenceCall | None, now: InferenceCall, compactions: Iterable[Compaction] = ()
) -> RequestDifference:
    """How `now` differs from `before`; costs what is different when both lists share their beginning.

    Nothing is called new in a thread's first request, where everything is. `compactions` are those of the thread.
    """
    if before is None:
        return RequestDifference(previous=None, shared=0, new=frozenset(), gone=())
    shared = now.request_item_ids.shared_prefix_length(before.request_item_ids)
    old_rest = [*before.request_item_ids[shared:], *before.response_item_ids]
    new_rest = now.request_item_ids[shared:]
    known, kept = frozenset(old_rest), frozenset(new_rest)
    # An item of the shared beginning may stand in the rest once more; it is neither new nor gone.
    new = kept - known - frozenset(now.request_item_ids[:shared]) if kept - known else frozenset()
    return RequestDifference(
        previous=before,
        shared=shared,
        new=new,
        gone=tuple(item for item in old_rest if item not in kept),
        compaction_ids=tuple(
            compaction.compaction_id
            for compaction in compactions
            if not new.isdisjoint(compaction.replacement_item_ids) or compaction.marker_item_id in new
        ),
    )


def requests_showing(requests: Iterable[InferenceCall], item_id: ItemId) -> list[InferenceCall]:
    """The requests, of those given in order of start, that sent an item to the model.

    Where a request repeats the beginning of the one before, only its rest is searched.
    """
    found: list[InferenceCall] = []
    previous: InferenceCall | None = None
    position: int | None = None
    for call in requests:
        shared = 0 if previous is None else call.request_item_ids.shared_prefix_length(previous.request_item_ids)
        if position is None or position >= shared:
            position = _position(call.request_item_ids[shared:], item_id, shared)
        if position is not None:
            found.append(call)
        previous = call
    return found


def first_output_sent(
    trace: RolloutTrace, requests: Iterable[InferenceCall], call: ConversationItem, after: InferenceCall
) -> tuple[InferenceCall, ItemId] | None:
    """The first request behind `after` that sent an output of `call`, and that output; None while none did.

    `requests` are those of the thread, in order of start. Where a request repeats the beginning of the one before, only
    its rest is searched.
    """
    previous = after
    for request in requests:
        if request.execution.started_seq <= after.execution.started_seq:
            continue
        shared = request.request_item_ids.shared_prefix_length(previous.request_item_ids)
        for item_id in request.request_item_ids[shared:]:
            item = trace.conversation_items.get(item_id)
            if item is not None and item.call_id == call.call_id and item.kind in OUTPUT_KINDS:
                return request, item_id
        previous = request
    return None


def _position(ids: list[ItemId], item_id: ItemId, offset: int) -> int | None:
    return ids.index(item_id) + offset if item_id in ids else None
