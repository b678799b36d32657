"""The items of an agent in the order in which they appeared, as they were sent, each reduced to what is compared."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Literal, NamedTuple, Protocol

import msgspec

from tui.analysis.compare.normal import Normal, normal_item, normal_text
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.requests.raw_items import item_array, item_fields
from tui.model.conversation import (
    CALL_KINDS,
    OUTPUT_KINDS,
    AgentMessage,
    Body,
    CodePart,
    ConversationItem,
    EncodedPart,
    JsonPart,
    Part,
    PayloadRefPart,
    SummaryPart,
    TextPart,
)
from tui.model.evidence import ItemSource
from tui.model.ids import ItemId, RawPayloadId, ThreadId
from tui.model.trace import RolloutTrace
from tui.schema.payloads import RawPayloadRef

BodyReader = Callable[[RawPayloadId], bytes | None]
"""Gives the body of a payload, or None if there is none."""

Bringer = Literal["model", "environment", "input"]
"""Who brought an item: an answer of the model, a tool, or what went in otherwise."""

KEY_BYTES = 16

SHARDS_SINCE = 3
"""The first schema that keeps payloads in shards (schema 3 notes §2)."""

ITEMS_AHEAD = 100
"""Items read at once where they are in shards: some milliseconds, and more than most recordings have agents."""

COMPACTION_MARKER = "compaction_marker"
"""The kind of the item that the graph puts where a compaction happened; nobody sent it."""

_COMPLETE_PARTS: frozenset[type[Part]] = frozenset({TextPart, SummaryPart, EncodedPart, CodePart})
"""Parts of which the graph holds everything that was sent."""

_Compared = tuple[bytes, tuple[tuple[str, int], ...]]
"""The key of an item, and what of it is ignored."""


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


_NOTHING: tuple[None, None] = (None, None)


class ItemReader:
    """Reads items of one recording, each once for each body that it has while the recording grows.

    With `exact`, nothing but the ids of items is ignored.
    """

    def __init__(self, side: Side, *, exact: bool = False, other: ItemReader | None = None) -> None:
        """`other` reads what this is compared with: texts that it met need no second look."""
        self.side = side
        self.exact = exact
        self._known: dict[ItemId, tuple[Body, StreamItem]] = {}
        self._met: dict[tuple[object, ...], _Compared] = {} if other is None else other._met
        self._last_array: tuple[RawPayloadId, str] | None = None
        self._last_items: list[msgspec.Raw] = []
        self._in_payloads: list[ConversationItem] | None = None
        self._places: dict[ItemId, int] = {}
        self._seen_items = 0

    def read_new(self, bodies: Mapping[str, object]) -> None:
        """Read the items that a line has just brought, while the bodies are at hand that it needed.

        Later a shard would be decompressed once more for them. Calls and outputs only: of others the index must say
        who brought them, and it does not know of them yet.
        """
        items = self.side.trace.conversation_items
        new, self._seen_items = len(items) - self._seen_items, len(items)
        for item in islice(reversed(items.values()), max(0, new)):
            source = self.side.trace.evidence.item_sources.get(item.item_id)
            body = None if source is None else bodies.get(source.raw_payload_id)
            by = _bringer_by_kind(item)
            if source is not None and by is not None and isinstance(body, bytes) and self._needs_payload(item):
                self._take_array(source, body)
                self._read(item, by)

    def item(self, item: ConversationItem, by: Bringer | None = None) -> StreamItem:
        """What is compared of an item. Its payload is read only if the graph does not hold all of the item.

        `by` is who brought it, if that is known already.
        """
        body, known = self._known.get(item.item_id, _NOTHING)
        if known is None or body is not item.body or known.by != (by or known.by):
            known = self._read(item, brought_by(self.side.index, item) if by is None else by)
            if self._needs_payload(item):
                self._read_ahead(item)
        return known

    def _needs_payload(self, item: ConversationItem) -> bool:
        return self.exact or not _COMPLETE_PARTS.issuperset(map(type, item.body.parts))

    def _read_ahead(self, item: ConversationItem) -> None:
        """Read what is behind an item in its shard, of other agents, too: a shard can only be read forwards."""
        if self._in_payloads is None:
            items = (
                self.side.trace.conversation_items.values() if self.side.trace.schema_version >= SHARDS_SINCE else ()
            )
            self._in_payloads = [one for one in items if self._needs_payload(one)]
            self._places = {one.item_id: place for place, one in enumerate(self._in_payloads)}
        place = self._places.get(item.item_id)
        if place is not None:
            for one in self._in_payloads[place + 1 : place + 1 + ITEMS_AHEAD]:
                if one.item_id not in self._known:
                    self._read(one, brought_by(self.side.index, one))

    def fields(self, item_id: ItemId) -> dict[str, Any]:
        """The item as it was sent; what the graph holds of it if its payload cannot be read."""
        item = self.side.trace.conversation_items.get(item_id)
        if item is None:
            return {}
        return self._sent(item) or _graph_fields(item)

    def _read(self, item: ConversationItem, by: Bringer) -> StreamItem:
        found = StreamItem(item.item_id, by, *self._compared(item, by))
        self._known[item.item_id] = (item.body, found)
        return found

    def _compared(self, item: ConversationItem, by: Bringer) -> _Compared:
        if self._needs_payload(item):
            return _compared(by, self._normal(item))
        source = self.side.trace.evidence.item_sources.get(item.item_id)
        sender = None if item.agent_message is msgspec.UNSET else item.agent_message
        name = None if source is None else source.tool_name
        met = (by, item.kind, item.role, item.channel, name, sender, *item.body.parts)
        found = self._met.get(met)
        if found is None:
            found = self._met[met] = _compared(by, _normal_of_whole(item, name or "", sender))
        return found

    def _normal(self, item: ConversationItem) -> Normal:
        fields = self._sent(item)
        if fields:
            return normal_item(fields, exact=self.exact)
        text = msgspec.json.encode(_graph_fields(item)).decode()
        return Normal(text) if self.exact else normal_text(text)

    def _sent(self, item: ConversationItem) -> dict[str, Any]:
        source = self.side.trace.evidence.item_sources.get(item.item_id)
        if source is None or item.kind == COMPACTION_MARKER:
            return {}
        self._take_array(source)
        place = 0 if source.item_list == "message" else source.index
        return item_fields(self._last_items[place]) if 0 <= place < len(self._last_items) else {}

    def _take_array(self, source: ItemSource, body: bytes | None = None) -> None:
        """Find the items of the array that an item is from, unless it is that of the item before.

        The payload is read if no body of it is given.
        """
        array = (source.raw_payload_id, source.item_list)
        if self._last_array != array:
            body = self.side.read(source.raw_payload_id) if body is None else body
            self._last_array, self._last_items = array, [] if body is None else item_array(body, source.item_list)


def items_by_agent(trace: RolloutTrace) -> dict[ThreadId, list[ConversationItem]]:
    """The items of every agent in order of first appearance, also those of an answer that no request repeated."""
    found: dict[ThreadId, list[ConversationItem]] = {}
    for item in trace.conversation_items.values():
        found.setdefault(item.thread_id, []).append(item)
    return found


def _normal_of_whole(item: ConversationItem, tool_name: str, sender: AgentMessage | None) -> Normal:
    """An item of which the graph holds everything. Bodies that only the provider can read are taken out."""
    senders = () if sender is None else (sender.author, sender.recipient)
    texts = [item.kind, item.role, item.channel or "", tool_name, *senders]
    taken: list[tuple[str, str]] = []
    for part in item.body.parts:
        match part:
            case TextPart(text=text) | CodePart(source=text):
                texts.append(text)
            case SummaryPart(text=text):
                texts.append(f"‹summary›{text}")
            case EncodedPart(value=value):
                texts.append("‹encrypted›")
                taken.append(("encrypted bodies", value))
    return normal_text("\0".join(texts), taken)


def _digest(by: Bringer, text: str) -> bytes:
    return hashlib.blake2b(f"{by}\0{text}".encode(errors="surrogatepass"), digest_size=KEY_BYTES).digest()


def _compared(by: Bringer, normal: Normal) -> _Compared:
    return _digest(by, normal.text), tuple((name, hash(value)) for name, value in normal.taken)


def _graph_fields(item: ConversationItem) -> dict[str, Any]:
    """What the graph holds of an item, in the form of the wire, as far as it goes."""
    return {
        "type": item.kind,
        "role": item.role,
        "content": [{"type": "text", "text": _part_text(part)} for part in item.body.parts],
    }


def _part_text(part: object) -> str:
    match part:
        case TextPart(text=text) | SummaryPart(text=text) | CodePart(source=text) | JsonPart(summary=text):
            return text
        case PayloadRefPart(label=label) | EncodedPart(label=label):
            return f"‹{label}›"
        case _:
            return ""


def brought_by(index: TraceIndex, item: ConversationItem) -> Bringer:
    """Who brought an item. What another agent sent, and a compaction, are input, though of the role of an assistant."""
    by = _bringer_by_kind(item)
    if by is not None:
        return by
    if item.kind == COMPACTION_MARKER:
        return "input"
    is_said = item.role == "assistant" and item.agent_message is msgspec.UNSET
    return "model" if is_said or index.returning_inferences.first(item.item_id) is not None else "input"


def _bringer_by_kind(item: ConversationItem) -> Bringer | None:
    """Who brought an item where its kind alone says it."""
    if item.kind in OUTPUT_KINDS:
        return "environment"
    return "model" if item.kind in CALL_KINDS else None


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
        if by == "model":
            yield from ((one, "input", False) for one in _as_sent(side, waiting, item))
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
