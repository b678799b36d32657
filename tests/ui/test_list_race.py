"""Lists opened and closed faster than they can be built: nothing that comes later ends the viewer."""

from __future__ import annotations

import pytest
from textual import events
from textual.screen import Screen

from tests.ui.driving import Driver, running
from tui.ui.lists.list_screen import ListScreen
from tui.ui.lists.picker import PickerScreen

OPENING = ["a", "S", "!", "o", "w", "?", ":", "L", "T"]


def send(driver: Driver, *keys: str) -> None:
    """Keys as a terminal brings them: none waits for what the one before does."""
    for key in keys:
        driver.app.post_message(events.Key(key, key if len(key) == 1 else None))


async def back_in_the_panes(driver: Driver) -> None:
    await driver.until(lambda: driver.app.screen is driver.main, "the panes")
    await driver.pilot.pause(0.02)
    assert driver.app.return_code is None


@pytest.mark.parametrize(
    "between", [(), ("j",), ("j", "G", "k"), ("/",)], ids=["at once", "a move", "moves", "a slash"]
)
async def test_a_list_closed_while_it_opens(between: tuple[str, ...]) -> None:
    async with running("agents") as driver:
        for key in OPENING:
            send(driver, "g", "2", key, *between, "escape", "escape", "escape")
            await back_in_the_panes(driver)


async def test_what_comes_late_finds_a_closed_list() -> None:
    """Timers and workers that were under way call a list that has gone."""
    async with running("agents") as driver:
        for key in OPENING:
            await driver.press(f"g 2 {key}")
            await driver.until(lambda: driver.app.screen is not driver.main, f"the list of {key}")
            screen: Screen[object] = driver.app.screen
            await driver.press("escape")
            await back_in_the_panes(driver)
            call_late(screen)
            await back_in_the_panes(driver)


def call_late(screen: Screen[object]) -> None:
    if isinstance(screen, ListScreen):
        screen.fit()
        screen.opened()
        screen.resized()
        screen.footer.refresh()
    if isinstance(screen, PickerScreen):
        screen.refresh_entries()
        screen.replace_entries([], "late")
        screen._show_first_heading()
    for name in ("show_now", "_keep_current", "_make_list", "_show_rows", "refresh_lines", "_show_new"):
        if hasattr(screen, name):
            getattr(screen, name)()


async def test_a_list_over_a_list_that_ends_closes_first() -> None:
    """The ladder gives way to a list over it, and ends when that has gone."""
    async with running("agents") as driver:
        await driver.press("L")
        await driver.until(lambda: driver.app.screen is not driver.main, "the ladder")
        await driver.press("?")
        await driver.picked()
        driver.main.work.live.ladder.on_end()
        await driver.pilot.pause()
        assert driver.picker.title_text == "Keys in the ladder"
        await driver.press("q")
        await back_in_the_panes(driver)
