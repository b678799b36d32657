"""Whatever comes from the terminal: nothing ends the program that is no quit key, and text in a paste is text."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

SHOWN = b"/root/alpha"

HARMLESS = {
    "release of Enter, left behind by a program": b"\x1b[13;1:3u",
    "arrow with an event type": b"\x1b[1;5:1B",
    "delete with an event type": b"\x1b[3;1:1~",
    "alternate keys": b"\x1b[106:74;2u",
    "modifyOtherKeys with an event type": b"\x1b[27;1:1;106~",
    "code point beyond Unicode": b"\x1b[1114112u",
    "number beyond every integer": b"\x1b[" + b"9" * 300 + b"u",
    "oldest mouse report beyond column 95": b"\x1b[M " + bytes([132, 37]),
    "Latin-1 keyboard": b"\xe9",
    "byte alone": b"\x80",
    "answer about colours": b"\x1b]11;rgb:0000/0000/0000\x1b\\",
    "answer with keys in it": b"\x1bP>|qqq\x1b\\",
    "paste with ESC and a key": b"\x1b[200~hello \x1b q\x1b[201~",
    "paste with a key report": b"\x1b[200~a \x1b[113u\x1b[201~",
    "paste in Latin-1": b"\x1b[200~caf\xe9 au lait\x1b[201~",
}


@pytest.mark.parametrize("shown", ["demo_bundles/agents", "demo_bundles"])
def test_nothing_that_comes_ends_it(sessions, shown: str) -> None:
    session = sessions(shown, "--no-restore")
    session.wait_for(SHOWN if shown.endswith("agents") else b"Review the")
    for data in HARMLESS.values():
        session.press(data)
        time.sleep(0.05)
    session.press(b"\x1b")
    time.sleep(0.5)
    os.kill(session.pid, 0)
    session.press(b"q")
    assert session.end() == 0
    assert b"Traceback" not in session.output
    assert session.unclean_modes() == set()


def test_a_paste_goes_into_the_typed_line_as_it_is(sessions) -> None:
    session = sessions("demo_bundles/agents", "--no-restore")
    session.wait_for(SHOWN)
    session.press(b"/\x1b[200~abc \x1b def\x1b[201~")
    session.wait_for("abc ␛ def".encode())
    session.press(b"\x03")


def test_line_feed_in_a_typed_line_is_enter(sessions) -> None:
    """What was typed before the viewer began may have become one."""
    session = sessions("demo_bundles/agents", "--no-restore")
    session.wait_for(SHOWN)
    session.press(b"/gamma\n")
    session.press(b"q")
    assert session.end() == 0


def settled_threads(pid: int) -> int:
    """How many threads a process has once their number is the same for a second; a busy machine starts them late."""
    counts = [0]
    for _ in range(100):
        counts.append(len(list(Path(f"/proc/{pid}/task").iterdir())))
        if len(counts) > 10 and len(set(counts[-10:])) == 1:
            break
        time.sleep(0.1)
    return counts[-1]


@pytest.mark.parametrize(
    "numbers",
    [[signal.SIGCONT], [signal.SIGCONT] * 3, [signal.SIGSTOP, signal.SIGCONT], [signal.SIGTSTP, signal.SIGCONT]],
    ids=lambda numbers: " ".join(number.name for number in numbers),
)
def test_going_on_takes_the_terminal_once(sessions, numbers: list[signal.Signals]) -> None:
    session = sessions("demo_bundles/agents", "--no-restore")
    session.wait_for(b"ENDED")  # what is read in threads has been read
    threads = settled_threads(session.pid)
    for number in numbers:
        os.kill(session.pid, number)
        if number != signal.SIGCONT:
            session.wait_for_stop()
    session.press(b"?")
    session.wait_for(b"Keys in the timeline")
    assert settled_threads(session.pid) <= threads
    session.press(b"\x1bq")
    assert session.end() == 0
    assert session.unclean_modes() == set()


def test_terminate_and_continue_together_end_it(sessions) -> None:
    session = sessions("demo_bundles/agents", "--no-restore")
    session.wait_for(SHOWN)
    os.kill(session.pid, signal.SIGTERM)
    os.kill(session.pid, signal.SIGCONT)
    assert session.end() == 128 + signal.SIGTERM
    assert session.unclean_modes() == set()


CRASHES = {
    "in a key": "from tui.ui.screens.main import MainScreen as S\ndef f(*_): raise ValueError('odd')\nS.press = f",
    "in a callback": "import tui.ui.app as a\n"
    "def f(self, event): import asyncio; asyncio.get_running_loop().call_soon(int, 'odd')\n"
    "a.MainScreen.press = f",
    "in a thread": "import tui.ui.app as a, threading\n"
    "def f(self, event): threading.Thread(target=int, args=('odd',)).start()\n"
    "a.MainScreen.press = f",
    "in the reading thread": "from tui.ui.terminal.driver import Reports\n"
    "def f(*_): raise ValueError('odd')\nReports.messages_of = f",
    "in the loop itself": "from tui.ui.app import TraceApp\n"
    "async def f(self, event): raise ValueError('odd')\nTraceApp.on_event = f",
}


@pytest.mark.parametrize("where", CRASHES)
def test_a_crash_gives_the_terminal_back_and_says_one_line(sessions, tmp_path: Path, where: str) -> None:
    session = sessions("demo_bundles/agents", "--no-restore", before=CRASHES[where])
    time.sleep(1.5)
    session.press(b"j")
    assert session.end() == 70
    assert session.unclean_modes() == set()
    assert b"Traceback" not in session.output
    said = session.output.rpartition(b"\x1b[m")[2].decode().split("\r\n")
    assert said[0].startswith("rtrace-tui: a mistake in this program ended it: ValueError: ")
    assert said[1:] in ([""], ["j"])  # the key, where the terminal was given back before it came
    report = tmp_path / ".local/state/rtrace-tui/crash.txt"
    assert "ValueError" in report.read_text()
    assert report.stat().st_mode & 0o777 == 0o600


def test_what_is_drawn_is_utf_8_whatever_the_locale(sessions, scratch_environment: dict[str, str]) -> None:
    scratch_environment["PYTHONIOENCODING"] = "latin-1"
    session = sessions("demo_bundles/agents", "--no-restore", is_new=True)
    session.wait_for("▾ ".encode())
    assert b"\\u25be" not in session.output
    session.press(b"\x03")
    assert session.end() == 0
