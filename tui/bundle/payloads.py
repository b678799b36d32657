"""Reads payload files: lazily, confined to the bundle, with the last ones kept."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from tui.bundle.body_cache import BodyCache, FileStamp
from tui.bundle.confine import ConfinedDirectory, RefusedPathError
from tui.bundle.regular import error_text, read_up_to
from tui.bundle.taken_bodies import TakenBodies
from tui.schema.payloads import RawPayloadRef

CACHE_BYTES = 32 << 20

LARGEST_BODY_BYTES = 1 << 30
"""A larger body is never read whole; `PayloadStore.pages` shows it piece by piece."""


class PayloadFault(msgspec.Struct, frozen=True):
    """Why a payload has no body to show.

    `code` is one of `missing`, `unreadable`, `outside-bundle`, `not-a-file`, `bad-path` (no file can have such a
    name), `too-large` and `changed`. `reason` is one line for people, with the path.
    """

    code: str
    reason: str


class PayloadPages:
    """Random access to one payload file of any size. Close it, or use it in a `with` block."""

    def __init__(self, descriptor: int, size: int) -> None:
        self.size = size
        """Bytes of the file when it was opened."""
        self.fault: PayloadFault | None = None
        """Set when a read failed; what that read returned is short."""
        self._descriptor: int | None = descriptor

    def read(self, offset: int, length: int) -> bytes:
        """Return the bytes from `offset` on, at most `length`: fewer at the end, none behind it or once closed."""
        if self._descriptor is None or offset < 0 or length <= 0:
            return b""
        try:
            return os.pread(self._descriptor, length, offset)
        except OSError as error:
            self.fault = PayloadFault("unreadable", f"cannot be read at byte {offset}: {error_text(error)}")
            return b""

    def close(self) -> None:
        """Give the descriptor back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> PayloadPages:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()


class PayloadStore:
    """The payload files of one bundle. May be used by several threads; nothing here raises for what is on disk.

    Whether a body is complete or valid is not judged: it is returned as it is at the moment of reading.
    """

    def __init__(self, bundle_path: Path, *, cache_bytes: int = CACHE_BYTES) -> None:
        self._directory = ConfinedDirectory(bundle_path)
        self.taken = TakenBodies(self._directory)
        """What was read by `take`."""
        self._cache = BodyCache(cache_bytes)

    def read(self, ref: RawPayloadRef, limit: int | None = None) -> bytes | PayloadFault:
        """Return the whole body, or `too-large` if it has more than `limit` bytes. The last bodies are kept."""
        opened = self._open(ref)
        if isinstance(opened, PayloadFault):
            return opened
        descriptor, stamp = opened
        try:
            return self._body(ref, descriptor, stamp, limit)
        finally:
            os.close(descriptor)

    def read_once(self, ref: RawPayloadRef, limit: int | None = None) -> bytes | PayloadFault:
        """Like `read`, but keep nothing: for reading a bundle through, where no body is needed twice."""
        opened = self._open(ref)
        if isinstance(opened, PayloadFault):
            return opened
        descriptor, stamp = opened
        try:
            return _whole(ref, descriptor, stamp[1], limit)
        finally:
            os.close(descriptor)

    def read_as_taken(self, ref: RawPayloadRef) -> bytes | PayloadFault:
        """Like `read`, for what the graph tells places in: `changed` if the file is not what the graph was made of."""
        body = self.read(ref)
        if isinstance(body, bytes) and not self.taken.is_as_read(ref.path, body):
            return PayloadFault("changed", f"{_named(ref)}: was changed after it was read")
        return body

    def take(self, ref: RawPayloadRef, limit: int | None = None) -> bytes | PayloadFault:
        """Like `read_once`, for the graph: remember what was read, so that a later change is noticed."""
        try:
            descriptor, status = self._directory.open_file(ref.path)
        except RefusedPathError as refusal:
            return _refused(ref, refusal)
        try:
            body = _whole(ref, descriptor, status.st_size, limit)
        finally:
            os.close(descriptor)
        if isinstance(body, bytes):
            self.taken.add(ref.path, _stamp(status), body)
        return body

    def size(self, ref: RawPayloadRef) -> int | PayloadFault:
        """Return the bytes of the file."""
        opened = self._open(ref)
        if isinstance(opened, PayloadFault):
            return opened
        os.close(opened[0])
        return opened[1][1]

    def pages(self, ref: RawPayloadRef) -> PayloadPages | PayloadFault:
        """Return random access to the file."""
        opened = self._open(ref)
        return opened if isinstance(opened, PayloadFault) else PayloadPages(opened[0], opened[1][1])

    def _open(self, ref: RawPayloadRef) -> tuple[int, FileStamp] | PayloadFault:
        """Open a file that may have been taken before; a fault says what it has lost since."""
        try:
            descriptor, status = self._directory.open_file(ref.path)
        except RefusedPathError as refusal:
            self.taken.note(ref.path, None)
            if refusal.code == "missing" and ref.path in self.taken:
                reason = f"{_named(ref)}: is no longer there; the graph keeps what was read of it"
                return PayloadFault("missing", reason)
            return _refused(ref, refusal)
        stamp = _stamp(status)
        self.taken.note(ref.path, stamp)
        return descriptor, stamp

    def forget(self) -> None:
        """Drop all that is kept, because the bundle on disk was replaced by another one."""
        self._cache.clear()
        self._directory.forget()
        self.taken.forget()

    def _body(self, ref: RawPayloadRef, descriptor: int, stamp: FileStamp, limit: int | None) -> bytes | PayloadFault:
        size = stamp[1]
        if limit is None or size <= limit:
            kept = self._cache.get(ref.path, stamp)
            if kept is not None:
                return kept
        body = _whole(ref, descriptor, size, limit)
        if isinstance(body, bytes) and len(body) == size:
            self._cache.put(ref.path, stamp, body)
        return body


def _whole(ref: RawPayloadRef, descriptor: int, size: int, limit: int | None) -> bytes | PayloadFault:
    most = LARGEST_BODY_BYTES if limit is None else min(limit, LARGEST_BODY_BYTES)
    if size > most:
        return _too_large(ref, size, most)
    try:
        body = os.read(descriptor, size + 1)
        if len(body) != size:  # it is growing, or the read was cut short
            body += read_up_to(descriptor, most + 1 - len(body))
    except OSError as error:
        return PayloadFault("unreadable", f"{_named(ref)}: cannot be read: {error_text(error)}")
    except MemoryError:
        return _too_large(ref, size, most)
    return body if len(body) <= most else _too_large(ref, len(body), most)


def _stamp(status: os.stat_result) -> FileStamp:
    return status.st_ino, status.st_size, status.st_mtime_ns


def _too_large(ref: RawPayloadRef, size: int, most: int) -> PayloadFault:
    return PayloadFault("too-large", f"{_named(ref)}: has {size:,} bytes; no more than {most:,} are read at once")


def _refused(ref: RawPayloadRef, refusal: RefusedPathError) -> PayloadFault:
    return PayloadFault(refusal.code, f"{_named(ref)}: {refusal}")


def _named(ref: RawPayloadRef) -> str:
    """The path as the log says it, cut if it is absurdly long."""
    return ref.path if len(ref.path) <= 200 else f"{ref.path[:199]}…"
