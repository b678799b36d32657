"""The line between the panes moves by keys and by the mouse, and comes back with the place."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from tests.ui.driving import DEMO_BUNDLES, Driver, running
from tests.ui.test_app_restore import opened
from tui.ui.remembered import PlaceMemory
from tui.viewmodel.frame.layout import split_within


def widths(driver: Driver) -> tuple[int, int]:
    return driver.main.timeline.region.width, driver.main.panes.details.region.width


@pytest.mark.parametrize(("asked", "share"), [(5, 20), (50, 50), (95, 80)])
def test_both_sides_keep_room(asked: int, share: int) -> None:
    assert split_within(asked) == share


async def test_keys_move_the_line_and_put_it_back() -> None:
    async with running("agents") as driver:
        before = widths(driver)
        await driver.press("z >")
        assert widths(driver)[0] > before[0]
        await driver.press("z < z <")
        assert widths(driver)[0] < before[0]
        await driver.press("z =")
        assert widths(driver) == before
        await driver.press("7 0 z >")
        assert widths(driver)[0] == 84


async def test_stacked_panes_share_the_height() -> None:
    async with running("agents", size=(80, 24)) as driver:
        before = driver.main.timeline.region.height
        await driver.press("7 0 z >")
        assert driver.main.timeline.region.height > before
        assert driver.main.timeline.region.width == 80


async def test_the_line_is_dragged() -> None:
    async with running("agents") as driver:
        details = driver.main.panes.details
        column = details.region.x
        for kind, at in ((events.MouseDown, column), (events.MouseMove, 80), (events.MouseUp, 80)):
            details.post_message(
                kind(details, at - column, 5, 0, 0, 1, shift=False, meta=False, ctrl=False, screen_x=at, screen_y=5)
            )
            await driver.pilot.pause()
        assert abs(driver.main.timeline.region.width - 80) <= 1
        details.post_message(
            events.MouseMove(details, 3, 5, 0, 0, 0, shift=False, meta=False, ctrl=False, screen_x=30, screen_y=5)
        )
        await driver.pilot.pause()
        assert abs(driver.main.timeline.region.width - 80) <= 1


async def test_split_is_remembered(tmp_path: Path) -> None:
    memory = PlaceMemory(tmp_path / "state")
    async with opened(DEMO_BUNDLES / "shell", memory) as driver:
        await driver.press("6 4 z > j")
    async with opened(DEMO_BUNDLES / "shell", memory) as driver:
        assert driver.main.panes.split.percent == 64
