"""Reads payloads, from files and from shards: lazily, confined to the bundle, with the last ones kept."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from tui.bundle.disk.confine import RefusedPathError
from tui.bundle.disk.heap import give_back_free_memory
from tui.bundle.disk.packed import HEAD_BYTES, SUFFIXES, USUAL_BEGINNINGS, unpacked, unpacker_of
from tui.bundle.disk.regular import error_text, read_up_to
from tui.bundle.disk.renamed import PayloadDirectory
from tui.bundle.disk.stream import StreamDamageError
from tui.bundle.payloads.body_cache import BodyCache, FileStamp
from tui.bundle.payloads.fault import too_large
from tui.bundle.payloads.fragments import BodyTree, TreePages, fragments_of, joined_fragments
from tui.bundle.payloads.pages import FilePages
from tui.bundle.payloads.shard_counts import ShardCounts
from tui.bundle.payloads.shards.shards import PayloadShards
from tui.schema.payloads import NO_PARTS, RawPayloadRef, likely_path
from tui.source.fault import PayloadFault
from tui.source.fragments import Fragments
from tui.source.pages import MemoryPages, PayloadPages
from tui.source.search import RecordFinder

__all__ = ["Fragments", "PayloadFault", "PayloadPages", "PayloadStore"]

CACHE_BYTES = 32 << 20

LARGEST_BODY_BYTES = 1 << 30
"""A larger file is never read whole; `PayloadStore.pages` shows it piece by piece."""

LARGEST_UNPACKED_BYTES = 256 << 20
"""The same for a body that is decompressed or assembled: a few kilobytes on disk can be more than any memory."""

LARGEST_HELD_BYTES = 16 << 20
"""Most bytes of such a body that its pages keep in memory; those of a larger one are made when they are asked for."""


class PayloadStore:
    """The payloads of one bundle. May be used by several threads; nothing here raises for what is on disk.

    Whether a body is complete or valid is not judged: it is returned as it is at the moment of reading. The body of a
    reference with parts is assembled from them.
    """

    def __init__(self, bundle_path: Path, *, cache_bytes: int = CACHE_BYTES) -> None:
        self._directory = PayloadDirectory(bundle_path)
        self._cache = BodyCache(cache_bytes)
        self.shards = PayloadShards(self._directory)

    def read(self, ref: RawPayloadRef, limit: int | None = None) -> bytes | PayloadFault:
        """Return the whole body, or `too-large` if it has more than `limit` bytes. The last bodies are kept."""
        return self._read(ref, limit, is_kept=True)

    def read_once(self, ref: RawPayloadRef, limit: int | None = None) -> bytes | PayloadFault:
        """Like `read`, but keep nothing: for reading a bundle through, where no body is needed twice."""
        return self._read(ref, limit, is_kept=False)

    def read_fragments(self, ref: RawPayloadRef) -> Fragments | PayloadFault:
        """Return what the body is made of, without its parts; one without parts is a single fragment."""
        body = self.read_own(ref, LARGEST_UNPACKED_BYTES, is_kept=False)
        return body if isinstance(body, PayloadFault) else fragments_of(ref, body)

    def read_joined(self, ref: RawPayloadRef, separator: str, limit: int | None = None) -> bytes | PayloadFault:
        """Return the body with a separator in the place of each part.

        With `null` it must be JSON, as each of the parts by itself (schema 3 notes §3.2).
        """
        if not len(ref.parts):
            return self.read_once(ref, limit)
        own = self.read_own(ref, LARGEST_UNPACKED_BYTES, is_kept=False)
        body = own if isinstance(own, PayloadFault) else joined_fragments(ref, own, separator)
        if isinstance(body, bytes) and limit is not None and len(body) > limit:
            return too_large(ref.label, len(body), limit)
        return body

    def fragment_starts(self, ref: RawPayloadRef) -> Sequence[int] | None:
        """Return where each text of the body begins in the whole of it; None if that cannot be assembled."""
        tree = BodyTree(self, ref, 0)
        return None if tree.fault is not None else tree.fragment_starts()

    def bulk_counts(self, finder: RecordFinder) -> ShardCounts:
        """Return a search through the records of shards, many at a time."""
        return ShardCounts(self.shards, finder)

    def size(self, ref: RawPayloadRef) -> int | PayloadFault:
        """Return the bytes of the body, assembled if it has parts."""
        if not len(ref.parts):
            return self.own_size(ref)
        tree = BodyTree(self, ref, 0)
        return tree.size if tree.fault is None else tree.fault

    def pages(self, ref: RawPayloadRef) -> PayloadPages | PayloadFault:
        """Return random access to the body, however large it is."""
        ref = self.shards.placed(ref)
        if ref.shard is None and not len(ref.parts):
            opened = self._open(ref)
            if isinstance(opened, PayloadFault):
                return opened
            if not _is_packed(opened[0]):
                return FilePages(opened[0], opened[1][1])
            os.close(opened[0])
        body = self.read(ref, LARGEST_HELD_BYTES)
        if isinstance(body, bytes):
            return MemoryPages(body)
        if body.code != "too-large":
            return body
        tree = BodyTree(self, ref, 0)
        return TreePages(tree) if tree.fault is None else tree.fault

    def forget(self) -> None:
        """Drop all that is kept, because the bundle on disk was replaced by another one, or was read to its end."""
        self._cache.clear()
        self._directory.forget()
        self.shards.forget()
        give_back_free_memory()

    # Bodies as they are recorded

    def read_own(self, ref: RawPayloadRef, limit: int | None = None, *, is_kept: bool = True) -> bytes | PayloadFault:
        """Return the body as it is recorded: fragments where the reference has parts."""
        if ref.path is None:
            ref = self.shards.placed(ref)
            if ref.shard is not None:
                return self._record(ref, LARGEST_UNPACKED_BYTES if limit is None else limit, is_kept=is_kept)
        opened = self._open(ref)
        if isinstance(opened, PayloadFault):
            return opened
        descriptor, stamp = opened
        try:
            return self._file(ref, descriptor, stamp, limit) if is_kept else _whole(ref, descriptor, stamp[1], limit)
        finally:
            os.close(descriptor)

    def own_size(self, ref: RawPayloadRef) -> int | PayloadFault:
        """Return the bytes of the body as it is recorded."""
        ref = self.shards.placed(ref)
        if ref.shard is not None:
            return self.shards.size(ref.shard, ref.raw_payload_id)
        opened = self._open(ref)
        if isinstance(opened, PayloadFault):
            return opened
        try:
            if not _is_packed(opened[0]):
                return opened[1][1]
            body = _whole(ref, opened[0], opened[1][1], None)
            return len(body) if isinstance(body, bytes) else body
        finally:
            os.close(opened[0])

    def read_own_range(self, ref: RawPayloadRef, start: int, length: int) -> bytes | PayloadFault:
        """Return bytes of the body as it is recorded."""
        ref = self.shards.placed(ref)
        if ref.shard is not None:
            return self.shards.read_range(ref.shard, ref.raw_payload_id, start, length)
        opened = self._open(ref)
        if isinstance(opened, PayloadFault):
            return opened
        if _is_packed(opened[0]):
            os.close(opened[0])
            body = self.read_own(ref)
            return body[start : start + length] if isinstance(body, bytes) else body
        with FilePages(opened[0], opened[1][1]) as pages:
            found = pages.read(start, length)
            return found if pages.fault is None else pages.fault

    def _read(self, ref: RawPayloadRef, limit: int | None, *, is_kept: bool) -> bytes | PayloadFault:
        if ref.parts is NO_PARTS or not len(ref.parts):
            return self.read_own(ref, limit, is_kept=is_kept)
        most = LARGEST_UNPACKED_BYTES if limit is None else min(limit, LARGEST_UNPACKED_BYTES)
        tree = BodyTree(self, ref, most)
        if tree.fault is not None:
            return tree.fault
        return tree.join() if tree.size <= most else too_large(ref.label, tree.size, most)

    def _record(self, ref: RawPayloadRef, limit: int, *, is_kept: bool) -> bytes | PayloadFault:
        number, payload_id = ref.shard or 0, ref.raw_payload_id
        most = min(limit, LARGEST_UNPACKED_BYTES)
        if not is_kept:
            ready = self.shards.read_decompressed(number, payload_id, most)
            return self.shards.read(number, payload_id, most) if ready is None else ready
        stamp = self.shards.stamp(number, payload_id)
        if isinstance(stamp, PayloadFault):
            return stamp
        kept = self._cache.get(payload_id, stamp)
        if kept is not None:
            return kept if len(kept) <= most else too_large(ref.label, len(kept), most)
        body = self.shards.read(number, payload_id, most)
        if isinstance(body, bytes):
            self._cache.put(payload_id, stamp, body)
        return body

    def _open(self, ref: RawPayloadRef) -> tuple[int, FileStamp] | PayloadFault:
        path = ref.path or likely_path(ref.raw_payload_id)
        opened = RefusedPathError("missing", "does not exist") if path is None else self._try_to_open(path)
        if not isinstance(opened, RefusedPathError):
            return opened
        if path is not None and _is_missing(opened):
            packed = (self._try_to_open(path + suffix) for suffix in SUFFIXES)
            opened = next((found for found in packed if not _is_missing(found)), opened)
            if not isinstance(opened, RefusedPathError):
                return opened
        if ref.is_unnamed:
            return PayloadFault("missing", f"{ref.label}: the event does not say which payload it means")
        if ref.path is None and _is_missing(opened):
            return PayloadFault("omitted", f"{ref.label}: the recorder left the body out")
        return PayloadFault(opened.code, f"{ref.label}: {opened}")

    def _try_to_open(self, path: str) -> tuple[int, FileStamp] | RefusedPathError:
        try:
            descriptor, status = self._directory.open_file(path)
        except RefusedPathError as refusal:
            return refusal
        return descriptor, (status.st_ino, status.st_size, status.st_mtime_ns)

    def _file(self, ref: RawPayloadRef, descriptor: int, stamp: FileStamp, limit: int | None) -> bytes | PayloadFault:
        size = stamp[1]
        if limit is None or size <= limit:
            kept = self._cache.get(ref.raw_payload_id, stamp)
            if kept is not None:
                return kept
        body = _whole(ref, descriptor, size, limit)
        if isinstance(body, bytes) and len(body) >= size:
            self._cache.put(ref.raw_payload_id, stamp, body)
        return body


def _is_missing(opened: object) -> bool:
    return isinstance(opened, RefusedPathError) and opened.code == "missing"


def _is_packed(descriptor: int) -> bool:
    try:
        return unpacker_of(os.pread(descriptor, HEAD_BYTES, 0)) is not None
    except OSError:
        return False


def _whole(ref: RawPayloadRef, descriptor: int, size: int, limit: int | None) -> bytes | PayloadFault:
    most = LARGEST_BODY_BYTES if limit is None else min(limit, LARGEST_BODY_BYTES)
    if size > most:
        return too_large(ref.label, size, most)
    try:
        body = os.read(descriptor, size + 1)
        if len(body) != size:  # it is growing, or the read was cut short
            body += read_up_to(descriptor, most + 1 - len(body))
        if not body.startswith(USUAL_BEGINNINGS) and unpacker_of(body[:HEAD_BYTES]) is not None:
            most = min(most, LARGEST_UNPACKED_BYTES)
            body = unpacked(body, most)
    except OSError as error:
        return PayloadFault("unreadable", f"{ref.label}: cannot be read: {error_text(error)}")
    except StreamDamageError as error:
        return PayloadFault("invalid", f"{ref.label}: {error}")
    except MemoryError:
        return too_large(ref.label, size, most)
    return body if len(body) <= most else too_large(ref.label, len(body), most)
