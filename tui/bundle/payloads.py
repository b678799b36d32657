"""Reads payload files: lazily, confined to the bundle, with the last ones kept."""

from __future__ import annotations

import os
from pathlib import Path

from tui.bundle.body_cache import BodyCache, FileStamp
from tui.bundle.confine import ConfinedDirectory, RefusedPathError
from tui.bundle.payload_fault import PayloadFault
from tui.bundle.regular import error_text, read_up_to
from tui.schema.payloads import RawPayloadRef

__all__ = ["PayloadFault", "PayloadPages", "PayloadStore"]

CACHE_BYTES = 32 << 20

LARGEST_BODY_BYTES = 1 << 30
"""A larger body is never read whole; `PayloadStore.pages` shows it piece by piece."""


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
        try:
            descriptor, status = self._directory.open_file(_path(ref))
        except RefusedPathError as refusal:
            return PayloadFault(refusal.code, f"{ref.label}: {refusal}")
        return descriptor, (status.st_ino, status.st_size, status.st_mtime_ns)

    def forget(self) -> None:
        """Drop all that is kept, because the bundle on disk was replaced by another one."""
        self._cache.clear()
        self._directory.forget()

    def _body(self, ref: RawPayloadRef, descriptor: int, stamp: FileStamp, limit: int | None) -> bytes | PayloadFault:
        size = stamp[1]
        if limit is None or size <= limit:
            kept = self._cache.get(ref.raw_payload_id, stamp)
            if kept is not None:
                return kept
        body = _whole(ref, descriptor, size, limit)
        if isinstance(body, bytes) and len(body) == size:
            self._cache.put(ref.raw_payload_id, stamp, body)
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
        return PayloadFault("unreadable", f"{ref.label}: cannot be read: {error_text(error)}")
    except MemoryError:
        return _too_large(ref, size, most)
    return body if len(body) <= most else _too_large(ref, len(body), most)


def _too_large(ref: RawPayloadRef, size: int, most: int) -> PayloadFault:
    return PayloadFault("too-large", f"{ref.label}: has {size:,} bytes; no more than {most:,} are read at once")


def _path(ref: RawPayloadRef) -> str:
    if ref.path is None:
        raise RefusedPathError("omitted", "the recorder left the body out")
    return ref.path
