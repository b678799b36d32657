"""Words in base64 that are a text with a secret in it: a file of settings in a manifest, a header, a log line."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from typing import Final

SHORTEST = 24
"""Characters of a word in base64 that can hold a secret."""

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


def texts_in_base64(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and meaning of each word that is a text in base64."""
    words = text.encode("ascii", "replace").translate(_WORD_BYTES).split()
    if not any(_is_text(word[:_TRIED].decode().translate(_PLAIN)) for word in words if len(word) >= SHORTEST):
        return
    for found in _WORD.finditer(text):
        meaning = _decoded(found.group())
        if meaning is not None:
            yield found.start(), found.end(), meaning


def _decoded(word: str) -> str | None:
    """What a word means; None if that is not a text."""
    plain = word.translate(_PLAIN)
    if not _is_text(plain[:_TRIED]):
        return None
    whole = plain[:-1] if len(plain) % 4 == 1 else plain
    return binascii.a2b_base64(whole + "=" * (-len(whole) % 4)).decode("utf-8", "replace")


def _is_text(start: str) -> bool:
    data = binascii.a2b_base64(start)
    return data.isascii() and all(code >= 32 or code in (9, 10, 13) for code in data)
