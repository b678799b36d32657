"""A moment of a recording as a person writes it.

171                    event 171
+90  +1:30  +0:01.250  that long after the start: seconds, or minutes and seconds
0.143s                 the same as the screen writes it
14:03:12               that local time, on the day on which the recording started
50%                    that part of the time that was recorded so far, where that is known
2026-10-31T14:03:12    that date and time; with +02:00 or Z behind it in that time zone, else local
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from tui.schema.until import Until

_AFTER = re.compile(r"\+(?:(\d+):)?(\d+(?:\.\d+)?)s?")
_SHOWN = re.compile(r"\d+(?:\.\d+)?s")
_PART = re.compile(r"(\d{1,3}(?:\.\d+)?)%")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?")

FORMS = (
    "an event number, +SECONDS or +MM:SS after the start, N% of the time, HH:MM:SS local time, or a date with a time"
)

SHORT_FORMS = "171, +90, +1:30, 50% or 14:03:12"
"""The same by examples, for a line of a narrow terminal; a date with a time is left out."""


class MomentError(ValueError):
    """A text that names no moment; the message is one line for a person."""


def moment_of(text: str, started_at_unix_ms: int, newest_unix_ms: int | None = None) -> Until:
    """The moment that `text` names; raise `MomentError` if it names none.

    `newest_unix_ms` is when the newest event came: without it no part of the time can be named. An `@` before it, the
    key that asks for a moment, is left out.
    """
    given, text = text, text.removeprefix("@")
    if text.isascii() and text.isdigit():
        return Until(seq=int(text))
    after = _AFTER.fullmatch(f"+{text}" if _SHOWN.fullmatch(text) else text)
    if after is not None:
        seconds = 60 * int(after[1] or 0) + float(after[2])
        return Until(unix_ms=started_at_unix_ms + round(1000 * seconds))
    part = _PART.fullmatch(text)
    if part is not None and newest_unix_ms is not None and float(part[1]) <= 100:
        recorded_ms = max(0, newest_unix_ms - started_at_unix_ms)
        return Until(unix_ms=started_at_unix_ms + round(recorded_ms * float(part[1]) / 100))
    try:
        return Until(unix_ms=round(1000 * _date_time(text, started_at_unix_ms).timestamp()))
    except (ValueError, OverflowError, OSError):
        raise MomentError(f"{given!r} is not a moment; write {FORMS}") from None


def _date_time(text: str, started_at_unix_ms: int) -> datetime:
    clock = _CLOCK.fullmatch(text)
    if clock is None:
        return datetime.fromisoformat(text)
    day = datetime.fromtimestamp(started_at_unix_ms / 1000).astimezone()
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
    if int(clock[1]) > 23 or int(clock[2]) > 59:
        raise ValueError(text)
    return midnight + timedelta(hours=int(clock[1]), minutes=int(clock[2]), seconds=float(clock[3] or 0))
