"""When a row began: since the start of the recording, since the row above it, or by the clock, here or in UTC.

A short recording is told in seconds to the millisecond, `1.512`: its rows would read alike otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from tui.named_tuple import NamedTuple
from tui.viewmodel.text.clean import format_duration, format_offset

TimeMode = Literal["start", "above", "local", "utc"]

TIME_MODES: tuple[TimeMode, ...] = ("start", "above", "local", "utc")
"""The ways to tell a time, in the order in which a key goes through them."""

MODE_WORDS: dict[TimeMode, str] = {
    "start": "since the start",
    "above": "since the row above",
    "local": "local time",
    "utc": "UTC",
}

SHORT_MS = 60_000
"""A recording up to this length is shown to the millisecond."""

_DAY_MS = 86_400_000
_CELLS: dict[TimeMode, tuple[int, int]] = {"start": (8, 7), "above": (8, 8), "local": (9, 13), "utc": (9, 13)}
"""Width of the column in a long recording and in a short one, with a blank before it."""

LocalTime = Callable[[int], "int | None"]
"""Milliseconds since the Unix epoch → those since midnight where the person is; None for what no calendar holds."""


def utc_time(unix_ms: int) -> int | None:
    """Milliseconds since midnight, UTC."""
    return unix_ms % _DAY_MS


class RowTimes(NamedTuple):
    """How the column of times is written. `started_unix_ms` is the start of the recording."""

    mode: TimeMode = "start"
    is_short: bool = False
    started_unix_ms: int = 0
    local_time: LocalTime = utc_time

    @property
    def cells(self) -> int:
        """Width of the column."""
        return _CELLS[self.mode][self.is_short]

    def text(self, start_ms: int | None, above_ms: int | None) -> str:
        """When a row began that starts at `start_ms`, below one that starts at `above_ms`; empty if it is unknown."""
        if start_ms is None:
            return ""
        match self.mode:
            case "start":
                return f"{start_ms / 1000:.3f}" if self.is_short else format_offset(start_ms)
            case "above":
                return "" if above_ms is None else _difference(start_ms - above_ms)
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


def _difference(milliseconds: int) -> str:
    return f"{'-' if milliseconds < 0 else '+'}{format_duration(abs(milliseconds))}"
