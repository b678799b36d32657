"""Turns times that count from the start of a recording into times since 1970."""

from __future__ import annotations

from typing import Final

import msgspec

from tui.schema.decode import EventLine
from tui.schema.manifest import Manifest
from tui.schema.oddity import Oddity

_FIRST_USUAL_MS: Final = 10**12
_LONGEST_MS: Final = 10**11
"""Three years: what a time since the start may be at most, as one since 1970 it is before April 1973."""

_FROM_START: Final = Oddity(
    "field-retyped",
    "from the start",
    "envelope.wall_time_unix_ms counts from the start of the recording, to judge by its size",
    "the start that the manifest names was added",
)


class LogClock:
    """What the times of one log count from; the first event that has one decides."""

    def __init__(self, manifest: Manifest) -> None:
        self._start = manifest.started_at_unix_ms if manifest.started_at_unix_ms >= _FIRST_USUAL_MS else None
        self.is_usual = self._start is None
        """Whether times are as they should be; else they must be looked at."""
        self._counts_from_start = False

    def since_1970(self, line: EventLine) -> EventLine:
        """The line with its time since 1970; to be asked while the clock is not known to be usual."""
        at = line.event.wall_time_unix_ms
        if at is None or self._start is None:
            return line
        if not self._counts_from_start:
            self._counts_from_start = 0 <= at < _LONGEST_MS
            self.is_usual = not self._counts_from_start
        if not 0 <= at < _LONGEST_MS:
            return line
        event = msgspec.structs.replace(line.event, wall_time_unix_ms=self._start + at)
        return msgspec.structs.replace(line, event=event, oddities=(*line.oddities, _FROM_START))
