"""What a log is written in that is not UTF-8 text: compressed, or in an encoding that some shells and editors save."""

from __future__ import annotations

from codecs import BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE, getincrementaldecoder
from collections.abc import Iterator
from typing import Final

from tui.bundle.disk.packed import Unpacker, unpacked, unpacker_of

_BEGINNINGS: Final = {
    BOM_UTF32_LE: "utf-32",
    BOM_UTF32_BE: "utf-32",
    BOM_UTF16_LE: "utf-16",
    BOM_UTF16_BE: "utf-16",
    **{sign + b"\0\0": "utf-32-le" for sign in (b"{\0", b"[\0")},
    **{b"\0\0" + sign: "utf-32-be" for sign in (b"\0{", b"\0[")},
    **dict.fromkeys((b"{\0", b"[\0"), "utf-16-le"),
    **dict.fromkeys((b"\0{", b"\0["), "utf-16-be"),
}
"""What a file begins with → its encoding: a byte order mark, or a sign of JSON. Longer beginnings come first."""


class ForeignText:
    """Text of another encoding as UTF-8. Bytes that are not a character in that encoding become U+FFFD."""

    is_open = False

    def __init__(self, encoding: str) -> None:
        self.unusual = encoding
        self._decoder = getincrementaldecoder(encoding)("replace")

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The next bytes of the file as UTF-8; half a character waits for its other half."""
        yield self._decoder.decode(data).encode("utf-8", "replace")


def encoding_of(head: bytes) -> str | None:
    """The encoding of a log that begins with `head`, as Python calls it; None if it is UTF-8 or something packed."""
    return next((encoding for begin, encoding in _BEGINNINGS.items() if head.startswith(begin)), None)


def text_of_log(head: bytes) -> Unpacker | None:
    """What makes UTF-8 of a log that begins with `head`; None for one that is it, as far as its beginning says."""
    encoding = encoding_of(head)
    return unpacker_of(head) if encoding is None else ForeignText(encoding)


def beginning_of_log(data: bytes, limit: int) -> bytes:
    """The first bytes of a log as UTF-8, of its first bytes as they are. Raises `StreamDamageError`."""
    encoding = encoding_of(data)
    return unpacked(data, limit) if encoding is None else next(ForeignText(encoding).feed(data))
