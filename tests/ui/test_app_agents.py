"""The list of agents: who works, who waits for whom, and the way there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.ui.driving import DEMO_BUNDLES, Driver, running
from tests.ui.test_app_growth import watching
from tui.bundle.write.writer import unix_ms
from tui.ui.lists.agents import AgentsScreen
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.text.spans import line_text


def bar(driver: Driver, name: str) -> str:
    return line_text(driver.app.screen.query_one(name, LineBar).line)


async def test_a_lists_all_agents_below_the_big_picture() -> None:
    async with running("agents") as driver:
        await driver.press("a")
        await driver.picked()
        assert isinstance(driver.app.screen, AgentsScreen)
        assert len(driver.picker_texts) == 5
        assert "Agents · ended" in bar(driver, "#picker-title")
        assert bar(driver, "#agents-total").startswith(" 5 agents: 4 ended, 1 failed · ≥452.4k tok")
        assert bar(driver, "#agents-head").split()[:2] == ["agent", "state"]
        assert bar(driver, "#agents-detail-0").startswith(" /root  gpt-6.1-sol")


async def test_details_follow_the_cursor_and_enter_goes_there() -> None:
    async with running("agents") as driver:
        await driver.press("a")
        await driver.picked()
        await driver.press("down")
        assert "asked [alpha] read the parser and report" in bar(driver, "#agents-detail-2")
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is driver.main, "the list to close")
        assert driver.label.startswith("/root/alpha")
        await driver.press("ctrl+o")
        assert driver.main.timeline.cursor == 0


async def test_a_number_goes_to_its_agent_at_once_and_p_to_its_parent() -> None:
    async with running("agents") as driver:
        await driver.press("a 5")
        await driver.until(lambda: driver.app.screen is driver.main, "the list to close")
        assert driver.label.startswith("/root/alpha/deep")
        await driver.press("p")
        assert "spawn_agent" in driver.label
        await driver.press("alt+3")
        assert driver.label.startswith("/root/beta")


async def test_the_cursor_begins_on_the_agent_where_one_is() -> None:
    async with running("agents") as driver:
        await driver.press("alt+4 a")
        await driver.picked()
        assert bar(driver, "#agents-detail-0").startswith(" /root/gamma")


async def test_typing_narrows_by_what_is_not_in_the_columns_too() -> None:
    async with running("agents") as driver:
        await driver.press("a")
        await driver.picked()
        await driver.narrow("count the")
        assert len(driver.picker_texts) == 1
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is driver.main, "the list to close")
        assert driver.label.startswith("/root/alpha/deep")


async def test_the_order_changes_by_key_and_the_cursor_stays_on_its_agent() -> None:
    async with running("agents") as driver:
        await driver.press("a down")
        await driver.picked()
        assert "order: tree" in bar(driver, "#picker-typed")
        await driver.press("ctrl+t s")
        assert "order: tokens" in bar(driver, "#picker-typed")
        assert [text[0] for text in driver.picker_texts] == ["1", "2", "3", "5", "4"]
        assert bar(driver, "#agents-detail-0").startswith(" /root/alpha ")
        assert driver.picker.is_over is False


async def test_a_small_screen_has_the_list_and_a_large_one_the_details_too() -> None:
    async with running("agents", size=(60, 12)) as driver:
        await driver.press("a")
        await driver.picked()
        assert not driver.app.screen.query_one("#agents-detail-0").display
        assert len(driver.picker_texts) == 5
        await driver.pilot.resize_terminal(120, 40)
        await driver.until(lambda: driver.app.screen.query_one("#agents-detail-0").display, "the details")
        await driver.until(lambda: "busy" in bar(driver, "#agents-head"), "the columns for that width")


async def test_a_killed_recording_tells_what_was_open() -> None:
    async with running("killed", follow=True) as driver:
        await driver.press("a")
        await driver.picked()
        await driver.until(lambda: "cut off" in driver.picker_texts[0], "the search for a writer")
        told = bar(driver, "#agents-detail-1")
        assert "cut off while waiting for a command: $ echo begin; sleep 60" in told
        assert "cut off  $ echo begin" in driver.picker_texts[0]
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is driver.main, "the list to close")
        assert driver.label.startswith("$ echo begin; sleep 60")


async def test_a_recording_that_waits_for_hours_tells_for_how_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.ui.test_app_growth.now_ms", lambda: unix_ms() - 3 * 3_600_000)
    monkeypatch.setattr("tui.ui.feed.CARE_SECONDS", 0.02)
    async with watching(tmp_path) as (driver, _):
        await driver.until(lambda: "◌ WAITING" in driver.status, "the word for a silent recorder")
        await driver.press("a")
        await driver.picked()
        assert "working for 3h00m: tool_2" in bar(driver, "#agents-detail-1")


async def test_the_list_keeps_up_with_a_recording_that_goes_on(tmp_path: Path) -> None:
    """Whoever looks sees the states change and the numbers grow, without a key."""
    lines = (DEMO_BUNDLES / "agents" / "trace.jsonl").read_bytes().splitlines(keepends=True)
    copy = shutil.copytree(DEMO_BUNDLES / "agents", tmp_path / "live")
    log = copy / "trace.jsonl"
    log.write_bytes(b"".join(lines[:13]))
    async with running(copy, follow=True) as driver:
        await driver.press("a")
        await driver.picked()
        before = list(driver.picker_texts)
        assert "request 1, nothing" in before[0]
        with log.open("ab") as rest:
            rest.write(b"".join(lines[13:]))
        await driver.until(lambda: len(driver.picker_texts) == 5, "all agents")
        await driver.until(lambda: "Agents · ended" in bar(driver, "#picker-title"), "the end")
        assert driver.picker_texts[0] != before[0]


async def test_many_agents_are_counted_in_slices_and_keys_work_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running("agents") as driver:
        monkeypatch.setattr("tui.ui.scheduler.SlicedWork._work", lambda _work: False)  # the loop has no time yet
        await driver.press("a")
        await driver.picked()
        assert "counting" in bar(driver, "#picker-title")
        assert [text.split()[1] for text in driver.picker_texts] == [
            "/root",
            "/root/alpha",
            "/root/beta",
            "/root/gamma",
            "/root/alpha/deep",
        ]
        monkeypatch.undo()
        await driver.until(lambda: "Agents · ended" in bar(driver, "#picker-title"), "the numbers")
        assert "230.6k" in driver.picker_texts[0]


async def test_a_narrow_list_of_agents_tells_how_to_close_it() -> None:
    async with running("agents", size=(60, 20)) as driver:
        await driver.press("a")
        await driver.picked()
        assert bar(driver, "#picker-typed").endswith("Enter goes there · s order: tree · Esc closes")
