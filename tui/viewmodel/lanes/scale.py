"""From milliseconds to cells and back: the part of a session that is shown, long silences shortened to one cell."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from tui.viewmodel.text.round_times import offset_of_tick, round_step

ZOOM = 2.0
"""How much of the time one step of zoom hides or shows again."""

SHORTEST_MS = 10
"""The shortest time that can fill the screen."""

GAP_CELLS = 1
"""Cells that a shortened silence takes."""

CELLS_PER_TICK = 12
"""Least distance of two ticks, from which an axis of few cells has up to five."""

MOST_TICKS = 5


class Silence(NamedTuple):
    """A time in which no agent did anything."""

    start_ms: int
    end_ms: int


def silences(busy: Iterable[tuple[int, int]], start: int, end: int, longer_than: int) -> list[Silence]:
    """The times between `start` and `end` of more than `longer_than` milliseconds that no span of `busy` touches."""
    found: list[Silence] = []
    at = start
    for span_start, span_end in sorted(busy):
        if span_start - at > longer_than:
            found.append(Silence(at, span_start))
        at = max(at, span_end)
    if end - at > longer_than:
        found.append(Silence(at, end))
    return found


class Scale:
    """`width` cells for the time from `start` to `end`; each silence within it takes one cell."""

    def __init__(self, start: float, end: float, width: int, gaps: Sequence[Silence] = ()) -> None:
        self.start = start
        self.end = max(end, start + 1)
        self.width = max(1, width)
        shown = [gap for gap in gaps if gap.start_ms >= start and gap.end_ms <= self.end]
        self._gaps = shown if len(shown) < self.width // 4 else []
        self._cut = [0]
        for gap in self._gaps:
            self._cut.append(self._cut[-1] + gap.end_ms - gap.start_ms)
        self._gap_starts = [gap.start_ms for gap in self._gaps]
        time = max(1, self.end - self.start - self._cut[-1])
        self._cells_per_ms = (self.width - GAP_CELLS * len(self._gaps)) / time

    def place_of(self, ms: float) -> float:
        """Where a time is, in cells from the left; outside of 0 to `width` it is not shown."""
        number = bisect_right(self._gap_starts, ms)
        inside = self._gaps[number - 1] if number else None
        if inside is not None and ms < inside.end_ms:
            lived = inside.start_ms - self.start - self._cut[number - 1]
            return lived * self._cells_per_ms + GAP_CELLS * (number - 1)
        return (ms - self.start - self._cut[number]) * self._cells_per_ms + GAP_CELLS * number

    def cell_of(self, ms: float) -> int:
        """The cell that shows a time, within the screen."""
        return max(0, min(self.width - 1, int(self.place_of(ms))))

    def time_of(self, cell: float) -> int:
        """The time at the left edge of a cell."""
        low, high = ceil(self.start), ceil(self.end)
        while low < high:
            middle = (low + high) // 2
            if self.place_of(middle) < cell:
                low = middle + 1
            else:
                high = middle
        return low

    def parts(self) -> Iterator[tuple[int, float, float]]:
        """All cells from the left: which one, the time at which its next part ends, and its cells per millisecond.

        A cell has several parts where a silence begins or ends in it.
        """
        bounds = [(0.0, float(self.start))]
        for gap in self._gaps:
            place = self.place_of(gap.start_ms)
            bounds += [(place, gap.start_ms), (place + GAP_CELLS, gap.end_ms)]
        bounds.append((float(self.width), float(self.end)))
        for (left, start), (right, end) in pairwise(bounds):
            at = left
            while at < right:
                cell = min(int(at), self.width - 1)
                until = min(right, cell + 1.0) if cell + 1.0 > at else right
                rate = (right - left) / (end - start)
                yield cell, start + (until - left) / rate, rate
                at = until

    def axis(self) -> str:
        """The moments over the cells, at round steps: `│0s     │0.5s`."""
        distance = max(CELLS_PER_TICK, self.width // MOST_TICKS)
        step = round_step(distance / self._cells_per_ms)
        text = [" "] * self.width
        free = 0
        for at in self._moments(step):
            cell, words = self.cell_of(at), f"│{offset_of_tick(at, step)}"
            if cell >= free and cell + len(words) <= self.width:
                text[cell : cell + len(words)] = words
                free = cell + len(words) + 1
        return "".join(text)

    def _moments(self, step: int) -> Iterator[int]:
        """The multiples of a step that are shown, those within silences left out."""
        at = ceil(self.start / step) * step
        while at < self.end:
            number = bisect_right(self._gap_starts, at)
            inside = self._gaps[number - 1] if number else None
            if inside is not None and at < inside.end_ms:
                at = ceil(inside.end_ms / step) * step
                continue
            yield at
            at += step

    def gap_cells(self) -> list[int]:
        """The cells that stand for a silence."""
        return [self.cell_of(gap.start_ms) for gap in self._gaps]


class View:
    """Which part of the whole time is shown; it moves and zooms, and grows with what is new while all is shown.

    It moves by whole cells, so that what stays in view looks the same a few cells further on. Therefore its ends may
    lie between two milliseconds, and up to a cell outside of the session.
    """

    def __init__(self, whole_ms: int) -> None:
        self.whole_ms = max(1, whole_ms)
        self.start = 0.0
        self.end = float(self.whole_ms)

    @property
    def is_whole(self) -> bool:
        """Whether all of the time is shown."""
        return self.start == 0 and self.end == self.whole_ms

    def extend(self, whole_ms: int) -> None:
        """The session is longer now."""
        was_whole = self.is_whole
        self.whole_ms = max(self.whole_ms, whole_ms)
        if was_whole:
            self.end = float(self.whole_ms)

    def zoom(self, around_ms: int, steps: int) -> None:
        """Show less around a time, or with negative `steps` more; that time keeps its place."""
        length = self.end - self.start
        wanted = int(min(self.whole_ms, max(SHORTEST_MS, length / ZOOM**steps)))
        part = (around_ms - self.start) / length
        self._show(int(around_ms - part * wanted), wanted)

    def show(self, start: int, end: int) -> None:
        """Show a time with some room at its sides."""
        room = max(SHORTEST_MS, (end - start) // 8)
        self._show(start - room, max(SHORTEST_MS, end - start + 2 * room))

    def pan(self, cells: int, width: int) -> int:
        """Move by this many of the `width` cells that show the time; by how many it moved, which is less at an end."""
        length = self.end - self.start
        cell = length / max(1, width)
        most, least = ceil((self.whole_ms - self.end) / cell), -ceil(self.start / cell)
        moved = max(min(cells, max(0, most)), min(0, least))
        self.start += moved * cell
        self.end = self.start + length
        return moved

    def fit(self) -> None:
        """Show all."""
        self.start, self.end = 0.0, float(self.whole_ms)

    def _show(self, start: int, length: int) -> None:
        length = min(length, self.whole_ms)
        self.start = float(max(0, min(start, self.whole_ms - length)))
        self.end = self.start + length
