"""Reads payloads of one recording in the order in which they are kept, whatever order they are asked for in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from tui.analysis.compare.head_reader import HeadReader
from tui.analysis.compare.items import ItemReader
from tui.analysis.compare.stream import Side
from tui.model.conversation import ConversationItem
from tui.model.ids import RawPayloadId
from tui.model.objects import InferenceCall

READ_PER_STEP = 20
"""Items and heads read between two key presses: some milliseconds, with what is decompressed for them."""


LOOKED_AT_PER_STEP = 5_000
"""Items that are asked for their shard between two key presses."""


class ReadsAhead:
    """Reads all that is needed of a shard once something of it is, items and heads of other agents too.

    A shard can only be decompressed from its beginning, and those of many agents are in each: agent by agent, every
    shard would be decompressed again and again.
    """

    def __init__(
        self, side: Side, items: ItemReader, heads: HeadReader, calls: Callable[[], Iterable[InferenceCall]]
    ) -> None:
        """`calls` gives the requests whose heads will be compared."""
        self._side = side
        self._items = items
        self._heads = heads
        self._calls = calls
        self._wanted: defaultdict[int, list[ConversationItem | InferenceCall]] = defaultdict(list)
        """What has not been read yet, by shard."""
        self._is_sorted = False

    def bring(self, payload_id: RawPayloadId | None) -> Iterator[None]:
        """Read what is needed of the shard that holds a payload, in short steps; nothing for one that is a file."""
        shard = self._shard_of(payload_id)
        if shard is None:
            return
        if not self._is_sorted:
            self._is_sorted = True
            yield from self._sort()
        for number, one in enumerate(self._wanted.pop(shard, ()), start=1):
            if isinstance(one, ConversationItem):
                self._items.item(one)
            else:
                self._heads.head(one)
            if number % READ_PER_STEP == 0:
                yield

    def _shard_of(self, payload_id: RawPayloadId | None) -> int | None:
        ref = None if payload_id is None else self._side.trace.raw_payloads.get(payload_id)
        return None if ref is None else ref.shard

    def _sort(self) -> Iterator[None]:
        """Find out which shard holds what is needed."""
        for number, item in enumerate(self._side.trace.conversation_items.values(), start=1):
            if (shard := self._shard_of(self._items.missing(item))) is not None:
                self._wanted[shard].append(item)
            if number % LOOKED_AT_PER_STEP == 0:
                yield
        for call in self._calls():
            if (shard := self._shard_of(self._heads.missing(call))) is not None:
                self._wanted[shard].append(call)
