"""The way to the terminal: what comes is read without trust, what is set is set once and taken back once."""

from __future__ import annotations

import io
import os
import select
import signal
import sys
import termios
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import Thread
from types import FrameType
from typing import Any, TextIO

from textual import constants
from textual.app import App

from tui.ui.terminal.input_bytes import InputBytes, Unit
from tui.ui.terminal.line_before import LINE_BEFORE
from tui.ui.terminal.lost import LostTerminal
from tui.ui.terminal.reports import Reports
from tui.ui.terminal.textual_private import OpenDriver

READ_BYTES = 4096
"""What is read at once: as much as a terminal line holds."""

LOOK_SECONDS = 0.1
"""How often the reading thread looks whether the end has come."""

MOST_WAITING = 64
"""Messages that the app may be behind. A sender of more waits, as at a terminal line."""

_STAYS_IN_COLUMN = "\x1b[20l"
"""A line feed or vertical tab does not go to the first column: another program may have changed that."""

FALLBACK_SIZE = (80, 24)
"""Of a terminal that says it has no columns or no rows."""

_PLAIN_MOUSE = "\x1b[?1005l"
"""No mouse reports whose coordinates are characters: another program may have left that on, and the three-byte reports
that this program reads cannot be distinguished from them."""


class TerminalDriver(OpenDriver):
    """Textual's driver with a reader of our own.

    It informs the app by `on_terminal_lost` that the terminal is gone, and by `on_error` what failed in its threads.
    """

    _is_on = False
    """Whether the terminal is ours now. Signals ask for it in any order and number."""

    _settings: list[object] | None = None
    """What the line was set to while it is ours."""

    def __init__(self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: Any = None) -> None:
        self._due: set[Callable[[], object]] = set()
        """What signals and threads asked for and the loop has not come to yet: each once, however often they ask."""
        super().__init__(app, debug=debug, mouse=mouse, size=size)

    # Taking the terminal and giving it back

    def start_application_mode(self) -> None:
        """Take the terminal, and watch whether it stays."""
        if self._is_on:
            return
        if isinstance(self.sink, io.TextIOWrapper):
            lost = LostTerminal(_in_utf_8(self.sink), self._tell_loss)
            self.sink = lost
            if sys.platform == "linux":
                Thread(target=self._wait_for_hangup, args=(lost,), name="hangup", daemon=True).start()
        self.shown.forget()
        before = self._key_thread
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual's
        # In the background it does not take the terminal: it is stopped again.
        self._is_on = self._key_thread is not before
        if self._is_on:
            self.write(_PLAIN_MOUSE + _STAYS_IN_COLUMN)
            self._settings = self._line_settings()
            self.attrs_before = LINE_BEFORE.take() or self.attrs_before
            self._watch_size()

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was."""
        if self._is_on:
            self._is_on = False
            super().stop_application_mode()

    def close(self) -> None:
        """Let the last bytes out."""
        if self._writer_thread is not None and self._writer_thread.is_alive():
            super().close()

    def write(self, data: str) -> None:
        """Write to the terminal while it is ours; what comes later goes nowhere."""
        if self._writer_thread is not None and self._writer_thread.is_alive():
            super().write(data)

    def on_stop_signal(self) -> None:
        """Stop in the background, once the loop has given the terminal back.

        The signal may arrive while the terminal is written to, and what writes holds a lock. Where another program has
        the terminal the loop waits for that program, and there is nothing to give back: stop at once.
        """
        if not (self.takes_terminal_itself and self._ask_loop(self._stop)):
            os.kill(os.getpid(), signal.SIGSTOP)

    def on_continue_signal(self) -> None:
        """Go on, by the loop. A stop that the loop has not come to is over: the later signal counts."""
        self._due.discard(self._stop)
        self._ask_loop(self._go_on)

    def _stop(self) -> None:
        if self._is_on:
            super().on_stop_signal()
        else:
            os.kill(os.getpid(), signal.SIGSTOP)

    def _go_on(self) -> None:
        """Take the terminal if it was given back. If it was not, another program may have changed it in between.

        A program that ends has given it back for good: service managers send SIGTERM and SIGCONT together.
        """
        self.shown.forget()
        if self.app.is_ending:  # type: ignore[attr-defined]  # the only app with this driver
            return
        if not self._is_on:
            super().on_continue_signal()
        elif self.takes_terminal_itself:
            if self._settings != self._line_settings():
                self.suspend_application_mode()
                self.resume_application_mode()
            self.app.call_later(self.app.on_continued)  # type: ignore[attr-defined]  # the only app with this driver

    def terminal_size(self) -> tuple[int, int]:
        """Columns and rows as the terminal says, whatever the environment holds."""
        for descriptor in (2, 1, 0):
            try:
                columns, rows = os.get_terminal_size(descriptor)
            except OSError:
                continue
            return columns or FALLBACK_SIZE[0], rows or FALLBACK_SIZE[1]
        return FALLBACK_SIZE

    def _watch_size(self) -> None:
        """Tell the app of sizes besides Textual, which draws nothing if the size is the same again in the end."""
        tell = signal.getsignal(signal.SIGWINCH)

        def on_size(number: int, frame: FrameType | None) -> None:
            if callable(tell):
                tell(number, frame)
            self._ask_loop(self._note_size)

        signal.signal(signal.SIGWINCH, on_size)

    def _note_size(self) -> None:
        self.shown.forget()
        self.app.call_later(self.app.on_size_signal)  # type: ignore[attr-defined]  # the only app with this driver

    def _line_settings(self) -> list[object] | None:
        try:
            return termios.tcgetattr(self.fileno)
        except termios.error:
            return None

    # Reading

    def run_input_thread(self) -> None:
        """Read until the end; a terminal that cannot be read is lost."""
        reader, reports = InputBytes(constants.ESCAPE_DELAY), Reports()
        try:
            while not self.exit_event.is_set():
                self._send(self._read(reader), reports)
        except OSError:
            self._lose()
        except Exception as error:
            self._tell_error(error)

    def _read(self, reader: InputBytes) -> list[Unit]:
        """What comes within a short time."""
        now = time.monotonic()
        due = LOOK_SECONDS if reader.deadline is None else min(LOOK_SECONDS, max(0.0, reader.deadline - now))
        if not select.select([self.fileno], [], [], due)[0]:
            return reader.tick(time.monotonic())
        data = os.read(self.fileno, READ_BYTES)
        if not data:
            self._lose()
            self.exit_event.wait(LOOK_SECONDS)
        return reader.feed(data, time.monotonic())

    def _send(self, units: Iterable[Unit], reports: Reports) -> None:
        for unit in units:
            for message in reports.messages_of(unit):
                self.process_message(message)
            while self.waiting_messages > MOST_WAITING and not self.exit_event.wait(LOOK_SECONDS / 10):
                pass

    def _ask_loop(self, wanted: Callable[[], object]) -> bool:
        """Let the loop call `wanted`, once however often it was asked for meanwhile; whether there is a loop.

        A signal may arrive at any step of the app, also while it turns to wait for a message: a message that is put
        into its queue at that step wakes nobody, nor does any after it. Only the loop may put one there.
        """
        if wanted in self._due:
            return True
        self._due.add(wanted)
        try:
            self._loop.call_soon_threadsafe(self._come_to, wanted)
        except RuntimeError:  # it has ended
            self._due.discard(wanted)
            return False
        return True

    def _come_to(self, wanted: Callable[[], object]) -> None:
        if wanted in self._due:
            self._due.discard(wanted)
            wanted()

    def _tell_error(self, error: Exception) -> None:
        with suppress(RuntimeError):  # the loop has ended, and nobody waits for it
            self._loop.call_soon_threadsafe(self.app.on_error, error)  # type: ignore[attr-defined]  # see below

    # The terminal goes away

    def _lose(self) -> None:
        if isinstance(self.sink, LostTerminal):
            self.sink.lose()

    def _wait_for_hangup(self, lost: LostTerminal) -> None:
        """Wait, at no cost, for the only report that comes unasked: that the line was hung up."""
        watch = select.poll()
        watch.register(self.fileno, 0)
        watch.poll()
        lost.lose()

    def _tell_loss(self) -> None:
        self.exit_event.set()  # reading keys ends at once, whatever becomes of the rest
        self._ask_loop(self._report_loss)

    def _report_loss(self) -> None:
        self.app.call_later(self.app.on_terminal_lost)  # type: ignore[attr-defined]  # the only app with this driver


def _in_utf_8(file: io.TextIOWrapper) -> TextIO:
    """The same terminal for text in UTF-8, which is what terminals read, whatever the locale says."""
    return open(file.fileno(), "w", encoding="utf-8", errors="backslashreplace", newline="", closefd=False)
