"""The lists of causes and of links: they go on from object to object, and grow with the recording."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.driving import Driver, running
from tests.ui.test_app_growth import start_tool, watching
from tui.model.noderef import NodeRef
from tui.ui.lists.picker import PickList
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.text.spans import line_text


async def opened(driver: Driver, key: str) -> list[str]:
    await driver.press(key)
    await driver.picked()
    return driver.picker_texts


async def test_right_asks_about_the_chosen_object_and_left_returns_to_it() -> None:
    async with running("agents") as driver:
        await driver.press("alt+5")
        first = await opened(driver, "w")
        await driver.press("down right")
        assert driver.picker.title_text.startswith("Why is this here · spawn_agent")
        assert driver.picker_texts[0].startswith("spawn_agent")
        await driver.press("left")
        assert driver.picker_texts == first
        assert driver.picker.picker.cursor == 2
        await driver.press("left left")
        assert driver.picker_texts == first, "there is nothing before the first"


async def test_a_narrow_list_begins_at_its_first_line_and_tells_the_current_one_in_full() -> None:
    async with running("agents", size=(80, 24)) as driver:
        await driver.press("alt+2")
        await opened(driver, "w")
        await driver.until(lambda: driver.picker.query_one(PickList).top == 0, "the first line")
        await driver.press("down down down")
        bars = driver.picker.query_one("#whole-line").query(LineBar)
        await driver.until(lambda: "the last prompt" in " ".join(line_text(bar.line) for bar in bars), "the whole line")


@pytest.mark.parametrize("height", [24, 14])
async def test_what_failed_is_shown_from_its_first_line(height: int) -> None:
    async with running("failures", size=(80, height)) as driver:
        await driver.press("5 G")
        texts = await opened(driver, "w")
        await driver.at_rest()
        rows = driver.picker.query_one(PickList)
        assert rows.top == 0
        assert texts[0].startswith("✗ failed: exceeded retry limit")
        await driver.press("G")
        assert rows.top <= driver.picker.picker.cursor < rows.top + rows.page_height, "the list follows its cursor"


async def test_with_typed_words_the_arrows_edit_them() -> None:
    async with running("agents") as driver:
        await driver.press("alt+2")
        await opened(driver, "o")
        await driver.narrow("spwned")
        await driver.press("left left left left")
        await driver.type("a")
        assert driver.picker.narrowed_to == "spawned"
        assert driver.picker_texts
        assert driver.picker.title_text == "Linked with agent /root/alpha"


async def test_an_open_list_grows_with_the_recording(tmp_path: Path) -> None:
    async with watching(tmp_path, tools=2) as (driver, writer):
        await driver.press("g g j")
        assert driver.main.timeline.model.focused == NodeRef("turn", "U")
        before = await opened(driver, "o")
        await driver.press("down")
        chosen = driver.picker.picker.chosen
        start_tool(writer, 7)
        await driver.until(lambda: any("tool_7" in text for text in driver.picker_texts), "the new call in the list")
        assert len(driver.picker_texts) > len(before)
        assert chosen is not None
        assert driver.picker.picker.chosen is not None
        assert driver.picker.picker.chosen.value == chosen.value, "the cursor stays on its object"


async def test_nothing_is_worked_out_while_nothing_is_written(tmp_path: Path) -> None:
    async with watching(tmp_path, tools=2) as (driver, _):
        await driver.press("g g j")
        await opened(driver, "w")
        asked: list[NodeRef] = []
        tell = driver.picker._explain  # type: ignore[attr-defined]
        driver.picker._explain = lambda node: asked.append(node) or tell(node)  # type: ignore[attr-defined]
        await driver.pilot.pause(1.2)
        assert asked == []


async def test_a_row_that_is_no_object_says_so() -> None:
    async with running("refused-schema1") as driver:
        notes = [row for row in driver.main.timeline.model.rows(0, 1000) if row.node.kind == "diagnostic"]
        assert notes
        driver.main.timeline.reveal(notes[0].node)
        await driver.press("w")
        assert "not an object of the recording" in driver.footer
