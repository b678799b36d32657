"""Batches: bounded, complete, with the bodies that the lines need, and honest about what became of the files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bundle.recording import new_writer, record_start
from tui.bundle.batch import BundleBatchReader
from tui.bundle.open import open_bundle
from tui.bundle.payloads.store import PayloadStore
from tui.bundle.write.writer import BundleWriter
from tui.schema.decode import EventLine, MalformedLine
from tui.schema.events import CodexTurnEnded, HistoryItemAccepted, RecordingCompleted, ThreadStarted
from tui.source.batch import BatchLimits, TraceBatch
from tui.source.fault import PayloadFault
from tui.source.reading import read_batches


@pytest.fixture
def writer(tmp_path: Path) -> BundleWriter:
    return new_writer(tmp_path / "b")


def reader_of(writer: BundleWriter, limits: BatchLimits | None = None) -> BundleBatchReader:
    return BundleBatchReader(open_bundle(writer.path), PayloadStore(writer.path), limits)


def all_batches(writer: BundleWriter, limits: BatchLimits | None = None) -> list[TraceBatch]:
    return list(read_batches(open_bundle(writer.path), PayloadStore(writer.path), limits))


def seqs(batches: list[TraceBatch]) -> list[int | None]:
    return [line.event.seq if isinstance(line, EventLine) else line.seq for batch in batches for line in batch.lines]


def start_thread(writer: BundleWriter, metadata: object) -> None:
    ref = writer.write_payload("session_metadata", metadata)
    writer.append(ThreadStarted(thread_id="t", agent_path="/root", metadata_payload=ref))


def test_a_batch_says_where_its_lines_stand_and_brings_their_payloads(writer: BundleWriter) -> None:
    record_start(writer)
    log = (writer.path / "trace.jsonl").read_bytes()

    (batch,) = all_batches(writer)

    places = [log[offset : offset + length] for offset, length in zip(batch.offsets, batch.lengths, strict=True)]
    assert places == log.splitlines()
    assert batch.payloads == {"raw_payload:1": b'{"thread_id":"root","model":"m"}'}
    assert batch.bytes_read == batch.bytes_total == len(log)
    assert (batch.torn_tail, batch.restarted, batch.manifest, batch.fault) == (0, False, None, None)


def test_blank_lines_are_counted_but_not_delivered(writer: BundleWriter) -> None:
    writer.append_raw(b"\n  \r\n")
    record_start(writer)

    (batch,) = all_batches(writer)

    assert [line.line for line in batch.lines] == [3, 4, 5]


def test_the_first_batch_of_an_empty_or_missing_log_is_empty(writer: BundleWriter) -> None:
    (empty,) = all_batches(writer)
    (writer.path / "trace.jsonl").unlink()
    (missing,) = all_batches(writer)

    assert empty.lines == missing.lines == []
    assert empty.bytes_total == missing.bytes_total == 0


def test_batches_are_small_at_first_and_grow(writer: BundleWriter) -> None:
    for number in range(40):
        writer.append(HistoryItemAccepted(item_id=str(number)))

    batches = all_batches(writer, BatchLimits(first_lines=2, lines=10))

    assert [len(batch.lines) for batch in batches] == [2, 4, 8, 10, 10, 6]
    assert seqs(batches) == list(range(1, 41))
    progress = [batch.bytes_read for batch in batches]
    assert progress == sorted(progress)
    assert progress[-1] == batches[-1].bytes_total


def test_a_batch_ends_when_its_bytes_are_used_up(writer: BundleWriter) -> None:
    for _ in range(6):
        start_thread(writer, "x" * 900)

    batches = all_batches(writer, BatchLimits(bytes=2_000))

    assert [len(batch.lines) for batch in batches] == [2, 2, 2]
    assert all(len(batch.payloads) == 2 for batch in batches)


def test_a_giant_body_is_left_to_the_caller(writer: BundleWriter) -> None:
    start_thread(writer, "x" * 1_000)

    (batch,) = all_batches(writer, BatchLimits(body_bytes=999))

    assert len(batch.lines) == 1
    assert batch.payloads == {}


def test_a_giant_line_comes_whole_with_progress_before_it(writer: BundleWriter) -> None:
    writer.append(HistoryItemAccepted(item_id="y" * 3_000_000))

    batches = all_batches(writer, BatchLimits(bytes=1 << 20))

    assert seqs(batches) == [1]
    assert [len(batch.lines) for batch in batches[:2]] == [0, 0]
    assert 0 < batches[0].bytes_read < batches[1].bytes_read < batches[1].bytes_total
    assert batches[0].torn_tail == batches[0].bytes_read


def test_a_missing_payload_is_a_fault_in_its_place(tmp_path: Path) -> None:
    writer = new_writer(tmp_path / "b", schema_version=2)
    record_start(writer)
    (writer.path / "payloads" / "1.json").unlink()

    (batch,) = all_batches(writer)

    assert batch.payloads == {"raw_payload:1": PayloadFault("missing", "payloads/1.json: does not exist")}


def test_an_id_used_for_two_files_never_mixes_their_bodies(tmp_path: Path) -> None:
    """A damaged bundle: each event still gets the body of the file that it names."""
    writer = new_writer(tmp_path / "b", schema_version=2)
    start_thread(writer, "first")
    ref = writer.write_payload("session_metadata", "second")
    writer.append(
        {
            "type": "thread_started",
            "thread_id": "u",
            "agent_path": "/root/u",
            "metadata_payload": {"raw_payload_id": "raw_payload:1", "kind": {"type": "k"}, "path": ref.path},
        }
    )

    first, second = all_batches(writer)

    assert first.payloads == {"raw_payload:1": b'"first"'}
    assert second.payloads == {"raw_payload:1": b'"second"'}
    assert seqs([first, second]) == [1, 2]


def test_damaged_lines_take_their_place_among_the_others(writer: BundleWriter) -> None:
    record_start(writer)
    writer.append_raw(b"not json\n")
    writer.append(CodexTurnEnded(codex_turn_id="turn-1", status="completed"))

    (batch,) = all_batches(writer)

    assert [type(line) for line in batch.lines[3:]] == [MalformedLine, EventLine]
    assert [line.line for line in batch.lines] == [1, 2, 3, 4, 5]


def test_an_overlong_line_is_a_malformed_one(writer: BundleWriter) -> None:
    writer.append_raw(b'{"short":1}\n')
    writer.append(HistoryItemAccepted(item_id="y" * 100))

    (batch,) = all_batches(writer, BatchLimits(line_bytes=50))

    short, overlong = batch.lines
    assert isinstance(short, MalformedLine)
    assert isinstance(overlong, MalformedLine)
    assert "is longer than any that is read" in overlong.reason
    assert batch.lengths == [11, batch.bytes_total - 13]


def test_reading_goes_on_where_it_ended(writer: BundleWriter) -> None:
    reader = reader_of(writer)
    assert reader.next() is not None
    assert reader.next() is None

    record_start(writer)
    first = reader.next()
    assert reader.next() is None
    writer.append(CodexTurnEnded(codex_turn_id="turn-1", status="completed"))
    second = reader.next()

    assert first is not None
    assert second is not None
    assert seqs([first, second]) == [1, 2, 3, 4]


def test_a_torn_line_is_reported_and_delivered_when_whole(writer: BundleWriter) -> None:
    reader = reader_of(writer)
    line = writer.encode(CodexTurnEnded(codex_turn_id="turn-1", status="completed"))
    writer.append_raw(line[:30])
    torn = reader.next()
    writer.append_raw(line[30:])
    whole = reader.next()

    assert torn is not None
    assert whole is not None
    assert (torn.lines, torn.torn_tail) == ([], 30)
    assert (seqs([whole]), whole.torn_tail) == ([1], 0)


def test_the_end_of_the_recording_is_noticed_but_what_follows_is_still_read(writer: BundleWriter) -> None:
    record_start(writer)
    line = writer.encode(CodexTurnEnded(codex_turn_id="turn-1", status="completed"))
    writer.append_raw(writer.encode(RecordingCompleted()))
    writer.append_raw(line)
    reader = reader_of(writer)

    batch = reader.next()

    assert batch is not None
    assert len(batch.lines) == 5
    assert reader.complete


def test_a_last_line_without_newline_is_read_in_the_end(writer: BundleWriter) -> None:
    record_start(writer)
    writer.append_raw(writer.encode(RecordingCompleted()).rstrip(b"\n"))

    first, last = all_batches(writer)

    assert first.torn_tail > 0
    assert seqs([last]) == [4]
    assert last.torn_tail == 0


def test_another_recording_in_the_same_place_starts_again(writer: BundleWriter) -> None:
    record_start(writer)
    reader = reader_of(writer)
    reader.next()

    shutil.rmtree(writer.path)
    other = new_writer(writer.path, trace_id="trace-2")
    start_thread(other, "new body")
    batch = reader.next()

    assert batch is not None
    assert batch.restarted
    assert batch.manifest is not None
    assert batch.manifest.trace_id == "trace-2"
    assert seqs([batch]) == [1]
    assert batch.payloads == {"raw_payload:1": b'"new body"'}
    assert reader.next() is None


def test_another_trace_id_starts_again_even_if_the_log_seems_to_go_on(writer: BundleWriter) -> None:
    record_start(writer)
    reader = reader_of(writer)
    reader.next()

    manifest = writer.path / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b"trace-1", b"trace-2"))
    batch = reader.next()

    assert batch is not None
    assert batch.restarted
    assert seqs([batch]) == [1, 2, 3]


def test_a_manifest_touched_or_half_written_changes_nothing(writer: BundleWriter) -> None:
    record_start(writer)
    reader = reader_of(writer)
    reader.next()
    manifest = writer.path / "manifest.json"
    content = manifest.read_bytes()

    for replacement in (content[:40], content + b"\n", content):
        manifest.write_bytes(replacement)
        assert reader.next() is None
    manifest.touch()
    assert reader.next() is None


def test_a_manifest_that_stays_damaged_or_is_removed_is_told_and_so_is_its_return(writer: BundleWriter) -> None:
    record_start(writer)
    reader = reader_of(writer)
    reader.next()
    manifest = writer.path / "manifest.json"
    content = manifest.read_bytes()

    manifest.write_bytes(content[:40])
    assert reader.next() is None, "it may be being written"
    damaged = reader.next()
    manifest.unlink()
    removed = reader.next()
    manifest.write_bytes(content)
    back = reader.next()

    batches = [batch for batch in (damaged, removed, back) if batch is not None]
    assert [[fault.code for fault in batch.faults] for batch in batches] == [
        ["manifest-changed"],
        ["manifest-removed"],
        [],
    ]
    assert not any(batch.lines or batch.restarted for batch in batches)


def test_a_manifest_that_never_was_is_not_called_removed(writer: BundleWriter) -> None:
    record_start(writer)
    (writer.path / "manifest.json").unlink()
    reader = reader_of(writer)

    batch = reader.next()

    assert batch is not None
    assert [fault.code for fault in batch.faults] == ["manifest-missing"]
    (writer.path / "manifest.json").write_bytes(b"{")
    assert [reader.next(), reader.next()] == [None, None]


@pytest.mark.parametrize(("is_there", "reason"), [(True, "other manifest"), (False, "manifest")])
def test_a_manifest_that_came_late_is_told_from_one_that_was_replaced(
    writer: BundleWriter, is_there: bool, reason: str
) -> None:
    record_start(writer)
    manifest = writer.path / "manifest.json"
    content = manifest.read_bytes()
    if not is_there:
        manifest.unlink()
    reader = reader_of(writer)
    reader.next()

    manifest.write_bytes(content.replace(b"trace-1", b"trace-2"))
    batch = reader.next()

    assert batch is not None
    assert batch.restart_reason == reason


def test_a_shortened_log_is_told_and_read_on_once_it_is_as_long_again(writer: BundleWriter) -> None:
    record_start(writer)
    log = writer.path / "trace.jsonl"
    content, end = log.read_bytes(), writer.encode(CodexTurnEnded(codex_turn_id="turn-1", status="completed"))
    reader = reader_of(writer)
    reader.next()

    log.write_bytes(b"")
    cut = reader.next()
    log.write_bytes(content[:100])
    growing = reader.next()
    log.write_bytes(content + end)
    whole = reader.next()

    batches = [batch for batch in (cut, growing, whole) if batch is not None]
    assert [(batch.change, batch.bytes_total) for batch in batches[:2]] == [("cut short", 0), ("cut short", 100)]
    assert (whole and whole.change, seqs(batches)) == (None, [4])
    assert not any(batch.restarted for batch in batches)


def test_a_shortened_log_that_goes_on_otherwise_starts_again(writer: BundleWriter) -> None:
    record_start(writer)
    log = writer.path / "trace.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    reader = reader_of(writer)
    reader.next()
    log.write_bytes(lines[0])
    reader.next()

    log.write_bytes(lines[0] + lines[2])
    batch = reader.next()

    assert batch is not None
    assert (batch.restarted, batch.restart_reason, batch.change) == (True, "cut short", None)
    assert seqs([batch]) == [1, 3]


def test_a_fault_is_reported_once_and_so_is_its_end(writer: BundleWriter) -> None:
    record_start(writer)
    log = writer.path / "trace.jsonl"
    reader = reader_of(writer)
    content = log.read_bytes()
    log.unlink()
    log.mkdir()

    fault = reader.next()
    assert fault is not None
    assert fault.fault == "trace.jsonl: cannot be read: a directory, not a file"
    assert reader.next() is None

    log.rmdir()
    log.write_bytes(content)
    batch = reader.next()
    assert batch is not None
    assert (seqs([batch]), batch.fault) == ([1, 2, 3], None)


@settings(max_examples=30)
@given(
    st.lists(st.sampled_from([b"x\n", b"\n", b"\n\n\n[1]\n", b"", b'{"a":', b"1}\n", b'"\xff"\n']), max_size=10),
    st.integers(1, 5),
    st.integers(1, 40),
)
def test_the_limits_never_change_the_lines(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes], lines: int, limit_bytes: int
) -> None:
    with new_writer(tmp_path_factory.mktemp("bundle") / "b") as writer:
        record_start(writer)
        reader = reader_of(writer, BatchLimits(first_lines=1, lines=lines, bytes=limit_bytes))
        pieced: list[TraceBatch] = []
        for piece in [b"", *pieces]:
            writer.append_raw(piece)
            pieced += iter(reader.next, None)
        reader.close()
        at_once = all_batches(writer)

    assert [line for batch in pieced for line in batch.lines] == [line for batch in at_once for line in batch.lines]
