"""Markdown in the conversation, and the key back to what was written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.ui.driving import Driver, running


def conversation(driver: Driver) -> str:
    widget = driver.main.conversation
    return "\n".join("".join(span.text for span in widget.row_line(row, 100)) for row in range(widget.row_count()))


def shown_lines(driver: Driver) -> list[str]:
    """The rows on the screen, from top to bottom."""
    view = driver.main.conversation
    rows = range(view.top, min(view.top + view.page_height, view.row_count()))
    return ["".join(span.text for span in view.row_line(row, 100)) for row in rows]


@asynccontextmanager
async def last_row_of_long_answer() -> AsyncIterator[Driver]:
    """The conversation of the demo on the whole screen, the cursor on its last row."""
    async with running("markdown") as driver:
        await driver.press("tab z z")  # the next key waits for the new size
        await driver.press("end")
        yield driver


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


async def test_final_answer_is_read_from_top_to_end() -> None:
    """It is shown whole; page by page nothing is skipped, and both ends are said."""
    async with last_row_of_long_answer() as driver:
        view = driver.main.conversation
        assert "half an hour of work." in shown_lines(driver)[-1]
        assert "more lines" not in conversation(driver)
        for key in ("pagedown", "ctrl+d", "space"):
            await driver.press(key)
            assert "this is the last row" in driver.footer, key
        await driver.press("home")
        while view.cursor < view.row_count() - 1:
            assert "this is the last row" not in driver.footer
            await driver.press("pagedown")
        assert "half an hour of work." in shown_lines(driver)[-1]
        await driver.press("home")
        for key in ("pageup", "ctrl+u"):
            await driver.press(key)
            assert "this is the first row" in driver.footer, key


async def test_folded_text_is_read_on_where_it_was_cut() -> None:
    """Enter on the row that stands for the rest: no line is skipped."""
    async with running("shell") as driver:
        await driver.press("G tab z z g g G")
        view = driver.main.conversation
        folded_at = next(
            row for row, text in enumerate(conversation(driver).splitlines()) if "more lines (Enter opens)" in text
        )
        await driver.press(" ".join([*str(folded_at + 1), "G"]))
        assert view.cursor == folded_at
        await driver.press("enter")
        assert view.cursor == folded_at
        assert "more lines" not in shown_lines(driver)[view.cursor - view.top]
        assert view.top < folded_at < view.top + view.page_height


async def test_key_to_the_source_stays_at_the_same_passage() -> None:
    async with last_row_of_long_answer() as driver:
        await driver.press("end")
        view = driver.main.conversation
        read = view.cursor
        await driver.press("g m")
        assert "***In short:***" in shown_lines(driver)[-1]
        await driver.press("g m")
        assert view.cursor == read
