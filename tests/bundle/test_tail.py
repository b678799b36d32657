"""Following a bundle: woken by the watch, by the tick where nothing wakes, by polling where watching fails."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from tests.bundle.recording import new_writer, record_start, ref_to
from tui.bundle.batch import BundleBatchReader
from tui.bundle.open import open_bundle
from tui.bundle.tail import tail
from tui.bundle.watch import watch_directory
from tui.bundle.write.writer import BundleWriter, pretty
from tui.schema.decode import EventLine
from tui.schema.events import (
    CodexTurnEnded,
    CodexTurnStarted,
    GenericSummary,
    ModelRequester,
    RecordingCompleted,
    ToolCallKind,
    ToolCallStarted,
)
from tui.source.batch import TraceBatch
from tui.source.fault import PayloadFault

NEVER = 3_600.0
"""Seconds no test waits: what ends earlier was woken."""

PATIENCE = 20.0
"""Seconds after which a test that hangs gives up."""


class Bell:
    """Stands for the watch: rings when the test says so, and knows whether it is listened to."""

    def __init__(self) -> None:
        self.watched: list[Path] = []
        self.listening = asyncio.Event()
        self.closed = 0
        self._rings: asyncio.Queue[Exception | None] = asyncio.Queue()

    def ring(self) -> None:
        self._rings.put_nowait(None)

    def break_down(self, error: Exception) -> None:
        self._rings.put_nowait(error)

    async def watch(self, directory: Path) -> AsyncIterator[object]:
        self.watched.append(directory)
        self.listening.set()
        try:
            while True:
                if error := await self._rings.get():
                    raise error
                yield None
        finally:
            self.closed += 1


class Follower:
    """Consumes a tail in the background; `until` waits for what it has received."""

    def __init__(self, path: Path, **options: object) -> None:
        self.stop = asyncio.Event()
        self.batches: list[TraceBatch] = []
        self._news = asyncio.Condition()
        self._path = path
        self._options = options

    async def __aenter__(self) -> Follower:
        self.task = asyncio.create_task(self._follow())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.stop.set()
        async with asyncio.timeout(PATIENCE):
            await self.task

    async def _follow(self) -> None:
        async for batch in tail(open_bundle(self._path), stop=self.stop, **self._options):  # type: ignore[arg-type]
            async with self._news:
                self.batches.append(batch)
                self._news.notify_all()

    @property
    def seqs(self) -> list[int]:
        return [line.event.seq for batch in self.batches for line in batch.lines if isinstance(line, EventLine)]

    async def until_seq(self, seq: int) -> None:
        await self.until(lambda: seq in self.seqs)

    async def until(self, arrived) -> None:
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(arrived)


@pytest.fixture
def writer(tmp_path: Path) -> BundleWriter:
    return new_writer(tmp_path / "b", schema_version=2)


def started_tool(path: str) -> ToolCallStarted:
    return ToolCallStarted(
        tool_call_id="call-1",
        requester=ModelRequester(),
        kind=ToolCallKind("other", name="late"),
        summary=GenericSummary("late"),
        invocation_payload=ref_to(path, "raw_payload:9"),
    )


def end_turn(writer: BundleWriter) -> int:
    return writer.append(CodexTurnEnded(codex_turn_id="turn-1", status="completed"))


async def test_what_is_appended_arrives_by_the_watch_alone(writer: BundleWriter) -> None:
    bell = Bell()
    record_start(writer)

    async with Follower(writer.path, watch=bell.watch, tick_seconds=NEVER) as follower:
        await follower.until_seq(3)
        await bell.listening.wait()
        for _ in range(3):
            seq = end_turn(writer)
            bell.ring()
            await follower.until_seq(seq)

    assert follower.seqs == [1, 2, 3, 4, 5, 6]
    assert bell.watched == [writer.path]


async def test_the_operating_system_wakes_the_tail(writer: BundleWriter) -> None:
    """The real watch, with no tick to help. Where it does not work, polling takes over, and the lines still come."""
    async with Follower(writer.path, tick_seconds=NEVER) as follower:
        await follower.until(lambda: follower.batches)
        record_start(writer)
        await follower.until_seq(3)
        end_turn(writer)
        await follower.until_seq(4)


async def test_what_nobody_reports_arrives_by_the_tick(writer: BundleWriter) -> None:
    """Network file systems report nothing."""
    bell = Bell()

    async with Follower(writer.path, watch=bell.watch, tick_seconds=0.01) as follower:
        await bell.listening.wait()
        record_start(writer)
        await follower.until_seq(3)


@pytest.mark.parametrize("error", [OSError("no inotify watches left"), RuntimeError("not supported")], ids=repr)
async def test_where_watching_fails_the_log_is_polled(writer: BundleWriter, error: Exception) -> None:
    bell = Bell()

    async with Follower(writer.path, watch=bell.watch, tick_seconds=NEVER, poll_seconds=0.01) as follower:
        await bell.listening.wait()
        bell.break_down(error)
        record_start(writer)
        await follower.until_seq(3)
        end_turn(writer)
        await follower.until_seq(4)


async def test_a_recording_that_has_ended_is_never_watched_but_another_one_in_its_place_is_seen(
    writer: BundleWriter, tmp_path: Path
) -> None:
    bell = Bell()
    record_start(writer)
    writer.append(RecordingCompleted())

    async with Follower(writer.path, watch=bell.watch, tick_seconds=NEVER, ended_seconds=0.01) as follower:
        await follower.until_seq(4)
        assert bell.watched == []
        with new_writer(tmp_path / "other", "trace-2") as other:
            record_start(other)
        (tmp_path / "other" / "manifest.json").rename(writer.path / "manifest.json")
        (tmp_path / "other" / "trace.jsonl").rename(writer.path / "trace.jsonl")
        await follower.until(lambda: any(batch.restarted for batch in follower.batches))
        await bell.listening.wait()


async def test_a_recording_that_ends_is_watched_no_longer(writer: BundleWriter) -> None:
    bell = Bell()
    record_start(writer)

    async with Follower(writer.path, watch=bell.watch, tick_seconds=NEVER, ended_seconds=0.01) as follower:
        await bell.listening.wait()
        seq = writer.append(RecordingCompleted())
        bell.ring()
        await follower.until_seq(seq)
        async with asyncio.timeout(PATIENCE):
            while not bell.closed:
                await asyncio.sleep(0)


async def test_a_last_line_without_newline_arrives_when_the_log_stands_still(writer: BundleWriter) -> None:
    record_start(writer)
    writer.append_raw(writer.encode(CodexTurnEnded(codex_turn_id="turn-1", status="completed")).rstrip(b"\n"))

    async with Follower(writer.path, watch=Bell().watch, tick_seconds=0.01) as follower:
        await follower.until_seq(4)


async def test_a_completed_recording_without_its_last_newline_is_read_to_its_end(writer: BundleWriter) -> None:
    record_start(writer)
    writer.append_raw(writer.encode(RecordingCompleted()).rstrip(b"\n"))

    async with Follower(writer.path, watch=Bell().watch, tick_seconds=0.01) as follower:
        await follower.until_seq(4)

    assert follower.seqs == [1, 2, 3, 4]


async def test_ticks_that_find_what_nobody_reported_lead_to_polling(writer: BundleWriter) -> None:
    """As on a network file system, where the watch can be set up and never tells anything."""
    bell = Bell()

    async with Follower(writer.path, watch=bell.watch, tick_seconds=0.01, poll_seconds=0.01) as follower:
        await bell.listening.wait()
        async with asyncio.timeout(PATIENCE):
            while not follower.batches[-1].polling:
                await follower.until_seq(end_turn(writer))
                await asyncio.sleep(0.02)  # the pace of the recorder: slower than the ticks

    assert "does not report changes" in str(follower.batches[-1].polling)


async def test_a_failing_watch_is_told_though_nothing_grows(writer: BundleWriter) -> None:
    bell = Bell()

    async with Follower(writer.path, watch=bell.watch, tick_seconds=NEVER, poll_seconds=0.01) as follower:
        await bell.listening.wait()
        assert follower.batches[-1].polling is None
        bell.break_down(OSError(28, "No space left on device"))
        await follower.until(lambda: follower.batches[-1].polling)

    assert follower.batches[-1].polling == "the log is polled: changes cannot be watched here (No space left on device)"


async def test_a_line_waits_for_its_payload_and_is_then_whole(writer: BundleWriter) -> None:
    """A recorder that writes the event first: the payload's file is missing, then empty, then cut."""
    body = pretty({"tool_name": "late"})

    async with Follower(writer.path, tick_seconds=NEVER, await_seconds=NEVER) as follower:
        await follower.until(lambda: follower.batches)
        record_start(writer)
        await follower.until_seq(3)
        writer.append(started_tool("payloads/9.json"))
        end_turn(writer)
        for written in (None, b"", body[:5]):
            if written is not None:
                writer.write_payload_raw("payloads/9.json", written)
            await follower.until(lambda: follower.batches[-1].awaited)
            assert follower.seqs == [1, 2, 3]
        writer.write_payload_raw("payloads/9.json", body)
        await follower.until_seq(5)

    arrived = next(batch for batch in follower.batches if "raw_payload:9" in batch.payloads)
    assert arrived.payloads["raw_payload:9"] == body
    assert follower.batches[-1].awaited == ()


async def test_a_line_waits_for_its_payload_no_longer_than_it_must(writer: BundleWriter) -> None:
    async with Follower(writer.path, await_seconds=0.05) as follower:
        await follower.until(lambda: follower.batches)
        record_start(writer)
        writer.append(started_tool("payloads/9.json"))
        end_turn(writer)
        await follower.until_seq(5)

    fault = next(batch.payloads["raw_payload:9"] for batch in follower.batches if "raw_payload:9" in batch.payloads)
    assert isinstance(fault, PayloadFault)
    assert fault.code == "missing"


async def test_what_was_missing_when_the_log_was_opened_is_not_waited_for(writer: BundleWriter) -> None:
    record_start(writer)
    writer.append(started_tool("payloads/9.json"))

    async with Follower(writer.path, watch=Bell().watch, tick_seconds=NEVER, await_seconds=NEVER) as follower:
        await follower.until_seq(4)


async def test_reading_begins_anew_when_it_is_asked_for(writer: BundleWriter) -> None:
    record_start(writer)
    again = asyncio.Event()

    async with Follower(writer.path, watch=Bell().watch, tick_seconds=NEVER, again=again) as follower:
        await follower.until_seq(3)
        again.set()
        await follower.until(lambda: follower.batches[-1].restarted)

    assert follower.batches[-1].restart_reason == "corrected"
    assert follower.seqs == [1, 2, 3, 1, 2, 3]


async def test_stop_ends_a_tail_that_waits(writer: BundleWriter) -> None:
    bell = Bell()

    async with Follower(writer.path, watch=bell.watch, tick_seconds=NEVER) as follower:
        await bell.listening.wait()
        follower.stop.set()
        async with asyncio.timeout(PATIENCE):
            await follower.task

    assert bell.closed == 1


async def test_cancelling_the_consumer_leaves_nothing_running(writer: BundleWriter) -> None:
    bell = Bell()
    before = asyncio.all_tasks()

    async with Follower(writer.path, watch=bell.watch, tick_seconds=NEVER) as follower:
        await bell.listening.wait()
        follower.task.cancel()
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait([follower.task])
            while asyncio.all_tasks() - before:  # the generator's own clean-up runs on the loop
                await asyncio.sleep(0)
        follower.task = asyncio.create_task(asyncio.sleep(0))

    assert bell.closed == 1


async def test_nothing_is_read_ahead_of_a_slow_consumer(writer: BundleWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = 0
    really_next = BundleBatchReader.next

    def counting(reader: BundleBatchReader) -> TraceBatch | None:
        nonlocal reads
        reads += 1
        return really_next(reader)

    monkeypatch.setattr(BundleBatchReader, "next", counting)
    for number in range(500):
        writer.append(CodexTurnStarted(codex_turn_id=str(number), thread_id="root"))

    async with asyncio.timeout(PATIENCE), aclosing(tail(open_bundle(writer.path), watch=Bell().watch)) as batches:
        for taken in range(1, 4):
            await anext(batches)
            assert reads == taken


@pytest.mark.parametrize(("content", "is_restarted"), [(b"", False), (b"another\n", True)])
async def test_another_recording_is_followed_and_watched_anew(
    writer: BundleWriter, content: bytes, is_restarted: bool
) -> None:
    """The directory itself may be another one, which the old watch would never report."""
    bell = Bell()
    record_start(writer)

    async with Follower(writer.path, watch=bell.watch, tick_seconds=NEVER) as follower:
        await bell.listening.wait()
        bell.listening.clear()
        (writer.path / "trace.jsonl").unlink()
        writer.write_payload_raw("trace.jsonl", content)
        bell.ring()
        await bell.listening.wait()

    assert follower.batches[-1].restarted is is_restarted
    assert bell.watched == [writer.path, writer.path]
    assert bell.closed == 2


async def test_a_calm_watch_that_turns_busy_goes_on_telling_of_changes(tmp_path: Path) -> None:
    """Each change is told, the ones around the turn too, if the file goes on changing."""
    async with asyncio.timeout(PATIENCE), aclosing(watch_directory(tmp_path)) as watch:
        for _ in range(3):
            change = asyncio.create_task(anext(watch))
            for number in itertools.count():
                (tmp_path / "trace.jsonl").write_text(str(number))
                if change in (await asyncio.wait([change], timeout=0.01))[0]:
                    break
            assert await change == tmp_path
