"""Round moments for the ticks of an axis of time, and words for them that are never the same for two ticks."""

from __future__ import annotations

from tui.viewmodel.text.clean import format_duration, format_moment, format_offset

_SECOND, _MINUTE, _HOUR = 1_000, 60_000, 3_600_000
_DAY = 24 * _HOUR

ROUND_STEPS: tuple[int, ...] = (
    *(1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500),
    *(count * _SECOND for count in (1, 2, 5, 10, 15, 20, 30)),
    *(count * _MINUTE for count in (1, 2, 5, 10, 15, 20, 30)),
    *(count * _HOUR for count in (1, 2, 3, 6, 12)),
)
"""Steps of less than a day, in milliseconds, as clocks have them."""


def round_step(least_ms: float) -> int:
    """The shortest round step that is not shorter than that, in milliseconds; from a day on, days."""
    found = next((step for step in ROUND_STEPS if step >= least_ms), None)
    if found is not None:
        return found
    size = _DAY
    while True:
        for count in (1, 2, 5):
            if size * count >= least_ms:
                return size * count
        size *= 10


def exact_duration(milliseconds: int) -> str:
    """A time since the start with nothing rounded away: `0`, `250ms`, `1.25s`, `2m05s`, `1:02:03`."""
    if not milliseconds:
        return "0"
    if milliseconds < _SECOND:
        return f"{milliseconds}ms"
    if milliseconds < _MINUTE:
        return f"{milliseconds / _SECOND:g}s"
    if milliseconds % _SECOND:
        return format_moment(milliseconds)
    shown = _SECOND if milliseconds < _HOUR else _MINUTE if milliseconds < _DAY else _HOUR
    return format_offset(milliseconds) if milliseconds % shown else format_duration(milliseconds)


def offset_of_tick(milliseconds: int, step: int) -> str:
    """A time since the start, as precise as ticks at that step need: `1.5s`, `01:01.0`, `01:01.025`."""
    if milliseconds < _MINUTE:
        places = next(count for count in range(4) if step % (_SECOND // 10**count) == 0)
        return f"{milliseconds / _SECOND:.{places}f}s"
    decimals = _SECOND if milliseconds >= _HOUR else _SECOND // 10
    return format_moment(milliseconds) if step % decimals else format_offset(milliseconds)
