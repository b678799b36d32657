"""Reads the body of one payload of a bundle that nobody has open: for a look at thousands of bundles.

A store is made for many bodies of one bundle, and making it costs more than reading one. What is not quite ordinary is
left to the store: a link, a body that is packed by itself, one that is not near the beginning of its shard.
"""

from __future__ import annotations

import os
import re

from tui.bundle.disk.confine import FILE_FLAGS
from tui.bundle.disk.packed import HEAD_BYTES, unpacker_of
from tui.bundle.disk.regular import open_regular
from tui.bundle.disk.stream import StreamDamageError, ZstdStream
from tui.bundle.payloads.shards.records import RecordIndex
from tui.schema.manifest import PAYLOADS_DIRECTORY_NAME
from tui.schema.payloads import RawPayloadRef, path_in_bundle

SHARD_BYTES = 64 << 10
"""The beginning of a shard that is read: the first request of a session is one of its first records."""

_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW
_ORDINARY = re.compile(rf"{PAYLOADS_DIRECTORY_NAME}/([\w.-]*\w)")
"""A file in the folder of payloads, as recorders name them: nothing that leads elsewhere."""


def quick_body(bundle_path: str, ref: RawPayloadRef, limit: int) -> bytes | None:
    """The body of `ref` if it has up to `limit` bytes and can be had at once; None if the store must be asked."""
    path = path_in_bundle(ref)
    ordinary = None if path is None or len(ref.parts) else _ORDINARY.fullmatch(path)
    if ordinary is None:
        return None
    try:
        data = _beginning(bundle_path, ordinary[1], limit if ref.shard is None else SHARD_BYTES)
        if ref.shard is not None:
            return _in_shard(data, ref.raw_payload_id.encode(), limit)
    except (OSError, ValueError, StreamDamageError):
        return None
    return data if len(data) <= limit and unpacker_of(data[:HEAD_BYTES]) is None else None


def _beginning(bundle_path: str, name: str, limit: int) -> bytes:
    """The first bytes of a file in the folder of payloads, `limit` + 1 at most; no link is followed."""
    folder = os.open(f"{bundle_path}/{PAYLOADS_DIRECTORY_NAME}", _FOLDER_FLAGS)
    try:
        descriptor, status = open_regular(name, FILE_FLAGS, folder)
    finally:
        os.close(folder)
    try:
        return os.read(descriptor, min(status.st_size, limit) + 1)
    finally:
        os.close(descriptor)


def _in_shard(data: bytes, record_id: bytes, limit: int) -> bytes | None:
    """A record in the beginning of a shard; None if it is not whole in there."""
    index, seen = RecordIndex(), b""
    for piece in ZstdStream().feed(data):
        seen += piece
        index.feed(piece)
        place = index.place(record_id)
        if place is not None:
            return seen[place[0] : sum(place)] if place[1] <= limit else None
        if len(seen) > limit:
            return None
    return None
