"""How far a command has come, on standard error, if that is a terminal and the command takes longer than a second."""

from __future__ import annotations

import sys
import time

FIRST_SECONDS = 1.0
"""Quicker work says nothing."""

AGAIN_SECONDS = 0.2

_CLEAR = "\r\x1b[K"


class Progress:
    """One line that is written over itself, and taken away at the end."""

    def __init__(self, what: str, total: int) -> None:
        """`what` names the things that are counted."""
        self._what = what
        self._total = total
        self._is_terminal = sys.stderr.isatty()
        self._next = time.monotonic() + FIRST_SECONDS
        self._is_shown = False

    def note(self, done: int) -> None:
        """Report that this many are done."""
        now = time.monotonic()
        if self._is_terminal and now >= self._next:
            self._next = now + AGAIN_SECONDS
            self._is_shown = True
            sys.stderr.write(f"{_CLEAR}{done:,} of {self._total:,} {self._what}")
            sys.stderr.flush()

    def end(self) -> None:
        """Take the line away."""
        if self._is_shown:
            self._is_shown = False
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()
