"""A list that opens is seen when it is complete, and what is on the screen already is not sent again."""

from __future__ import annotations

from typing import Any

import pytest
from textual.screen import Screen

from tests.ui.driving import running
from tui.ui.app import TraceApp
from tui.ui.screens.main import MainScreen
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
