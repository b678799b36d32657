"""What an editor or a shell may have done to a file of a recording: a mark before it, or another encoding."""

from __future__ import annotations

from typing import Final

MARK: Final = b"\xef\xbb\xbf"
"""The byte order mark in UTF-8, which some editors write before a text."""

_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


def without_mark(data: bytes) -> bytes:
    """Return the bytes behind the byte order mark, or all of them if there is none."""
    return data.removeprefix(MARK)


def is_utf16(data: bytes) -> bool:
    """Whether the beginning of a file says that it is UTF-16, as the redirection of some shells writes it."""
    return data.startswith(_UTF16)


UTF16_REASON: Final = "the file is UTF-16; convert it to UTF-8 (iconv -f UTF-16 -t UTF-8)"
"""Why nothing of a file can be read, and what to do."""
