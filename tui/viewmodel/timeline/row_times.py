"""When a row began: since the start of the recording, since the row above it, or by the clock, here or in UTC.

The times of a short recording are exact to the millisecond: its rows would read alike otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from tui.named_tuple import NamedTuple
from tui.viewmodel.text.clean import duration_in, format_duration, format_offset, offset_in

TimeMode = Literal["start", "above", "local", "utc"]

TIME_MODES: tuple[TimeMode, ...] = ("start", "above", "local", "utc")
"""The ways to tell a time, in the order in which a key goes through them."""

MODE_WORDS: dict[TimeMode, str] = {
    "start": "since the start",
    "above": "since the row above",
    "local": "local time",
    "utc": "UTC",
}

LONGEST_START = len("999d 23:59")
"""Cells of a time since the start: from a day on to the minute."""

SHORT_MS = 60_000
"""A recording up to this length is shown to the millisecond."""

_DAY_MS = 86_400_000
_CELLS: dict[TimeMode, tuple[int, int]] = {"start": (8, 8), "above": (8, 8), "local": (9, 13), "utc": (9, 13)}
"""Width of the column in a long recording and in a short one, with a blank before it; at least."""

DURATION_CELLS = 7
"""Width of the column of durations, with a blank before it; at least."""

LocalTime = Callable[[int], "int | None"]
"""Milliseconds since the Unix epoch → those since midnight where the person is; None for what no calendar holds."""


def utc_time(unix_ms: int) -> int | None:
    """Milliseconds since midnight, UTC."""
    return unix_ms % _DAY_MS


class RowTimes(NamedTuple):
    """How the columns of times are written. `started_unix_ms` is the start of the recording.

    `start_cells` and `duration_cells` are the widths that its longest time since the start and duration need.
    """

    mode: TimeMode = "start"
    is_short: bool = False
    started_unix_ms: int = 0
    local_time: LocalTime = utc_time
    start_cells: int = 0
    duration_cells: int = DURATION_CELLS

    @property
    def cells(self) -> int:
        """Width of the column of times."""
        needed = {"start": self.start_cells, "above": self.duration_cells + 1}.get(self.mode, 0)
        return max(_CELLS[self.mode][self.is_short], needed)

    def text(self, start_ms: int | None, above_ms: int | None) -> str:
        """When a row began that starts at `start_ms`, below one that starts at `above_ms`; empty if it is unknown."""
        if start_ms is None:
            return ""
        match self.mode:
            case "start":
                return offset_in(start_ms, self.cells - 1)
            case "above":
                return "" if above_ms is None else _difference(start_ms - above_ms, self.cells - 2)
            case "local":
                return self._of_day(self.local_time(self.started_unix_ms + start_ms))
            case _:
                return self._of_day(utc_time(self.started_unix_ms + start_ms))

    def _of_day(self, milliseconds: int | None) -> str:
        if milliseconds is None or self.started_unix_ms <= 0:
            return "?"
        seconds, left = divmod(milliseconds, 1000)
        text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        return f"{text}.{left:03}" if self.is_short else text


def times_of(
    whole_ms: int, mode: TimeMode = "start", started_unix_ms: int = 0, local_time: LocalTime = utc_time
) -> RowTimes:
    """The times of a recording of that length."""
    duration_cells = max(DURATION_CELLS, 1 + len(format_duration(whole_ms)))
    is_short = whole_ms <= SHORT_MS
    start_cells = 0 if is_short else 1 + len(offset_in(whole_ms, LONGEST_START))
    return RowTimes(mode, is_short, started_unix_ms, local_time, start_cells, duration_cells)


def stretch_words(start_ms: int, end_ms: int) -> str:
    """A part of the time of a recording, written as its rows are; its ends never read alike."""
    ends = (start_ms, end_ms)
    texts = [format_offset(end) for end in ends]
    if len(set(texts)) == 1:  # the offset has whole tenths of a second, or whole seconds from an hour on
        texts = [f"{end // 3_600_000}:{end // 60_000 % 60:02}:{end % 60_000 / 1000:06.3f}" for end in ends]
    return "–".join(texts)


def _difference(milliseconds: int, cells: int) -> str:
    return f"{'-' if milliseconds < 0 else '+'}{duration_in(abs(milliseconds), cells)}"
