"""The shortest way of the terminal's cursor from one cell to another, in sequences that every terminal knows."""

from __future__ import annotations

from functools import lru_cache

Place = tuple[int, int]
"""A column and a line, both from 0."""

NOWHERE: Place = (-1, -1)
"""A place of the cursor that is not known."""

_DOWN, _UP, _BACK, _TO_START = "\v", "\x1bM", "\b", "\r"
"""One line down, one up, one cell back, to the first cell of the line.

A terminal line changes a line feed, but no vertical tab, and terminals take both for the same (ECMA-48 §8.3.161;
xterm's control sequences, "Single-character functions").
"""


@lru_cache(maxsize=8192)
def move(at: Place, to: Place) -> str:
    """The shortest sequence that brings the cursor from `at`, which may be `NOWHERE`, to a place."""
    if at == NOWHERE:
        return _to(to)
    if at == to:
        return ""
    return min(_to(to), _lines(to[1] - at[1]) + _across(at[0], to[0]), key=len)


@lru_cache(maxsize=1024)
def length_of_lines(count: int) -> int:
    """Bytes of a move by this many lines, down or, if negative, up."""
    return len(_lines(count))


@lru_cache(maxsize=1024)
def length_of_cells(count: int) -> int:
    """Bytes of a move by this many cells within a line, right or, if negative, left."""
    return len(_cells(count))


def _to(place: Place) -> str:
    """A first column or line needs no number (ECMA-48 §8.3.21)."""
    column, line = place
    numbers = f"{line + 1 if line else ''};{column + 1}" if column else f"{line + 1 if line else ''}"
    return f"\x1b[{numbers}H"


@lru_cache(maxsize=4096)
def _across(column: int, to: int) -> str:
    if to == 0 != column:
        return _TO_START
    from_start = f"\x1b[{to + 1}G"
    return min(_cells(to - column), from_start, key=len)


def _lines(count: int) -> str:
    return _steps(count, (_DOWN, "B"), (_UP, "A"))


def _cells(count: int) -> str:
    return _steps(count, ("", "C"), (_BACK, "D"))


def _steps(count: int, ahead: tuple[str, str], back: tuple[str, str]) -> str:
    """The shortest way along a line or a column: one step as often as needed, or a sequence with a number.

    Each way is the control that takes one step, if there is one, and the letter of the sequence.
    """
    step, letter = ahead if count > 0 else back
    number = str(abs(count)) if abs(count) > 1 else ""
    with_number = f"\x1b[{number}{letter}" if count else ""
    return min(step * abs(count), with_number, key=len) if step else with_number
