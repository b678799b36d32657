"""A disk that takes nothing more: one line, nothing half-written, and the viewer goes on.

No file may grow beyond a size that the system enforces (`RLIMIT_FSIZE`), which stops a write as a full disk does.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.terminal import Session
from tests.conftest import DEMO_BUNDLES
from tui.cli import main

LIMIT = 60
"""Bytes that a file may have."""

LIMITED = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({LIMIT}, {LIMIT}))"
BUNDLE = str(DEMO_BUNDLES / "agents")


def environment(home: Path) -> dict[str, str]:
    """Compiled modules are not written either: a part of one would be taken for the whole."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(home),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


class Ended(NamedTuple):
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Ended]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command while the system enforces the limit, with its folders of all kinds in `tmp_path`."""
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("sys.dont_write_bytecode", True)

    def run(*arguments: str) -> Ended:
        usual = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, usual[1]))
        try:
            code = main(list(arguments))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        return Ended(code, *capsys.readouterr())

    return run


def left(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    "arguments",
    [
        ("reduce", BUNDLE),
        ("export", BUNDLE, "--to", "markdown"),
        ("export", BUNDLE, "--to", "html"),
        ("export", BUNDLE, "--to", "otlp"),
        ("export", BUNDLE, "--to", "perfetto"),
        ("export", BUNDLE, "--to", "parquet"),
        ("slice", BUNDLE, "--agent", "/root/alpha"),
    ],
    ids=lambda given: "-".join(given[:1] + given[3:4]),
)
def test_output_is_whole_or_absent(arguments: tuple[str, ...], tmp_path: Path, run: Run) -> None:
    if "parquet" in arguments:
        pytest.importorskip("duckdb")
    (tmp_path / "out").mkdir()
    ended = run(*arguments, "-o", str(tmp_path / "out/it"))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(f"rtrace-tui: {tmp_path}")
    assert ended.stderr.endswith("File too large\n")
    assert ended.stderr.count("\n") == 1
    assert left(tmp_path) == []
    assert list((tmp_path / "out").iterdir()) == []


def test_demo_that_cannot_be_recorded_says_so_at_the_end(tmp_path: Path) -> None:
    limited = LIMITED.replace(str(LIMIT), "4000")
    session = Session(["demo", "agents-schema2", "--speed", "0"], environment(tmp_path), before=limited)
    try:
        session.wait_for(b"/root")
        session.press(b"q")
        assert session.end() == 2
        said = b"rtrace-tui: the demo could not be recorded in"
        assert session.output.rpartition(said)[2].strip().endswith(b": File too large")
        assert b"Traceback" not in session.output
    finally:
        session.abandon()
    assert not any("rtrace-demo" in name for name in left(tmp_path))


def test_slice_leaves_the_folder_that_was_there(tmp_path: Path, run: Run) -> None:
    (tmp_path / "mine").mkdir()
    assert run("slice", BUNDLE, "--agent", "/root/alpha", "-o", str(tmp_path / "mine")).returncode == 2
    assert (tmp_path / "mine").is_dir()
    assert left(tmp_path / "mine") == []


def test_question_in_sql_says_where_there_is_no_room(tmp_path: Path, run: Run) -> None:
    pytest.importorskip("duckdb")
    ended = run("sql", BUNDLE, "SELECT 1")
    assert (ended.returncode, ended.stderr) == (2, f"rtrace-tui: {tmp_path}: no room for the tables: File too large\n")
    assert left(tmp_path) == []


def test_folder_is_listed_without_an_index(tmp_path: Path, run: Run) -> None:
    ended = run("ls", str(DEMO_BUNDLES))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "Review the project with helpers." in ended.stdout
    assert not any(name.endswith(".part") for name in left(tmp_path))


def test_viewer_goes_on_and_says_what_it_cannot_keep(tmp_path: Path) -> None:
    session = Session([BUNDLE], environment(tmp_path), before=LIMITED)
    try:
        session.wait_for(b"/root/alpha")
        session.press(b"jjMwords\r")
        session.wait_for(b"the note cannot be kept: File too large")
        session.press(b"ma")
        session.wait_for(b"marked as a")
        session.press(b"q")
        assert session.end() == 0
        assert b"Traceback" not in session.output
        assert not session.unclean_modes()
    finally:
        session.abandon()
    assert not any(".part" in name or "crash" in name for name in left(tmp_path))
