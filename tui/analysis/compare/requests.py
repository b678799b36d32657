"""Two requests of one recording held against each other, by the bytes that were sent and not by the ids of the graph.

Items that come back through a compaction are the same items, and so are pictures that the graph leaves in their
payloads. What an incremental request leaves out is what it continues: the request and the response before it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator, Sequence
from typing import NamedTuple

import msgspec

from tui.analysis.compare.align import align_in_steps
from tui.analysis.compare.comparison import AgentComparison
from tui.analysis.compare.heads import compare_request_heads
from tui.analysis.compare.normal import normal_item
from tui.analysis.compare.partings import DifferenceClass, Parting
from tui.analysis.compare.stream import KEY_BYTES, Side, StreamItem, brought_by
from tui.analysis.kinds.naming import agent_name
from tui.analysis.requests.compared import RequestDifference, compactions_before, compare_requests
from tui.analysis.requests.raw_items import item_array, item_fields
from tui.model.ids import InferenceCallId, ItemId
from tui.model.objects import InferenceCall

LEFT_OUT = (b'"additional_tools"', b'"configuration_update"')
"""Types of items that the graph leaves out, as they are written."""

ITEMS_PER_STEP = 500
"""Items whose bytes are looked at in one step: a millisecond or two."""

_TYPE_IS_WITHIN = 256
"""Bytes of an item in which recorders write its type: it is the first field."""


class SentItem(NamedTuple):
    """An item as it was sent; `item_id` is empty where the graph has none for it.

    `is_left_out`: it brings tools or settings, and is not an item of the graph.
    """

    raw: bytes
    item_id: ItemId
    is_left_out: bool = False


class RequestComparison(NamedTuple):
    """Two requests, and what each of them sent.

    `difference`: the same by the rules of the conversation, whose words count the same. `sent_a`, `sent_b`: what both
    sent, without items that bring tools or settings (the graph leaves them out) and are the same on both sides.
    `shared` and `shared_bytes`: how many items, and how much of them, is the same from the start on; `total_a`,
    `total_b`: how many there are. None of these three counts items that bring tools or settings. `bytes_a`, `bytes_b`:
    how much all items are. `unread`: why the bytes are not known, empty if they are.
    """

    found: AgentComparison
    difference: RequestDifference
    sent_a: Sequence[SentItem] = ()
    sent_b: Sequence[SentItem] = ()
    shared: int = 0
    total_a: int = 0
    total_b: int = 0
    shared_bytes: int = 0
    bytes_a: int = 0
    bytes_b: int = 0
    unread: str = ""


class _SentRequest(msgspec.Struct, frozen=True):
    input: list[msgspec.Raw] = []
    previous_response_id: str | None = None


class _GivenResponse(msgspec.Struct, frozen=True):
    output_items: list[msgspec.Raw] = []


_request_decoder = msgspec.json.Decoder(_SentRequest)
_response_decoder = msgspec.json.Decoder(_GivenResponse)
_BAD_JSON = (msgspec.MsgspecError, ValueError, RecursionError)


def compare_two_requests(side: Side, before: InferenceCall, now: InferenceCall) -> Iterator[RequestComparison | None]:
    """Compare in short steps; None while at work, at last the result."""
    sent: list[list[SentItem] | None] = []
    for call in (before, now):
        for one in sent_items(side, call):
            if one is None:
                yield None
            else:
                sent.append(list(one.items) if one.is_known else None)
    found = AgentComparison(before.thread_id, now.thread_id, agent_name(side.trace, now.thread_id), is_guess=False)
    compactions = compactions_before(side.trace, side.index, before, now)
    difference = compare_requests(side.trace, before, now, compactions)
    all_a, all_b = sent
    if all_a is None or all_b is None:
        which = " and ".join(name for name, one in (("A", all_a), ("B", all_b)) if one is None)
        yield RequestComparison(found, difference, unread=f"what {which} sent cannot be read from the recording")
        return
    yield None
    same = next(
        (place for place, (ours, theirs) in enumerate(zip(all_a, all_b, strict=False)) if ours.raw != theirs.raw),
        min(len(all_a), len(all_b)),
    )
    a, b = _without_same_settings(all_a, all_b)
    yield None
    streamed_a = yield from _streamed(side, a)
    streamed_b = yield from _streamed(side, b)
    items = (streamed_a, streamed_b)
    pairs = yield from align_in_steps([one.key for one in items[0]], [one.key for one in items[1]])
    yield None
    heads = compare_request_heads(side, before, now)
    yield None
    partings = (*heads.partings, *_partings((a, b), items, pairs))
    alone = (
        {one.key for place, one in enumerate(of) if place not in paired}
        for of, paired in zip(items, map(set, zip(*pairs, strict=True) if pairs else ((), ())), strict=True)
    )
    found = found._replace(
        items_a=items[0],
        items_b=items[1],
        pairs=tuple(pairs),
        partings=partings,
        facts=heads.facts,
        moved=frozenset.intersection(*map(frozenset, alone)),
    )
    counts = (_count(all_a[:same]), _count(all_a), _count(all_b))
    yield RequestComparison(
        found, difference, a, b, *counts, _size(all_a[:same]), bytes_a=_size(all_a), bytes_b=_size(all_b)
    )


def _without_same_settings(
    a: Sequence[SentItem], b: Sequence[SentItem]
) -> tuple[Sequence[SentItem], Sequence[SentItem]]:
    """Both without what the graph leaves out, unless that differs: then it is among what is compared."""
    left_out = [[one.raw for one in side if one.is_left_out] for side in (a, b)]
    if left_out[0] != left_out[1]:
        return a, b
    ours, theirs = ([one for one in side if not one.is_left_out] for side in (a, b))
    return ours, theirs


def _count(sent: Sequence[SentItem]) -> int:
    """How many items there are by the graph's count."""
    return sum(not one.is_left_out for one in sent)


def _is_left_out(raw: bytes) -> bool:
    return any(name in raw[:_TYPE_IS_WITHIN] for name in LEFT_OUT)


def _size(sent: Sequence[SentItem]) -> int:
    return sum(len(one.raw) for one in sent)


class Sent(NamedTuple):
    """All items of a request. `is_known` is false where a part of it is not in the recording, or cannot be read."""

    items: Sequence[SentItem]
    is_known: bool


def sent_items(side: Side, call: InferenceCall) -> Iterator[Sent | None]:
    """All items that a request sent to the model, with what it continues; None while at work."""
    by_response = {
        one.response_id: one
        for name in side.index.inferences_of_thread.of(call.thread_id)
        if (one := side.trace.inference_calls[name]).response_id is not None
    }
    parts: list[list[bytes]] = []
    current: InferenceCall | None = call
    met: set[InferenceCallId] = set()
    while current is not None and current.inference_call_id not in met:
        met.add(current.inference_call_id)
        request = _request_of(side, current)
        if request is None:
            yield Sent((), is_known=False)
            return
        parts.append([bytes(raw) for raw in request.input])
        if request.previous_response_id is None:
            items = [raw for part in reversed(parts) for raw in part]
            yield Sent(_with_ids(items, call.request_item_ids.to_list()), is_known=True)
            return
        current = by_response.get(request.previous_response_id)
        answer = None if current is None else _answer_of(side, current)
        if answer is None:
            break
        parts.append(answer)
        yield None
    yield Sent((), is_known=False)


def _request_of(side: Side, call: InferenceCall) -> _SentRequest | None:
    """The request, or the whole context that represents it (schema 3 notes §6.2)."""
    warmup = side.trace.evidence.warmup_payloads.get(call.inference_call_id)
    body = side.read(call.raw_request_payload_id if warmup is None else warmup)
    try:
        request = None if body is None else _request_decoder.decode(body)
    except _BAD_JSON:
        return None
    if body is not None and request is not None and not request.input:
        request = msgspec.structs.replace(request, input=item_array(body, "input"))
    return request if warmup is None or request is None else msgspec.structs.replace(request, previous_response_id=None)


def _answer_of(side: Side, call: InferenceCall) -> list[bytes] | None:
    body = None if call.raw_response_payload_id is None else side.read(call.raw_response_payload_id)
    try:
        items = (
            None if body is None else _response_decoder.decode(body).output_items or item_array(body, "output_items")
        )
    except _BAD_JSON:
        return None
    return None if items is None else [bytes(raw) for raw in items]


def _with_ids(items: Sequence[bytes], ids: Sequence[ItemId]) -> list[SentItem]:
    """The items with the ids that the graph has for them, in order; without any if the numbers do not agree."""
    has_id = [not _is_left_out(raw) for raw in items]
    if sum(has_id) != len(ids):
        return [SentItem(raw, ItemId(""), not known) for raw, known in zip(items, has_id, strict=True)]
    rest = iter(ids)
    return [
        SentItem(raw, next(rest) if known else ItemId(""), not known) for raw, known in zip(items, has_id, strict=True)
    ]


def _streamed(side: Side, sent: Sequence[SentItem]) -> Generator[None, None, tuple[StreamItem, ...]]:
    """The items to align, made in steps."""
    found = []
    for number, one in enumerate(sent, 1):
        item = side.trace.conversation_items.get(one.item_id)
        by = "input" if item is None else brought_by(side.index, item)
        found.append(StreamItem(one.item_id, by, hashlib.blake2b(one.raw, digest_size=KEY_BYTES).digest()))
        if number % ITEMS_PER_STEP == 0:
            yield
    return tuple(found)


def _partings(
    sent: tuple[Sequence[SentItem], Sequence[SentItem]],
    items: tuple[Sequence[StreamItem], Sequence[StreamItem]],
    pairs: Sequence[tuple[int, int]],
) -> Iterator[Parting]:
    left = right = 0
    for next_left, next_right in [*pairs, (len(sent[0]), len(sent[1]))]:
        only_a, only_b = next_left - left, next_right - right
        if only_a or only_b:
            a = items[0][left] if only_a else None
            b = items[1][right] if only_b else None
            is_same = only_a == only_b and all(
                _is_same_content(sent[0][left + step].raw, sent[1][right + step].raw) for step in range(only_a)
            )
            by = b.by if b is not None else a.by if a is not None else "input"
            kind: DifferenceClass = "words" if is_same else by
            yield Parting(left, right, kind, a, b, only_a, only_b)
        left, right = next_left + 1, next_right + 1


def _is_same_content(ours: bytes, theirs: bytes) -> bool:
    """Whether two items say the same, with other ids, or written in another way."""
    fields = (item_fields(ours), item_fields(theirs))
    return bool(fields[0]) and normal_item(fields[0], exact=True) == normal_item(fields[1], exact=True)
