"""However the program ends or is interrupted, it leaves a clean terminal and the right exit code."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.cli.terminal import ENTERS_ALTERNATE_SCREEN, LEAVES_ALTERNATE_SCREEN
from tui.ui.pager import AT_ONCE_SECONDS

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
SHOWN = {"demo_bundles/agents": b"/root/alpha", "demo_bundles": b"Review the"}
"""What is shown, and by which text that is known: a bundle, and the list of a folder."""


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
@pytest.mark.parametrize("shown", SHOWN)
def test_a_signal_ends_it_in_order(sessions, shown: str, number: signal.Signals) -> None:
    session = sessions(shown)
    session.wait_for(SHOWN[shown])
    os.kill(session.pid, number)
    assert session.end() == 128 + number
    assert session.unclean_modes() == set()
    assert b"Traceback" not in session.output


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_signal_in_the_first_moment_leaves_no_half_screen(sessions, number: signal.Signals) -> None:
    session = sessions("demo_bundles/agents", is_new=True)
    session.wait_for(ENTERS_ALTERNATE_SCREEN)
    os.kill(session.pid, number)
    assert session.end() == 128 + number
    assert session.unclean_modes() == set()
    assert b"Traceback" not in session.output


def test_two_signals_end_it_once(sessions) -> None:
    session = sessions("demo_bundles/agents")
    session.wait_for(b"/root/alpha")
    os.kill(session.pid, signal.SIGTERM)
    os.kill(session.pid, signal.SIGTERM)
    assert session.end() == 128 + signal.SIGTERM
    assert session.unclean_modes() == set()


@pytest.mark.parametrize("shown", SHOWN)
@pytest.mark.parametrize("blocked", [(), (signal.SIGHUP,)], ids=["with a signal", "without a signal"])
def test_a_closed_terminal_ends_it_at_once_and_without_a_spin(sessions, shown: str, blocked: tuple[int, ...]) -> None:
    """Where no signal comes, reading gives nothing without end and writing fails: neither may keep it alive."""
    session = sessions(shown, blocked=frozenset(blocked))
    session.wait_for(SHOWN[shown])
    closed = time.monotonic()
    assert session.end_after_close() == 128 + signal.SIGHUP
    assert time.monotonic() - closed < 10
    assert session.used_seconds < 10


def test_esc_and_the_next_key_may_come_together(sessions) -> None:
    session = sessions("demo_bundles/agents")
    session.wait_for(b"/root/alpha")
    session.press(b"?")
    session.wait_for(b"Keys in the timeline")
    session.press(b"\x1bq")
    assert session.end() == 0
    assert session.unclean_modes() == set()


def test_a_terminal_that_closes_while_much_is_drawn_ends_it(sessions) -> None:
    session = sessions("demo", "agents", "--speed", "0.05", blocked=frozenset({signal.SIGHUP}))
    session.wait_for(b"LIVE")
    session.press(b"jjjj?")
    assert session.end_after_close() == 128 + signal.SIGHUP


@pytest.mark.parametrize("by", ["key", "signals"])
def test_suspending_gives_the_terminal_back_and_fg_draws_again(sessions, by: str) -> None:
    session = sessions("demo_bundles/agents")
    session.wait_for(b"/root/alpha")
    if by == "key":
        session.press(b"\x1a")
    else:
        session.press(b"GgggGgg" * 5)
        for _ in range(5):
            os.kill(session.pid, signal.SIGTSTP)
    session.wait_for_stop()
    session.wait_for(LEAVES_ALTERNATE_SCREEN)
    assert session.unclean_modes() == set()
    session.output = b""
    for _ in range(1 if by == "key" else 5):
        os.kill(session.pid, signal.SIGCONT)
    session.wait_for(b"/root/alpha")
    assert session.output.count(ENTERS_ALTERNATE_SCREEN) == 1
    session.press(b"q")
    assert session.end() == 0
    assert session.unclean_modes() == set()


@pytest.fixture
def pager(scratch_environment: dict[str, str], tmp_path: Path) -> None:
    program = tmp_path / "pager.py"
    program.write_text(
        "import os, signal, time\n"
        "def end(*_):\n"
        "    os.write(1, b'INTER' + b'RUPTED')\n"
        "    os._exit(0)\n"
        "signal.signal(signal.SIGINT, end)\n"
        "os.write(1, b'PAGER IS ' + b'UP')\n"
        "time.sleep(60)\n"
    )
    scratch_environment["PAGER"] = f"{sys.executable} {program}"


def test_an_interrupt_in_the_pager_is_the_pagers_own(sessions, pager: None) -> None:
    session = sessions("demo_bundles/agents")
    session.wait_for(b"/root/alpha")
    session.press(b"O")
    session.wait_for(b"PAGER IS UP")
    time.sleep(AT_ONCE_SECONDS + 0.1)
    session.press(b"\x03")
    session.wait_for(b"INTERRUPTED")
    time.sleep(0.3)
    session.press(b"q")
    assert session.end() == 0
    assert session.unclean_modes() == set()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_while_the_pager_is_up_ends_both(sessions, pager: None, number: signal.Signals) -> None:
    session = sessions("demo_bundles/agents")
    session.wait_for(b"/root/alpha")
    session.press(b"O")
    session.wait_for(b"PAGER IS UP")
    started = time.monotonic()
    os.kill(session.pid, number)
    assert session.end() == 128 + number
    assert time.monotonic() - started < 30
    assert session.unclean_modes() == set()


def test_a_signal_while_it_is_stopped_ends_it_when_it_goes_on(sessions) -> None:
    session = sessions("demo_bundles/agents")
    session.wait_for(b"/root/alpha")
    session.press(b"\x1a")
    session.wait_for_stop()
    os.kill(session.pid, signal.SIGTERM)
    os.kill(session.pid, signal.SIGCONT)
    assert session.end() == 128 + signal.SIGTERM
    assert session.unclean_modes() == set()


@pytest.mark.parametrize("shown", SHOWN)
def test_a_storm_of_sizes_down_to_one_cell_and_back(sessions, shown: str) -> None:
    session = sessions(shown)
    session.wait_for(SHOWN[shown])
    for step in range(200):
        session.resize(1 + step * 7 % 160, 1 + step * 5 % 60)
    session.resize(1, 1)
    time.sleep(0.5)
    session.output = b""
    session.resize(120, 40)
    session.wait_for(SHOWN[shown])
    session.press(b"q")
    assert session.end() == 0
    assert session.unclean_modes() == set()
    assert b"Traceback" not in session.output


@pytest.mark.parametrize("end", ["SIGINT", "SIGTERM", "SIGHUP", "closed", "q"])
def test_the_place_is_remembered_however_it_ends(sessions, tmp_path: Path, end: str) -> None:
    session = sessions("demo_bundles/agents")
    session.wait_for(b"ENDED")  # all rows are there: a move goes no further than they do
    session.press(b"jj")
    session.wait_for("/root › turn 1 › request 1".encode())  # where one is, says the footer
    if end == "closed":
        session.end_after_close()
    elif end == "q":
        session.press(b"q")
        session.end()
    else:
        os.kill(session.pid, signal.Signals[end])
        session.end()
    (file,) = (tmp_path / ".local/state/rtrace-tui").iterdir()
    assert json.loads(file.read_bytes())["place"]["row"][0] == "inference"


def test_suspending_remembers_the_place_too(sessions, tmp_path: Path) -> None:
    session = sessions("demo_bundles/agents")
    session.wait_for(b"/root/alpha")
    session.press(b"jj\x1a")
    session.wait_for_stop()
    assert list((tmp_path / ".local/state/rtrace-tui").iterdir())
    os.kill(session.pid, signal.SIGKILL)
    assert session.end() == -signal.SIGKILL


@pytest.mark.parametrize("arguments", [["demo_bundles/agents", "--no-restore"], ["demo", "agents", "--speed", "0"]])
def test_who_does_not_want_it_leaves_no_place_behind(sessions, tmp_path: Path, arguments: list[str]) -> None:
    session = sessions(*arguments)
    session.wait_for(b"/root/alpha")
    session.press(b"jjq")
    assert session.end() == 0
    assert not (tmp_path / ".local/state").exists()


def test_a_folder_that_cannot_be_written_is_said_in_one_line_at_the_end(sessions, tmp_path: Path) -> None:
    (tmp_path / ".local").write_text("in the way")
    session = sessions("demo_bundles/agents")
    session.wait_for(b"/root/alpha")
    session.press(b"jq")
    assert session.end() == 0
    assert session.output.count(b"rtrace-tui: your place cannot be remembered: ") == 1
    assert b"Traceback" not in session.output


def test_nothing_is_left_of_a_folder_that_is_removed_while_it_is_shown(sessions, tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    session = sessions(str(tmp_path / "root"), "--wait")
    session.wait_for(b"No recording yet")
    (tmp_path / "root").rmdir()
    session.wait_for(b"No such file or directory")
    session.press(b"q")
    assert session.end() == 0


def test_a_program_that_returns_at_once_leaves_its_text_to_be_read(
    sessions, scratch_environment: dict[str, str]
) -> None:
    scratch_environment["PAGER"] = "cat"
    session = sessions("demo_bundles/agents", "--no-restore")
    session.wait_for(b"/root/alpha")
    session.press(b"O")
    session.wait_for(b"cat returned at once; the copy is ")
    session.wait_for(b"Any key goes back")
    assert ENTERS_ALTERNATE_SCREEN not in session.output.rpartition(LEAVES_ALTERNATE_SCREEN)[2]
    session.output = b""
    session.press(b"x")
    session.wait_for(b"/root/alpha")
    session.press(b"q")
    assert session.end() == 0


def test_a_signal_ends_it_while_that_text_is_read(
    sessions, scratch_environment: dict[str, str], tmp_path: Path
) -> None:
    scratch_environment["PAGER"] = "cat"
    session = sessions("demo_bundles/agents", "--no-restore")
    session.wait_for(b"/root/alpha")
    session.press(b"O")
    session.wait_for(b"Any key goes back")
    os.kill(session.pid, signal.SIGTERM)
    assert session.end() == 128 + signal.SIGTERM
    assert session.unclean_modes() == set()
    assert not list(tmp_path.glob("rtrace-*"))
