"""Writes payload shards as the recorder of schema 3 does (schema 3 notes §2.1, §2.2)."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path

from tui.bundle.disk.zstd import CompressionParameter, ZstdCompressor
from tui.schema.payloads import shard_path

LARGEST_SHARD_BYTES = 8_388_608
"""Uncompressed bytes of a shard, framing counted; only a record that is larger itself exceeds it (§2.1)."""

_LARGEST_WRITE_BYTES = 32_768
"""Compressed bytes of a record that the recorder hands to the system in one call (§2.2)."""

_RECORD_HEAD = struct.Struct("<HQ")

_OPTIONS: dict[int, int] = {
    CompressionParameter.compression_level: 3,
    CompressionParameter.checksum_flag: 1,
    CompressionParameter.content_size_flag: 0,
}
"""The recorder's settings (§2.1)."""

Write = Callable[[int, bytes], None]
"""Writes all the bytes to a descriptor."""


def write_all(descriptor: int, data: bytes) -> None:
    """Write in one call; the loop continues after a signal or a full disk cut a call short."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def record_of(payload_id: str, body: bytes) -> bytes:
    """A payload as a shard holds it: two lengths, the id, the body.

    Raises `ValueError` for an id of more than 65,535 bytes.
    """
    name = payload_id.encode()
    if len(name) > 0xFFFF:
        raise ValueError(f"the id of a record has at most 65,535 bytes, not {len(name):,}")
    return _RECORD_HEAD.pack(len(name), len(body)) + name + body


class ShardWriter:
    """The shards of one bundle, of which the last is open. For one thread at a time; raises `OSError`.

    Each record is on its way to the disk when the method returns, and can be decoded although the frame is open.
    """

    def __init__(self, bundle: Path, write: Write = write_all) -> None:
        self.number = 0
        """The number of the last shard; 0 before the first one."""
        self._bundle = bundle
        self._write = write
        self._descriptor: int | None = None
        self._compressor = ZstdCompressor(options=_OPTIONS)
        self._size = 0
        self._holds_values = False

    def add(self, payload_id: str, body: bytes, *, is_value: bool) -> int:
        """Write a record into the open shard, or into a new one if it does not fit; return the shard's number.

        Content values (`is_value`) never share a shard with other kinds.
        """
        record = record_of(payload_id, body)
        is_full = self._size > 0 and self._size + len(record) > LARGEST_SHARD_BYTES
        if self._descriptor is None or is_full or is_value != self._holds_values:
            self.open(self.number + 1)
        self._holds_values = is_value
        self.write_decoded(record)
        return self.number

    def open(self, number: int) -> int:
        """End the open shard and open another one; return its descriptor. Raises `FileExistsError` if it exists."""
        self.finish()
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        descriptor = self._descriptor = os.open(self._bundle / shard_path(number), flags, 0o644)
        self._compressor = ZstdCompressor(options=_OPTIONS)
        self.number, self._size = number, 0
        return descriptor

    def write_decoded(self, data: bytes) -> None:
        """Append bytes that a reader shall decode to the open shard, as one flushed block; opens the first shard."""
        if self._descriptor is None:
            self.open(self.number + 1)
        compressed = self._compressor.compress(data, ZstdCompressor.FLUSH_BLOCK)
        self._size += len(data)
        for start in range(0, len(compressed), _LARGEST_WRITE_BYTES):
            self.write_file(compressed[start : start + _LARGEST_WRITE_BYTES])

    def write_file(self, data: bytes) -> None:
        """Append bytes to the file of the open shard as they are; opens the first shard."""
        self._write(self.open(self.number + 1) if self._descriptor is None else self._descriptor, data)

    def finish(self) -> None:
        """End the frame of the open shard and close its file."""
        if self._descriptor is not None:
            self.write_file(self._compressor.flush(ZstdCompressor.FLUSH_FRAME))
            self.close()

    def close(self) -> None:
        """Close the file of the open shard without an end, as a killed recorder leaves it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
