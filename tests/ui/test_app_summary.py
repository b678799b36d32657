"""A recording that is over opens with its summary, which makes room as soon as something else is looked at."""

from __future__ import annotations

from tests.ui.driving import running
from tui.viewmodel.text.spans import line_text


async def test_finished_recording_opens_with_its_summary() -> None:
    async with running("failures-schema2", size=(120, 40)) as driver:
        panes = driver.main.panes
        await driver.until(lambda: panes.summary.row_count() > 0, "the summary")
        texts = [line_text(panes.summary.row_line(row, 50)) for row in range(panes.summary.row_count())]
        assert any("✗ failed: Incomplete response returned" in text for text in texts)
        assert panes.summary.region == panes.details.region.shrink((0, 0, 0, 1))


async def test_summary_makes_room_for_rows_and_panes() -> None:
    async with running("agents", size=(120, 40)) as driver:
        panes = driver.main.panes
        await driver.until(lambda: panes.summary.display, "the summary")
        await driver.press("j")
        await driver.until(lambda: not panes.summary.display, "the conversation")
        await driver.press("k")
        await driver.until(lambda: panes.summary.display, "the summary again")
        await driver.press("tab")
        assert not panes.summary.display
        assert driver.main.focused is panes.conversation
