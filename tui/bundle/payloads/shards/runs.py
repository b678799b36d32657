"""The records of a shard in runs, from its first to its last, for a search: nothing of them is kept or remembered.

A run is small enough to stay in the processor's cache while it is decompressed, walked through and searched.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

from tui.bundle.disk.confine import ConfinedDirectory
from tui.bundle.disk.stream import StreamDamageError, ZstdStream
from tui.bundle.payloads.shards.records import MOST_RECORDS, RECORD_HEAD
from tui.named_tuple import NamedTuple
from tui.schema.payloads import shard_path

LARGEST_CONTENT: Final = 1 << 28
"""Decompressed bytes of a shard that are walked through. Recorders begin a new one after 8 MiB."""

_READ_BYTES: Final = 1 << 20
_FRAGMENTS: Final = b'["'
_ESCAPE: Final = b"\\u00"


class RecordRun(NamedTuple):
    """Records that follow each other in `data`, each with its id and where it ends."""

    data: bytes
    ids: list[bytes]
    ends: list[int]
    fragments: list[int]
    """The places of the records that can be fragments between parts."""
    is_left_out: bool = False
    """There is one record, which is too large to be here."""

    def span(self, place: int) -> tuple[int, int]:
        """Where the body at this place begins and ends."""
        begin = self.ends[place - 1] if place else 0
        return begin + RECORD_HEAD.size + len(self.ids[place]), self.ends[place]

    def spans(self) -> list[tuple[int, int]]:
        """The same of each body: reckoned only when asked for, as most runs hold nothing of what is looked for."""
        head, begin, spans = RECORD_HEAD.size, 0, []
        for record_id, end in zip(self.ids, self.ends, strict=True):
            spans.append((begin + head + len(record_id), end))
            begin = end
        return spans

    def escaped_fragments(self) -> list[int]:
        r"""The places of those fragments in which an ASCII character may be written as `\u00XX`."""
        return [place for place in self.fragments if self.data.find(_ESCAPE, *self.span(place)) >= 0]


class ShardRuns:
    """The runs of one shard, as far as it is written. Once they are taken it says how the shard ends."""

    def __init__(self, directory: ConfinedDirectory, number: int, largest_body: int) -> None:
        """`largest_body`: a record with more bytes is left out of the runs. Nothing is read yet."""
        self.is_open = False
        """Its frame has no end yet."""
        self.is_whole = False
        """It could be read to its end, and nothing follows its last record."""
        self._directory = directory
        self._path = shard_path(number)
        self._largest = largest_body
        self._stream = ZstdStream()

    def __iter__(self) -> Iterator[RecordRun]:
        """The runs in the order of the file. Raises `RefusedPathError` if the file may not be opened, and `OSError`."""
        descriptor, _ = self._directory.open_file(self._path)
        carried, skipped, records, room = b"", 0, 0, LARGEST_CONTENT
        try:
            for piece in self._pieces(descriptor):
                room -= len(piece)
                if skipped >= len(piece):
                    skipped -= len(piece)
                    continue
                data = carried + piece if carried else piece[skipped:] if skipped else piece
                run, at, end = _walked(data)
                carried, skipped = data[at:], 0
                if run.ids:
                    yield run
                if len(carried) > self._largest + RECORD_HEAD.size and end - at > self._largest:
                    yield _left_out(carried)
                    carried, skipped, records = b"", end - len(data), records + 1
                records += len(run.ids)
                if records >= MOST_RECORDS or room <= 0:
                    return
        except StreamDamageError:
            return
        finally:
            os.close(descriptor)
        self.is_open = self._stream.is_open
        self.is_whole = not carried and not skipped

    def _pieces(self, descriptor: int) -> Iterator[bytes]:
        while chunk := os.read(descriptor, _READ_BYTES):
            yield from self._stream.feed(chunk)


def _walked(data: bytes) -> tuple[RecordRun, int, int]:
    """The records that are whole in `data`, where they end, and where the next one will end if its head is there.

    There are 100,000 records in a long recording: no more is done for each than must be.
    """
    ids: list[bytes] = []
    ends: list[int] = []
    fragments: list[int] = []
    add_id, add_end, begins_with, lengths = ids.append, ends.append, data.startswith, RECORD_HEAD.unpack_from
    at, end, size, head = 0, 0, len(data), RECORD_HEAD.size
    last = size - head
    while at <= last:
        id_length, body_length = lengths(data, at)
        start = at + head + id_length
        end = start + body_length
        if end > size:
            break
        if begins_with(_FRAGMENTS, start):
            fragments.append(len(ids))
        add_id(data[at + head : start])
        add_end(end)
        at = end
    return RecordRun(data, ids, ends, fragments), at, end


def _left_out(begin: bytes) -> RecordRun:
    id_length, _ = RECORD_HEAD.unpack_from(begin)
    return RecordRun(b"", [begin[RECORD_HEAD.size : RECORD_HEAD.size + id_length]], [], [], is_left_out=True)
