"""Reading a log while it is written, cut, replaced or unreadable."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.bundle.log.reader import LogReader
from tui.source.lines import RawLine

EVENT = b'{"schema_version":2,"seq":1,"wall_time_unix_ms":1,"rollout_id":"r","payload":{"type":"recording_completed"}}'


def new_lines(reader: LogReader) -> list[RawLine]:
    """All lines that can be read now; the log must still be the one that was read before."""
    assert reader.look() is False
    return remaining_lines(reader)


def remaining_lines(reader: LogReader) -> list[RawLine]:
    lines = []
    while reader.fill():
        pass
    while line := reader.next_line():
        lines.append(line)
    return lines


def texts(lines: list[RawLine]) -> list[bytes]:
    return [line.data for line in lines]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "trace.jsonl"


def test_lines_come_as_the_log_grows(log: Path) -> None:
    reader = LogReader(log)
    assert new_lines(reader) == []

    log.write_bytes(b"one\ntw")
    assert texts(new_lines(reader)) == [b"one"]
    assert reader.held == 2

    with log.open("ab") as file:
        file.write(b"o\n\nthree\n")
    lines = new_lines(reader)

    assert texts(lines) == [b"two", b"three"]
    assert [(line.number, line.offset) for line in lines] == [(2, 4), (4, 9)]
    assert reader.held == 0
    assert reader.offset == reader.size == 15


@settings(max_examples=40)
@given(st.lists(st.binary(max_size=12), max_size=8), st.integers(1, 9))
def test_pieces_written_and_chunks_read_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes], chunk_bytes: int
) -> None:
    log = tmp_path_factory.mktemp("log") / "trace.jsonl"
    reader = LogReader(log, chunk_bytes=chunk_bytes)
    lines = []
    with log.open("wb", buffering=0) as file:
        for piece in pieces:
            file.write(piece)
            lines += new_lines(reader)
    reader.close()

    assert texts(lines) == [line for line in b"".join(pieces).split(b"\n")[:-1] if line]


def test_a_log_cut_behind_the_lines_taken_is_read_on(log: Path) -> None:
    """Only the torn tail is gone: the lines that were delivered still stand."""
    log.write_bytes(b"one\ntorn")
    reader = LogReader(log)
    new_lines(reader)

    log.write_bytes(b"one\nt")
    assert new_lines(reader) == []
    with log.open("ab") as file:
        file.write(b"wo\n")

    assert texts(new_lines(reader)) == [b"two"]


@pytest.mark.parametrize(
    "content", [b"other\n", b"one\ntwo, but longer\n", b"one\nt\n", b"another, longer one\nwith more lines\n"], ids=len
)
def test_other_content_means_start_again(log: Path, content: bytes) -> None:
    log.write_bytes(b"one\ntwo\nthree\n")
    reader = LogReader(log)
    new_lines(reader)

    log.write_bytes(content)

    assert reader.look() is True
    assert texts(remaining_lines(reader)) == content.split(b"\n")[:-1]


def test_line_numbers_and_places_begin_again_after_a_restart(log: Path) -> None:
    log.write_bytes(b"one\ntwo\nthree\n")
    reader = LogReader(log)
    new_lines(reader)

    log.write_bytes(b"four\n")
    assert reader.look() is True

    assert remaining_lines(reader) == [RawLine(1, 0, 4, b"four")]


def test_a_log_replaced_by_a_longer_copy_of_itself_is_read_on(log: Path) -> None:
    """What copying tools do that write a new file and rename it."""
    log.write_bytes(b"one\ntwo\nthr")
    reader = LogReader(log)
    new_lines(reader)

    copy = log.with_name("copy")
    copy.write_bytes(b"one\ntwo\nthree\n")
    copy.rename(log)

    assert texts(new_lines(reader)) == [b"three"]


def test_a_log_replaced_by_another_file_means_start_again(log: Path) -> None:
    log.write_bytes(b"one\ntwo\n")
    reader = LogReader(log)
    new_lines(reader)

    other = log.with_name("other")
    other.write_bytes(b"ONE\nTWO\nTHREE\n")
    other.rename(log)

    assert reader.look() is True
    assert texts(remaining_lines(reader)) == [b"ONE", b"TWO", b"THREE"]


def test_a_removed_log_keeps_what_was_read(log: Path) -> None:
    log.write_bytes(b"one\n")
    reader = LogReader(log)
    new_lines(reader)

    log.unlink()

    assert new_lines(reader) == []
    assert reader.change == "removed"
    assert reader.offset == 4


def cut_cases() -> list[bytes]:
    whole = b"one\n\nthree\nfo"
    return [whole[:length] for length in range(len(whole) - 2)]


@pytest.mark.parametrize("is_new", [False, True])
@pytest.mark.parametrize("left", cut_cases(), ids=len)
def test_a_log_that_is_cut_and_written_again_was_read_already(log: Path, left: bytes, is_new: bool) -> None:
    whole = b"one\n\nthree\nfo"
    log.write_bytes(whole)
    reader = LogReader(log)
    assert texts(new_lines(reader)) == [b"one", b"three"]

    if is_new:
        log.rename(log.with_name("old"))
    log.write_bytes(left)
    assert new_lines(reader) == []
    assert (reader.change, reader.held) == ("replaced" if is_new else "cut short", 2 if is_new and not left else 0)
    with log.open("ab") as file:
        file.write(whole[len(left) :])
        file.flush()
        assert new_lines(reader) == []
        assert (reader.change, reader.held) == (None, 2)
        file.write(b"ur\nfive\n")

    assert texts(new_lines(reader)) == [b"four", b"five"]


def test_a_log_cut_and_changed_before_the_place_where_it_goes_on_means_start_again(log: Path) -> None:
    """What was compared while it grew is compared again in the end."""
    log.write_bytes(b"one\ntwo\nthree\n")
    reader = LogReader(log)
    new_lines(reader)
    log.write_bytes(b"one\n")
    assert new_lines(reader) == []

    log.write_bytes(b"ONE\ntwo\nthree\n")

    assert reader.look() is True
    assert reader.was_cut
    assert texts(remaining_lines(reader)) == [b"ONE", b"two", b"three"]


@pytest.mark.parametrize("growth", [b"", b"more\n"])
def test_a_log_that_was_edited_far_before_its_end_is_noticed_once_it_stands_still(log: Path, growth: bytes) -> None:
    tail = b"y" * 300 + b"\n"
    log.write_bytes(b"one\n" + tail)
    reader = LogReader(log)
    new_lines(reader)

    log.write_bytes(b"ONE\n" + tail + growth)
    os.utime(log, ns=(1, 1))
    new_lines(reader)

    assert reader.look() is True
    assert reader.was_cut
    assert texts(remaining_lines(reader))[0] == b"ONE"


def test_a_silent_log_is_looked_over_in_pieces_and_once(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.bundle.log.taken_lines.TakenLines.look_over.__defaults__", (100,))
    log.write_bytes(b"".join(b"%029d\n" % number for number in range(10)))
    reader = LogReader(log)
    new_lines(reader)
    read: list[int] = []
    really_read = os.pread

    def counting(descriptor: int, length: int, place: int) -> bytes:
        read.append(length)
        return really_read(descriptor, length, place)

    monkeypatch.setattr(os, "pread", counting)
    sizes = []
    for _ in range(5):
        read.clear()
        assert reader.look() is False
        sizes.append(sum(read))
    assert sizes == [120, 120, 60, 0, 0]


def test_a_renamed_log_is_followed_while_the_new_one_is_empty_and_to_its_end_before_the_new_one(log: Path) -> None:
    log.write_bytes(b"one\n")
    reader = LogReader(log)
    new_lines(reader)

    with log.open("ab", buffering=0) as old:
        log.rename(log.with_name("trace.jsonl.1"))
        old.write(b"two\n")
        assert texts(new_lines(reader)) == [b"two"]
        assert reader.change == "removed"
        log.write_bytes(b"")
        old.write(b"three\n")
        assert texts(new_lines(reader)) == [b"three"]
        assert reader.change == "replaced"
        old.write(b"four\n")
        log.write_bytes(b"first of another\n")
        assert texts(new_lines(reader)) == [b"four"]

    assert reader.look() is True
    assert not reader.was_cut
    assert (texts(remaining_lines(reader)), reader.change) == ([b"first of another"], None)


def test_lines_of_a_renamed_log_that_wait_are_given_out_before_those_of_the_new_one(log: Path) -> None:
    log.write_bytes(b"one\ntwo\n")
    reader = LogReader(log)
    reader.look()
    reader.fill()
    assert reader.next_line() is not None

    log.rename(log.with_name("old"))
    log.write_bytes(b"other\n")

    assert texts(new_lines(reader)) == [b"two"]
    assert reader.look() is True


def test_a_log_renamed_and_back_is_the_same_one(log: Path) -> None:
    log.write_bytes(b"one\n")
    reader = LogReader(log)
    new_lines(reader)
    log.rename(log.with_name("old"))
    assert new_lines(reader) == []
    log.with_name("old").rename(log)
    assert new_lines(reader) == []
    assert reader.change is None


def test_the_last_line_without_newline_waits_until_the_log_is_finished(log: Path) -> None:
    log.write_bytes(b"one\n" + EVENT)
    reader = LogReader(log)

    assert texts(new_lines(reader)) == [b"one"]
    assert reader.finish() == RawLine(2, 4, len(EVENT), EVENT)
    assert reader.finish() is None
    assert reader.held == 0


@pytest.mark.parametrize("tail", [b"", EVENT[:-1], b"[]", b"text", b"   ", b'"text"'])
def test_a_last_line_that_is_no_whole_event_is_never_delivered(log: Path, tail: bytes) -> None:
    log.write_bytes(b"one\n" + tail)
    reader = LogReader(log)
    new_lines(reader)

    assert reader.finish() is None
    assert reader.held == len(tail)


def test_the_newline_of_a_delivered_last_line_is_no_line(log: Path) -> None:
    log.write_bytes(EVENT)
    reader = LogReader(log)
    new_lines(reader)
    reader.finish()

    with log.open("ab") as file:
        file.write(b"\nnext\n")
    rest, following = new_lines(reader)

    assert (rest.data, rest.length) == (b"", 0)
    assert following == RawLine(2, len(EVENT) + 1, 4, b"next")


def test_what_follows_a_delivered_last_line_is_not_lost(log: Path) -> None:
    log.write_bytes(EVENT)
    reader = LogReader(log)
    new_lines(reader)
    reader.finish()

    with log.open("ab") as file:
        file.write(b"garbage\n")

    assert new_lines(reader) == [RawLine(1, len(EVENT), 7, b"garbage")]


def test_a_torn_tail_is_tried_again_only_when_it_has_grown(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log.write_bytes(EVENT[:20])
    reader = LogReader(log)
    new_lines(reader)
    assert reader.finish() is None

    monkeypatch.setattr("tui.bundle.log.framing.decode_line", lambda *_: pytest.fail("decoded again for nothing"))
    assert reader.finish() is None

    monkeypatch.undo()
    with log.open("ab") as file:
        file.write(EVENT[20:])
    assert new_lines(reader) == []
    assert reader.finish() is not None


def test_a_torn_tail_in_whose_place_another_line_stands_is_read_again(log: Path) -> None:
    reader = LogReader(log)
    log.write_bytes(b"one\ntorn by a crash")
    assert texts(new_lines(reader)) == [b"one"]
    log.write_bytes(b"one\ntwo, longer than what was torn before\nthr")
    assert texts(new_lines(reader)) == [b"two, longer than what was torn before"]
    assert reader.held == 3


def test_zeros_in_whose_place_the_line_appears_are_read_again(log: Path) -> None:
    reader = LogReader(log)
    log.write_bytes(b"one\n" + bytes(8))
    assert texts(new_lines(reader)) == [b"one"]
    log.write_bytes(b"one\ntwo\nthree\n")
    assert texts(new_lines(reader)) == [b"two", b"three"]


def test_another_line_in_the_place_of_a_delivered_last_one_means_start_again(log: Path) -> None:
    reader = LogReader(log)
    log.write_bytes(b"one\n" + EVENT)
    assert texts(new_lines(reader)) == [b"one"]
    assert reader.finish() is not None
    log.write_bytes(b"one\n" + EVENT.replace(b"2", b"1", 1) + b"\nthree\n")
    assert reader.look() is True
    assert len(remaining_lines(reader)) == 3


def test_a_hole_whose_content_arrives_late_means_start_again(log: Path) -> None:
    reader = LogReader(log)
    log.write_bytes(bytes(400) + b"\n" + b"y" * 300 + b"\n")
    assert len(new_lines(reader)) == 2
    log.write_bytes(b"x" * 400 + b"\n" + b"y" * 300 + b"\nmore\n")
    assert reader.look() is True
    assert [line.data[:1] for line in remaining_lines(reader)] == [b"x", b"y", b"m"]


def test_a_longer_log_with_other_first_lines_and_the_same_last_one_means_start_again(log: Path) -> None:
    reader = LogReader(log)
    log.write_bytes(b"one\n" + b"y" * 300 + b"\n")
    assert len(new_lines(reader)) == 2
    log.rename(log.with_name("old"))
    log.write_bytes(b"two\n" + b"y" * 300 + b"\nmore\n")
    assert reader.look() is True
    assert [line.data[:3] for line in remaining_lines(reader)] == [b"two", b"yyy", b"mor"]


def test_an_overlong_line_is_recognised_when_the_log_goes_on(log: Path) -> None:
    reader = LogReader(log, longest_line=20)
    log.write_bytes(bytes(range(48, 120)) + b"\n")
    assert [line.length for line in new_lines(reader)] == [72]
    with log.open("ab") as file:
        file.write(b"two\n")
    assert texts(new_lines(reader)) == [b"two"]


def test_a_fifo_is_a_fault_and_never_waited_for(log: Path) -> None:
    os.mkfifo(log)
    reader = LogReader(log)

    assert new_lines(reader) == []
    assert reader.fault == "trace.jsonl: cannot be read: a FIFO, not a file"


def test_a_fault_ends_when_the_log_can_be_read(log: Path) -> None:
    log.mkdir()
    reader = LogReader(log)
    assert new_lines(reader) == []
    assert "a directory" in str(reader.fault)

    log.rmdir()
    log.write_bytes(b"one\n")

    assert texts(new_lines(reader)) == [b"one"]
    assert reader.fault is None


def test_a_read_error_is_a_fault_with_its_place(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log.write_bytes(b"one\n")
    reader = LogReader(log)
    reader.look()

    def fail(*_: object) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "pread", fail)
    assert reader.fill() is False
    assert reader.fault == "trace.jsonl: cannot be read at byte 0: Input/output error"

    monkeypatch.undo()
    assert texts(new_lines(reader)) == [b"one"]
    assert reader.fault is None


def test_progress_counts_the_lines_taken(log: Path) -> None:
    log.write_bytes(b"one\ntwo\nthr")
    reader = LogReader(log)
    reader.look()
    reader.fill()

    taken = [reader.taken]
    while line := reader.next_line():
        taken.append(reader.taken)
    assert taken == [0, 4, 11]

    reader.put_back(RawLine(2, 4, 3, b"two"))
    assert reader.taken == 4
    assert line is None
