"""Searches bytes of any size, slice by slice, in both directions and around the ends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from tui.viewmodel.payload_source import Pages

SLICE_BYTES = 4 << 20
"""Bytes searched at once."""

OVERLAP_BYTES = 4 << 10
"""Bytes that neighbouring slices share; no match is longer."""


def byte_pattern(needle: str) -> re.Pattern[bytes]:
    """A pattern for a typed text, as it stands or as JSON escapes it; any case unless it holds a capital."""
    forms = [needle, json.dumps(needle, ensure_ascii=False)[1:-1], json.dumps(needle)[1:-1]]
    alternatives = dict.fromkeys(re.escape(form.encode(errors="replace")) for form in forms)
    return re.compile(b"|".join(alternatives), 0 if needle != needle.lower() else re.IGNORECASE)


class ByteSearch:
    """Looks for the next match from `start` on (backwards: before it), once around all bytes.

    `found` is the offset of the match, None while or if there is none; `done` says that the search is over.
    """

    def __init__(self, pages: Pages, pattern: re.Pattern[bytes], start: int, *, forward: bool = True) -> None:
        self.found: int | None = None
        self.done = pages.size == 0
        self._pages = pages
        self._pattern = pattern
        self._slices = _slices(pages.size, max(0, min(start, pages.size)), forward=forward)
        self._forward = forward
        self._searched = 0

    @property
    def progress(self) -> float:
        """How much was searched, 0 to 1."""
        return min(1.0, self._searched / max(1, self._pages.size))

    def advance(self) -> None:
        """Search one more slice."""
        piece = next(self._slices, None)
        if piece is None:
            self.done = True
            return
        first, last = piece
        self._searched += last - first
        data = self._pages.read(first, last - first + OVERLAP_BYTES)
        starts = [match.start() for match in self._matches(data) if match.start() < last - first]
        if starts:
            self.found = first + (starts[0] if self._forward else starts[-1])
            self.done = True

    def _matches(self, data: bytes) -> list[re.Match[bytes]]:
        if self._forward:
            first = self._pattern.search(data)
            return [] if first is None else [first]
        return list(self._pattern.finditer(data))


def _slices(size: int, start: int, *, forward: bool) -> Iterator[tuple[int, int]]:
    """The ranges to search, in order: from the start to one end, then from the other end to the start."""
    if forward:
        yield from _cut(start, size)
        yield from _cut(0, start)
    else:
        yield from reversed(list(_cut(0, start)))
        yield from reversed(list(_cut(start, size)))


def _cut(first: int, last: int) -> Iterator[tuple[int, int]]:
    for at in range(first, last, SLICE_BYTES):
        yield at, min(at + SLICE_BYTES, last)
