"""The copy for a pager or an editor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.ui.pager import open_copy, reader_command, write_copy


@pytest.mark.parametrize(
    ("environment", "command"),
    [
        ({"PAGER": "less -S", "EDITOR": "vi"}, ["less", "-S"]),
        ({"EDITOR": "vi"}, ["vi"]),
        ({"PAGER": "  ", "EDITOR": "vi"}, ["vi"]),
        ({"PAGER": "unclosed '"}, ["less"]),
        ({}, ["less"]),
    ],
)
def test_the_program_is_the_persons_own(environment: dict[str, str], command: list[str]) -> None:
    assert reader_command(environment) == command


def test_the_copy_holds_nothing_that_drives_a_terminal() -> None:
    path = write_copy("one\n\x1b]0;title\x07two\x9b31m", "tool/../result.json")
    try:
        assert path.read_text() == "one\n␛]0;title␇two‹U+009B›31m\n"
        assert path.name.endswith("tool_.._result.json")
        assert path.stat().st_mode & 0o077 == 0
    finally:
        path.unlink()


def test_the_copy_is_shown_and_then_removed(tmp_path: Path) -> None:
    script = tmp_path / "reader.py"
    script.write_text("import sys, pathlib; pathlib.Path(sys.argv[1]).write_text(sys.argv[2])")
    seen = tmp_path / "seen"
    assert open_copy("text", "x.txt", {"PAGER": f"{sys.executable} {script} {seen}"}) is None
    shown = Path(seen.read_text())
    assert shown.name.startswith("rtrace-")
    assert not shown.exists()


def test_a_program_that_is_not_there_is_named() -> None:
    assert open_copy("text", "x", {"PAGER": "/no/such/pager"}) == (
        "/no/such/pager cannot be started: No such file or directory; set $PAGER or $EDITOR"
    )


def test_a_copy_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    problem = open_copy("text", "copy.txt", {"PAGER": sys.executable})
    assert problem == "the copy cannot be written: No such file or directory"


def test_a_signal_that_comes_while_the_program_is_being_started_ends_it_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class SlowlyStarted(subprocess.Popen[bytes]):
        def __init__(self, command: list[str]) -> None:
            super().__init__(command)
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(subprocess, "Popen", SlowlyStarted)
    script = tmp_path / "reader.py"
    script.write_text("import time; time.sleep(60)")
    started = time.monotonic()
    assert open_copy("text", "x.txt", {"PAGER": f"{sys.executable} {script}"}) is None
    assert time.monotonic() - started < 30
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


@pytest.fixture
def heard_interrupts() -> Iterator[None]:
    """Interrupts as in a program at a terminal: who runs tests in the background may have them ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_the_program_does_not_inherit_that_interrupts_are_ignored(tmp_path: Path, heard_interrupts: None) -> None:
    script = tmp_path / "reader.py"
    seen = tmp_path / "seen"
    script.write_text(
        "import pathlib, signal, sys; "
        "pathlib.Path(sys.argv[1]).write_text(str(signal.getsignal(signal.SIGINT) is signal.default_int_handler))"
    )
    assert open_copy("text", "x.txt", {"PAGER": f"{sys.executable} {script} {seen}"}) is None
    assert seen.read_text() == "True"
