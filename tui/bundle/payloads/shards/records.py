"""Finds the records in the decompressed bytes of a payload shard (schema 3 notes §2.1), however they were cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from struct import Struct

MOST_RECORDS = 1 << 18
"""Records of one shard that are looked at. Recorders begin a new shard after 8 MiB, so they stay far below."""

RECORD_HEAD = Struct("<HQ")
"""Bytes of the id, bytes of the body; both follow, the id first."""

_LENGTH_BITS = 31
"""Place and bytes of a body are one number, which takes a quarter of the room of two: a shard has at most 1 GiB."""

_LENGTH = (1 << _LENGTH_BITS) - 1


class RecordIndex:
    """The records of one shard by their ids. Keeps no bodies; a record counts once all of it has come."""

    def __init__(self) -> None:
        self.seen = 0
        """Decompressed bytes looked at."""
        self.records = 0
        """Whole records, those with an id that came before among them."""
        self._places: dict[bytes, int] = {}
        """Where each body begins and its bytes, by id, in the order of the shard. Of two equal ids the first counts."""
        self.repeated: bytes | None = None
        """The first id that came twice."""
        self.not_text: int | None = None
        """Where the first record begins whose id is not UTF-8."""
        self._head = b""
        """The beginning of a record of which not even the id has come."""
        self._id: bytes | None = None
        """The id of the record whose body is coming."""
        self._start = 0
        """Where the record begins that is coming."""
        self._end = 0
        """Where that record will end, once `_id` is known."""

    def __len__(self) -> int:
        """How many ids there are."""
        return len(self._places)

    @property
    def ids(self) -> Iterable[bytes]:
        """The ids in the order of the shard, each once."""
        return self._places.keys()

    def place(self, record_id: bytes) -> tuple[int, int] | None:
        """Where the body of that id begins and its bytes, None if no record has it."""
        known = self._places.get(record_id)
        return None if known is None else (known >> _LENGTH_BITS, known & _LENGTH)

    def places(self, first: int = 0) -> Iterator[tuple[bytes, tuple[int, int]]]:
        """Ids with the places of their bodies, from number `first` on, counted from 0."""
        for record_id, known in islice(self._places.items(), first, None):
            yield record_id, (known >> _LENGTH_BITS, known & _LENGTH)

    @property
    def is_torn(self) -> bool:
        """Whether bytes follow the last whole record."""
        return self.seen > self._start

    @property
    def is_full(self) -> bool:
        """Whether there are more records than are looked at."""
        return self.records >= MOST_RECORDS

    def take_places(self, places: Mapping[bytes, tuple[int, int]]) -> None:
        """Take the records of all bytes that were looked at, which are in a form of their own."""
        self._places = {record_id: start << _LENGTH_BITS | length for record_id, (start, length) in places.items()}
        self.records = len(places)
        self._id, self._head, self._start = None, b"", self.seen

    def feed(self, piece: bytes) -> None:
        """Look at the bytes that follow those seen so far."""
        base = self.seen
        self.seen += len(piece)
        at = 0
        while not self.is_full:
            if self._id is None:
                at = self._take_whole(piece, at, base)
                at = self._take_head(piece, at, base)
            if self._id is None or self._end > self.seen:
                return
            at = self._end - base
            self._add(self._id)

    def _take_whole(self, piece: bytes, at: int, base: int) -> int:
        """Take the records that lie whole in the piece, which most do; return where in the piece they end."""
        if self._head:
            return at
        length, head_length, lengths, places = len(piece), RECORD_HEAD.size, RECORD_HEAD.unpack_from, self._places
        room = MOST_RECORDS - self.records
        while at + head_length <= length and room > 0:
            id_length, body_length = lengths(piece, at)
            id_end = at + head_length + id_length
            end = id_end + body_length
            if end > length:
                break
            record_id = piece[at + head_length : id_end]
            if record_id in places or not record_id.isascii():
                self._note_odd(record_id, base + at)
            if record_id not in places:
                places[record_id] = (base + id_end) << _LENGTH_BITS | body_length
            at = end
            room -= 1
        self.records = MOST_RECORDS - room
        self._start = base + at
        return at

    def _take_head(self, piece: bytes, at: int, base: int) -> int:
        """Read lengths and id of the next record as far as they are there; return where in the piece that ends."""
        head, at = _filled(self._head, RECORD_HEAD.size, piece, at)
        if len(head) >= RECORD_HEAD.size:
            id_length, body_length = RECORD_HEAD.unpack_from(head)
            head, at = _filled(head, RECORD_HEAD.size + id_length, piece, at)
            if len(head) == RECORD_HEAD.size + id_length:
                self._id, self._head = head[RECORD_HEAD.size :], b""
                self._start = base + at - len(head)
                self._end = base + at + body_length
                return at
        self._head = head
        return at

    def _add(self, record_id: bytes) -> None:
        """Take the record that has just come to its end."""
        if record_id in self._places or not record_id.isascii():
            self._note_odd(record_id, self._start)
        offset = self._start + RECORD_HEAD.size + len(record_id)
        self._places.setdefault(record_id, offset << _LENGTH_BITS | (self._end - offset))
        self.records += 1
        self._id, self._start = None, self._end

    def _note_odd(self, record_id: bytes, start: int) -> None:
        """The record that begins at `start` has an id that came before, or one that may not be text."""
        if record_id in self._places:
            self.repeated = record_id if self.repeated is None else self.repeated
        elif self.not_text is None and not _is_text(record_id):
            self.not_text = start


def _filled(head: bytes, length: int, piece: bytes, at: int) -> tuple[bytes, int]:
    """`head` with what it lacks to `length` bytes, as far as the piece has that from `at` on, and where that ends."""
    added = piece[at : at + max(0, length - len(head))]
    return head + added, at + len(added)


def _is_text(record_id: bytes) -> bool:
    try:
        record_id.decode()
    except UnicodeDecodeError:
        return False
    return True
