"""How many lines wait in a log while nobody takes them in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.bundle.log.waiting_lines import LineCounter


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "trace.jsonl"
    path.write_bytes(b"one\ntwo\n")
    return path


def test_whole_lines_behind_the_place_are_counted(log: Path) -> None:
    counter = LineCounter(log, 8)
    counts = [counter.count()]
    for piece in (b"three\nfo", b"ur\n", b""):
        with log.open("ab") as file:
            file.write(piece)
        counts.append(counter.count())
    assert counts == [0, 1, 2, 2]


def test_what_was_taken_in_before_does_not_wait_although_the_log_is_cut(log: Path) -> None:
    counter = LineCounter(log, 8)
    log.write_bytes(b"one\n")
    assert counter.count() == 0
    log.write_bytes(b"one\ntwo\nthree\n")
    assert counter.count() == 1


def test_a_log_that_cannot_be_read_leaves_the_count_as_it_was(log: Path) -> None:
    counter = LineCounter(log, 0)
    assert counter.count() == 2
    log.unlink()
    assert counter.count() == 2
