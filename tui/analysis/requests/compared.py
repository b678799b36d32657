"""Requests of a thread compared: what is new, what is gone, up to where they are the same (viewer notes §1)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple

import msgspec

from tui.analysis.index.trace_index import TraceIndex
from tui.model.conversation import OUTPUT_KINDS, ConversationItem, JsonPart, Part, PayloadRefPart
from tui.model.ids import CompactionId, ItemId
from tui.model.objects import Compaction, InferenceCall
from tui.model.trace import RolloutTrace
from tui.schema.sequence import SharedSequence


class RequestDifference(msgspec.Struct, frozen=True):
    """What one request changed of the one before it in its thread, by what was sent and not by the graph's ids.

    `shared`: how many leading items are the same as before. `new`: items that neither the request before nor its
    response held. `gone`: items of the request before, or of its response, that this request does not repeat, in their
    order. `compaction_ids`: the compactions whose replacement came in here; what they replaced by items that say the
    same is neither new nor gone. `unrecorded`: the id of a response which this request continues, and which is not in
    the recording: what it held before its first item is not known.
    """

    previous: InferenceCall | None
    shared: int
    new: frozenset[ItemId]
    gone: tuple[ItemId, ...]
    compaction_ids: tuple[CompactionId, ...] = ()
    unrecorded: str = ""


def previous_request(requests: Sequence[InferenceCall], call: InferenceCall) -> InferenceCall | None:
    """The request before `call` in `requests`, which are in order of start; a retry counts as a request."""
    earlier: InferenceCall | None = None
    for candidate in requests:
        if candidate.execution.started_seq >= call.execution.started_seq:
            break
        earlier = candidate
    return earlier


def compare_requests(
    trace: RolloutTrace, before: InferenceCall | None, now: InferenceCall, compactions: Iterable[Compaction] = ()
) -> RequestDifference:
    """How `now` differs from `before`; costs what is different when both lists share their beginning.

    Nothing is called new in a thread's first request, where everything is. `compactions` are those of the thread.
    """
    unrecorded = trace.evidence.unrecorded_beginnings.get(now.inference_call_id, "")
    if before is None:
        return RequestDifference(previous=None, shared=0, new=frozenset(), gone=(), unrecorded=unrecorded)
    same = _Sameness(trace)
    shared = now.request_item_ids.shared_prefix_length(before.request_item_ids)
    shared = same.shared_from(before.request_item_ids, now.request_item_ids, shared)
    old_rest = [*before.request_item_ids[shared:], *before.response_item_ids]
    new_rest = now.request_item_ids[shared:]
    came = set(new_rest).difference(old_rest)
    # An item of the shared beginning may stand in the rest once more; it is neither new nor gone.
    repeated = _also_in(came, now.request_item_ids.prefix(shared))
    gone, new = same.unmatched(old_rest, [item for item in new_rest if item not in repeated] if repeated else new_rest)
    compaction_ids = tuple(
        compaction.compaction_id
        for compaction in compactions
        if not came.isdisjoint(compaction.replacement_item_ids) or compaction.marker_item_id in came
    )
    really_gone, really_new = same.unsaid(gone, new) if compaction_ids else (gone, new)
    return RequestDifference(
        previous=before,
        shared=shared,
        new=frozenset(really_new),
        gone=tuple(really_gone),
        compaction_ids=compaction_ids,
        unrecorded=unrecorded,
    )


def compactions_before(
    trace: RolloutTrace, index: TraceIndex, before: InferenceCall | None, now: InferenceCall
) -> list[Compaction]:
    """The compactions of a thread whose replacement may have come in with `now`, in their order.

    They are found by what `now` does not share with `before`: a thread may have been compacted thousands of times.
    """
    shared = 0 if before is None else now.request_item_ids.shared_prefix_length(before.request_item_ids)
    names = set(index.compactions_installing.of_all(now.request_item_ids[shared:]))
    found = [one for one in map(trace.compactions.__getitem__, names) if one.thread_id == now.thread_id]
    return sorted(found, key=lambda one: index.ordinal("compaction", one.compaction_id))


def _also_in(items: set[ItemId], beginning: SharedSequence[ItemId]) -> set[ItemId]:
    """Those of `items` that a beginning holds, at the cost of the fewer of the two."""
    if len(items) > len(beginning):
        return items.intersection(beginning)
    return {item for item in items if beginning.place_of(item) is not None}


class CompactionChange(NamedTuple):
    """What a compaction came to, by what items say and not by their ids.

    `inputs`, `replacements`: how many items it replaced, and by how many. `dropped`: the inputs that neither the
    replacement nor the request that follows says again. `new`: how many items of the replacement say what no input
    said. An output that came after the last request before is an input, too, though the model was never sent it: so
    more may be dropped than the next request lacks of the one before.
    """

    inputs: int
    replacements: int
    dropped: tuple[ItemId, ...]
    new: int

    @property
    def again(self) -> int:
        """How many inputs are still said."""
        return self.inputs - len(self.dropped)


def change_of_compaction(
    trace: RolloutTrace, requests: Iterable[InferenceCall], compaction: Compaction
) -> CompactionChange:
    """What a compaction dropped, repeated and added; `requests` are those of the thread in order of start.

    The program may send again, beside the replacement, what the replacement lacks: such an item is not dropped.
    """
    same = _Sameness(trace)
    old, new = compaction.input_item_ids, compaction.replacement_item_ids
    _, come = same.unsaid(*same.unmatched(old, new))
    said = [*new, *_sent_beside(requests, compaction)]
    gone, _ = same.unsaid(*same.unmatched(old, said))
    return CompactionChange(len(old), len(new), tuple(gone), len(come))


def _sent_beside(requests: Iterable[InferenceCall], compaction: Compaction) -> list[ItemId]:
    """What the first request after a compaction sends beside its replacement; nothing if it does not send that."""
    started = compaction.installed_at_unix_ms
    now = next((call for call in requests if call.execution.started_at_unix_ms >= started), None)
    replacement = frozenset(compaction.replacement_item_ids)
    if now is None or replacement.isdisjoint(now.request_item_ids):
        return []
    return [item for item in now.request_item_ids if item not in replacement]


class _Sameness:
    """Which items were the same to the model.

    One id is one item. Two ids are the same if their bytes were when they were sent first, or, where the earlier one
    was never sent (it is an answer), if they say the same.
    """

    def __init__(self, trace: RolloutTrace) -> None:
        self._trace = trace
        self._digests = trace.evidence.sent_digests

    def shared_from(self, before: Sequence[ItemId], now: Sequence[ItemId], start: int) -> int:
        """How many leading items are the same, given that the first `start` have the same ids."""
        place, end = start, min(len(before), len(now))
        while place < end and self._token(before[place]) == self._token(now[place]):
            place += 1
        return place

    def unmatched(self, old: Sequence[ItemId], new: Sequence[ItemId]) -> tuple[list[ItemId], list[ItemId]]:
        """The items of either list without a counterpart in the other, in their order; each has at most one."""
        kept = frozenset(old) & frozenset(new)
        gone = [item for item in old if item not in kept]
        come = [item for item in new if item not in kept]
        gone, come = _without_pairs(gone, come, self._token)
        answers = [item for item in gone if item not in self._digests]
        left, come = _without_pairs(answers, come, self._content)
        return [item for item in gone if item in self._digests or item in left], come

    def unsaid(self, gone: list[ItemId], come: list[ItemId]) -> tuple[list[ItemId], list[ItemId]]:
        """The items of either list of which none in the other says the same, whatever their bytes."""
        return _without_pairs(gone, come, self._content)

    def _token(self, item_id: ItemId) -> Hashable:
        return self._digests.get(item_id, item_id)

    def _content(self, item_id: ItemId) -> Hashable:
        """What an item says: to compare with an answer, whose bytes were never sent, or with what replaced it."""
        item = self._trace.conversation_items.get(item_id)
        if item is None:
            return item_id
        parts = tuple(_said(part) for part in item.body.parts)
        return (item.role, item.channel, item.kind, item.call_id, parts)


def _said(part: Part) -> Hashable:
    """A part without the payload that holds it."""
    match part:
        case JsonPart(summary=summary):
            return ("json", summary)
        case PayloadRefPart(raw_payload_id=payload_id, content_sha256=digest):
            return ("payload", payload_id if digest is msgspec.UNSET else digest)
        case _:
            return part


def _without_pairs(
    gone: list[ItemId], come: list[ItemId], key_of: Callable[[ItemId], Hashable]
) -> tuple[list[ItemId], list[ItemId]]:
    if not gone or not come:
        return gone, come
    waiting: dict[Hashable, list[ItemId]] = {}
    for item in reversed(gone):
        waiting.setdefault(key_of(item), []).append(item)
    left: list[ItemId] = []
    paired: set[ItemId] = set()
    for item in come:
        same = waiting.get(key_of(item))
        if same:
            paired.add(same.pop())
        else:
            left.append(item)
    return [item for item in gone if item not in paired], left


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
