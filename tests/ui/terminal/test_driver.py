"""What the driver does at a signal: all by the loop; the terminal is taken back unless the program ends."""

from __future__ import annotations

from asyncio import sleep
from collections.abc import Callable
from functools import partial
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from tui.ui.terminal.driver import TerminalDriver
from tui.ui.terminal.shown import Shown
from tui.ui.terminal.textual_private import EndingApp, OpenDriver


@pytest.mark.parametrize(("is_ending", "takes"), [(False, 1), (True, 0)])
def test_program_that_ends_leaves_the_terminal(is_ending: bool, takes: int, driver: Any, loop: CalledLater) -> None:
    """Service managers send SIGTERM and SIGCONT together."""
    driver._app.is_ending = is_ending
    driver.on_continue_signal()
    loop.run()
    assert loop.done == ["take"] * takes


@pytest.mark.parametrize(
    ("is_ours", "signals", "done"),
    [
        (True, ["on_stop_signal"], ["give back"]),
        (False, ["on_stop_signal"], ["stop"]),
        (True, ["on_stop_signal"] * 3, ["give back"]),
        (False, ["on_continue_signal"] * 3, ["take"]),
        (True, ["on_stop_signal", "on_continue_signal"], []),
        (True, ["on_stop_signal", "on_continue_signal", "on_stop_signal"], ["give back"]),
        (False, ["on_stop_signal", "on_continue_signal"], ["take"]),
    ],
)
def test_signals_wait_for_the_loop(is_ours: bool, signals: list[str], done: list[str], driver: Any, loop: Any) -> None:
    """They may arrive while the terminal is written to. Of stopping and going on, the later one counts."""
    driver._is_on = is_ours
    for name in signals:
        getattr(driver, name)()
    assert not loop.done
    loop.run()
    assert loop.done == done


@pytest.mark.parametrize("why", ["another program has the terminal", "the loop has ended"])
def test_stop_signal_stops_at_once_without_the_loop(why: str, driver: Any, loop: CalledLater) -> None:
    driver._auto_restart = why != "another program has the terminal"
    loop.has_ended = why == "the loop has ended"
    for _ in range(2):
        driver.on_stop_signal()
    assert loop.done == ["stop", "stop"]


@pytest.mark.parametrize("report", ["on_continue_signal", "_tell_loss"])
async def test_signal_does_not_lose_the_wait_for_messages(report: str) -> None:
    """It comes at the step at which the app has seen that its queue is empty, and does not wait for it yet."""
    app = ToldApp()
    async with app.run_test() as pilot:
        driver = bare_driver(app, app._loop)
        driver.exit_event = Event()
        driver._is_on = True
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


def bare_driver(app: object, loop: object) -> Any:
    """A driver that has no terminal and watches no signals."""
    driver: Any = TerminalDriver.__new__(TerminalDriver)
    driver.shown, driver._app, driver._loop = Shown(), app, loop
    driver._due, driver._auto_restart, driver._line_settings = set(), True, lambda: None
    return driver


class CalledLater:
    """A loop that comes to what it was asked for when it is let run."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.has_ended = False
        self._asked: list[Callable[[], object]] = []

    def call_soon_threadsafe(self, call: Callable[..., object], *arguments: object) -> None:
        if self.has_ended:
            raise RuntimeError
        self._asked.append(partial(call, *arguments))

    def run(self) -> None:
        while self._asked:
            self._asked.pop(0)()


@pytest.fixture
def loop() -> CalledLater:
    return CalledLater()


@pytest.fixture
def driver(loop: CalledLater, monkeypatch: pytest.MonkeyPatch) -> Any:
    """One whose loop notes what it would do to the terminal and to this process."""
    monkeypatch.setattr(OpenDriver, "on_continue_signal", lambda _driver: loop.done.append("take"))
    monkeypatch.setattr(OpenDriver, "on_stop_signal", lambda _driver: loop.done.append("give back"))
    monkeypatch.setattr("tui.ui.terminal.driver.os.kill", lambda _pid, _number: loop.done.append("stop"))
    return bare_driver(SimpleNamespace(is_ending=False, call_later=lambda _call: None, on_continued=None), loop)


class ToldApp(EndingApp[None]):
    """Keeps what it was told of."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def on_continued(self) -> None:
        self.told.append("on_continue_signal")

    def on_terminal_lost(self) -> None:
        self.told.append("_tell_loss")
