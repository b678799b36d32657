"""The file of a reading: a mark, a checksum over everything behind it, and compressed chunks.

    mark (16 bytes) · digest (32) · length (4) chunk · length (4) chunk · …

The digest is the first thing that is looked at: of a file that is damaged anywhere, nothing is used. The first chunk
says what the reading is of, the others hold its pieces, each with its length before it.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from tui.bundle.disk.zstd import CompressionParameter, ZstdCompressor, ZstdDecompressor, ZstdError

MARK: Final = b"rtrace-reading 1"
LARGEST_CHUNK_BYTES: Final = 64 << 20
"""A chunk that would unpack to more is not one of ours: a single object of the graph is smaller."""

_DIGEST_BYTES: Final = 32
_LENGTH: Final = struct.Struct("<I")
_LEVEL: Final[dict[int, int]] = {CompressionParameter.compression_level: 1}
_HEADER_BYTES: Final = len(MARK) + _DIGEST_BYTES


class ChunkError(ValueError):
    """A file that is not a reading, or is damaged."""


class ChunkWriter:
    """Writes chunks into a file, one after the other. Used by one thread at a time."""

    def __init__(self, file: BinaryIO) -> None:
        self.size = _HEADER_BYTES
        """Bytes of the file so far."""
        self._file = file
        self._digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
        file.write(bytes(_HEADER_BYTES))

    def add(self, pieces: Sequence[bytes]) -> None:
        """Write pieces as one chunk. Raises `ChunkError` for more than a reader would take."""
        data = b"".join([part for piece in pieces for part in (_LENGTH.pack(len(piece)), piece)])
        if len(data) > LARGEST_CHUNK_BYTES:
            raise ChunkError("too large for one chunk")
        packed = ZstdCompressor(options=_LEVEL).compress(data, ZstdCompressor.FLUSH_FRAME)
        framed = _LENGTH.pack(len(packed)) + packed
        self._file.write(framed)
        self._digest.update(framed)
        self.size += len(framed)

    def finish(self) -> None:
        """Write what makes the file valid."""
        self._file.seek(0)
        self._file.write(MARK + self._digest.digest())


def packed_chunks(path: Path, largest: int) -> list[bytes]:
    """The chunks of a file, still packed, after the checksum was found right.

    Raises `OSError`, or `ChunkError` for a file of more than `largest` bytes and for one that is damaged.
    """
    with path.open("rb") as file:
        data = file.read(largest + 1)
    if len(data) > largest or data[: len(MARK)] != MARK:
        raise ChunkError("not a reading")
    body = memoryview(data)[_HEADER_BYTES:]
    if hashlib.blake2b(body, digest_size=_DIGEST_BYTES).digest() != data[len(MARK) : _HEADER_BYTES]:
        raise ChunkError("damaged")
    return [bytes(chunk) for chunk in _framed(body)]


def pieces_in(packed: bytes) -> list[memoryview]:
    """The pieces of a chunk. Raises `ChunkError` for what is not one."""
    try:
        data = ZstdDecompressor().decompress(packed, LARGEST_CHUNK_BYTES + 1)
    except ZstdError as error:
        raise ChunkError(str(error)) from error
    if len(data) > LARGEST_CHUNK_BYTES:
        raise ChunkError("a chunk is too large")
    return list(_framed(memoryview(data)))


def _framed(data: memoryview) -> Iterator[memoryview]:
    place = 0
    while place < len(data):
        if place + _LENGTH.size > len(data):
            raise ChunkError("cut short")
        (length,) = _LENGTH.unpack_from(data, place)
        place += _LENGTH.size
        if place + length > len(data):
            raise ChunkError("cut short")
        yield data[place : place + length]
        place += length
