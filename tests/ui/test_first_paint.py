"""A list that opens is seen when it is complete."""

from __future__ import annotations

from typing import Any

import pytest
from textual.screen import Screen

from tests.ui.driving import running
from tui.ui.app import TraceApp
from tui.ui.lists.compare import CompareScreen
from tui.ui.lists.full_screen import FullScreen
from tui.ui.lists.ladder import LadderScreen
from tui.ui.lists.lanes import LanesScreen
from tui.ui.lists.list_screen import ListScreen
from tui.ui.screens.main import MainScreen


def picture(screen: Screen[Any]) -> list[str]:
    return ["".join(segment.text for segment in strip) for strip in screen._compositor.render_strips()]


@pytest.mark.parametrize("key", ["a", "w", "o", "?", ":", "L"])
async def test_a_list_is_first_seen_as_it_stays(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    may_paint = TraceApp.may_paint
    seen: list[list[str]] = []

    def noting(app: TraceApp, screen: Screen[Any]) -> bool:
        is_seen = may_paint(app, screen)
        if is_seen and not isinstance(screen, MainScreen):
            seen.append(picture(screen))
        return is_seen

    async with running("agents") as driver:
        await driver.press("g 2")
        await driver.at_rest()
        monkeypatch.setattr(TraceApp, "may_paint", noting)
        monkeypatch.setattr("tui.ui.first_paint.LONGEST_SECONDS", 60.0)  # a machine with much else to do is no reason
        await driver.press(key)
        await driver.until(lambda: seen, "the picture")
        await driver.pilot.pause(0.05)
        assert seen[0] == picture(driver.app.screen)


@pytest.mark.parametrize("screen", [MainScreen, FullScreen, ListScreen, LadderScreen, LanesScreen, CompareScreen])
def test_a_screen_is_painted_while_it_works(screen: type[Screen[Any]]) -> None:
    assert screen.is_current is Screen.is_current, "Textual paints no screen that is not current"
