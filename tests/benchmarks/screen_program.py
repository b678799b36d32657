"""Runs a full-screen program on a pseudo-terminal and measures what a person feels and what a slow link carries.

Bytes are counted, and texts are looked for on the screen: a program may send only the cells that differ.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.screen_text import COLUMNS, LINES, ScreenText

QUIET_SECONDS = 0.15
"""A redraw is over when nothing has come for so long."""

LONGEST_SECONDS = 5.0
"""A redraw that never ends is cut off here."""


class Redraw(NamedTuple):
    """Milliseconds from the key to the last byte of what it changed, and the number of bytes."""

    ms: float
    size: int


class Held(NamedTuple):
    """What a held key cost: per key while it was down, and from the last one until the screen was at rest."""

    bytes_per_key: float
    cpu_ms_per_key: float
    rest_ms: float
    rest_bytes: int


class ScreenProgram:
    """One program on a terminal of its own. A context manager: leaving it ends the program."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.size = 0
        """Bytes that the program has sent."""
        self.is_over = False
        self._screen = ScreenText()
        self._started = time.perf_counter()
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.execvpe(command[0], list(command), dict(environment))  # the program to be measured
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))

    def __enter__(self) -> ScreenProgram:
        return self

    def __exit__(self, *_exception: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._terminal)

    def read(self, seconds: float) -> str:
        """The screen after what comes next within `seconds`; empty if nothing comes."""
        ready, _, _ = select.select([self._terminal], [], [], max(0.0, seconds))
        if not ready or self.is_over:
            return ""
        try:
            data = os.read(self._terminal, 1 << 16)
        except OSError:
            data = b""
        self.is_over = not data
        self.size += len(data)
        self._screen.feed(data)
        return self._screen.text

    def wait_for(self, pattern: str, seconds: float) -> float | None:
        """Read until a text appears; return the seconds since the program was started, or None if it never came."""
        end = time.perf_counter() + seconds
        seen = ""
        while time.perf_counter() < end and not self.is_over:
            seen = self.read(0.05) or seen
            if re.search(pattern, seen):
                return time.perf_counter() - self._started
        return None

    def send(self, keys: str) -> None:
        """Type, and do not wait."""
        os.write(self._terminal, keys.encode())

    def settle(self, quiet: float = QUIET_SECONDS) -> tuple[float, int]:
        """Read until nothing has come for `quiet` seconds; return the time of the last byte, and the bytes."""
        start = last = time.perf_counter()
        before = self.size
        while not self.is_over and time.perf_counter() - last < quiet and time.perf_counter() - start < LONGEST_SECONDS:
            size = self.size
            self.read(0.01)
            if self.size != size:
                last = time.perf_counter()
        return last, self.size - before

    def press(self, keys: str) -> Redraw:
        """Press a key and wait for its redraw."""
        pressed = time.perf_counter()
        self.send(keys)
        last, size = self.settle()
        return Redraw((last - pressed) * 1000 if size else 0.0, size)

    def answer_ms(self, keys: str, pattern: str, seconds: float) -> float | None:
        """Milliseconds from a key to the text that answers it."""
        pressed = time.perf_counter()
        self.send(keys)
        answered = self.wait_for(pattern, seconds)
        return None if answered is None else (self._started + answered - pressed) * 1000

    def hold(self, key: str, times: int, interval: float = 1 / 30) -> Held:
        """Hold a key down: `times` times, one every `interval` seconds."""
        size, cpu = self.size, self.cpu_seconds()
        due = time.perf_counter()
        for _ in range(times):
            self.send(key)
            due += interval
            while (left := due - time.perf_counter()) > 0 and not self.is_over:
                self.read(left)
        released, held = time.perf_counter(), self.size - size
        last, rest = self.settle(0.3)
        cpu = self.cpu_seconds() - cpu
        return Held(held / times, cpu * 1000 / times, (last - released) * 1000 if rest else 0.0, rest)

    def watch(self, seconds: float) -> tuple[int, float]:
        """Do nothing for so long; return the bytes that came and the share of a processor that was used."""
        size, cpu = self.size, self.cpu_seconds()
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0 and not self.is_over:
            self.read(left)
        return self.size - size, (self.cpu_seconds() - cpu) / seconds

    def cpu_seconds(self) -> float:
        """Processor time of all threads of the program, to the nanosecond where the kernel tells."""
        tasks = Path(f"/proc/{self._pid}/task")
        with contextlib.suppress(OSError, ValueError):
            return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e9
        return float("nan")

    def memory_bytes(self) -> int:
        """The memory that the program holds now."""
        with contextlib.suppress(OSError, ValueError):
            return int(Path(f"/proc/{self._pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
        return 0

    def peak_megabytes(self) -> float:
        """The most memory that the program has held so far."""
        with contextlib.suppress(OSError):
            found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{self._pid}/status").read_text())
            if found is not None:
                return int(found[1]) / 1024
        return float("nan")
