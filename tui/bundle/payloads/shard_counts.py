"""Counts a text in the records of payload shards, a shard at a time: most records are small, and the text is in few."""

from __future__ import annotations

from collections.abc import Iterable

from tui.bundle.payloads.shards.runs import RecordRun
from tui.bundle.payloads.shards.shards import PayloadShards
from tui.schema.payloads import NO_PARTS, RawPayloadRef
from tui.source.search import RecordFinder


class ShardCounts:
    """The counts of one search. Remembers those of one shard, so it is best asked shard by shard."""

    def __init__(self, shards: PayloadShards, finder: RecordFinder) -> None:
        self._shards = shards
        self._finder = finder
        self._number: int | None = None
        self._without: set[str] = set()
        """Ids of the records of that shard that do not hold the text: nearly all, where it is rare."""
        self._counts: dict[str, int] = {}
        """Id of each of the others → how often it holds the text."""
        self._plain: set[str] = set()
        """Ids of fragments in which no character in ASCII is written as an escape."""

    def is_nowhere_in(self, ref: RawPayloadRef) -> bool:
        """Whether a payload is in the shard just searched, and holds nothing."""
        return ref.raw_payload_id in self._without and ref.shard == self._number and ref.parts is NO_PARTS

    def count(self, ref: RawPayloadRef) -> int | None:
        """How often the text is in a payload; None for everything that has to be searched by itself."""
        if ref.shard is None or self._finder.is_regex:
            return None
        if ref.shard != self._number:
            self._search(ref.shard)
        found = 0 if ref.raw_payload_id in self._without else self._counts.get(ref.raw_payload_id)
        if len(ref.parts) and (found or not self._is_verbatim(ref.raw_payload_id)):
            return None  # what its fragments say may not be what is written of them
        return found

    def _is_verbatim(self, payload_id: str) -> bool:
        """Whether what is searched for cannot be in the fragments of a record unless it is in the record as well."""
        return self._finder.is_verbatim and payload_id in self._plain

    def _search(self, number: int) -> None:
        self._number, self._without, self._counts, self._plain = number, set(), {}, set()
        alone: set[str] = set()
        for run in self._shards.runs(number, self._finder.window):
            ids = _texts(run.ids)
            alone.update(self._searched_alone(run, ids))
            if not run.is_left_out:
                self._take(run, ids)
        for payload_id in alone:
            self._without.discard(payload_id)
            self._counts.pop(payload_id, None)

    def _searched_alone(self, run: RecordRun, ids: list[str]) -> Iterable[str]:
        """The records that are too large to be taken whole, and those that share an id: the first of them counts."""
        if run.is_left_out:
            return ids
        new = set(ids)
        if len(new) < len(ids):
            return ids
        alone = new & self._without | new & self._counts.keys()
        if len(run.data) > self._finder.window:
            spans = zip(ids, run.spans(), strict=True)
            alone.update(payload_id for payload_id, (start, end) in spans if end - start > self._finder.window)
        return alone

    def _take(self, run: RecordRun, ids: list[str]) -> None:
        counts = self._finder.counts(run.data, run.spans)
        if counts is None:
            self._without.update(ids)
        else:
            self._counts.update({payload_id: count for payload_id, count in zip(ids, counts, strict=True) if count})
            self._without.update(payload_id for payload_id in ids if payload_id not in self._counts)
        if self._finder.is_verbatim:
            escaped = set(run.escaped_fragments())
            self._plain.update(ids[place] for place in run.fragments if place not in escaped)


def _texts(ids: list[bytes]) -> list[str]:
    """The ids as the log writes them."""
    texts = b"\n".join(ids).decode("utf-8", "surrogateescape").split("\n")
    return texts if len(texts) == len(ids) else [one.decode("utf-8", "surrogateescape") for one in ids]
