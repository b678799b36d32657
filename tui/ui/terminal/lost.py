"""Standard error, for the case that the terminal goes away.

A closed window or a lost connection usually comes as a signal. Where the signal does not reach this program, reading
gives nothing without end and writing fails: what then waits for the terminal would wait for ever, or spin.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TextIO


class LostTerminal:
    """Standard error as long as the terminal takes it; afterwards nothing that is written goes anywhere, nor fails."""

    def __init__(self, file: TextIO, on_loss: Callable[[], None]) -> None:
        self._file = file
        self._on_loss = on_loss
        self.is_lost = False

    def write(self, text: str) -> int:
        """Write `text`."""
        try:
            return self._file.write(text)
        except OSError:
            self.lose()
            return len(text)

    def flush(self) -> None:
        """Send what was written."""
        try:
            self._file.flush()
        except OSError:
            self.lose()

    def fileno(self) -> int:
        """The descriptor of the terminal."""
        return self._file.fileno()

    def lose(self) -> None:
        """The terminal is gone: let everything go nowhere, what Python still holds for it included."""
        if self.is_lost:
            return
        self.is_lost = True
        null = os.open(os.devnull, os.O_WRONLY)
        for descriptor in (1, self._file.fileno()):
            os.dup2(null, descriptor)
        os.close(null)
        self._on_loss()
