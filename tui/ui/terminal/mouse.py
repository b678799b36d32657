"""What the mouse did, from the three ways in which terminals report it.

ESC [ < buttons ; column ; row M or m      SGR (1006): m is a release
ESC [ buttons+32 ; column ; row M          urxvt (1015)
ESC [ M and three bytes, each plus 32      the oldest: columns and rows up to 223
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from textual import events

from tui.named_tuple import NamedTuple

_SGR: Final = r"\x1b\[<(\d{1,5});(\d{1,5});(\d{1,5})([Mm])"
_URXVT: Final = r"\x1b\[(\d{1,5});(\d{1,5});(\d{1,5})M"
_OLDEST: Final = r"\x1b\[M([\x20-\xff])([\x20-\xff])([\x20-\xff])"

_WHEEL: Final = 64
_MOVED: Final = 32
_NO_BUTTON: Final = 3
_SHIFT, _META, _CONTROL = 4, 8, 16
_WHEELS: Final = (events.MouseScrollUp, events.MouseScrollDown, events.MouseScrollLeft, events.MouseScrollRight)


class _Report(NamedTuple):
    buttons: int
    x: int
    y: int
    is_release: bool


class MouseReports:
    """Gives the mouse event of a report. It remembers where the mouse was: an event says how far it moved."""

    def __init__(self) -> None:
        self._x = 0
        self._y = 0

    def events_of(self, sequence: str) -> Iterator[events.MouseEvent]:
        """The event, or none if `sequence` is not a mouse report or the mouse is on no cell."""
        report = _read(sequence)
        if report is None or report.x < 0 or report.y < 0:
            return
        delta_x, delta_y = report.x - self._x, report.y - self._y
        self._x, self._y = report.x, report.y
        kind, button = _kind(report)
        yield kind(
            None,
            report.x,
            report.y,
            delta_x,
            delta_y,
            button,
            bool(report.buttons & _SHIFT),
            bool(report.buttons & _META),
            bool(report.buttons & _CONTROL),
            screen_x=report.x,
            screen_y=report.y,
        )


def _read(sequence: str) -> _Report | None:
    if found := re.fullmatch(_SGR, sequence):
        return _Report(int(found[1]), int(found[2]) - 1, int(found[3]) - 1, found[4] == "m")
    if found := re.fullmatch(_URXVT, sequence):
        buttons, x, y = (int(number) for number in found.groups())
    elif found := re.fullmatch(_OLDEST, sequence):
        buttons, x, y = ord(found[1]), ord(found[2]) - 32, ord(found[3]) - 32
    else:
        return None
    # The older ways have one number for the release of whichever button it was: the first is meant.
    buttons -= 32
    is_release = buttons & _NO_BUTTON == _NO_BUTTON and not buttons & (_MOVED | _WHEEL)
    return _Report(buttons & ~_NO_BUTTON if is_release else buttons, x - 1, y - 1, is_release) if buttons >= 0 else None


def _kind(report: _Report) -> tuple[type[events.MouseEvent], int]:
    """What happened, and the button as Textual counts it, 0 for none."""
    if report.buttons & _WHEEL:
        return _WHEELS[report.buttons & 3], 0
    button = (report.buttons + 1) & 3
    if report.buttons & _MOVED or button == 0:
        return events.MouseMove, button
    return (events.MouseUp if report.is_release else events.MouseDown), button
