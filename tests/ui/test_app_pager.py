"""The copy for a pager or an editor."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tui.ui import pager
from tui.ui.pager import Reader, open_copy, reader_of, write_copy


@pytest.fixture(autouse=True)
def _no_copies_left() -> Iterator[None]:
    yield
    pager._forget_copies()


@pytest.mark.parametrize(
    ("environment", "reader"),
    [
        ({"PAGER": "less -S", "EDITOR": "vi"}, Reader(["less", "-S"], {})),
        ({"EDITOR": "vi"}, Reader(["vi"], {})),
        ({"PAGER": "  ", "EDITOR": "vi"}, Reader(["vi"], {})),
        ({"PAGER": "unclosed '"}, Reader(["less"], {})),
        ({}, Reader(["less"], {})),
        ({"PAGER": "LESS=-R LC_ALL=C less -S"}, Reader(["less", "-S"], {"LESS": "-R", "LC_ALL": "C"})),
        ({"PAGER": "LESS=-R"}, Reader(["less"], {})),
        ({"PAGER": "col -b < x | less"}, Reader(["/bin/sh", "-c", 'col -b < x | less "$@"', "col"], {})),
    ],
)
def test_the_program_is_the_persons_own(environment: dict[str, str], reader: Reader) -> None:
    assert reader_of(environment) == reader


def script(tmp_path: Path, text: str) -> str:
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)
    return str(program)


def test_a_shell_gets_the_file_behind_its_own_words(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    program = script(tmp_path, f'cat "$2" > {seen}')
    assert open_copy("text", "x.txt", {"PAGER": f"true; {program} -n"}) is None
    assert seen.read_text() == "text\n"


def test_less_stays_whatever_its_options_say(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    less = tmp_path / "less"
    less.write_text(f'#!/bin/sh\necho "$@" >> {seen}\n[ "$1" != -+F ]\n')
    less.chmod(0o755)
    assert open_copy("text", "x.txt", {"PAGER": str(less)}) is None
    first, second = seen.read_text().splitlines()
    assert first == f"-+F {second}"  # one that does not know the option is asked again


@pytest.mark.parametrize(("end", "said"), [("exit 1", "ended with code 1"), ("kill -9 $$", "was ended by signal 9")])
def test_a_program_that_fails_is_said(end: str, said: str, tmp_path: Path) -> None:
    reader = tmp_path / "reader"
    reader.write_text(f"#!/bin/sh\n{end}\n")
    reader.chmod(0o755)
    problem = open_copy("text", "x.txt", {"PAGER": str(reader)})
    assert problem is not None
    assert problem.startswith(f"{reader} {said}; the copy is ")


def test_the_copy_holds_nothing_that_drives_a_terminal() -> None:
    path = write_copy("one\n\x1b]0;title\x07two\x9b31m", "tool/../result.json")
    try:
        assert path.read_text() == "one\n␛]0;title␇two‹U+009B›31m\n"
        assert path.name.endswith("tool_.._result.json")
        assert path.stat().st_mode & 0o077 == 0
    finally:
        path.unlink()


def test_the_copy_stays_until_the_end(tmp_path: Path) -> None:
    """An editor with a window returns before it has read the file."""
    seen = tmp_path / "seen"
    assert open_copy("text", "x.txt", {"PAGER": script(tmp_path, f'echo "$1" > {seen}')}) is None
    shown = Path(seen.read_text().strip())
    assert shown.name.startswith("rtrace-")
    assert shown.read_text() == "text\n"
    pager._forget_copies()
    assert not shown.exists()


def test_only_the_last_copies_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for number in range(pager.MOST_COPIES + 3):
        open_copy(str(number), "x.txt", {"PAGER": "true"})
    assert len(list(tmp_path.iterdir())) == pager.MOST_COPIES


def test_nothing_is_left_of_a_copy_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        problem = open_copy("x" * 100, "x.txt", {"PAGER": "true"})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert problem == "the copy cannot be written: File too large"
    assert list(tmp_path.iterdir()) == []


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
        def __init__(self, command: list[str], **options: Any) -> None:
            super().__init__(command, **options)
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(subprocess, "Popen", SlowlyStarted)
    program = tmp_path / "reader.py"
    program.write_text("import time; time.sleep(60)")
    started = time.monotonic()
    assert open_copy("text", "x.txt", {"PAGER": f"{sys.executable} {program}"}) is None
    assert time.monotonic() - started < 30
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


@pytest.fixture
def heard_interrupts() -> Iterator[None]:
    """Interrupts as in a program at a terminal: who runs tests in the background may have them ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_the_program_does_not_inherit_that_interrupts_are_ignored(tmp_path: Path, heard_interrupts: None) -> None:
    program = tmp_path / "reader.py"
    seen = tmp_path / "seen"
    program.write_text(
        "import pathlib, signal, sys; "
        "pathlib.Path(sys.argv[1]).write_text(str(signal.getsignal(signal.SIGINT) is signal.default_int_handler))"
    )
    assert open_copy("text", "x.txt", {"PAGER": f"{sys.executable} {program} {seen}"}) is None
    assert seen.read_text() == "True"
