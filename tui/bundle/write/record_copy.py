"""Copies records from the payload shards of one bundle into the recording of another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from tui.bundle.payloads.shards.shards import PayloadShards
from tui.bundle.payloads.store import LARGEST_BODY_BYTES
from tui.bundle.write.writer import BundleWriter
from tui.schema.payloads import RawPayloadRef
from tui.source.fault import PayloadFault


class RecordCopy:
    """Puts records into shards of the same number, in the same order, as far as events name them.

    A record that cannot be read stays missing, and so does one of a shard before those already written.
    """

    def __init__(self, source: PayloadShards, writer: BundleWriter) -> None:
        self._source = source
        self._writer = writer
        self._ids: dict[int, list[str]] = {}
        self._copied: dict[int, int] = {}
        """By shard, how many of its records are copied."""

    def copy(self, refs: Iterable[RawPayloadRef]) -> None:
        """Copy what the references and their parts name, with all records before that in the same shards."""
        wanted: defaultdict[int, set[str]] = defaultdict(set)
        waiting = list(refs)
        while waiting:
            ref = waiting.pop()
            waiting += ref.parts
            if ref.shard is not None:
                wanted[ref.shard].add(ref.raw_payload_id)
        for number in sorted(wanted):
            if number >= max(self._copied, default=0):
                self._copy_from(number, wanted[number])

    def _copy_from(self, number: int, wanted: set[str]) -> None:
        if number not in self._ids:
            look = self._source.look(number)
            names = () if isinstance(look, PayloadFault) else look.ids
            self._ids[number] = [name.decode("utf-8", "replace") for name in names]
        ids, copied = self._ids[number], self._copied.get(number, 0)
        count = max((place for place, name in enumerate(ids, start=1) if place > copied and name in wanted), default=0)
        for name in ids[copied:count]:
            body = self._source.read(number, name, LARGEST_BODY_BYTES)
            if isinstance(body, bytes):
                self._writer.write_record_raw(name, body, number)
        if count:
            self._copied[number] = count
