"""The common time axis of the bars, and how much of it is seen."""

from __future__ import annotations

from math import ceil

from tui.analysis.kinds.timing import TimeSpan
from tui.viewmodel.text.round_times import exact_duration, round_step

_STEPS = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
"""Ends of an axis that still grows, times a power of ten: in steps, so that bars keep their length in between."""

ZOOM = 2.0
"""How much of the axis one step of zoom hides or shows again."""

SHORTEST_MS = 10.0
"""The shortest axis one can zoom into."""


def rounded_up(milliseconds: float) -> float:
    """The next longer of the lengths that an axis may have while it grows."""
    size = 1.0
    while size * 10 < milliseconds:
        size *= 10
    return next((size * step for step in _STEPS if size * step >= milliseconds), size * 10)


MARGIN = 0.05
"""Part of a stretch that is shown before and behind it when it fills the axis."""

PAN = 0.25
"""Part of the visible length that one step of panning moves it."""

CELLS_PER_TICK = (10, 8, 7, 6, 5, 4)
"""Distances of two ticks, the best one first; a closer one where there would be only one moment to read."""


class TimeAxis:
    """From `start` to `end`, in milliseconds since the start of the recording."""

    def __init__(self) -> None:
        self._whole_ms = 1.0
        self.start = 0.0
        self.end = 1.0
        self.is_zoomed = False

    @property
    def whole_ms(self) -> float:
        """How long the recording is; a little more while it grows."""
        return self._whole_ms

    def extend(self, duration_ms: int, *, is_growing: bool) -> None:
        """The recording is now so long. The visible part moves only if all of it is visible."""
        whole = max(1.0, float(duration_ms))
        self._whole_ms = max(self._whole_ms, rounded_up(whole)) if is_growing else whole
        if not self.is_zoomed:
            self.start, self.end = 0.0, self._whole_ms

    def zoom_in(self, around_ms: float) -> None:
        """See half as much, with `around_ms` in the middle."""
        length = max(SHORTEST_MS, (self.end - self.start) / ZOOM)
        self._show(around_ms - length / 2, length)

    def zoom_out(self) -> None:
        """See twice as much, at most all."""
        length = (self.end - self.start) * ZOOM
        self._show((self.start + self.end) / 2 - length / 2, length)

    def show_all(self) -> None:
        """See all of the time."""
        self._show(0.0, self._whole_ms)

    def pan(self, part: float) -> None:
        """See a part of the visible length later; earlier if it is negative."""
        if self.is_zoomed:
            length = self.end - self.start
            self._show(self.start + part * length, length)

    def fit(self, span: TimeSpan) -> None:
        """See one stretch of time, with a little before and behind it."""
        length = max(SHORTEST_MS, span.duration_ms * (1 + 2 * MARGIN))
        self._show(span.start_ms + span.duration_ms / 2 - length / 2, length)

    def ticks(self, cells: int, room: int) -> str:
        """The axis of bars of that many cells, as far as the room goes: `┬0───┬500ms──`, each moment over its cell."""
        best, most = "─" * min(cells, room), 0
        for distance in CELLS_PER_TICK:
            line, count = self._ticks(cells, min(cells, room), distance)
            if count > most:
                best, most = line, count
            if most > 1:
                break
        return best

    def _ticks(self, cells: int, room: int, distance: int) -> tuple[str, int]:
        """Ticks with at least that many cells from one to the next, and how many moments can be read."""
        length = self.end - self.start
        step = round_step(length * distance / max(1, cells))
        line = ["─"] * room
        count = free = 0
        for number in range(ceil(self.start / step), ceil(self.end / step)):
            place = int((number * step - self.start) / length * cells)
            if place < free or place >= room:
                continue
            text = f"┬{exact_duration(number * step)}"
            if place + len(text) > room:
                text = "┬"
            line[place : place + len(text)] = text
            free = place + len(text) + 1
            count += len(text) > 1
        return "".join(line), count

    def bar(self, span: TimeSpan) -> tuple[float, float] | None:
        """Where `span` lies on the visible part, as fractions of it; None if it lies outside."""
        length = self.end - self.start
        start = (span.start_ms - self.start) / length
        end = (span.start_ms + max(0, span.duration_ms) - self.start) / length
        if end < 0 or start > 1:
            return None
        return max(0.0, start), min(1.0, end)

    def _show(self, start: float, length: float) -> None:
        self.is_zoomed = length < self._whole_ms
        if not self.is_zoomed:
            self.start, self.end = 0.0, self._whole_ms
            return
        self.start = min(max(0.0, start), self._whole_ms - length)
        self.end = self.start + length
