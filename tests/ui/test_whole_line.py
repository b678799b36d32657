"""A list says in full, in its lowest lines, what the row under its cursor has no room for."""

from __future__ import annotations

from functools import partial

import pytest

from tests.ui.driving import Driver, running
from tui.ui.commands.in_lists import tools_of
from tui.ui.lists.found import FoundScreen
from tui.ui.lists.list_screen import ListScreen
from tui.ui.lists.picker import MANY_ENTRIES, PickerScreen
from tui.ui.widgets.row_view import RowView
from tui.viewmodel.lists.picker import PickEntry
from tui.viewmodel.text.spans import Span, line_text

CUT = {
    "statistics": ("S", "reasons"),
    "why": ("g 2 w", "evidence"),
    "links": ("g 2 o", "evidence"),
    "help": ("?", "what a key does"),
    "search results": ("g / p a r s e r enter", "text around a match"),
}
"""Keys that open lists on the demo `agents` in which something is cut at 60 columns."""


def rows_of(driver: Driver) -> RowView:
    return driver.app.screen.query(RowView).first()


def painted(driver: Driver) -> str:
    """The row under the cursor as it is on the screen."""
    screen, rows = driver.app.screen, rows_of(driver)
    cursor = screen.picker.cursor if isinstance(screen, PickerScreen) else rows.cursor
    return rows.render_line(cursor - rows.top).text.rstrip(" ▐")


def said(driver: Driver) -> str:
    screen = driver.app.screen
    assert isinstance(screen, PickerScreen | FoundScreen)
    return " ".join(line_text(bar.line).strip() for bar in screen.whole.bars if screen.whole.display).strip()


def has_room(screen: PickerScreen) -> bool:
    return screen.rows.size.width > 0


@pytest.mark.parametrize("name", CUT)
async def test_cut_row_is_said_whole_below(name: str) -> None:
    async with running("agents", size=(60, 24)) as driver:
        await driver.press("g g")
        await driver.press(CUT[name][0])
        await driver.until(lambda: driver.app.screen is not driver.main, "the list")
        await driver.until(lambda: rows_of(driver).row_count() > 1, "the rows")
        found: list[tuple[str, str]] = []
        for _ in range(min(60, rows_of(driver).row_count())):
            await driver.press("j")
            found.append((painted(driver), said(driver)))
        cut = [(row, whole) for row, whole in found if "…" in row]
        assert [whole for _, whole in found if whole], CUT[name][1]
        for row, whole in cut:
            beginning = row.strip().split("…")[0].split()[-1]
            assert beginning in whole, (row, whole)


async def test_very_long_list_takes_the_room_and_says_lines_whole() -> None:
    entries = [PickEntry((Span(f" {'x' * (place % 7)}{place}"),), place) for place in range(MANY_ENTRIES + 1)]
    cut = PickEntry((Span(f" {'y' * 200}"),), "cut")
    async with running("agents", size=(100, 24)) as driver:
        for shown, width in ((entries[:-2], 50), ([*entries, cut], 96)):
            screen = PickerScreen("Many", shown, tools_of(driver.main.work))
            driver.app.push_screen(screen)
            await driver.until(partial(has_room, screen), "the rows")
            assert screen.box.outer_size.width == width
        await driver.press("G")
        assert "y" * 90 in said(driver)


@pytest.mark.parametrize(("columns", "is_whole"), [(80, True), (84, True), (85, False)])
async def test_list_takes_all_of_a_narrow_screen(columns: int, is_whole: bool) -> None:
    async with running("agents", size=(columns, 24)) as driver:
        for keys in ("a", "S", "!", "?", "w", "X", "m a ' '"):
            await driver.press(keys)
            await driver.until(lambda: isinstance(driver.app.screen, ListScreen), keys)
            screen = driver.app.screen
            assert isinstance(screen, ListScreen)
            await driver.pilot.pause()
            assert (screen.box.outer_size.width == columns) == is_whole, keys
            await driver.press("q")
            await driver.until(lambda: driver.app.screen is driver.main, "the main screen")


async def test_heading_stays_above_its_rows() -> None:
    async with running("agents", size=(80, 16)) as driver:
        await driver.press("?")
        await driver.picked()
        await driver.press("G")
        rows = driver.picker.rows
        (pinned,) = rows.pinned_rows(rows.top)
        assert driver.picker.picker.shown[pinned].is_heading
        assert pinned < rows.top < rows.cursor


async def test_empty_list_says_how_to_fill_it_and_a_long_one_where_the_cursor_is() -> None:
    async with running("agents", size=(80, 24)) as driver:
        await driver.press("' '")
        await driver.until(lambda: isinstance(driver.app.screen, PickerScreen), "the marks")
        await driver.pilot.pause()
        screen = driver.app.screen
        assert isinstance(screen, PickerScreen)
        bar = screen.footer.bar
        assert "ma marks a place" in line_text(bar.line)
        assert bar.region.bottom <= screen.box.content_region.bottom
        await driver.press("q X")
        await driver.until(lambda: isinstance(driver.app.screen, PickerScreen) and driver.picker_texts, "the formats")
        await driver.press("G")
        last = sum(entry.value is not None for entry in driver.picker.picker.shown)
        assert line_text(driver.picker.footer.bar.line).rstrip().endswith(f"{last} of {last}")
