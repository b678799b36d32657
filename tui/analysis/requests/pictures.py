"""What kind of picture a data URL holds, how large it is, how many pixels it has, and its bytes."""

from __future__ import annotations

import binascii
import io
from typing import Any

import msgspec

_LOOKED_AT = 256 << 10
"""Characters of base64 in which the pixel size is looked for: it is in the first bytes, behind a camera's notes."""

_LONGEST_TYPE = 60

MOST_PICTURES = 64
"""Pictures that are looked for in one value."""

_BEGINNINGS = ((b"\x89PNG\r\n", ".png"), (b"\xff\xd8\xff", ".jpg"), (b"GIF8", ".gif"), (b"BM", ".bmp"))

_MEDIA_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".gif": "image/gif",
    ".bmp": "image/bmp",
    ".webp": "image/webp",
}

_BEGINNING_CHARACTERS = 16
"""Characters of base64 that hold the bytes by which a picture is known."""


class Picture(msgspec.Struct, frozen=True):
    """A picture in a data URL. `size`: bytes of the picture itself; `pixels`: width and height, None if not known."""

    media_type: str
    size: int
    pixels: tuple[int, int] | None


def picture_in(url: str) -> Picture | None:
    """The picture that `url` holds; None if it is not a data URL.

    A recorder may give it no type, or one of any file (`application/octet-stream`): then its first bytes say the type.
    """
    if not url.startswith("data:"):
        return None
    head, _, data = url.partition(",")
    media_type, *parameters = head[len("data:") :].split(";")
    if "base64" not in parameters:
        return Picture(media_type[:_LONGEST_TYPE], len(data), None)
    if media_type in _TYPES_OF_ANYTHING:
        media_type = media_type_of(data) or media_type
    return Picture(media_type[:_LONGEST_TYPE], _decoded_size(data), pixel_size(data))


def is_picture_url(text: str) -> bool:
    """Whether a text is a data URL of a picture: by its type, or by the first bytes of what it holds."""
    if not text.startswith("data:"):
        return False
    head, _, data = text[: _LONGEST_HEAD + _BEGINNING_CHARACTERS].partition(",")
    media_type, *parameters = head[len("data:") :].split(";")
    if media_type.startswith("image"):
        return True
    return media_type in _TYPES_OF_ANYTHING and "base64" in parameters and media_type_of(data) != ""


_TYPES_OF_ANYTHING = frozenset({"", "image", "application/octet-stream", "binary/octet-stream"})
"""What a recorder writes that does not know, or does not say, what kind of picture it has."""

_LONGEST_HEAD = 200
"""Characters before the comma of a data URL that are looked at."""


def media_type_of(data: str) -> str:
    """The media type of what base64 begins with; empty for what does not begin as a picture that is known."""
    beginning = picture_bytes(f"data:;base64,{data[:_BEGINNING_CHARACTERS]}")
    return "" if beginning is None else _MEDIA_TYPES.get(suffix_of(beginning), "")


def pictures_in_value(value: Any, limit: int = MOST_PICTURES) -> list[str]:
    """The data URLs of the pictures in a JSON value, at most `limit`; what an image call generated is one, too."""
    found: list[str] = []
    waiting = [value]
    while waiting and len(found) < limit:
        one = waiting.pop()
        if isinstance(one, str) and is_picture_url(one):
            found.append(one)
        elif isinstance(one, list):
            waiting.extend(reversed(one))
        elif isinstance(one, dict):
            result = one.get("result")
            if one.get("type") == "image_generation_call" and isinstance(result, str) and result:
                found.append(f"data:image;base64,{result}")
            waiting.extend(reversed(one.values()))
    return found


def picture_bytes(url: str) -> bytes | None:
    """The picture itself; None for what is not written as base64, or damaged."""
    head, _, data = url.partition(",")
    if "base64" not in head.split(";"):
        return None
    try:
        return binascii.a2b_base64(data.encode("ascii", "replace")) or None
    except binascii.Error:
        return None


def suffix_of(data: bytes) -> str:
    """The ending of a file with this picture, by its first bytes; `.bin` for what is none that is known."""
    for beginning, suffix in _BEGINNINGS:
        if data.startswith(beginning):
            return suffix
    return ".webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ".bin"


def pixel_size(data: str) -> tuple[int, int] | None:
    """Width and height of the picture written as base64 in `data`; None for a kind that is not known, or damage."""
    from imagesize import get  # late: most recordings hold no picture

    try:
        picture = binascii.a2b_base64(data[:_LOOKED_AT].encode("ascii", "ignore") + b"==")
        width, height = get(io.BytesIO(picture))
    except (
        Exception
    ):  # the library does not say which errors it raises, and a damaged picture must not stop the program
        return None
    return (int(width), int(height)) if width > 0 and height > 0 else None


def _decoded_size(data: str) -> int:
    """Bytes behind base64, which writes three as four characters."""
    return len(data) * 3 // 4 - data[-2:].count("=")
