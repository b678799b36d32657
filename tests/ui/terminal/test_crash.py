"""What is said at the end that should never come."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from tui.ui.terminal.crash import crash_line, write_report


def raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:
        return caught


@pytest.mark.parametrize(
    "error",
    [MemoryError(), RuntimeError("can't start new thread"), OSError(errno.EMFILE, "Too many open files")],
    ids=lambda error: type(error).__name__,
)
def test_want_of_resources_is_no_mistake(error: Exception) -> None:
    line = crash_line(raised(error), None)
    assert line.startswith("the system gives no more memory, threads or open files (test_crash.py:")


def test_a_mistake_names_its_place_in_one_harmless_line(tmp_path: Path) -> None:
    line = crash_line(raised(ValueError("two\nlines \x1b[2J")), tmp_path / "crash.txt")
    assert line.startswith("a mistake in this program ended it: ValueError: two⏎lines ␛[2J (test_crash.py:")
    assert line.endswith(f"; the report is in {tmp_path}/crash.txt")


def test_a_report_is_private_and_never_in_a_bundle(tmp_path: Path) -> None:
    error = raised(ValueError("odd"))
    path = write_report(error, tmp_path / "state")
    assert path is not None
    assert path.stat().st_mode & 0o777 == 0o600
    assert "ValueError: odd" in path.read_text()
    (tmp_path / "manifest.json").touch()
    assert write_report(error, tmp_path / "other") is None
    assert write_report(error, None) is None
