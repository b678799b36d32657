"""Reads the items of one recording, each reduced to what is compared of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from tui.analysis.compare.normal import Normal, normal_item, normal_text
from tui.analysis.compare.stream import (
    COMPACTION_MARKER,
    KEY_BYTES,
    Bringer,
    Side,
    StreamItem,
    brought_by,
)
from tui.analysis.requests.raw_items import item_array, item_fields
from tui.model.call_form import written
from tui.model.conversation import (
    AgentMessage,
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
from tui.model.ids import ItemId, RawPayloadId

_COMPLETE_PARTS: frozenset[type[Part]] = frozenset({TextPart, SummaryPart, EncodedPart, CodePart})
"""Parts of which the graph holds everything that was sent."""


class UnreadItem(NamedTuple):
    """An item of which the graph holds everything, before what is compared of it is worked out.

    `raw` is equal for items that say the same, also where rules would ignore something.
    """

    item: ConversationItem
    by: Bringer
    raw: tuple[object, ...]


_Compared = tuple[bytes, tuple[tuple[str, int], ...]]
"""A digest of what is compared of an item, and what of it is ignored."""

_SOME_BODY = EncodedPart("", "")
"""In place of a body that only the provider can read."""

_MARKS: Mapping[Bringer, bytes] = {"input": b"1", "model": b"2", "environment": b"3"}
"""Begins the key of an item: who brought it. Where either of two items may be called the same on both sides, the other
one is to blame, and that is the smaller one (see `align`)."""


class ItemReader:
    """Reads items of one recording, also while it grows; the payload of each is read once.

    With `exact`, nothing but the ids of items is ignored.
    """

    def __init__(self, side: Side, *, exact: bool = False, other: ItemReader | None = None) -> None:
        """`other` reads what this is compared with: texts that it met need no second look."""
        self.side = side
        self.exact = exact
        self._sources = side.trace.evidence.item_sources
        self._known: dict[ItemId, _Compared] = {}
        """What was read of payloads."""
        self._met: dict[tuple[object, ...], _Compared] = {} if other is None else other._met
        self._last_array: tuple[RawPayloadId, str] | None = None
        self._last_items: list[msgspec.Raw] = []
        self.seen = 0
        """Items that `read_new` need not look at again."""

    def read_new(self, bodies: Mapping[str, object]) -> None:
        """Read the items that a line has just brought, while the bodies are at hand that it needed.

        Later a shard would be decompressed once more for them.
        """
        items = self.side.trace.conversation_items
        new, self.seen = len(items) - self.seen, len(items)
        for item in islice(reversed(items.values()), new):
            if self._needs_payload(item) and (source := self._sources.get(item.item_id)) is not None:
                body = bodies.get(source.raw_payload_id)
                if isinstance(body, bytes):
                    self._take_array(source, body)
                    self._read(item)

    def item(self, item: ConversationItem, by: Bringer | None = None) -> StreamItem:
        """What is compared of an item. Its payload is read only if the graph does not hold all of the item.

        `by` is who brought it, if that is known already.
        """
        by = by or brought_by(self.side.index, item)
        return self.ready(item, by) or _stream_item(item, by, self._read(item))

    def unread(self, item: ConversationItem, by: Bringer) -> UnreadItem | None:
        """An item to be compared as it is; None if its payload must be read. `by` is who brought it."""
        return None if self._needs_payload(item) else UnreadItem(item, by, self._raw(item))

    def ready(self, item: ConversationItem, by: Bringer) -> StreamItem | None:
        """The same without reading a payload; None if `item` must read one."""
        found = self._known.get(item.item_id) if self._needs_payload(item) else self._from_graph(item)
        return None if found is None else _stream_item(item, by, found)

    def missing(self, item: ConversationItem) -> RawPayloadId | None:
        """The payload that must be read for an item; None if it was read, or the graph holds all of it."""
        if item.item_id in self._known or not self._needs_payload(item):
            return None
        source = self._sources.get(item.item_id)
        return None if source is None else source.raw_payload_id

    def fields(self, item_id: ItemId) -> dict[str, Any]:
        """The item as it was sent; what the graph holds of it if its payload cannot be read."""
        item = self.side.trace.conversation_items.get(item_id)
        if item is None:
            return {}
        return self._sent(item) or _graph_fields(item)

    def _needs_payload(self, item: ConversationItem) -> bool:
        if self.exact:
            return True
        parts = item.body.parts
        if (type(parts[0]) in _COMPLETE_PARTS) if len(parts) == 1 else _COMPLETE_PARTS.issuperset(map(type, parts)):
            return False
        source = self._sources.get(item.item_id)
        return source is None or source.arguments is None

    def _read(self, item: ConversationItem) -> _Compared:
        fields = self._sent(item)
        if not fields:  # the payload may still come
            text = msgspec.json.encode(_graph_fields(item)).decode()
            return _compared(Normal(text) if self.exact else normal_text(text))
        found = self._known[item.item_id] = _compared(normal_item(fields, exact=self.exact))
        return found

    def _from_graph(self, item: ConversationItem) -> _Compared:
        """What is compared of an item of which the graph holds everything; texts that were met need no second look."""
        source, parts = self._sources.get(item.item_id), item.body.parts
        met: tuple[object, ...]
        if source is not None and source.arguments is not None and isinstance(part := parts[0], JsonPart):
            met = (source.tool_name, source.namespace, source.arguments, part.summary)
            found = self._met.get(met)
            if found is None:
                found = self._met[met] = _compared(normal_item(_call_fields(source, part)))
            return found
        if item.kind == "reasoning":
            bodies = [("encrypted bodies", hash(part.value)) for part in parts if isinstance(part, EncodedPart)]
            if bodies:  # no two of them are equal, while their texts may be
                parts = [_SOME_BODY if isinstance(part, EncodedPart) else part for part in parts]
                digest, taken = self._of_parts(item, source, parts)
                return digest, (*bodies, *taken[len(bodies) :])
        return self._of_parts(item, source, parts)

    def _raw(self, item: ConversationItem) -> tuple[object, ...]:
        """All that the graph holds of an item."""
        source, parts = self._sources.get(item.item_id), item.body.parts
        if source is None:
            return (item.kind, item.role, item.channel, item.agent_message, *parts)
        told = (source.tool_name, source.namespace, source.arguments)
        return (item.kind, item.role, item.channel, item.agent_message, *told, *parts)

    def _of_parts(self, item: ConversationItem, source: ItemSource | None, parts: Sequence[Part]) -> _Compared:
        sender = None if item.agent_message is msgspec.UNSET else item.agent_message
        tool = ("", "") if source is None else (source.tool_name or "", source.namespace or "")
        met = (item.kind, item.role, item.channel, *tool, sender, *parts)
        found = self._met.get(met)
        if found is None:
            found = self._met[met] = _compared(_normal_of_whole(item, parts, tool, sender))
        return found

    def _sent(self, item: ConversationItem) -> dict[str, Any]:
        source = self._sources.get(item.item_id)
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


def same_items(place: int, ours: UnreadItem, theirs: UnreadItem) -> tuple[StreamItem, StreamItem] | None:
    """Two items at the same place behind a common beginning if they say the same; what they say need not be looked at.

    Their keys are those of the place: they are compared with no other item.
    """
    if ours.by != theirs.by or ours.raw != theirs.raw:
        return None
    key = _MARKS[ours.by] + place.to_bytes(KEY_BYTES, "big")
    return StreamItem(ours.item.item_id, ours.by, key), StreamItem(theirs.item.item_id, theirs.by, key)


def _stream_item(item: ConversationItem, by: Bringer, compared: _Compared) -> StreamItem:
    return StreamItem(item.item_id, by, _MARKS[by] + compared[0], compared[1])


def _call_fields(source: ItemSource, part: JsonPart) -> dict[str, Any]:
    """A call as it was sent, where the graph holds all of it."""
    arguments = written(part.summary, source.arguments or "compact")
    return {"type": "function_call", "name": source.tool_name, "namespace": source.namespace, "arguments": arguments}


def _normal_of_whole(
    item: ConversationItem, parts: Sequence[Part], tool: tuple[str, str], sender: AgentMessage | None
) -> Normal:
    """An item of which the graph holds everything. Bodies that only the provider can read are taken out."""
    senders = () if sender is None else (sender.author, sender.recipient)
    texts = [item.kind, item.role, item.channel or "", *tool, *senders]
    taken: list[tuple[str, str]] = []
    for part in parts:
        if isinstance(part, TextPart):
            texts.append(part.text)
        elif isinstance(part, CodePart):
            texts.append(part.source)
        elif isinstance(part, SummaryPart):
            texts.append(f"‹summary›{part.text}")
        elif isinstance(part, EncodedPart):
            texts.append("‹encrypted›")
            taken.append(("encrypted bodies", part.value))
    return normal_text("\0".join(texts), taken)


def _compared(normal: Normal) -> _Compared:
    digest = hashlib.blake2b(normal.text.encode(errors="surrogatepass"), digest_size=KEY_BYTES).digest()
    return digest, tuple([(name, hash(value)) for name, value in normal.taken]) if normal.taken else ()


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
