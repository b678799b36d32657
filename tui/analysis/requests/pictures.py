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


class Picture(msgspec.Struct, frozen=True):
    """A picture in a data URL. `size`: bytes of the picture itself; `pixels`: width and height, None if not known."""

    media_type: str
    size: int
    pixels: tuple[int, int] | None


def picture_in(url: str) -> Picture | None:
    """The picture that `url` holds; None if it is not a data URL."""
    if not url.startswith("data:"):
        return None
    head, _, data = url.partition(",")
    media_type, *parameters = head[len("data:") :].split(";")
    if "base64" not in parameters:
        return Picture(media_type[:_LONGEST_TYPE], len(data), None)
    return Picture(media_type[:_LONGEST_TYPE], _decoded_size(data), pixel_size(data))


def pictures_in_value(value: Any, limit: int = MOST_PICTURES) -> list[str]:
    """The data URLs of the pictures in a JSON value, at most `limit`; what an image call generated is one, too."""
    found: list[str] = []
    waiting = [value]
    while waiting and len(found) < limit:
        one = waiting.pop()
        if isinstance(one, str) and one.startswith("data:image"):
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
