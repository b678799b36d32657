"""What kind of picture a data URL holds, how large it is, and how many pixels it has."""

from __future__ import annotations

import binascii
import io

import msgspec

_LOOKED_AT = 256 << 10
"""Characters of base64 in which the pixel size is looked for: it stands in the first bytes, behind a camera's notes."""

_LONGEST_TYPE = 60


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
