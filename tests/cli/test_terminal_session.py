"""The real program on a real pseudo-terminal: it starts, quits, and leaves the terminal as it was."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.cli.terminal import LEAVES_ALTERNATE_SCREEN


def test_a_bundle_is_shown_until_q(sessions, tmp_path: Path) -> None:
    session = sessions("demo_bundles/agents", is_new=True)
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
    assert b"there is no theme plaid; the themes are dark" in session.output
    assert b"\x1b[?1049h" not in session.output
