"""Takes values apart for schema 3: what is repeated becomes a part, the text around it stays (schema 3 notes §3.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

_PICTURE = re.compile(rb'(?<=[\[,:])"data:image/[^"\\]*"(?=[,\]}])')
"""A whole JSON string that is the data URL of a picture: within another string its quotes would be escaped."""


class JsonPieces(NamedTuple):
    """A JSON text in pieces: fragment 0, part 0, fragment 1, part 1 … and one fragment more."""

    fragments: list[bytes]
    parts: list[bytes]

    def body(self) -> bytes:
        """What is recorded in place of the text: the fragments, or the text itself if it has no parts."""
        if not self.parts:
            return self.fragments[0]
        return msgspec.json.encode([fragment.decode() for fragment in self.fragments])


def split_pictures(text: bytes) -> JsonPieces:
    """Cut the data URLs of pictures out of a JSON text."""
    split = JsonPieces([], [])
    start = 0
    for found in _PICTURE.finditer(text):
        split.fragments.append(text[start : found.start()])
        split.parts.append(found[0])
        start = found.end()
    split.fragments.append(text[start:])
    return split


def split_list(value: Mapping[str, Any], name: str) -> JsonPieces:
    """The JSON text of an object, with the elements of its list `name` as parts."""
    names = list(value)
    place = names.index(name)
    before = msgspec.json.encode({name: value[name] for name in names[:place]})[:-1]
    after = msgspec.json.encode({name: value[name] for name in names[place + 1 :]})[1:]
    head = before + (b"," if place else b"") + msgspec.json.encode(name) + b":["
    tail = b"]" + (b"," if place + 1 < len(names) else b"") + after
    parts = [msgspec.json.encode(element) for element in value[name]]
    if not parts:
        return JsonPieces([head + tail], [])
    return JsonPieces([head, *[b","] * (len(parts) - 1), tail], parts)
