"""Items that are there because of how a recorder works, and not because of what happened.

Schema 1 makes items with a picture new with every request, since it knows a picture only by its payload. Newer
recorders know it by its content, so that such an item is there once, as all others are. Since schema 3 an output is
noted when it enters the history; older recordings hold only those that a request sent. Schema 1 knows no ids of items:
what is sent once more with the same content is the same item there, as are instructions that come after a compaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import takewhile

import msgspec

from tui.analysis.compare.items import ItemReader
from tui.analysis.compare.normal import RESENT, UNSENT
from tui.analysis.compare.stream import Side, brought_by
from tui.model.conversation import OUTPUT_KINDS, ConversationItem, PayloadRefPart
from tui.model.ids import ItemId, RawPayloadId
from tui.schema.rules import rules_for


class _Increment(msgspec.Struct, frozen=True):
    previous_response_id: str | None = None


_decoder = msgspec.json.Decoder(_Increment)


def without_repeats(items: Iterable[ConversationItem], reader: ItemReader) -> Iterator[ConversationItem]:
    """The items of an agent without those that a request or a compaction only sends again.

    An item with a picture comes again if what was sent last held as many that are the same. A request that continues
    an answer holds only what is new.
    """
    if rules_for(reader.side.trace.schema_version).hashes_opaque_content:
        yield from items
        return
    payload: RawPayloadId | None = None
    before: Counter[bytes] = Counter()
    now: Counter[bytes] = Counter()
    for item in items:
        source = reader.side.trace.evidence.item_sources.get(item.item_id)
        if source is None or not any(isinstance(part, PayloadRefPart) for part in item.body.parts):
            yield item
            continue
        if source.raw_payload_id != payload:
            payload = source.raw_payload_id
            before = Counter() if _is_increment(reader, payload) else now
            now = Counter()
        key = reader.item(item).key
        now[key] += 1
        if now[key] > before[key]:
            yield item


def _is_increment(reader: ItemReader, payload: RawPayloadId) -> bool:
    body = reader.side.read(payload)
    try:
        return body is not None and _decoder.decode(body).previous_response_id is not None
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False


def without_unsent(
    items: Iterable[ConversationItem], side: Side, other: Side, ignored: Counter[str]
) -> Iterator[ConversationItem]:
    """The items of an agent without outputs that no request held, if the other recorder would not have noted them.

    How many those are is added to `ignored`.
    """
    notes, other_notes = (rules_for(one.trace.schema_version).accepts_outputs for one in (side, other))
    if other_notes or not notes:
        yield from items
        return
    for item in items:
        if item.kind in OUTPUT_KINDS and not _is_sent(side, item.item_id):
            ignored[UNSENT] += 1
        else:
            yield item


def _is_sent(side: Side, item_id: ItemId) -> bool:
    """Whether the model saw an item, in a request or to sum it up."""
    index = side.index
    return any(of.first(item_id) is not None for of in (index.first_senders, index.compactions_of_input))


def without_resent(
    items: Iterable[ConversationItem], reader: ItemReader, other: Side, ignored: Counter[str]
) -> Iterator[ConversationItem]:
    """The items of an agent without those that the other recorder would take for items of the request before.

    How many those are is added to `ignored`.
    """
    side = reader.side
    knows, other_knows = (rules_for(one.trace.schema_version).ids_identify_items for one in (side, other))
    if other_knows or not knows:
        yield from items
        return
    met: set[bytes] = set()
    for item in items:
        if brought_by(side.index, item) == "input":
            key = reader.item(item, "input").key
            if key in met and _is_resent(item, key, reader):
                ignored[RESENT] += 1
                continue
            met.add(key)
        yield item


def _is_resent(item: ConversationItem, key: bytes, reader: ItemReader) -> bool:
    """Whether the request before the first that held an item held as many of the same content.

    Not if a compaction replaced the history between them: its items are new in all schemas.
    """
    side = reader.side
    calls = side.index.inferences_of_thread.of(item.thread_id)
    sender = side.index.first_senders.first(item.item_id)
    if sender not in calls[1:]:
        return False
    before, now = (side.trace.inference_calls[calls[calls.index(sender) - back]] for back in (1, 0))
    between = (before.execution.started_at_unix_ms, now.execution.started_at_unix_ms)
    compactions = side.index.compactions_of_thread.of(item.thread_id)
    if any(between[0] <= side.trace.compactions[name].installed_at_unix_ms <= between[1] for name in compactions):
        return False
    upto = takewhile(lambda name: name != item.item_id, now.request_item_ids)
    return _count(before.request_item_ids, item, key, reader) > _count(upto, item, key, reader)


def _count(names: Iterable[ItemId], like: ConversationItem, key: bytes, reader: ItemReader) -> int:
    """How many of the items are the same as one."""
    found = (reader.side.trace.conversation_items.get(name) for name in names)
    alike = (one for one in found if one is not None and (one.kind, one.role) == (like.kind, like.role))
    return sum(reader.item(one).key == key for one in alike)
