"""Which row is where, when most heights are not known yet.

    entries   0 … 63 │ 64 … 127 │ 128 … 191        a chunk is measured as a whole, or not at all
    rows      known  │ estimate │ known            a row number is exact where its chunk is measured

Measuring a chunk moves the rows behind it. Code that shows rows keeps its place as an entry and a line in it, and asks
for the row number afterwards.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple


class EntryLine(NamedTuple):
    """A line of an entry."""

    entry: int
    line: int


class HeightIndex:
    """Row numbers of `count` entries of unequal height; `estimate` is the height of an entry nobody has measured."""

    def __init__(self, count: int, *, chunk_size: int = 64, estimate: int = 4) -> None:
        self._count = count
        self._chunk_size = chunk_size
        self._estimate = estimate
        chunks = -(-count // chunk_size)
        self._ends: list[list[int] | None] = [None] * chunks
        self._starts: list[int] | None = None

    @property
    def count(self) -> int:
        """Number of entries."""
        return self._count

    @property
    def total(self) -> int:
        """Number of rows, estimates included."""
        return self._chunk_starts()[-1]

    def chunk_of(self, entry: int) -> int:
        """The chunk that holds an entry."""
        return entry // self._chunk_size

    def entries_of(self, chunk: int) -> range:
        """The entries of a chunk."""
        first = chunk * self._chunk_size
        return range(first, min(first + self._chunk_size, self._count))

    def is_measured(self, chunk: int) -> bool:
        """Whether the rows of a chunk are exact."""
        return self._ends[chunk] is not None

    def measure(self, chunk: int, heights: Sequence[int]) -> None:
        """Set the heights of all entries of a chunk."""
        self._ends[chunk] = list(accumulate(heights))
        self._starts = None

    def forget(self, entry: int) -> None:
        """The height of an entry changed: its chunk has to be measured again."""
        self._ends[self.chunk_of(entry)] = None
        self._starts = None

    def row_of(self, place: EntryLine) -> int:
        """The row of a line of an entry; a line beyond the entry's end is its last one."""
        chunk = self.chunk_of(place.entry)
        start = self._chunk_starts()[chunk]
        inside = place.entry - chunk * self._chunk_size
        ends = self._ends[chunk]
        if ends is None:
            return start + inside * self._estimate + min(place.line, self._estimate - 1)
        top = ends[inside - 1] if inside else 0
        return start + top + max(0, min(place.line, ends[inside] - top - 1))

    def place_of(self, row: int) -> EntryLine:
        """The entry and line at a row, which must be below `total`."""
        starts = self._chunk_starts()
        chunk = bisect_right(starts, row) - 1
        row -= starts[chunk]
        ends = self._ends[chunk]
        first = chunk * self._chunk_size
        if ends is None:
            return EntryLine(first + row // self._estimate, row % self._estimate)
        inside = bisect_right(ends, row)
        return EntryLine(first + inside, row - (ends[inside - 1] if inside else 0))

    def _chunk_starts(self) -> list[int]:
        if self._starts is None:
            self._starts = list(accumulate(map(self._chunk_rows, range(len(self._ends))), initial=0))
        return self._starts

    def _chunk_rows(self, chunk: int) -> int:
        ends = self._ends[chunk]
        return len(self.entries_of(chunk)) * self._estimate if ends is None else ends[-1]
