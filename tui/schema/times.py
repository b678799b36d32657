"""Reads times in the forms in which recorders may write them, as milliseconds since the Unix epoch."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

_INT64: Final = 2**63

_SCALES: Final = ((10**17, 1_000_000_000), (10**14, 1_000_000), (10**11, 1_000), (10**8, 1))
"""From this number on, a time since 1970 counts nanoseconds, microseconds, milliseconds or seconds: how many of them
make a second."""

_FIRST_SECOND: Final = 1_600_000_000
_LAST_SECOND: Final = 4_000_000_000
"""Nobody recorded before September 2020, which is the first of these; the last is in the year 2096."""

_PLAUSIBLE: Final = range(10**11, 10**14)
"""Milliseconds that a member of an unknown name may say: the years 1973 to 5138."""

_WORDS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_TIME_WORDS: Final = frozenset({"time", "timestamp", "ts", "unix", "epoch", "at", "clock", "when"})
_SINCE_START: Final = frozenset({"elapsed", "offset", "since", "relative", "uptime", "monotonic"})
"""Words in the name of a time that counts from the start of the recording."""

_DEEPEST: Final = 4
"""Objects in each other in which a time is looked for; a log may nest thousands."""

_LONGEST_NUMBER: Final = 20
"""Digits of a time in a text: nanoseconds have 19."""

_PAIR: Final = 2
_LONGEST_ELAPSED_MS: Final = 10**11
_UNITS: Final = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("ms", "msec", "millis", "milliseconds"), 1_000),
    **dict.fromkeys(("us", "usec", "micros", "microseconds"), 1_000_000),
    **dict.fromkeys(("ns", "nsec", "nanos", "nanoseconds"), 1_000_000_000),
}
"""Word in a name → how many of its unit make a second."""


def unix_ms(value: Any, depth: int = 0) -> int | None:
    """The time that a value says; None if it says none.

    A whole number is taken as it is, unless it can only be a time in another unit; any other by its size, since
    seconds come with fractions. In an object the names say the units. `depth`: objects around the value.
    """
    if type(value) is int:
        return _scaled(value) if is_other_unit(value) else _whole(value)
    if isinstance(value, dict):
        inner = depth + 1
        return None if depth >= _DEEPEST else _of_parts(value) or _within(value, inner) or _wrapped(value, inner)
    if isinstance(value, list):
        return _of_pair(value)
    if isinstance(value, str):
        return _of_text(value)
    if not isinstance(value, float) or not math.isfinite(value):
        return None
    return _scaled(value)


def is_other_unit(value: int) -> bool:
    """Whether a time that should count milliseconds counts seconds, microseconds or nanoseconds.

    As milliseconds such numbers are moments of 1970, or tens of thousands of years ahead.
    """
    return any(_FIRST_SECOND <= value // scale < _LAST_SECOND for scale in (1, 1_000_000, 1_000_000_000))


def time_in(name: str, value: Any, depth: int = 0) -> int | None:
    """The time that a member of an unknown name says: the name must speak of time, and may end with the unit.

    `depth`: objects around it, as in `unix_ms`.
    """
    words = _words(name)
    unit = _unit(words)
    if unit is not None and not _SINCE_START.isdisjoint(words):
        return _elapsed(value, unit)
    if unit is None and _TIME_WORDS.isdisjoint(words):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        found = unix_ms(value, depth)
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


def rest_of_second(seconds: str, name: str, value: Any) -> int | None:
    """The milliseconds that a member adds to the one called `seconds`: `time_ns` to `time_s`. None if it adds none."""
    words, others = _words(seconds), _words(name)
    stem, unit = [word for word in words if word not in _UNITS], _unit(others)
    is_same = stem == [word for word in others if word not in _UNITS] and _unit(words) == 1
    is_part = is_same and unit is not None and type(value) is int and 0 <= value < unit
    return _milliseconds(value, unit) if is_part and unit is not None else None


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(name)]


def _unit(words: list[str]) -> int | None:
    """How many of the unit that the last of the words names make a second."""
    return next((_UNITS[word] for word in reversed(words) if word in _UNITS), None)


def _within(value: Mapping[str, Any], depth: int) -> int | None:
    """The one time that an object of times says, in its members or theirs: `{"wall": {"unix_ms": …}, "mono_ns": …}`."""
    members = [*value.items()]
    found = {time for name, one in members if (time := time_in(name, one, depth)) is not None}
    inner = [member for _, one in members if isinstance(one, dict) for member in one.items()]
    found.update(time for name, one in inner if (time := time_in(name, one, depth + 1)) is not None)
    return found.pop() if len(found) == 1 else None


def _wrapped(value: Mapping[str, Any], depth: int) -> int | None:
    """The time in an object of one member that does not speak of time: `{"value": …}`."""
    found = unix_ms(next(iter(value.values())), depth) if len(value) == 1 else None
    return found if found is not None and found in _PLAUSIBLE else None


def _of_pair(value: list[Any]) -> int | None:
    """`[1795738489, 717000000]`: seconds and nanoseconds, as runtimes give them."""
    if len(value) != _PAIR or not all(type(part) is int for part in value):
        return None
    seconds, nanoseconds = value
    is_time = _FIRST_SECOND <= seconds < _LAST_SECOND and 0 <= nanoseconds < _UNITS["ns"]
    return seconds * 1_000 + _milliseconds(nanoseconds, _UNITS["ns"]) if is_time else None


def _of_text(text: str) -> int | None:
    """A number in a text, which is not rounded if it is whole, else a moment as ISO 8601 writes it."""
    try:
        number = int(text) if text.isascii() and text.isdigit() and len(text) < _LONGEST_NUMBER else float(text)
    except ValueError:
        return _iso_ms(text)
    return _scaled(number) if math.isfinite(number) else None


def _of_parts(value: Mapping[str, Any]) -> int | None:
    """`{"secs": 1795738489, "nanos": 717000000}`: the parts together."""
    total = 0
    for name, part in value.items():
        unit = _unit(_words(name))
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
    per_second = next((per_second for least, per_second in _SCALES if abs(value) >= least), 1_000)
    return _whole(_milliseconds(value, per_second))


def _iso_ms(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
