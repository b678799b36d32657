"""The one rule for percentages: a part of a whole is rounded half up, so that one ratio reads the same everywhere.

What is under way is rounded down instead: it says 100% only once all is done. Parts that are rounded one by one may add
up to 99% or 101%.
"""

from __future__ import annotations


def percent(part: int, whole: int) -> str:
    """A part of a whole, `61%`; `?` of nothing."""
    return f"{(200 * part + whole) // (2 * whole)}%" if whole else "?"


def percent_done(done: float) -> str:
    """How far something has come, from 0 to 1."""
    return f"{int(100 * done)}%"
