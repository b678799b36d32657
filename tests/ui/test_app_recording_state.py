"""What the screen says of a recording that was cut off, waits, is damaged under the viewer, or cannot be watched."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.ui.driving import DEMO_BUNDLES, running
from tests.ui.test_app_growth import begin, end_tool, rows, start_tool, watching
from tui.bundle.batch import BundleBatchReader
from tui.bundle.tail import tail
from tui.schema.events import GenericSummary, ModelRequester, ToolCallKind, ToolCallStarted
from tui.schema.payloads import PayloadKind, RawPayloadRef
from tui.viewmodel.frame.layout import PANES


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at once for who writes, and for what comes late."""
    monkeypatch.setattr("tui.ui.feed.CARE_SECONDS", 0.02)
    monkeypatch.setattr("tui.readings.pulse.WRITER_LOOK_MS", 0)


def follow_with(monkeypatch: pytest.MonkeyPatch, **options: Any) -> None:
    """Let the app follow with other options than its own."""
    monkeypatch.setattr("tui.bundle.tail.tail", partial(tail, **options))


def late_tool() -> ToolCallStarted:
    """A tool whose payload is `payloads/99.json`."""
    return ToolCallStarted(
        tool_call_id="late",
        requester=ModelRequester(),
        kind=ToolCallKind("other", name="late"),
        summary=GenericSummary("late"),
        invocation_payload=RawPayloadRef("raw_payload:99", PayloadKind("tool_invocation"), "payloads/99.json"),
    )


async def test_a_recorder_that_goes_away_without_an_end_is_told_with_the_evidence(tmp_path: Path) -> None:
    async with watching(tmp_path) as (driver, writer):
        assert "● LIVE" in driver.status
        writer.close()
        await driver.until(lambda: "⊘ CUT OFF · no end, nobody has the log open" in driver.status, "the verdict")
        assert "⊘ CUT OFF · no end, nobody has the log open, last event <10s ago" in driver.footer


async def test_a_recording_that_was_cut_off_says_so_when_it_is_opened(tmp_path: Path) -> None:
    begin(tmp_path / "bundle").close()
    async with running(tmp_path / "bundle") as driver:
        await driver.until(lambda: "⊘ CUT OFF" in driver.status, "the verdict")
        assert not driver.footer.startswith((" FOLLOW", " +"))


async def test_what_was_there_when_a_waiting_recording_was_opened_is_not_new(tmp_path: Path) -> None:
    path = tmp_path / "bundle"
    shutil.copytree(DEMO_BUNDLES / "killed", path)
    with (path / "trace.jsonl").open("ab"):
        async with running(path, follow=True) as driver:
            await driver.until(lambda: "◌ WAITING · this program holds the log" in driver.status, "the state")
            assert not driver.footer.startswith((" FOLLOW", " +"))


async def test_empty_log_leaves_every_pane_named(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    shutil.copy(DEMO_BUNDLES / "answer" / "manifest.json", bundle)
    (bundle / "trace.jsonl").touch()
    async with running(bundle) as driver:
        await driver.until(lambda: "no event yet" in driver.status, "the state")
        await driver.until(lambda: driver.main.inspector.row_count() > 0, "why there is no payload")
        titles = [str(driver.main.panes.widget(pane).border_title) for pane in PANES]
    assert [title.strip("▌ ").partition(" ─")[0] for title in titles] == [
        "Timeline",
        "Conversation",
        "Payload · no payload",
    ]


async def test_a_payload_that_is_still_being_written_is_waited_for(tmp_path: Path) -> None:
    async with watching(tmp_path, schema_version=2) as (driver, writer):
        count = rows(driver)
        writer.append(late_tool(), thread_id="T", codex_turn_id="U")
        await driver.until(lambda: "◌ WAITING · payloads/99.json is still being written" in driver.status, "the wait")
        assert rows(driver) == count
        writer.write_payload_raw("payloads/99.json", b'{"tool_name":"late"}')
        await driver.until(lambda: rows(driver) == count + 1, "the row")
        assert "● LIVE" in driver.status
        assert driver.app.store.diagnostics == []


async def test_a_payload_that_comes_late_corrects_the_graph_and_nothing_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow_with(monkeypatch, await_seconds=0.0)
    async with watching(tmp_path, tools=30, schema_version=2) as (driver, writer):
        writer.append(late_tool(), thread_id="T", codex_turn_id="U")
        end_tool(writer, 0)
        await driver.until(lambda: driver.app.store.diagnostics, "the damage to be named")
        await driver.press("g g 9 j m a")
        label, generation = driver.label, driver.app.store.generation
        writer.write_payload_raw("payloads/99.json", b'{"tool_name":"late"}')
        await driver.until(lambda: driver.app.store.generation > generation, "the correction")
        await driver.until(lambda: "came late" in driver.footer, "the word for it")
        assert driver.app.store.diagnostics == []
        assert driver.label == label
        await driver.press("G ' a")
        assert driver.label == label


async def test_a_log_that_is_cut_short_keeps_what_was_read_on_the_screen(tmp_path: Path) -> None:
    async with watching(tmp_path) as (driver, writer):
        log = tmp_path / "bundle" / "trace.jsonl"
        whole, count = log.read_bytes(), rows(driver)
        log.write_bytes(whole[:700])
        await driver.until(lambda: "was cut to 700 bytes" in driver.footer, "the cut")
        assert rows(driver) == count
        await driver.until(lambda: "WAITING" in driver.status, "the state")
        log.write_bytes(whole)
        start_tool(writer, 9)
        await driver.until(lambda: rows(driver) == count + 1, "the new row")


async def test_payloads_that_are_removed_are_told_once(tmp_path: Path) -> None:
    async with watching(tmp_path) as (driver, writer):
        count = rows(driver)
        shutil.rmtree(tmp_path / "bundle" / "payloads")
        end_tool(writer, 0)
        await driver.until(lambda: "payloads: was removed" in driver.footer, "the loss")
        assert rows(driver) == count


async def test_a_manifest_that_is_removed_is_told(tmp_path: Path) -> None:
    async with watching(tmp_path) as (driver, writer):
        (tmp_path / "bundle" / "manifest.json").unlink()
        await driver.until(
            lambda: "manifest.json: was removed; its earlier contents are kept" in driver.footer, "the loss"
        )
        assert "1 problem" in driver.status
        assert writer is not None


async def broken_watch(directory: Path) -> AsyncIterator[object]:
    raise OSError(28, "No space left on device", str(directory))
    yield directory


async def test_a_watch_that_fails_is_told_and_what_is_written_comes_nevertheless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow_with(monkeypatch, watch=broken_watch)
    async with watching(tmp_path) as (driver, writer):
        await driver.until(lambda: "polling" in driver.status, "the word in the status")
        assert "the log is polled: changes cannot be watched here (No space left on device)" in driver.footer
        count = rows(driver)
        start_tool(writer, 3)
        await driver.until(lambda: rows(driver) == count + 1, "the new row")


async def test_a_paused_viewer_reads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even payloads: at most one batch is in hand, whatever is written."""
    async with watching(tmp_path) as (driver, writer):
        await driver.press("=")
        reads = 0
        really_next = BundleBatchReader.next

        def counting(reader: BundleBatchReader) -> object:
            nonlocal reads
            reads += 1
            return really_next(reader)

        monkeypatch.setattr(BundleBatchReader, "next", counting)
        start_tool(writer, 3)
        await driver.until(lambda: "+1 new line waiting" in driver.status, "the count")
        reads = 0
        start_tool(writer, 4)
        await driver.until(lambda: "+2 new lines waiting" in driver.status, "the count")
        assert reads == 0
