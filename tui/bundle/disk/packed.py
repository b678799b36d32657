"""Unpacks bytes that somebody compressed with gzip, zstd, xz or bzip2, never more than asked for."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Final, Protocol

from tui.bundle.disk.stream import PIECE_BYTES, StreamDamageError, ZstdStream
from tui.late_pattern import late_pattern

HEAD_BYTES: Final = 6
"""This many bytes show whether something is packed."""

SUFFIXES: Final = (".zst", ".gz", ".xz", ".bz2")
"""What the name of a packed file ends with."""

USUAL_BEGINNINGS: Final = (b"{", b"[", b'"')
"""What nearly all bodies begin with: they are not packed."""

_GZIP: Final = b"\x1f\x8b"
"""What gzip files begin with."""

_ZSTD = b"\x28\xb5\x2f\xfd"
_XZ = b"\xfd7zXZ\0"
_BZIP2 = b"BZh"
_FOREIGN: Final = {
    b"\x04\x22\x4d\x18": ("lz4", "lz4 -d"),
    b"PK\x03\x04": ("zip", "unzip"),
    b"7z\xbc\xaf": ("7z", "7z x"),
}
"""Beginning of a file → what it is, and what unpacks it: the standard library does not."""

_BINARY_JSON: Final = (
    (late_pattern(rb"[\x81-\x8f\xde](?:\0.)?[\xa2-\xbf][a-zA-Z_]{2}", re.DOTALL), "MessagePack"),
    (late_pattern(rb"[\xa1-\xb7\xbf][\x62-\x77][a-zA-Z_]{2}|\xd9\xd9\xf7"), "CBOR"),
)
"""How an object begins whose first member has a name of two letters or more → what it is written in."""

_MOST_XZ_MEMORY = 128 << 20
_GZIP_WINDOW = 31
"""What zlib calls a stream with the header of gzip."""


class Unpacker(Protocol):
    """Gives the unpacked bytes of a stream whose packed ones are fed in; raises `StreamDamageError`."""

    @property
    def unusual(self) -> str:
        """What the file is, if it is not zstd."""
        ...

    @property
    def is_open(self) -> bool:
        """Whether it is known that more must follow."""
        ...

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The bytes that come out with the next packed ones, in pieces; to be taken to the end."""


class _Decompressor(Protocol):
    """What the standard library has for xz and bzip2."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out of what it was given."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What it was given behind its end."""
        ...

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """The next bytes that come out, `max_length` at most; the others wait for the next call."""
        ...


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


class _LibraryStream:
    """Streams of xz or bzip2, one after the other. Zeros behind one are padding."""

    def __init__(self, name: str, new: Callable[[], _Decompressor]) -> None:
        self.unusual = f"compressed with {name}"
        self._new = new
        self._stream: _Decompressor | None = None

    @property
    def is_open(self) -> bool:
        """Whether a stream has begun that has not ended yet."""
        return self._stream is not None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The bytes that come out with the next packed ones."""
        while self._stream is not None or (data := data.lstrip(b"\0")):
            if self._stream is None:
                self._stream = self._new()
            try:
                piece = self._stream.decompress(data, PIECE_BYTES)
            except Exception as error:  # the two libraries have no error in common
                raise StreamDamageError("is damaged, or takes too much memory to be unpacked") from error
            if piece:
                yield piece
            if self._stream.eof:
                data, self._stream = self._stream.unused_data, None
            elif self._stream.needs_input:
                return
            else:
                data = b""


class _Refused:
    """A file that cannot be read here."""

    unusual = ""
    is_open = False

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Always raises."""
        raise StreamDamageError(self._reason)
        yield data


def unpacker_of(head: bytes) -> Unpacker | None:
    """What unpacks a file that begins with `head`; None for a file that is not packed."""
    if head.startswith(USUAL_BEGINNINGS):
        return None
    if head.startswith(_GZIP):
        return GzipStream()
    if head.startswith(_ZSTD):
        return ZstdStream()
    refusal = refusal_of(head)
    if refusal is not None:
        return _Refused(refusal)
    if head.startswith(_XZ):
        return _LibraryStream("xz", _new_xz)
    return _LibraryStream("bzip2", _new_bzip2) if head.startswith(_BZIP2) else None


def refusal_of(head: bytes) -> str | None:
    """Why a file that begins with `head` cannot be read, and what can be done; None for any other."""
    for begin, (name, command) in _FOREIGN.items():
        if head.startswith(begin):
            return f"is packed with {name}, which this program does not unpack; {command} does"
    for begin_of, name in _BINARY_JSON:
        if begin_of.match(head):
            return f"is written in {name}, which this program does not read; convert it to JSON, one event a line"
    module = "lzma" if head.startswith(_XZ) else "bz2" if head.startswith(_BZIP2) else None
    if module is None or _is_there(module):
        return None
    return f"is compressed, and this Python was built without {module}; unpack it first"


def _is_there(module: str) -> bool:
    try:
        import_module(module)
    except ImportError:
        return False
    return True


def _new_xz() -> _Decompressor:
    from lzma import LZMADecompressor

    return LZMADecompressor(memlimit=_MOST_XZ_MEMORY)


def _new_bzip2() -> _Decompressor:
    from bz2 import BZ2Decompressor

    return BZ2Decompressor()


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
