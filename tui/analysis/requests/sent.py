"""Which requests sent an item to the model. Computed on demand: an index of it would be quadratic."""

from __future__ import annotations

from collections.abc import Sequence

from tui.analysis.index.trace_index import TraceIndex
from tui.model.ids import InferenceCallId, ItemId
from tui.model.trace import RolloutTrace
from tui.schema.sequence import SharedSequence


def requests_sending(trace: RolloutTrace, index: TraceIndex, item_id: ItemId) -> Sequence[InferenceCallId]:
    """The requests whose input held the item, in order of start.

    Requests of a thread mostly extend one another, so of each one only what it does not share with the one before is
    looked at.
    """
    item = trace.conversation_items.get(item_id)
    if item is None:
        return []
    found: list[InferenceCallId] = []
    before: SharedSequence[ItemId] = SharedSequence()
    place: int | None = None
    for name in index.inferences_of_thread.of(item.thread_id):
        sent = trace.inference_calls[name].request_item_ids
        shared = sent.shared_prefix_length(before)
        if place is None or place >= shared:
            place = _find(sent, item_id, shared)
        if place is not None:
            found.append(name)
        before = sent
    return found


def _find(sent: SharedSequence[ItemId], item_id: ItemId, start: int) -> int | None:
    for place in range(start, len(sent)):
        if sent[place] == item_id:
            return place
    return None
