"""Words in base64 or hexadecimal that mean a text: a file of settings in a manifest, a header, a dump of bytes."""

from __future__ import annotations

import binascii
import re
import zlib
from collections.abc import Callable, Iterator
from typing import Final

SHORTEST = 24
"""Characters of a word in base64 that can hold a secret."""

_BLANK = ord(" ")
_FEW = 4

_TRIED = 16
"""Characters that are decoded first: what is not a text shows it there."""

_WORD_BYTES: Final = bytes(
    code if code < 128 and (chr(code).isalnum() or chr(code) in "+/_-") else ord(" ") for code in range(256)
)
_WORD: Final = re.compile(
    r"(?:(?:[A-Za-z0-9+/]{76}\r?\n)+|(?:[A-Za-z0-9+/]{64}\r?\n)+|[A-Za-z0-9+/_-]{24})[A-Za-z0-9+/_-]*={0,2}"
)
"""One word, or lines of the two lengths into which programs break it."""

_PLAIN: Final = str.maketrans("-_", "+/", "\r\n=")


_COMPRESSED = "H4sI"
"""How gzip data begin in base64: a state of Helm or of a cloud's first start."""

_GZIP = 31
"""For `zlib`: a whole gzip header comes first."""

MOST_DECOMPRESSED = 1 << 20
"""Bytes of compressed data that are looked at."""

_HEX_TRIED = 16
_HEX: Final = re.compile(r"(?<![A-Za-z0-9])(?:[0-9a-fA-F]{2}){16,}(?![A-Za-z0-9])")
_OFFSET = r"^[ \t]*[0-9a-fA-F]{6,8}:?[ \t]+"
_DUMP: Final = re.compile(rf"(?:{_OFFSET}(?:[0-9a-fA-F]{{2}}[ \t]*){{1,16}}(?:[ \t|].{{0,18}})?(?:\n|\Z))+", re.M)
_DUMPED: Final = re.compile(rf"{_OFFSET}((?:(?:[0-9a-fA-F]{{2}}){{1,2}}[ \t]{{1,2}}|[0-9a-fA-F]{{2}}$){{1,16}})", re.M)
_FIRST_OFFSET = "00000"
"""Is in the first line of every dump."""


def encoded_texts(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and meaning of each word, and of each dump, that is a text in base64 or hexadecimal."""
    has_compressed = _COMPRESSED in text
    words = [word for word in text.encode("ascii", "replace").translate(_WORD_BYTES).split() if len(word) >= SHORTEST]
    if has_compressed or any(_is_text(word[:_TRIED].decode().translate(_PLAIN)) for word in words):
        yield from _meanings(text, _WORD, _from_base64)
    if any(_is_text_in_hex(word[:_HEX_TRIED]) for word in words):
        yield from _meanings(text, _HEX, _from_hex)
    if _FIRST_OFFSET in text:
        yield from _meanings(text, _DUMP, _from_dump)


def _meanings(
    text: str, pattern: re.Pattern[str], meaning_of: Callable[[str], str | None]
) -> Iterator[tuple[int, int, str]]:
    for found in pattern.finditer(text):
        meaning = meaning_of(found.group())
        if meaning is not None:
            yield found.start(), found.end(), meaning


def _from_base64(word: str) -> str | None:
    """What a word means; None if that is not a text."""
    plain = word.translate(_PLAIN)
    is_compressed = plain.startswith(_COMPRESSED)
    if not is_compressed and not _is_text(plain[:_TRIED]):
        return None
    whole = plain[:-1] if len(plain) % 4 == 1 else plain
    data = binascii.a2b_base64(whole + "=" * (-len(whole) % 4))
    if is_compressed:
        data = _decompressed(data)
    return data.decode("utf-16-le" if _is_in_pairs(data) else "utf-8", "replace")


def _decompressed(data: bytes) -> bytes:
    """What gzip data hold, as far as they are whole."""
    try:
        return zlib.decompressobj(wbits=_GZIP).decompress(data, MOST_DECOMPRESSED)
    except zlib.error:
        return b""


def _from_hex(word: str) -> str | None:
    if not _is_text_in_hex(word[:_HEX_TRIED].encode()):
        return None
    return bytes.fromhex(word).decode("utf-8", "replace")


def _from_dump(lines: str) -> str | None:
    data = "".join(found[1] for found in _DUMPED.finditer(lines)).split()
    try:
        return bytes.fromhex("".join(data)).decode("utf-8", "replace")
    except ValueError:
        return None


def _is_text(start: str) -> bool:
    data = binascii.a2b_base64(start)
    return _is_plain(data) or (_is_in_pairs(data) and _is_plain(data[::2]))


def _is_text_in_hex(start: bytes) -> bool:
    try:
        return _is_plain(bytes.fromhex(start.decode()))
    except ValueError:
        return False


def _is_plain(data: bytes) -> bool:
    return data.isascii() and all(code >= _BLANK or code in b"\t\n\r" for code in data)


def _is_in_pairs(data: bytes) -> bool:
    """Whether bytes are a text in UTF-16, as PowerShell takes one in base64."""
    return len(data) >= _FEW and not any(data[1:_TRIED:2])
