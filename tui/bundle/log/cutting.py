"""Finds the JSON objects in a piece of text, which may begin or end within one."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from tui.schema.encoding import MARK

_SIGNS: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|["{}\[\]]', re.DOTALL)
"""What structures JSON: whole texts, whose inside does not count, brackets, and the quote of a text without an end."""

_SEPARATORS: Final = re.compile(rb"(?:[\s,\[\]\x1e]|data:)*")
"""What may be around events: the signs of a list, record separators (RFC 7464), the field of a server-sent event."""

_BETWEEN: Final = re.compile(rb"(?:[\s,\[\]\x1e\0]|data:)*")
"""What may be between two events: zero bytes, too. Behind the last one these may be content that is not there yet."""

_OPEN_BEFORE: Final = -1


class CutText(NamedTuple):
    """The objects in a piece of text: where they are, and how deep and where an object begins that is still open.

    The first object may have begun in an earlier piece; its start is `_OPEN_BEFORE` then.
    """

    objects: list[tuple[int, int]]
    depth: int
    start: int


def cut_into_objects(data: bytes, depth: int) -> CutText | None:
    """The objects in `data`, which begins `depth` deep in one; None if a text in it has no end."""
    objects = []
    start = _OPEN_BEFORE
    for sign in _SIGNS.finditer(data):
        mark = sign[0]
        if mark == b"{" or (mark == b"[" and depth):
            start = start if depth else sign.start()
            depth += 1
        elif mark in (b"}", b"]") and depth:
            depth -= 1
            if not depth:
                objects.append((start, sign.end()))
        elif mark == b'"':
            return None
    return CutText(objects, depth, start)


def are_apart(data: bytes, cut: CutText) -> bool:
    """Whether nothing but separators is around the objects."""
    if data.startswith(MARK):
        data = b" " * len(MARK) + data[len(MARK) :]
    at = 0
    places = [*cut.objects, (cut.start if cut.depth else len(data), 0)]
    for start, end in places:
        separators = _BETWEEN if len(cut.objects) > 1 and at else _SEPARATORS
        if start != _OPEN_BEFORE and not separators.fullmatch(data, at, start):
            return False
        at = end
    return True
