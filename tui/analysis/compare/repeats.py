"""Items that schema 1 makes new with every request: those with a picture, which it knows only by their payload.

Newer recorders know a picture by its content, so that such an item is there once, as all others are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from tui.analysis.compare.stream import ItemReader
from tui.model.conversation import ConversationItem, PayloadRefPart
from tui.model.ids import RawPayloadId

WITHOUT_CONTENT = 1
"""The schema that says nothing of the content of a picture."""


class _Increment(msgspec.Struct, frozen=True):
    previous_response_id: str | None = None


_decoder = msgspec.json.Decoder(_Increment)


def without_repeats(items: Iterable[ConversationItem], reader: ItemReader) -> Iterator[ConversationItem]:
    """The items of an agent without those that a request or a compaction only sends again.

    An item with a picture comes again if what was sent last held as many that are the same. A request that continues
    an answer holds only what is new.
    """
    if reader.side.trace.schema_version != WITHOUT_CONTENT:
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
