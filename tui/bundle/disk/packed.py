"""Unpacks bytes that somebody compressed with gzip or zstd, never more than asked for."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final, Protocol

from tui.bundle.disk.stream import PIECE_BYTES, StreamDamageError, ZstdStream

HEAD_BYTES: Final = 4
"""This many bytes show whether something is packed."""

SUFFIXES: Final = (".zst", ".gz")
"""What the name of a packed file ends with."""

GZIP: Final = b"\x1f\x8b"
"""What gzip files begin with."""

_ZSTD = b"\x28\xb5\x2f\xfd"
_GZIP_WINDOW = 31
"""What zlib calls a stream with the header of gzip."""


class Unpacker(Protocol):
    """Gives the unpacked bytes of a stream whose packed ones are fed in; raises `StreamDamageError`."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The bytes that come out with the next packed ones, in pieces; to be taken to the end."""


class GzipStream:
    """Members of gzip, one after the other. Zeros behind the last one are padding."""

    unusual = "compressed with gzip"

    def __init__(self) -> None:
        self._member: zlib._Decompress | None = None

    @property
    def is_open(self) -> bool:
        """Whether a member has begun that has not ended yet."""
        return self._member is not None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The bytes that come out with the next packed ones."""
        while data:
            if self._member is None:
                if not data.strip(b"\0"):
                    return
                self._member = zlib.decompressobj(_GZIP_WINDOW)
            try:
                piece = self._member.decompress(data, PIECE_BYTES)
            except zlib.error as error:
                raise StreamDamageError("is damaged") from error
            if piece:
                yield piece
            data = self._member.unconsumed_tail or self._member.unused_data
            if self._member.eof:
                self._member = None


def unpacker_of(head: bytes) -> Unpacker | None:
    """What unpacks a file that begins with `head`; None for a file that is not packed."""
    if head.startswith(GZIP):
        return GzipStream()
    return ZstdStream() if head.startswith(_ZSTD) else None


def unpacked(data: bytes, limit: int) -> bytes:
    """The content of a packed file, `limit` + 1 bytes of it at most, or `data` itself if it is not packed.

    Raises `StreamDamageError`.
    """
    unpacker = unpacker_of(data)
    if unpacker is None:
        return data
    pieces: list[bytes] = []
    room = limit + 1
    for piece in unpacker.feed(data):
        pieces.append(piece[:room])
        room -= len(piece)
        if room <= 0:
            break
    return b"".join(pieces)
