"""A list is painted once when it opens, and what is on the screen already is not sent again."""

from __future__ import annotations

from typing import Any

import pytest
from textual.screen import Screen

from tests.ui.driving import Driver, running
from tui.ui.app import TraceApp
from tui.ui.terminal.driver import LEAST_FRAME, TerminalDriver


class Written(TerminalDriver):
    """A driver without a terminal."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def _write(self, data: str) -> None:
        self.written.append(data)


FRAME, OTHER = "a" * LEAST_FRAME, "b" * LEAST_FRAME
BEGIN, END = "\x1b[?2026h", "\x1b[?2026l"


@pytest.mark.parametrize(
    ("data", "written"),
    [
        ([FRAME, FRAME], [FRAME]),
        ([BEGIN, FRAME, END, BEGIN, FRAME, END], [BEGIN, FRAME, END, BEGIN, END]),
        ([FRAME, OTHER, FRAME], [FRAME, OTHER, FRAME]),
        ([FRAME, "\x1b[H", FRAME], [FRAME, "\x1b[H", FRAME]),
        (["\a", "\a"], ["\a", "\a"]),
    ],
    ids=["the same frame", "the same frame in marks", "another between", "a command between", "short writes"],
)
def test_a_frame_that_is_on_the_screen_is_left_out(data: list[str], written: list[str]) -> None:
    driver = Written()
    for one in data:
        driver.write(one)
    assert driver.written == written


def test_another_size_of_the_terminal_makes_every_frame_new() -> None:
    driver = Written()
    driver.write(FRAME)
    driver.terminal_size()
    driver.write(FRAME)
    assert driver.written == [FRAME, FRAME]


def painted(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> list[Screen[Any]]:
    """The screens whose pictures reach the terminal from now on, picture by picture."""
    screens: list[Screen[Any]] = []
    may_paint = TraceApp.may_paint

    def noting(app: TraceApp, screen: Screen[Any]) -> bool:
        is_seen = may_paint(app, screen)
        if is_seen:
            screens.append(screen)
        return is_seen

    monkeypatch.setattr(TraceApp, "may_paint", noting)
    return screens


@pytest.mark.parametrize("key", ["a", "!", "w", "o", "?", ":", "L", "T"])
async def test_a_list_that_opens_is_seen_when_it_is_complete(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running("agents") as driver:
        await driver.press("g 2")
        await driver.at_rest()
        screens = painted(driver, monkeypatch)
        await driver.press(key)
        await driver.until(lambda: driver.app.screen is not driver.main, "the list")
        opened = driver.app.screen
        await driver.until(lambda: opened in screens, "the picture")
        assert opened.first_paint.is_over  # type: ignore[attr-defined]
        assert screens.count(opened) <= 2
