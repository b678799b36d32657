"""What the driver does at a signal: it takes the terminal back unless the program ends, and tells the app."""

from __future__ import annotations

from asyncio import sleep
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from tui.ui.terminal.driver import TerminalDriver
from tui.ui.terminal.shown import Shown
from tui.ui.terminal.textual_private import EndingApp, OpenDriver


@pytest.mark.parametrize(("is_ending", "takes"), [(False, 1), (True, 0)])
def test_program_that_ends_leaves_the_terminal(is_ending: bool, takes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Service managers send SIGTERM and SIGCONT together."""
    taken: list[object] = []
    monkeypatch.setattr(OpenDriver, "on_continue_signal", lambda driver: taken.append(driver))
    driver: Any = TerminalDriver.__new__(TerminalDriver)
    driver.shown, driver._app = Shown(), SimpleNamespace(is_ending=is_ending)
    driver.on_continue_signal()
    assert len(taken) == takes


@pytest.mark.parametrize("report", ["on_continue_signal", "_tell_loss"])
async def test_signal_does_not_lose_the_wait_for_messages(report: str) -> None:
    """It comes at the step at which the app has seen that its queue is empty, and does not wait for it yet."""
    app = ToldApp()
    async with app.run_test() as pilot:
        driver: Any = TerminalDriver.__new__(TerminalDriver)
        driver.shown, driver._app, driver._loop, driver.exit_event = Shown(), app, app._loop, Event()
        driver._is_on, driver._auto_restart, driver._line_settings = True, True, lambda: None
        await pilot.pause()
        waiting: Any = app._message_queue.ready_event
        loop_of = waiting._get_loop

        def loop_as_the_signal_comes() -> object:
            waiting._get_loop = loop_of
            getattr(driver, report)()
            return loop_of()

        waiting._get_loop = loop_as_the_signal_comes
        app.call_later(app.told.append, "before")
        for _ in range(20):
            app.call_later(lambda: None)
            await sleep(0)
        waiting.clear()  # the next message wakes what waits in vain, so that the app ends
        app.call_later(lambda: None)
        assert app.told == ["before", report]


class ToldApp(EndingApp[None]):
    """Keeps what it was told of."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def on_continued(self) -> None:
        self.told.append("on_continue_signal")

    def on_terminal_lost(self) -> None:
        self.told.append("_tell_loss")
