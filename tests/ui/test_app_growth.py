"""A recording that grows while it is watched: followed, or left alone while somebody reads."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.ui.driving import Driver, running
from tui.bundle.write.writer import SCHEMA_VERSION, BundleWriter
from tui.model.noderef import NodeRef
from tui.schema.events import (
    CodexTurnStarted,
    GenericSummary,
    ModelRequester,
    ProtocolEventObserved,
    RecordingCompleted,
    RolloutEnded,
    RolloutStarted,
    ThreadEnded,
    ThreadStarted,
    ToolCallEnded,
    ToolCallKind,
    ToolCallStarted,
)
from tui.ui.config import Config
from tui.viewmodel.timeline.tree import DIAGNOSTICS


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def begin(path: Path, trace_id: str = "trace", schema_version: int = SCHEMA_VERSION) -> BundleWriter:
    """A recording with one agent in its first turn."""
    writer = BundleWriter(path, root_thread_id="T", trace_id=trace_id, schema_version=schema_version, clock=now_ms)
    writer.append(RolloutStarted(trace_id=trace_id, root_thread_id="T"))
    writer.append(ThreadStarted(thread_id="T", agent_path="/root"))
    writer.append(CodexTurnStarted(codex_turn_id="U", thread_id="T"), thread_id="T", codex_turn_id="U")
    return writer


def start_tool(writer: BundleWriter, number: int, turn: str = "U") -> None:
    invocation = writer.write_payload("tool_invocation", {"tool_name": f"tool_{number}"})
    writer.append(
        ToolCallStarted(
            tool_call_id=f"call-{number}",
            requester=ModelRequester(),
            kind=ToolCallKind("other", name=f"tool_{number}"),
            summary=GenericSummary(f"tool_{number}"),
            invocation_payload=invocation,
        ),
        thread_id="T",
        codex_turn_id=turn,
    )


def end_tool(writer: BundleWriter, number: int) -> None:
    event = ToolCallEnded(tool_call_id=f"call-{number}", status="completed")
    writer.append(event, thread_id="T", codex_turn_id="U")


@asynccontextmanager
async def watching(
    tmp_path: Path, tools: int = 3, schema_version: int = SCHEMA_VERSION
) -> AsyncIterator[tuple[Driver, BundleWriter]]:
    """The app on a recording that goes on."""
    with begin(tmp_path / "bundle", schema_version=schema_version) as writer:
        for number in range(tools):
            start_tool(writer, number)
        async with running(tmp_path / "bundle", follow=True) as driver:
            yield driver, writer


def rows(driver: Driver) -> int:
    return driver.main.timeline.row_count()


def shown_payload_id(driver: Driver) -> str:
    shown = driver.main.inspector.payload
    return "" if shown is None else shown.raw_payload_id


async def test_a_live_recording_is_followed_from_the_start(tmp_path: Path) -> None:
    async with watching(tmp_path) as (driver, writer):
        assert "● LIVE" in driver.status
        assert driver.footer.startswith(" FOLLOW ")
        start_tool(writer, 3)
        await driver.until(lambda: driver.label.startswith("tool_3"), "the new row under the cursor")
        await driver.until(lambda: shown_payload_id(driver) == "raw_payload:4", "the payload of the new row")
        await driver.until(lambda: "lag" in driver.status, "the lag")


async def test_scrolling_up_stops_following_and_reading_is_not_yanked_away(tmp_path: Path) -> None:
    async with watching(tmp_path) as (driver, writer):
        await driver.press("k")
        assert "FOLLOW" not in driver.footer
        label, count = driver.label, rows(driver)
        for number in range(3, 6):
            start_tool(writer, number)
        await driver.until(lambda: rows(driver) == count + 3, "the new rows")
        assert driver.label == label
        assert driver.footer.startswith(" +3 new ")
        await driver.press("G")
        assert driver.footer.startswith(" FOLLOW ")
        assert driver.label.startswith("tool_5")


async def test_one_key_follows_from_wherever_one_is(tmp_path: Path) -> None:
    async with watching(tmp_path) as (driver, writer):
        await driver.press("g g tab tab")
        await driver.press("F")
        start_tool(writer, 3)
        await driver.until(lambda: driver.label.startswith("tool_3"), "the new row under the cursor")


async def test_a_followed_row_keeps_its_line(tmp_path: Path) -> None:
    """Rows that come above the screen move nothing on it, so that nothing there is painted again."""
    async with watching(tmp_path, tools=60) as (driver, writer):
        for turn in "VW":
            writer.append(CodexTurnStarted(codex_turn_id=turn, thread_id="T"), thread_id="T", codex_turn_id=turn)
        for number in range(60, 100):
            start_tool(writer, number, turn="W")
        start_tool(writer, 100, turn="V")
        await driver.until(lambda: driver.label.startswith("tool_100"), "the new row under the cursor")
        timeline, cursor = driver.main.timeline, driver.main.timeline.cursor
        line = cursor - timeline.top
        ref = writer.write_payload("protocol_event", {"type": "warning", "message": "disk full"})
        event = ProtocolEventObserved(event_type="warning", event_payload=ref)
        writer.append(event, thread_id="T", codex_turn_id="U")
        await driver.until(lambda: timeline.cursor == cursor + 1, "a row above")
        assert timeline.cursor - timeline.top == line
        assert driver.label.startswith("tool_100")


async def test_a_row_changes_its_state_where_it_stands(tmp_path: Path) -> None:
    async with watching(tmp_path) as (driver, writer):
        await driver.press("k")
        label, cursor = driver.label, driver.main.timeline.cursor
        number = int(label.split("_")[1].split()[0])
        assert driver.main.timeline.model.rows(cursor, 1)[0].status == "running"
        end_tool(writer, number)
        await driver.until(lambda: driver.main.timeline.model.rows(cursor, 1)[0].status == "ok", "the end of the tool")
        assert driver.main.timeline.cursor == cursor


async def test_a_pause_takes_in_nothing_and_then_catches_up(tmp_path: Path) -> None:
    async with watching(tmp_path) as (driver, writer):
        await driver.press("=")
        assert "‖ PAUSED" in driver.status
        count, seen = rows(driver), len(driver.app.store.event_log)
        start_tool(writer, 3)
        await driver.until(lambda: "+1 new line waiting" in driver.status, "the first line to be counted")
        start_tool(writer, 4)
        await driver.until(lambda: "+2 new lines waiting" in driver.status, "the second line to be counted")
        assert (rows(driver), len(driver.app.store.event_log)) == (count, seen)
        await driver.press("=")
        await driver.until(lambda: rows(driver) == count + 2, "the new rows")
        assert "● LIVE" in driver.status
        assert "waiting" not in driver.status


async def test_following_ends_a_pause(tmp_path: Path) -> None:
    async with watching(tmp_path) as (driver, writer):
        await driver.press("k =")
        start_tool(writer, 3)
        await driver.until(lambda: "waiting" in driver.status, "a line to be counted")
        await driver.press("F")
        await driver.until(lambda: driver.label.startswith("tool_3"), "the new row under the cursor")
        assert driver.footer.startswith(" FOLLOW ")


async def test_the_end_of_the_recording_is_seen(tmp_path: Path) -> None:
    async with watching(tmp_path) as (driver, writer):
        writer.append(ThreadEnded(thread_id="T", status="completed"))
        writer.append(RolloutEnded(status="completed"))
        writer.append(RecordingCompleted())
        await driver.until(lambda: "■ ENDED" in driver.status, "the end")
        assert "FOLLOW" not in driver.footer


async def test_half_a_line_waits_for_its_other_half(tmp_path: Path) -> None:
    async with watching(tmp_path) as (driver, writer):
        event = ToolCallEnded(tool_call_id="call-0", status="completed")
        line = writer.encode(event, thread_id="T", codex_turn_id="U")
        seen = len(driver.app.store.event_log)
        writer.append_raw(line[:30])
        await driver.until(lambda: "unfinished line of 30 B" in driver.status, "the half line")
        writer.append_raw(line[30:])
        await driver.until(lambda: len(driver.app.store.event_log) == seen + 1, "the event")
        assert driver.app.store.diagnostics == []


async def test_a_broken_line_is_a_problem_not_an_end(tmp_path: Path) -> None:
    async with watching(tmp_path) as (driver, writer):
        count = rows(driver)
        writer.append_raw(b"this is no event\n")
        start_tool(writer, 3)
        await driver.until(lambda: rows(driver) > count, "the row after the broken line")
        assert driver.app.store.diagnostics


async def test_first_diagnostic_is_seen_from_the_start(tmp_path: Path) -> None:
    async with watching(tmp_path, tools=60) as (driver, writer):
        await driver.press("g g")
        timeline = driver.main.timeline
        assert (timeline.top, timeline.cursor) == (0, 0)
        writer.append_raw(b"not an event\n")
        await driver.until(lambda: DIAGNOSTICS in timeline.model.tree.nodes, "the diagnostic")
        assert (timeline.top, timeline.cursor) == (0, 1)
        assert timeline.model.focused == NodeRef("thread", "T")


async def test_a_warning_of_the_session_is_told(tmp_path: Path) -> None:
    async with watching(tmp_path) as (driver, writer):
        ref = writer.write_payload("protocol_event", {"type": "warning", "message": "disk \x1b[31mfull"})
        writer.append(ProtocolEventObserved(event_type="warning", event_payload=ref))
        await driver.until(lambda: "warning" in driver.footer, "the warning")
        assert "disk" in driver.footer
        assert "\x1b" not in driver.footer


async def test_another_recording_in_the_same_place_starts_again(tmp_path: Path) -> None:
    async with watching(tmp_path) as (driver, writer):
        await driver.press("g g j j")
        (tmp_path / "bundle" / "trace.jsonl").unlink()
        with begin(tmp_path / "other", trace_id="another") as other:
            for name in ("trace.jsonl", "manifest.json"):
                (tmp_path / "other" / name).rename(tmp_path / "bundle" / name)
            del other
        await driver.until(lambda: driver.app.store.trace.trace_id == "another", "the new recording")
        await driver.until(lambda: rows(driver) == 2, "its rows")
        assert writer is not None


async def test_not_following_leaves_a_growing_log_alone(tmp_path: Path) -> None:
    with begin(tmp_path / "bundle") as writer:
        async with running(tmp_path / "bundle", follow=False, config=Config()) as driver:
            seen = len(driver.app.store.event_log)
            await driver.until(lambda: driver.app.feed.is_over, "the end of reading")
            start_tool(writer, 0)
            await driver.press("j k")
            assert len(driver.app.store.event_log) == seen


async def test_a_log_that_is_removed_is_told_and_what_was_read_stays(tmp_path: Path) -> None:
    path = tmp_path / "bundle"
    with begin(path):
        async with running(path, follow=True) as driver:
            (path / "trace.jsonl").unlink()
            await driver.until(lambda: "WAITING · trace.jsonl: is gone" in driver.status, "it")
            assert "trace.jsonl: is gone; everything read so far stays" in driver.footer
            assert "1 problem" in driver.status
            assert driver.app.store.event_log.newest_seq == 3


async def test_a_log_that_cannot_be_read_any_more_is_told(tmp_path: Path) -> None:
    path = tmp_path / "bundle"
    with begin(path):
        async with running(path, follow=True) as driver:
            (path / "trace.jsonl").unlink()
            (path / "trace.jsonl").mkdir()
            await driver.until(lambda: "log unreadable" in driver.status, "the loss in the status")
            assert "trace.jsonl: cannot be read: a directory, not a file" in driver.footer
            assert "3 events" in driver.status


@pytest.mark.parametrize("method", ["enqueue", "advance", "note_writer"])
async def test_a_reader_that_fails_is_told_instead_of_a_recording_that_seems_to_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """Whatever fails, and whether it reads or looks for the writer."""

    def fail(*_arguments: object) -> None:
        raise RuntimeError("something nobody foresaw")

    path = tmp_path / "bundle"
    with begin(path) as writer:
        async with running(path, follow=True) as driver:
            monkeypatch.setattr(driver.app.store, method, fail)
            start_tool(writer, 0)
            await driver.until(lambda: "log unreadable" in driver.status, "the failure in the status")
            assert "trace.jsonl: reading failed at byte" in driver.footer
            assert "(RuntimeError: something nobody foresaw); what was read stays" in (driver.app.store.fault or "")
            await driver.press("j k")
