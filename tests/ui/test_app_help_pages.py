"""The help pages in the viewer."""

from __future__ import annotations

import pytest

from tests.ui.driving import DEMO_BUNDLES, running
from tui.help.pages import TOPICS


async def test_pages_are_listed_read_and_left_one_step_at_a_time() -> None:
    async with running(DEMO_BUNDLES / "answer") as driver:
        await driver.press("g ?")
        assert [text.split()[0] for text in driver.picker_texts] == list(TOPICS)
        await driver.narrow("filter")
        await driver.press("enter")
        assert any("hides the rows of the timeline that do not match" in text for text in driver.picker_texts)
        await driver.press("escape")
        assert [text.split()[0] for text in driver.picker_texts] == list(TOPICS)
        await driver.press("enter")
        assert driver.picker_texts[0].strip() == "Filter"  # the list came back on the page that was read
        await driver.press("q q")
        assert driver.app.screen is driver.main


async def test_a_page_can_be_narrowed_to_its_lines() -> None:
    async with running(DEMO_BUNDLES / "answer") as driver:
        await driver.press("g ?")
        await driver.narrow("signs")
        await driver.press("enter")
        await driver.narrow("cancelled, cut")
        assert [text.strip() for text in driver.picker_texts] == ["⊘   cancelled, cut off, or never arrived"]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_no_line_of_a_page_is_wider_than_its_box(size: tuple[int, int]) -> None:
    async with running(DEMO_BUNDLES / "answer", size=size) as driver:
        await driver.press("g ?")
        first_lines = set()
        for topic in TOPICS:
            await driver.press("enter")
            first_lines.add(driver.picker_texts[0])
            width = driver.app.screen.query_one("PickList").size.width
            texts = [entry.text for entry in driver.picker.picker.shown]
            assert [text for text in texts if len(text) >= width] == [], (topic, width)
            await driver.press("escape j")
        assert len(first_lines) == len(TOPICS)


async def test_keys_of_the_help_list_lead_to_the_pages() -> None:
    async with running(DEMO_BUNDLES / "answer") as driver:
        await driver.press("?")
        await driver.until(lambda: any("Help pages: search, filter" in text for text in driver.picker_texts))
        await driver.press("enter")
        await driver.until(lambda: any(text.split()[:1] == ["search"] for text in driver.picker_texts))
