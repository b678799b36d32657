"""The payload shards of one bundle: bodies by shard number and id, the shards used last kept decompressed."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TypeVar

import msgspec

from tui.bundle.disk.confine import ConfinedDirectory, RefusedPathError
from tui.bundle.disk.regular import error_text
from tui.bundle.payloads.body_cache import FileStamp
from tui.bundle.payloads.fault import too_large
from tui.bundle.payloads.shards.runs import RecordRun, ShardRuns
from tui.bundle.payloads.shards.shard import RecordPlace, Shard
from tui.named_tuple import NamedTuple
from tui.schema.payloads import RawPayloadRef, shard_path
from tui.source.fault import PayloadFault

CACHE_BYTES = 32 << 20
"""Memory for decompressed shards. One that is larger is still used, alone."""

Answer = TypeVar("Answer")

_PREFIX = "raw_payload:"


class ShardContent(NamedTuple):
    """What a shard holds and how it ends.

    `fault` says why it cannot be read to its end. `is_open`: its last frame is not finished. `is_torn`: bytes that are
    no whole record follow the last one. `repeated` is the first id that comes twice, `not_text` where in the
    decompressed bytes the first record begins whose id is not UTF-8. `container` says what it is packed in if not zstd,
    `form` how its records are written if not as usual.
    """

    ids: tuple[bytes, ...]
    fault: str | None
    is_open: bool
    is_torn: bool
    repeated: bytes | None
    not_text: int | None
    container: str
    form: str


MOST_SHARDS = 100_000
"""Shards among which a body is looked for that no reference places."""

MOST_HELD = 64
"""Shards that are kept, however small: each has a file open."""


class _Held:
    """A shard, its open file, and who uses it."""

    def __init__(self) -> None:
        self.shard = Shard()
        self.lock = threading.Lock()
        self.bytes = 0
        """What it counted for at its last use."""
        self.descriptor: int | None = None
        self.identity = (0, 0)
        """Device and number of the open file."""
        self.versions = 0
        """How often the shard had turned out to be another one, at its last use."""

    def open(self, directory: ConfinedDirectory, path: str) -> int:
        """Return a descriptor of the file that is at the path now; raise `RefusedPathError` if there is none to read.

        A file that is open already is not opened again.
        """
        status = directory.status_of(path)
        if self.descriptor is not None and status is not None and self.identity == (status.st_dev, status.st_ino):
            self.shard.look(status)
            return self.descriptor
        self.close()
        self.descriptor, status = directory.open_file(path)
        self.identity = (status.st_dev, status.st_ino)
        self.shard.look(status)
        return self.descriptor

    def close(self) -> None:
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None

    def __del__(self) -> None:
        self.close()


class PayloadShards:
    """The shards of one bundle. May be used by several threads; nothing here raises for what is on disk."""

    def __init__(self, directory: ConfinedDirectory, cache_bytes: int = CACHE_BYTES) -> None:
        self._directory = directory
        self._likely_shard = 1
        """Where the last body was found that no reference placed."""
        self._capacity = cache_bytes
        self._held: OrderedDict[int, _Held] = OrderedDict()
        self._bytes_held = 0
        self._versions = 0
        """How often a shard turned out to be another one."""
        self._lock = threading.Lock()

    def read(self, number: int, payload_id: str, limit: int) -> bytes | PayloadFault:
        """Return a body, or `too-large` if it has more than `limit` bytes."""

        def read(shard: Shard, descriptor: int) -> bytes | PayloadFault:
            place = _place(shard, descriptor, number, payload_id)
            if isinstance(place, PayloadFault):
                return place
            if place.length > limit:
                return too_large(payload_id, place.length, limit)
            body = shard.read(descriptor, place)
            return body if len(body) == place.length else _missing(number, payload_id)

        return self._with(number, payload_id, read)

    def read_decompressed(self, number: int, payload_id: str, limit: int) -> bytes | None:
        """Return a body that was decompressed with others before it and is still kept; the file is not looked at.

        None for any other, which `read` then answers for. For who reads every body once and in the order of the
        records: asking the file after each costs more than decompressing it.
        """
        held = self._held.get(number)
        if held is None:
            return None
        with held.lock:
            return held.shard.kept(payload_id.encode("utf-8", "surrogatepass"), limit)

    def read_range(self, number: int, payload_id: str, start: int, length: int) -> bytes | PayloadFault:
        """Return `length` bytes of a body from byte `start` on; fewer at its end."""

        def read(shard: Shard, descriptor: int) -> bytes | PayloadFault:
            place = _place(shard, descriptor, number, payload_id)
            return place if isinstance(place, PayloadFault) else shard.read(descriptor, place, start, length)

        return self._with(number, payload_id, read)

    def placed(self, ref: RawPayloadRef) -> RawPayloadRef:
        """The reference, with the shard that holds its body where it names no place and one of them does.

        Ids are those of the whole bundle (schema 3 notes §2.1), so a record that has the id is the body.
        """
        if ref.path is not None or ref.shard is not None:
            return ref
        for number in (self._likely_shard, *self._numbers()):
            if isinstance(self.size(number, ref.raw_payload_id), int):
                self._likely_shard = number
                return msgspec.structs.replace(ref, shard=number)
        return ref

    def _numbers(self) -> Iterator[int]:
        """The numbers of the shards that are there, counted from 1 to the first that is not."""
        for number in range(1, MOST_SHARDS):
            try:
                descriptor, _ = self._directory.open_file(shard_path(number))
            except RefusedPathError:
                return
            os.close(descriptor)
            yield number

    def size(self, number: int, payload_id: str) -> int | PayloadFault:
        """Return the bytes of a body."""

        def size(shard: Shard, descriptor: int) -> int | PayloadFault:
            place = _place(shard, descriptor, number, payload_id)
            return place if isinstance(place, PayloadFault) else place.length

        return self._with(number, payload_id, size)

    def runs(self, number: int, largest_body: int) -> Iterator[RecordRun]:
        """Return the records of a shard from its beginning on, of which nothing is kept, as far as they can be had."""
        with suppress(RefusedPathError, OSError, MemoryError):
            yield from ShardRuns(self._directory, number, largest_body)

    def stamp(self, number: int, payload_id: str) -> FileStamp | PayloadFault:
        """What stays the same for as long as the bodies of a shard do, while it grows."""

        def stamp(_: Shard, descriptor: int) -> FileStamp:
            return number, os.fstat(descriptor).st_ino, self._versions

        return self._with(number, payload_id, stamp)

    def look(self, number: int) -> ShardContent | PayloadFault:
        """Read a shard to its end and say how it ends."""

        def look(shard: Shard, descriptor: int) -> ShardContent:
            shard.scan(descriptor)
            index = shard.index
            ids, ends = tuple(index.ids), (shard.has_open_frame, index.is_torn)
            return ShardContent(ids, shard.fault, *ends, index.repeated, index.not_text, shard.container, shard.form)

        return self._with(number, "", look)

    def forget(self) -> None:
        """Drop all that is kept, because the bundle on disk was replaced by another one."""
        with self._lock:
            self._held.clear()
            self._bytes_held = 0
            self._versions += 1

    def _with(
        self, number: int, payload_id: str, use: Callable[[Shard, int], Answer | PayloadFault]
    ) -> Answer | PayloadFault:
        """Use a shard as it is on disk at this moment."""
        held = self._hold(number)
        try:
            with held.lock:
                answer = use(held.shard, held.open(self._directory, shard_path(number)))
                self._settle(number, held)
        except RefusedPathError as refusal:
            self._drop(number, held)
            return _refused(payload_id, number, refusal)
        except OSError as error:
            return PayloadFault("unreadable", f"{_name(payload_id, number)} cannot be read: {error_text(error)}")
        except MemoryError:
            return PayloadFault("too-large", f"{_name(payload_id, number)}: there is not enough memory to read it")
        return answer

    def _hold(self, number: int) -> _Held:
        with self._lock:
            held = self._held.get(number)
            if held is None:
                held = self._held[number] = _Held()
            self._held.move_to_end(number)
            return held

    def _drop(self, number: int, held: _Held) -> None:
        """Keep nothing of a file that is not there any more. It is closed once nobody uses it."""
        with self._lock:
            if self._held.get(number) is held:
                self._bytes_held -= self._held.pop(number).bytes
                self._versions += held.bytes > 0

    def _settle(self, number: int, held: _Held) -> None:
        """Count what a shard takes now, and drop those not used for longest while that is too much."""
        size, versions = held.shard.bytes_held, held.shard.versions
        if size == held.bytes and versions == held.versions and len(self._held) <= MOST_HELD:
            return
        with self._lock:
            self._versions += versions != held.versions
            held.versions = versions
            if self._held.get(number) is not held:
                return  # dropped meanwhile; it goes with its last user
            self._bytes_held += size - held.bytes
            held.bytes = size
            while len(self._held) > 1 and (self._bytes_held > self._capacity or len(self._held) > MOST_HELD):
                oldest = next(one for one in self._held if one != number)
                self._bytes_held -= self._held.pop(oldest).bytes


def _place(shard: Shard, descriptor: int, number: int, payload_id: str) -> RecordPlace | PayloadFault:
    for record_id in (payload_id, _other_form(payload_id)):
        place = shard.find(descriptor, record_id.encode("utf-8", "surrogatepass"))
        if place is not None:
            return place
    if shard.fault is not None:
        return PayloadFault("invalid", f"{payload_id}: {shard_path(number)} {shard.fault}")
    return _missing(number, payload_id)


def _other_form(payload_id: str) -> str:
    """The number of an id alone, or the whole id of a number: references and records may differ in that."""
    return payload_id.removeprefix(_PREFIX) if payload_id.startswith(_PREFIX) else f"{_PREFIX}{payload_id}"


def _missing(number: int, payload_id: str) -> PayloadFault:
    return PayloadFault("missing", f"{payload_id}: {shard_path(number)} does not hold it")


def _refused(payload_id: str, number: int, refusal: RefusedPathError) -> PayloadFault:
    return PayloadFault(refusal.code, f"{_name(payload_id, number)} {refusal}")


def _name(payload_id: str, number: int) -> str:
    return f"{payload_id}: {shard_path(number)}" if payload_id else shard_path(number)
