"""One payload shard as far as it is written: its records by id, and the last bytes that were decompressed."""

from __future__ import annotations

import os
from collections.abc import Iterator

from tui.bundle.disk.packed import Unpacker
from tui.bundle.disk.stream import StreamDamageError, ZstdStream
from tui.bundle.payloads.shards.container import stream_of
from tui.bundle.payloads.shards.records import MOST_RECORDS, RecordIndex
from tui.bundle.payloads.shards.window import StreamWindow
from tui.named_tuple import NamedTuple

LARGEST_SHARD_BYTES = 1 << 30
"""Most bytes of a shard that are read, and most bytes that are made of them. Recorders begin a new one after 8 MiB, or
write one record of up to 64 MiB; a few kilobytes can claim to be more than any machine has."""

WINDOW_BYTES = 12 << 20
"""Decompressed bytes of one shard that are kept: all of it, if a recorder wrote it as recorders do."""

_CHUNK_BYTES = 64 << 10

_COST_OF_RECORD = 150
_COST_OF_OPEN_STREAM = 9 << 20


class RecordPlace(NamedTuple):
    """Where a body is in the decompressed bytes of its shard."""

    offset: int
    length: int


class Shard:
    """The decompressed content of one file, which may grow. For one thread at a time.

    A shard can only be decompressed from its beginning. It is read once, as far as somebody asks, and its records are
    remembered by place. The last bytes are kept; what lies before them costs a second reading from the beginning.
    """

    def __init__(self) -> None:
        self.versions = 0
        """How often the file turned out to be another one than what was read so far."""
        self._status: os.stat_result | None = None
        self._begin()

    @property
    def bytes_held(self) -> int:
        """About how much memory this takes."""
        window = self._window.end - self._window.start
        return window + _COST_OF_RECORD * len(self.index) + _COST_OF_OPEN_STREAM * self._stream.is_open

    @property
    def fault(self) -> str | None:
        """Why what follows cannot be read, in one line without the file's name; None if nothing is wrong."""
        if self._fault is None and self.index.is_full:
            return f"has more than {MOST_RECORDS:,} records; no more are looked at"
        return self._fault

    @property
    def has_open_frame(self) -> bool:
        """Whether the compressed data go on: the recorder still writes this shard, or was killed. Ask after `scan`."""
        return self._stream.is_open

    @property
    def container(self) -> str:
        """What the shard is packed in if that is not zstd, else empty. Ask after `scan`."""
        return self._stream.unusual

    def look(self, status: os.stat_result) -> None:
        """The file has this status now; begin again if it is another one or is shorter than before.

        So does one that was written without becoming longer, and a damaged one that was written at all: perhaps what
        could not be read had not arrived yet.
        """
        before, self._status = self._status, status
        if before is None or (before.st_ino, before.st_size, before.st_mtime_ns) == (
            status.st_ino,
            status.st_size,
            status.st_mtime_ns,
        ):
            return
        is_same_file = (before.st_dev, before.st_ino) == (status.st_dev, status.st_ino)
        if not is_same_file or status.st_size <= before.st_size or self._fault is not None:
            self.versions += 1
            self._begin()

    def find(self, descriptor: int, record_id: bytes) -> RecordPlace | None:
        """Where a body is, None if no whole record has that id. Reads on as far as needed; raises `OSError`."""
        while (place := self.index.place(record_id)) is None:
            if self.index.is_full or not (self._advance(descriptor) or self._recognise()):
                return None
        self._take_rest(descriptor)
        return RecordPlace(*place)

    def scan(self, descriptor: int) -> None:
        """Read on to the end of what is there. Raises `OSError`."""
        while not self.index.is_full and (self._advance(descriptor) or self._recognise()):
            pass

    def read(self, descriptor: int, place: RecordPlace, start: int = 0, length: int | None = None) -> bytes:
        """Return `length` bytes of a body from its byte `start` on, or all of them.

        Fewer if the file does not hold any more what it held. Raises `OSError`.
        """
        offset = place.offset + max(0, start)
        end = place.offset + place.length
        end = end if length is None else min(end, offset + max(0, length))
        if offset < self._window.start:
            self._rewind()
        while self._window.end < end and self._advance(descriptor, keep_from=offset):
            pass
        body = self._window.read(offset, end)
        self._slide(self._window.end)
        return body

    def kept(self, record_id: bytes, limit: int) -> bytes | None:
        """A body of up to `limit` bytes that is decompressed already; None if it is another, or not kept any more."""
        place = self.index.place(record_id)
        if place is None or place[1] > limit:
            return None
        start, end = place[0], place[0] + place[1]
        return self._window.read(start, end) if self._window.start <= start and end <= self._window.end else None

    def _begin(self) -> None:
        self.index = RecordIndex()
        """The records found so far."""
        self.form = ""
        """How the records are written, if not as known recorders write them."""
        self._recognised_to = 0
        """This many bytes were looked at for records in another form."""
        self._fault: str | None = None
        self._careful_from: int | None = None
        """From where on the file is fed byte by byte, so that nothing is lost of what is before its damage."""
        self._rewind()

    def _rewind(self) -> None:
        """Decompress from the beginning again; what is known of the records stays."""
        self._stream: Unpacker = ZstdStream()
        self._pieces: Iterator[bytes] = iter(())
        self._read_to = 0
        """Bytes of the file that the stream was given."""
        self._chunk_start = 0
        self._window = StreamWindow()

    def _advance(self, descriptor: int, keep_from: int | None = None) -> bool:
        """Decompress the next piece; whether there was one. What begins at `keep_from` or later stays in the window."""
        piece = self._next_piece(descriptor)
        if piece is None:
            return False
        self._window.append(piece)
        end = self._window.end
        if end > self.index.seen and self.form:
            self._forget_records(end)
        elif end > self.index.seen:
            self.index.feed(piece[self.index.seen - end :])
        self._slide(end if keep_from is None else min(end, keep_from))
        return True

    def _recognise(self) -> bool:
        """See whether a shard without a record has records in another form; true if it has, and that is news."""
        seen = self.index.seen
        if self.index.records or self._recognised_to == seen or self._window.start or self._window.end < seen:
            return False
        self._recognised_to = seen
        from tui.bundle.payloads.shards.forms import recognised  # late: hardly any shard needs it

        found = recognised(self._window.read(0, seen))
        if found is not None:
            self.form = found.form
            self.index.take_places(found.places)
        return found is not None

    def _forget_records(self, seen: int) -> None:
        """There is more of a shard whose records have a form of their own: it is looked at again as a whole."""
        self.index, self.form = RecordIndex(), ""
        self.index.seen = seen

    def _take_rest(self, descriptor: int) -> None:
        """Decompress what is left of the file where that is little: a frame that ends gives its memory back."""
        while self._stream.is_open and self._read_to >= self._size and self._window.end < WINDOW_BYTES:
            if not self._advance(descriptor):
                return

    def _slide(self, keep_from: int) -> None:
        self._window.drop_before(min(keep_from, self._window.end - WINDOW_BYTES))

    def _next_piece(self, descriptor: int) -> bytes | None:
        while not self._is_at_end:
            try:
                piece = next(self._pieces, None)
            except StreamDamageError as error:
                if self._careful_from is not None:
                    self._fault = f"{error}, found at byte {self._chunk_start:,} of {self._size:,}"
                    return None
                self._careful_from = self._chunk_start
                self._rewind()
                continue
            if piece is not None:
                return piece
            chunk = self._read_chunk(descriptor)
            if not chunk:
                return None
            if self._chunk_start == 0:
                self._stream = stream_of(chunk)
            self._pieces = self._stream.feed(chunk)
        return None

    @property
    def _size(self) -> int:
        return 0 if self._status is None else self._status.st_size

    @property
    def _is_at_end(self) -> bool:
        """Whether nothing more can be read, as far as that is known; says so in `_fault` where a limit is the cause."""
        if self._fault is not None and self._window.end >= self.index.seen:
            return True
        if max(self._window.end, self._read_to) >= LARGEST_SHARD_BYTES:
            self._fault = f"is larger than {LARGEST_SHARD_BYTES >> 30} GiB; what follows was not read"
            return True
        return False

    def _read_chunk(self, descriptor: int) -> bytes:
        is_careful = self._careful_from is not None and self._read_to >= self._careful_from
        room = self._size - self._read_to
        if self._careful_from is not None and not is_careful:
            room = min(room, self._careful_from - self._read_to)
        chunk = os.pread(descriptor, max(0, min(1 if is_careful else _CHUNK_BYTES, room)), self._read_to)
        self._chunk_start = self._read_to
        self._read_to += len(chunk)
        return chunk
