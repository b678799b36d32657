"""Drives the app as a person would: keys in, and then wait until the screen says so."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

from tui.bundle.open import open_bundle
from tui.store import TraceStore
from tui.ui.app import TraceApp
from tui.ui.config import Config
from tui.ui.lists.picker import PickerScreen
from tui.ui.screens.main import MainScreen
from tui.ui.widgets.line_bar import LineBar

DEMO_BUNDLES = Path(__file__).parents[2] / "demo_bundles"

PATIENCE_SECONDS = 60.0
"""How long a test waits for what must come: much longer than a busy machine needs."""

LOOK_SECONDS = 0.004
"""How long the app works between two looks."""

LOADING_SECONDS = 1.0
"""How long a slice of loading may take in a test that begins afterwards: no picture is drawn half-way for nobody."""


async def wait_until(app: App[Any], condition: Callable[[], object], what: Callable[[], str]) -> None:
    """Let the app work until the condition holds; fail if it never does.

    Only looks and sleeps. `Pilot.pause` asks every widget for an answer, which at each look would be most of the work.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if not app.is_running or time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for {what()}")
        await asyncio.sleep(LOOK_SECONDS)


class Driver:
    """A running app, with short words for what tests do and ask."""

    def __init__(self, app: TraceApp, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def main(self) -> MainScreen:
        return self.app.main

    async def until(self, condition: Callable[[], object], what: str = "the screen to be right") -> None:
        """Let the app work until the condition holds; fail if it never does."""
        await wait_until(self.app, condition, lambda: f"{what}; footer: {self.footer!r}, status: {self.status!r}")

    async def press(self, keys: str) -> None:
        """Press keys: `5 j`, `ctrl+o`, `g /`."""
        await self._send(keys.split())

    async def type(self, text: str) -> None:
        """Type text, blanks included."""
        await self._send(["space" if character == " " else character for character in text])

    async def _send(self, keys: Iterable[str]) -> None:
        """Like `Pilot.press`, which asks every widget for an answer before `Pilot.pause` does it once more."""
        await self.app._press_keys(keys)
        await self.pilot.pause()

    async def narrow(self, words: str) -> None:
        """Narrow the list that is open."""
        await self.press("/")
        await self.type(words)

    @property
    def status(self) -> str:
        return _text(self.main.query_one("#status", LineBar))

    @property
    def footer(self) -> str:
        return _text(self.main.query_one("#footer", LineBar))

    @property
    def label(self) -> str:
        """The label of the timeline's row under the cursor."""
        rows = self.main.timeline.model.rows(self.main.timeline.model.cursor, 1)
        return "".join(span.text for span in rows[0].label) if rows else ""

    @property
    def picker(self) -> PickerScreen:
        """The list that is laid over the panes."""
        assert isinstance(self.app.screen, PickerScreen), self.app.screen
        return self.app.screen

    @property
    def picker_texts(self) -> list[str]:
        return [entry.text.strip() for entry in self.picker.picker.shown]

    async def picked(self) -> None:
        """Wait until a list is open."""
        await self.until(lambda: isinstance(self.app.screen, PickerScreen), "a list")

    async def at_rest(self) -> None:
        """Wait until the other panes show what the timeline stands on."""
        await self.until(lambda: self.main.is_at_rest and not self._works, "the panes to follow")
        await self.pilot.pause()

    @property
    def _works(self) -> bool:
        """Whether a pane still reads what it shows."""
        return any(worker.is_running for worker in self.app.workers)


def _text(bar: LineBar) -> str:
    return "".join(span.text for span in bar.line)


@asynccontextmanager
async def running(
    bundle: str | Path,
    *,
    size: tuple[int, int] = (120, 40),
    follow: bool = False,
    config: Config | None = None,
    at: str = "",
) -> AsyncIterator[Driver]:
    """The app on a demo bundle (by name) or a bundle (by path), loaded to its end; `at` names the place to begin at."""
    path = DEMO_BUNDLES / bundle if isinstance(bundle, str) else bundle
    app = TraceApp(TraceStore(open_bundle(path), keeps_history=True), follow=follow, config=config, at=at)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tui.ui.feed.SLICE_SECONDS", LOADING_SECONDS)
        async with app.run_test(size=size) as pilot:
            driver = Driver(app, pilot)
            await driver.until(lambda: app.store.state != "loading" and app.main.is_current_with_store, "the recording")
            await driver.at_rest()
            patch.undo()
            yield driver
