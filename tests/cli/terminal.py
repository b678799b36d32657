"""The real program on a real pseudo-terminal, for tests: keys in, bytes out, and how it ended."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from typing import Any, NamedTuple

from tests.cli import loaded_program
from tests.screen_text import ScreenText

LEAVES_ALTERNATE_SCREEN = b"\x1b[?1049l"
ENTERS_ALTERNATE_SCREEN = b"\x1b[?1049h"
PATIENCE_SECONDS = 30.0

_MODE = re.compile(rb"\x1b\[\?([0-9]+)([hl])")
_CLEAN = {
    b"1049": b"l",
    b"25": b"h",
    b"1000": b"l",
    b"1003": b"l",
    b"1006": b"l",
    b"2004": b"l",
    b"1004": b"l",
    b"7": b"h",
}
"""Terminal modes as a shell wants them: own screen, cursor shown, no mouse, no paste marks, no focus reports, wrap."""


class Started(NamedTuple):
    """A process, our end of its terminal, and how the line was before the program had it."""

    pid: int
    terminal: int
    settings: list[Any]


def _settings(terminal: int, *, sends_signals: bool) -> list[Any]:
    """How the line is; without signals no byte that comes through it is one."""
    settings = termios.tcgetattr(terminal)
    if not sends_signals:
        settings[6][termios.VINTR] = settings[6][termios.VQUIT] = settings[6][termios.VSUSP] = b"\0"
        termios.tcsetattr(terminal, termios.TCSANOW, settings)
    return settings


def _new(
    arguments: list[str], environment: dict[str, str], blocked: frozenset[int], before: str, *, sends_signals: bool
) -> Started:
    """A new process."""
    pid, terminal = pty.fork()
    if not pid:
        signal.pthread_sigmask(signal.SIG_BLOCK, blocked)
        os.chdir(loaded_program.PROJECT)
        program = f"import sys; from tui.cli import main\n{before}\nsys.exit(main())"
        os.execve(sys.executable, [sys.executable, "-c", program, *arguments], environment)
    return Started(pid, terminal, _settings(terminal, sends_signals=sends_signals))


def _copied(
    arguments: list[str], environment: dict[str, str], blocked: frozenset[int], before: str, *, sends_signals: bool
) -> Started:
    """A process that has the program loaded: it may have the terminal at once, so the line is looked at before."""
    terminal, theirs = pty.openpty()
    settings = _settings(terminal, sends_signals=sends_signals)
    try:
        pid = loaded_program.fork_on(os.ttyname(theirs), arguments, environment, set(blocked), before)
        return Started(pid, terminal, settings)
    finally:
        os.close(theirs)


class Session:
    """`rtrace-tui` with some arguments, 120 columns by 40 rows."""

    patience_seconds = PATIENCE_SECONDS
    line_sends_signals = True
    """Whether Ctrl+C and its like are signals while the program does not have the terminal for itself."""

    def __init__(
        self,
        arguments: list[str],
        environment: dict[str, str],
        *,
        blocked: frozenset[int] = frozenset(),
        before: str = "",
        is_new: bool = False,
    ) -> None:
        """`blocked` signals never reach the program; the statements `before` are run in it first.

        `is_new`: whether it is a process from the start, imports included, and no copy of one that has loaded it.
        """
        self.output = b""
        self._letters = ScreenText()
        self.used_seconds = 0.0
        """Processor time of the program, known after its end."""
        self._is_open = True
        self._has_ended = False
        start = _new if is_new or not loaded_program.can_be_forked() else _copied
        self.pid, self._terminal, self.settings = start(
            arguments, environment, blocked, before, sends_signals=self.line_sends_signals
        )
        self.resize(120, 40)

    def wait_for(self, text: bytes) -> None:
        """Read until `text` was sent to the terminal, or is on its screen: cells that do not change are not sent."""
        deadline = time.monotonic() + self.patience_seconds
        while text not in self.output and text.decode(errors="replace") not in self._letters.text:
            assert time.monotonic() < deadline, f"{text!r} did not come; the last output: {self.output[-300:]!r}"
            assert self._read(), f"it ended without {text!r}: {self.output[-300:]!r}"

    def press(self, keys: bytes) -> None:
        """Write all of `keys`, reading meanwhile: a program that cannot write does not read either."""
        deadline = time.monotonic() + self.patience_seconds
        while keys:
            _, writable, _ = select.select([], [self._terminal], [], 0.05)
            keys = keys[os.write(self._terminal, keys[:512]) :] if writable else keys
            if keys:
                self.drain()
            assert time.monotonic() < deadline, "it does not read"

    def drain(self) -> bool:
        """Read what is there; whether there was anything."""
        got = False
        while select.select([self._terminal], [], [], 0)[0] and self._read():
            got = True
        return got

    def end(self) -> int:
        """Read to the end; return the exit code, or minus the signal."""
        deadline = time.monotonic() + self.patience_seconds
        while self._read():
            assert time.monotonic() < deadline, "it does not end"
        return self._wait(deadline)

    def close(self) -> None:
        """Close the terminal, as a terminal program does whose window is closed."""
        if self._is_open:
            self._is_open = False
            os.close(self._terminal)

    def end_after_close(self) -> int:
        """Close the terminal and wait for the end; return the exit code, or minus the signal."""
        self.close()
        return self._wait(time.monotonic() + self.patience_seconds)

    def abandon(self) -> None:
        """Leave no process behind, however the test went: one that spins would slow down all that come after."""
        self.close()
        if not self._has_ended:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def wait_for_stop(self) -> None:
        """Wait until the program was stopped in the background."""
        deadline = time.monotonic() + self.patience_seconds
        while True:
            self._read()
            pid, status = os.waitpid(self.pid, os.WUNTRACED | os.WNOHANG)
            if pid:
                self._has_ended = not os.WIFSTOPPED(status)
                assert not self._has_ended, f"ended with {os.waitstatus_to_exitcode(status)} when it was to stop"
                return
            assert time.monotonic() < deadline, "it does not stop"

    def unclean_modes(self) -> set[bytes]:
        """Terminal modes that the program set and did not take back, and `termios` if the line is not as it was."""
        last = dict(_MODE.findall(self.output))
        modes = {mode for mode, state in _CLEAN.items() if last.get(mode, state) != state}
        return modes if termios.tcgetattr(self._terminal) == self.settings else modes | {b"termios"}

    def _wait(self, deadline: float) -> int:
        while True:
            pid, status, usage = os.wait4(self.pid, os.WNOHANG)
            if pid:
                self._has_ended = True
                self.used_seconds = usage.ru_utime + usage.ru_stime
                return os.waitstatus_to_exitcode(status)
            assert time.monotonic() < deadline, "it does not end"
            time.sleep(0.02)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._terminal], [], [], 1.0)
        if not ready:
            return True
        try:
            data = os.read(self._terminal, 65536)
        except OSError:  # what Linux says when the other side is gone
            return False
        self.output += data
        self._letters.feed(data)
        return bool(data)
