"""The real program on a real pseudo-terminal: it starts, quits, and leaves the terminal as it was."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

LEAVES_ALTERNATE_SCREEN = b"\x1b[?1049l"
PATIENCE_SECONDS = 30.0


class Session:
    """`rtrace-tui` with some arguments, 120 columns by 40 rows."""

    def __init__(self, arguments: list[str], environment: dict[str, str]) -> None:
        self.output = b""
        self.pid, self._terminal = pty.fork()
        if not self.pid:
            os.chdir(Path(__file__).parents[2])
            program = "import sys; from tui.cli import main; sys.exit(main())"
            os.execve(sys.executable, [sys.executable, "-c", program, *arguments], environment)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.settings = termios.tcgetattr(self._terminal)

    def wait_for(self, text: bytes) -> None:
        """Read until `text` was sent to the terminal."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while text not in self.output:
            assert time.monotonic() < deadline, f"{text!r} did not come; the last output: {self.output[-300:]!r}"
            assert self._read(), f"it ended without {text!r}: {self.output[-300:]!r}"

    def press(self, keys: bytes) -> None:
        os.write(self._terminal, keys)

    def end(self) -> int:
        """Read to the end; return the exit code, or minus the signal."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._read():
            assert time.monotonic() < deadline, "it does not end"
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def close(self) -> None:
        os.close(self._terminal)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._terminal], [], [], 1.0)
        if not ready:
            return True
        try:
            data = os.read(self._terminal, 65536)
        except OSError:  # what Linux says when the other side is gone
            return False
        self.output += data
        return bool(data)


@pytest.fixture
def scratch_environment(tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@pytest.fixture
def sessions(scratch_environment: dict[str, str]) -> Iterator[object]:
    started: list[Session] = []

    def start(*arguments: str) -> Session:
        started.append(Session(list(arguments), scratch_environment))
        return started[-1]

    yield start
    for session in started:
        session.close()


def test_a_bundle_is_shown_until_q(sessions, tmp_path: Path) -> None:
    session = sessions("demo_bundles/agents")
    session.wait_for(b"/root/alpha")
    session.press(b"q")
    assert session.end() == 0
    assert LEAVES_ALTERNATE_SCREEN in session.output
    assert b"Traceback" not in session.output


def test_a_demo_is_shown_and_leaves_nothing_behind(sessions, tmp_path: Path) -> None:
    session = sessions("demo", "answer", "--speed", "0")
    session.wait_for(b"ENDED")
    assert list(tmp_path.glob("rtrace-demo-*"))
    session.press(b"q")
    assert session.end() == 0
    assert not list(tmp_path.glob("rtrace-demo-*"))


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=["interrupted", "terminated", "connection lost"]
)
def test_a_demo_that_is_ended_from_outside_leaves_nothing_behind(sessions, tmp_path: Path, number: int) -> None:
    session = sessions("demo", "agents", "--speed", "0.05")
    session.wait_for(b"LIVE")
    os.kill(session.pid, number)
    assert session.end() == 128 + number
    assert b"Traceback" not in session.output
    assert LEAVES_ALTERNATE_SCREEN in session.output
    assert not list(tmp_path.glob("rtrace-demo-*"))


def test_a_theme_that_does_not_exist_is_refused_before_the_screen(sessions) -> None:
    session = sessions("demo_bundles/answer", "--theme", "plaid")
    assert session.end() == 2
    assert b"there is no theme plaid; there are: dark" in session.output
    assert b"\x1b[?1049h" not in session.output
