"""What the screen says of a picture, which a terminal does not show."""

from __future__ import annotations

from tui.analysis.requests.pictures import Picture
from tui.viewmodel.text.clean import clean, format_bytes


def picture_words(picture: Picture) -> str:
    """Kind, pixels and size of a picture, as far as they are known."""
    pixels = "" if picture.pixels is None else f" · {picture.pixels[0]:,} × {picture.pixels[1]:,} pixels"
    return f"{clean(picture.media_type)}{pixels} · {format_bytes(picture.size)}"
