"""Searches bytes of any size, slice by slice, in both directions and around the ends."""

from __future__ import annotations

from collections.abc import Iterator

from tui.analysis.search.byte_pattern import BytePattern
from tui.viewmodel.payload.source import Pages


class ByteSearch:
    """Looks for the next match from `start` on (backwards: before it), once around all bytes.

    `found` is the offset of the match, None while or if there is none; `done` says that the search is over.
    """

    def __init__(self, pages: Pages, pattern: BytePattern, start: int, *, forward: bool = True) -> None:
        self.found: int | None = None
        self.done = pages.size == 0
        self.has_wrapped = False
        """Whether the match lies beyond the end at which the search turned over."""
        self._pages = pages
        self._pattern = pattern
        self._slices = _slices(pages.size, max(0, min(start, pages.size)), pattern.window, forward=forward)
        self._start = start
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
        # What is before decides whether a line or a word begins here.
        before = min(first, 1)
        data = self._pages.read(first - before, before + last - first + self._pattern.reach)
        starts = (start - before for start, _ in self._pattern.spans(data, before) if start - before < last - first)
        at = next(starts, None) if self._forward else max(starts, default=None)
        if at is not None:
            self.found = first + at
            self.has_wrapped = (self.found < self._start) is self._forward
            self.done = True


def _slices(size: int, start: int, step: int, *, forward: bool) -> Iterator[tuple[int, int]]:
    """The ranges to search, in order: from the start to one end, then from the other end to the start."""
    if forward:
        yield from _cut(start, size, step)
        yield from _cut(0, start, step)
    else:
        yield from reversed(list(_cut(0, start, step)))
        yield from reversed(list(_cut(start, size, step)))


def _cut(first: int, last: int, step: int) -> Iterator[tuple[int, int]]:
    for at in range(first, last, step):
        yield at, min(at + step, last)
