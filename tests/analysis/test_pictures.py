"""Pictures in data URLs, told by their first bytes."""

import base64
import struct

import pytest

from tui.analysis.requests.pictures import Picture, is_picture_url, picture_in

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 640, 480) + b"\x08\x06\x00\x00\x00" + bytes(100)
GIF = b"GIF89a" + struct.pack("<HH", 12, 34) + bytes(20)


def url(media_type: str, data: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


@pytest.mark.parametrize(
    ("text", "picture"),
    [
        (url("image/png", PNG), Picture("image/png", len(PNG), (640, 480))),
        (url("application/octet-stream", PNG), Picture("image/png", len(PNG), (640, 480))),
        (url("", b"a text"), Picture("", 6, None)),
        (url("image/gif", GIF), Picture("image/gif", len(GIF), (12, 34))),
        (url("image/png", PNG[:10]), Picture("image/png", 10, None)),
        (url("image/png", b"no picture"), Picture("image/png", 10, None)),
        (url("image/png", b""), Picture("image/png", 0, None)),
        ("data:image/png;base64,!!!!", Picture("image/png", 3, None)),
        ("data:image/svg+xml,<svg/>", Picture("image/svg+xml", 6, None)),
        ("https://example.invalid/a.png", None),
    ],
)
def test_type_size_and_pixels_are_told(text: str, picture: Picture | None) -> None:
    assert picture_in(text) == picture


@pytest.mark.parametrize(
    ("text", "is_picture"),
    [
        (url("image/png", b"anything"), True),
        (url("application/octet-stream", PNG), True),
        (url("", GIF), True),
        (url("application/octet-stream", b"a text"), False),
        (url("text/plain", b"BM is how a bitmap begins"), False),
        ("data:application/octet-stream,BM", False),
        ("https://example.invalid/a.png", False),
        ("data:", False),
    ],
)
def test_pictures_are_known_without_their_type(text: str, is_picture: bool) -> None:
    assert is_picture_url(text) is is_picture
