"""Reads times in the forms in which recorders may write them, as milliseconds since the Unix epoch."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

_INT64: Final = 2**63

_SCALES: Final = ((1e17, 1e-6), (1e14, 1e-3), (1e11, 1.0), (1e8, 1e3))
"""From this number on, a time since 1970 counts nanoseconds, microseconds, milliseconds or seconds: the factor."""

_FIRST_SECOND: Final = 1_600_000_000
_LAST_SECOND: Final = 4_000_000_000
"""Nobody recorded before September 2020, which is the first of these; the last is in the year 2096."""

_PLAUSIBLE: Final = range(10**11, 10**14)
"""Milliseconds that a member of an unknown name may say: the years 1973 to 5138."""

_WORDS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_TIME_WORDS: Final = frozenset({"time", "timestamp", "ts", "unix", "epoch", "at", "clock", "when"})
_SINCE_START: Final = frozenset({"elapsed", "offset", "since", "relative", "uptime", "monotonic"})
"""Words in the name of a time that counts from the start of the recording."""

_LONGEST_ELAPSED_MS: Final = 10**11
_UNITS: Final = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("ms", "msec", "millis", "milliseconds"), 1_000),
    **dict.fromkeys(("us", "usec", "micros", "microseconds"), 1_000_000),
    **dict.fromkeys(("ns", "nsec", "nanos", "nanoseconds"), 1_000_000_000),
}
"""Word in a name → how many of its unit make a second."""


def unix_ms(value: Any) -> int | None:
    """The time that a value says; None if it says none.

    A whole number is taken as it is, unless it can only be a time in another unit; any other by its size, since
    seconds come with fractions. In an object the names say the units.
    """
    if type(value) is int:
        return _scaled(value) if is_other_unit(value) else _whole(value)
    if isinstance(value, dict):
        return _of_parts(value)
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return _iso_ms(value)
    if not isinstance(value, float) or not math.isfinite(value):
        return None
    return _scaled(value)


def is_other_unit(value: int) -> bool:
    """Whether a time that should count milliseconds counts seconds, microseconds or nanoseconds.

    As milliseconds such numbers are moments of 1970, or tens of thousands of years ahead.
    """
    return any(_FIRST_SECOND <= value // scale < _LAST_SECOND for scale in (1, 1_000_000, 1_000_000_000))


def time_in(name: str, value: Any) -> int | None:
    """The time that a member of an unknown name says: the name must speak of time, and may end with the unit."""
    words = [word.lower() for word in _WORDS.findall(name)]
    unit = next((_UNITS[word] for word in reversed(words) if word in _UNITS), None)
    if unit is not None and not _SINCE_START.isdisjoint(words):
        return _elapsed(value, unit)
    if unit is None and _TIME_WORDS.isdisjoint(words):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        found = unix_ms(value)
    elif not math.isfinite(value):
        return None
    else:
        found = (
            _scaled(value) if unit is None or is_other_unit(_milliseconds(value, unit)) else _milliseconds(value, unit)
        )
    return found if found is not None and found in _PLAUSIBLE else None


def _elapsed(value: Any, unit: int) -> int | None:
    """Milliseconds since the start of the recording, which the caller adds."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    found = _milliseconds(value, unit)
    return found if 0 <= found < _LONGEST_ELAPSED_MS else None


def _of_parts(value: Mapping[str, Any]) -> int | None:
    """`{"secs": 1795738489, "nanos": 717000000}`: the parts together."""
    total = 0
    for name, part in value.items():
        unit = next((_UNITS[word.lower()] for word in _WORDS.findall(name) if word.lower() in _UNITS), None)
        if unit is None or isinstance(part, bool) or not isinstance(part, int | float) or not math.isfinite(part):
            return None
        total += _milliseconds(part, unit)
    return total if total in _PLAUSIBLE else None


def _milliseconds(value: float, per_second: int) -> int:
    """So many of a unit of time, fractions of a millisecond cut off; whole numbers are not rounded on the way."""
    return value * 1_000 // per_second if isinstance(value, int) else int(value * 1_000 / per_second)


def _whole(value: int) -> int | None:
    return value if -_INT64 <= value < _INT64 else None


def _scaled(value: float) -> int | None:
    factor = next((factor for least, factor in _SCALES if abs(value) >= least), 1.0)
    return _whole(int(value * factor))


def _iso_ms(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
