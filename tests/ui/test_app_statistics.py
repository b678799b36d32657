"""Statistics over the panes, and the way from a row to its slowest call."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.ui.driving import Driver, running
from tests.ui.test_app_growth import end_tool, start_tool, watching
from tui.ui.lists.statistics import StatisticsScreen


async def opened(driver: Driver) -> None:
    """Press the key and wait for the tables."""
    await driver.press("S")
    await driver.picked()
    await driver.until(lambda: driver.picker_texts, "the tables")
    assert isinstance(driver.app.screen, StatisticsScreen)


async def test_the_tables_stand_below_each_other_with_their_headings() -> None:
    async with running("agents") as driver:
        await opened(driver)
        firsts = [text.split()[0] for text in driver.picker_texts]
        assert [
            word for word in firsts if word in ("Tools", "Programs", "Models", "Agents", "Slowest", "Requests")
        ] == [
            "Tools",
            "Programs",
            "Models",
            "Slowest",
            "Slowest",
            "Agents",
            "Requests",
        ]
        assert driver.picker.title_text.startswith(
            "Statistics · by total · columns hidden below width 140: Agents 2 · up to event"
        )
        assert driver.picker_texts[1].split()[:2] == ["wait_agent", "5"]


async def test_question_begins_at_the_table_that_answers_it() -> None:
    async with running("agents", size=(80, 24)) as driver:
        await driver.press("?")
        await driver.picked()
        await driver.narrow("how full is the context")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, StatisticsScreen) and driver.picker_texts, "tables")
        rows, texts = driver.picker.rows, driver.picker_texts
        (legend,) = (row for row, text in enumerate(texts) if text.startswith("context: its requests in order"))
        await driver.until(lambda: rows.top <= legend and rows.cursor == legend + 2, "the table of the agents")
        assert texts[legend + 1].split()[:2] == ["Agents", "context"]
        assert rows.cursor < rows.top + rows.page_height


async def test_rows_are_sorted_by_the_next_amount() -> None:
    async with running("agents") as driver:
        await opened(driver)
        assert driver.picker_texts[1].split()[:2] == ["wait_agent", "5"]
        assert "total▼" in driver.picker_texts[0]
        await driver.press("s")
        assert driver.picker.title_text.startswith("Statistics · by cached")
        assert driver.picker_texts[0].split()[-8:][0] == "Requests"
        await driver.press("s")
        assert driver.picker.title_text.startswith("Statistics · by count · columns hidden below width 141")
        assert [text.split()[:2] for text in driver.picker_texts[1:4]] == [
            ["exec", "7"],
            ["exec_command", "7"],
            ["wait_agent", "5"],
        ]
        await driver.press("s")
        assert driver.picker.title_text.startswith("Statistics · by failed · columns hidden")
        assert driver.picker_texts[1].split()[0] == "interrupt_agent"
        await driver.press("s s s S")
        assert driver.picker.title_text.startswith("Statistics · by total from below")
        assert "total▲" in driver.picker_texts[0]
        assert driver.picker_texts[1].split()[:2] == ["list_agents", "1"]
        await driver.press("S")
        assert driver.picker_texts[1].split()[:2] == ["wait_agent", "5"]


async def test_columns_without_room_are_counted() -> None:
    async with running("agents", size=(80, 24)) as driver:
        await opened(driver)
        told = re.search(r" columns hidden below width (\d+)", driver.picker.title_text)
        assert told is not None
        await driver.pilot.resize_terminal(int(told[1]) - 1, 24)
        await driver.until(lambda: ": Agents 1 ·" in driver.picker.title_text, "all but one")
        await driver.pilot.resize_terminal(int(told[1]), 24)
        await driver.until(lambda: "hidden" not in driver.picker.title_text, "all columns")
    async with running("agents", size=(200, 40)) as driver:
        await opened(driver)
        assert "hidden" not in driver.picker.title_text


async def test_enter_on_a_tool_goes_to_its_slowest_call_and_back() -> None:
    async with running("shell") as driver:
        await driver.press("g g")
        await opened(driver)
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is driver.main, "the list to close")
        slowest = driver.main.timeline.model.focused
        assert slowest is not None
        windows = {name: tool.execution for name, tool in driver.app.store.trace.tool_calls.items()}
        longest = max(windows.values(), key=lambda window: (window.ended_at_unix_ms or 0) - window.started_at_unix_ms)
        assert windows[slowest.id] is longest  # type: ignore[index]
        await driver.press("ctrl+o")
        assert driver.main.timeline.cursor == 0


async def test_typing_finds_rows_by_the_name_of_their_table() -> None:
    async with running("agents") as driver:
        await opened(driver)
        await driver.narrow("agents deep")
        assert [text.split()[0] for text in driver.picker_texts] == ["Agents", "/root/alpha/deep"]
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is driver.main, "the list to close")
        assert driver.label.startswith("/root/alpha/deep")


async def test_heading_of_a_table_stays_in_view() -> None:
    async with running("agents", size=(80, 20)) as driver:
        await opened(driver)
        await driver.press("G")
        rows = driver.picker.rows
        (pinned,) = rows.pinned_rows(rows.top)
        assert rows.top > pinned
        assert driver.picker.picker.shown[pinned].text.split()[:2] == ["Requests", "cached"]
        assert rows.top < rows.cursor


async def test_columns_follow_the_size_of_the_screen() -> None:
    async with running("agents", size=(60, 20)) as driver:
        await opened(driver)
        assert "seen" not in driver.picker_texts[0]
        await driver.pilot.resize_terminal(140, 40)
        await driver.until(lambda: "seen" in driver.picker_texts[0], "more columns")


async def test_a_growing_recording_is_counted_again_and_the_cursor_stays_on_its_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.ui.commands.statistics.REST_SECONDS", 0.02)
    async with watching(tmp_path, tools=3) as (driver, writer):
        await opened(driver)
        for _ in range(12):
            if "/root" in driver.picker_texts[driver.picker.picker.cursor]:
                break
            await driver.press("down")
        title = driver.picker.title_text
        for number in range(3):
            end_tool(writer, number)
        start_tool(writer, 3)
        await driver.until(lambda: driver.picker.title_text != title, "the numbers of now")
        await driver.until(lambda: any("tool_3" in text for text in driver.picker_texts), "the call that came")
        assert "/root" in driver.picker_texts[driver.picker.picker.cursor]
