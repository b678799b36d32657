"""Takes JSON out of a text that holds it: as it is, in base64, or packed by gzip and then in base64."""

from __future__ import annotations

import base64
import zlib
from typing import Any, Final

import msgspec

from tui.schema.members import BAD_JSON

_LARGEST_BYTES: Final = 64 << 20
"""Bytes that are unpacked: a few can claim to be more than any machine has."""

_BEGINNINGS: Final = (b"{", b"[")
_GZIP: Final = b"\x1f\x8b"
_GZIP_WRAPPING: Final = zlib.MAX_WBITS | 16


def packed_json(text: bytes) -> bytes | None:
    """The text that begins like an object or a list, itself or in what it packs; None if there is none."""
    if text.startswith(_BEGINNINGS):
        return text
    try:
        data = base64.b64decode(text, validate=True)
        if data.startswith(_GZIP):
            unpacker = zlib.decompressobj(_GZIP_WRAPPING)
            data = unpacker.decompress(data, _LARGEST_BYTES)
            data = data if unpacker.eof else b""
    except (ValueError, zlib.error):
        return None
    return data if data.startswith(_BEGINNINGS) else None


def json_in_text(text: str) -> Any:
    """The object or the list that a text holds; None if it holds none."""
    found = packed_json(text.strip().encode("utf-8", "surrogatepass"))
    try:
        return None if found is None else msgspec.json.decode(found)
    except BAD_JSON:
        return None
