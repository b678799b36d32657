"""The items of an agent in the order in which they appeared, as they were sent, each reduced to what is compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal, NamedTuple, Protocol

import msgspec

from tui.analysis.index.trace_index import TraceIndex
from tui.model.conversation import (
    CALL_KINDS,
    OUTPUT_KINDS,
    ConversationItem,
    ItemKind,
)
from tui.model.ids import ItemId, RawPayloadId, ThreadId
from tui.model.trace import RolloutTrace
from tui.schema.payloads import RawPayloadRef

BodyReader = Callable[[RawPayloadId], bytes | None]
"""Gives the body of a payload, or None if there is none."""

Bringer = Literal["model", "environment", "input"]
"""Who brought an item: an answer of the model, a tool, or what went in otherwise."""

KEY_BYTES = 16

COMPACTION_MARKER: ItemKind = "compaction_marker"
"""The kind of the item that the graph puts where a compaction happened; nobody sent it."""


class Side(msgspec.Struct, frozen=True):
    """One of the two recordings: its graph, and how its payloads are read, whole or without their parts."""

    trace: RolloutTrace
    index: TraceIndex
    read: BodyReader
    read_frame: Callable[[RawPayloadRef], object]


class ReadsPayloads(Protocol):
    """Who reads payloads; what is not bytes is the reason why there are none."""

    def read_once(self, ref: RawPayloadRef, /) -> object:
        """A whole payload, which nobody reads again soon."""

    def read_joined(self, ref: RawPayloadRef, separator: str, /) -> object:
        """A payload with something else in place of its parts."""


def side_of(trace: RolloutTrace, index: TraceIndex, payloads: ReadsPayloads) -> Side:
    """A recording as one side of a comparison."""

    def read(payload_id: RawPayloadId) -> bytes | None:
        ref = trace.raw_payloads.get(payload_id)
        body = None if ref is None else payloads.read_once(ref)
        return body if isinstance(body, bytes) else None

    return Side(trace, index, read, lambda ref: payloads.read_joined(ref, "null"))


class StreamItem(NamedTuple):
    """An item of an agent.

    `key` is equal for items that are the same. `taken`: what the rules ignore of it, each as a rule and a digest.
    """

    item_id: ItemId
    by: Bringer
    key: bytes
    taken: tuple[tuple[str, int], ...] = ()


SORTED_PER_STEP = 5_000
"""Items sorted by agent between two key presses: some milliseconds."""


def items_by_agent(trace: RolloutTrace) -> Iterator[dict[ThreadId, list[ConversationItem]]]:
    """The items of every agent in order of first appearance, also those of an answer that no request repeated.

    In short steps, of which the last one has all of them.
    """
    found: defaultdict[ThreadId, list[ConversationItem]] = defaultdict(list)
    for number, item in enumerate(trace.conversation_items.values(), start=1):
        found[item.thread_id].append(item)
        if number % SORTED_PER_STEP == 0:
            yield found
    yield found


_BY_KIND: Mapping[ItemKind, Bringer] = {
    **dict.fromkeys(OUTPUT_KINDS, "environment"),
    **dict.fromkeys(CALL_KINDS, "model"),
    COMPACTION_MARKER: "input",
}
"""Who brought an item where its kind alone says it."""


def brought_by(index: TraceIndex, item: ConversationItem) -> Bringer:
    """Who brought an item. What another agent sent, and a compaction, are input, though of the role of an assistant."""
    by = _BY_KIND.get(item.kind)
    if by is not None:
        return by
    is_said = item.role == "assistant" and item.agent_message is msgspec.UNSET
    return "model" if is_said or index.returning_inferences.first(item.item_id) is not None else "input"


def in_canonical_order(
    side: Side, items: Iterable[ConversationItem]
) -> Iterator[tuple[ConversationItem, Bringer, bool]]:
    """The items, who brought each, and whether it was moved: those between two decisions of the model in a fixed order.

    What tools answered comes first, then what came in otherwise, in the order of the request: which of them arrived
    first is a matter of time.
    """
    waiting: list[ConversationItem] = []
    for item in items:
        by = brought_by(side.index, item)
        if by == "input":
            waiting.append(item)
            continue
        if waiting and by == "model":
            for one in _as_sent(side, waiting, item):
                yield one, "input", False
            waiting.clear()
        yield item, by, by == "environment" and bool(waiting)
    yield from ((one, "input", False) for one in waiting)


REQUEST_TAIL = 16
"""Items at the end of a request, beside those that are looked for, among which those are that came with it."""


def as_first_sent(side: Side, items: list[ConversationItem]) -> list[ConversationItem]:
    """The items of an agent, those of its first request in the order of that: a fork's history is before its task."""
    first = side.index.inferences_of_thread.first(items[0].thread_id) if items else None
    if first is None:
        return items
    places = {name: place for place, name in enumerate(side.trace.inference_calls[first].request_item_ids)}
    head = items[: len(places)]
    if not all(item.item_id in places for item in head):
        return items
    return [*sorted(head, key=lambda item: places[item.item_id]), *items[len(places) :]]


def _as_sent(side: Side, items: list[ConversationItem], answer: ConversationItem) -> list[ConversationItem]:
    """Items in the order in which the request held them that led to `answer`; as they are if it does not hold them all.

    Recorders note some items before the request, some only with it.
    """
    call = side.index.returning_inferences.first(answer.item_id) if len(items) > 1 else None
    if call is None:
        return items
    sent = side.trace.inference_calls[call].request_item_ids
    tail = sent[max(0, len(sent) - len(items) - REQUEST_TAIL) :]
    places = {name: place for place, name in enumerate(tail)}
    if not all(item.item_id in places for item in items):
        return items
    return sorted(items, key=lambda item: places[item.item_id])
