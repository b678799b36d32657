"""The way to the terminal, for the case that the terminal goes away.

A closed window or a lost connection usually comes as a signal. Where the signal does not reach this program, reading
gives nothing without end and writing fails: what then waits for the terminal would wait for ever, or spin.
"""

from __future__ import annotations

import io
import os
import select
import sys
from collections.abc import Callable
from threading import Thread
from typing import TextIO

from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from tui.ui.escape_keys import apart, take_escape_keys


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


class TerminalDriver(LinuxDriver):
    """Textual's driver, which also notices that nobody is there any more, and tells the app by `on_terminal_lost`."""

    def start_application_mode(self) -> None:
        """Take the terminal, and watch whether it stays."""
        take_escape_keys()
        if isinstance(self._file, io.TextIOWrapper):
            lost = LostTerminal(self._file, self._tell)
            self._file = lost  # type: ignore[assignment]  # it is written, flushed, and asked for its descriptor
            if sys.platform == "linux":
                Thread(target=self._wait_for_hangup, args=(lost,), name="hangup", daemon=True).start()
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual's

    def process_message(self, message: Message) -> None:
        """Send a key, or something else that the terminal told."""
        for part in apart(message):
            super().process_message(part)

    def run_input_thread(self) -> None:
        """Read keys; a terminal that cannot be read is lost."""
        try:
            super().run_input_thread()
        except OSError:
            if isinstance(self._file, LostTerminal):
                self._file.lose()

    def _wait_for_hangup(self, lost: LostTerminal) -> None:
        """Wait, at no cost, for the only thing that is told although nobody asks for it: that the line was hung up."""
        watch = select.poll()
        watch.register(self.fileno, 0)
        watch.poll()
        lost.lose()

    def _tell(self) -> None:
        self.exit_event.set()  # reading keys ends at once, whatever becomes of the rest
        self._app.call_later(self._app.on_terminal_lost)  # type: ignore[attr-defined]  # the only app with this driver
