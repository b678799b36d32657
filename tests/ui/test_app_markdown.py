"""Markdown in the conversation, and the key back to what was written."""

from __future__ import annotations

from tests.ui.driving import Driver, running


def conversation(driver: Driver) -> str:
    widget = driver.main.conversation
    return "\n".join("".join(span.text for span in widget.row_line(row, 100)) for row in range(widget.row_count()))


async def test_key_switches_between_rendered_and_written() -> None:
    async with running("answer") as driver:
        await driver.press("tab")
        assert "**Planning the next step**" not in conversation(driver)
        assert "Planning the next step" in conversation(driver)
        await driver.press("g m")
        assert "**Planning the next step**" in conversation(driver)
        assert "Markdown and colours as they were written" in driver.footer
        await driver.press("g m")
        assert "**Planning the next step**" not in conversation(driver)
