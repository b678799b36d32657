"""Counts a text in the records of payload shards, many records at a time: most are small, and the text is in few."""

from __future__ import annotations

from tui.bundle.payloads.shards.shards import PayloadShards
from tui.schema.payloads import NO_PARTS, RawPayloadRef
from tui.source.fault import PayloadFault
from tui.source.search import RecordFinder

_ESCAPE = b"\\u"

_TOO_LARGE = -1
"""In place of a count: the record is larger than what is searched at once."""


class ShardCounts:
    """The counts of one search. Remembers those of one shard, so it is best asked shard by shard."""

    def __init__(self, shards: PayloadShards, finder: RecordFinder) -> None:
        self._shards = shards
        self._finder = finder
        self._number: int | None = None
        self._searched = 0
        """Records of that shard that were searched."""
        self._counts: dict[bytes, int] = {}
        self._last = b""
        """The records that were searched last."""
        self._places: dict[bytes, tuple[int, int]] = {}
        """Where each of these is."""

    def count(self, ref: RawPayloadRef) -> int | None:
        """How often the text is in a payload; None for everything that has to be searched by itself."""
        if ref.shard is None or self._finder.is_regex:
            return None
        if ref.shard != self._number:
            self._number, self._searched = ref.shard, 0
            self._counts, self._places = {}, {}
        record_id = ref.raw_payload_id.encode("utf-8", "surrogatepass")
        found = self._counts.get(record_id)
        while found is None:
            if not self._search_on(ref.shard):
                return None
            found = self._counts.get(record_id)
        if found == _TOO_LARGE:
            return None
        if ref.parts is not NO_PARTS and (found or not self._is_verbatim(record_id)):
            return None  # what its fragments say may not be what is written of them
        return found

    def _is_verbatim(self, record_id: bytes) -> bool:
        """Whether what is searched for cannot be in the fragments of a record unless it is in the record as well."""
        place = self._places.get(record_id)
        return self._finder.is_verbatim and place is not None and self._last.find(_ESCAPE, *place) < 0

    def _search_on(self, number: int) -> bool:
        """Search the next records; whether there were any."""
        stretch = self._shards.stretch(number, self._searched, self._finder.window)
        if stretch is None or isinstance(stretch, PayloadFault):
            return False
        self._searched += len(stretch.ids)
        if stretch.is_left_out:
            self._counts[stretch.ids[0]] = _TOO_LARGE
        else:
            self._counts.update(zip(stretch.ids, self._finder.counts(stretch.data, stretch.places), strict=True))
            self._last, self._places = stretch.data, dict(zip(stretch.ids, stretch.places, strict=True))
        return True
