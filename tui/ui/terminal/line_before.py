"""The settings of the terminal line from before the viewer began: it is quiet from the first moment on.

What is typed while the program starts waits in the line. With its usual settings the line would write it on the screen
at once, and turn Enter into another key.
"""

from __future__ import annotations

import os
import signal
import sys
import termios
from contextlib import suppress
from types import FrameType

_LOCAL_FLAGS = 3
_INPUT_FLAGS = 0
"""Places in what `termios` calls the settings of a line."""

_ENDING = (signal.SIGTERM, signal.SIGHUP)
"""Signals that end a program which does not handle them yet."""


class LineBefore:
    """Makes the line quiet once, and knows how it was until somebody else takes care of that."""

    def __init__(self) -> None:
        self._settings: list[object] | None = None

    def make_quiet(self) -> None:
        """Let the line write nothing by itself and hand Enter on as it is. Ctrl+C still works.

        Nothing happens without a terminal, or in the background, where the terminal is another program's.
        """
        try:
            descriptor = sys.__stdin__.fileno()  # type: ignore[union-attr]  # None is an AttributeError
            if os.tcgetpgrp(descriptor) != os.getpgrp():
                return
            before = termios.tcgetattr(descriptor)
            quiet = termios.tcgetattr(descriptor)
            quiet[_LOCAL_FLAGS] &= ~(termios.ECHO | termios.ICANON)
            quiet[_INPUT_FLAGS] &= ~termios.ICRNL
            self._settings = before
            for number in _ENDING:
                signal.signal(number, self._end)
            termios.tcsetattr(descriptor, termios.TCSANOW, quiet)
        except (termios.error, OSError, AttributeError, ValueError):
            return

    @property
    def settings(self) -> list[object] | None:
        """What the line was set to; None if it was not touched, or others give it back."""
        return self._settings

    def take(self) -> list[object] | None:
        """The same for who gives the line back from now on."""
        settings, self._settings = self._settings, None
        return settings

    def give_back(self) -> None:
        """Set the line as it was, unless others do that."""
        settings = self.take()
        if settings is not None:
            with suppress(termios.error, OSError, AttributeError, ValueError):
                termios.tcsetattr(sys.__stdin__, termios.TCSANOW, settings)  # type: ignore[arg-type]  # see above

    def _end(self, number: int, _frame: FrameType | None) -> None:
        """End by the signal as any program, with the line as it was."""
        self.give_back()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)


LINE_BEFORE = LineBefore()
"""That of the line of this program."""
