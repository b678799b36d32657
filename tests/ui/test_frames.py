"""A key that opens or closes a list sends one frame, and of it what the terminal does not show yet."""

from __future__ import annotations

from typing import Any

import pytest
from rich.color import ColorSystem
from textual.screen import Screen

from tests.ui.driving import Driver, running
from tests.ui.terminal.small_terminal import SmallTerminal, cost_of_change
from tui.ui.app import TraceApp
from tui.ui.scheduler import SlicedWork
from tui.ui.terminal.shown import Shown
from tui.ui.terminal.textual_private import pieces_of

MOST = 1.3
"""Bytes of a frame for each byte that the cells need which change."""


class Sent:
    """The frames that a terminal would get."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.frames: list[str] = []
        self.terminal = SmallTerminal()
        self._shown = Shown()
        draw = TraceApp._display

        def noting(app: TraceApp, screen: Screen[Any], renderable: Any) -> None:
            if renderable is not None and app.may_paint(screen):
                self._note(self._shown.difference(pieces_of(renderable), ColorSystem.TRUECOLOR))
            draw(app, screen, renderable)

        monkeypatch.setattr(TraceApp, "_display", noting)
        # A machine with much else to do is no reason to show a half, nor to do but a part of small work before.
        monkeypatch.setattr("tui.ui.first_paint.LONGEST_SECONDS", 60.0)
        usual = SlicedWork.__init__.__kwdefaults__
        assert usual is not None
        monkeypatch.setitem(usual, "seconds", 60.0)

    def _note(self, data: str) -> None:
        if data:
            self.frames.append(data)
            self.terminal.feed(data)

    async def by(self, driver: Driver, keys: str) -> tuple[int, float]:
        """Frames that the last one of some keys makes, and their bytes for each that the changed cells need."""
        *prefix, key = keys.split()
        if prefix:
            await driver.press(" ".join(prefix))
        before = SmallTerminal()
        before.cells = dict(self.terminal.cells)
        self.frames.clear()
        await driver.press(key)
        await driver.until(lambda: self.frames, "a frame")
        await driver.pilot.pause(0.3)
        size = sum(len(data.encode()) for data in self.frames)
        return len(self.frames), size / cost_of_change(before, self.terminal)


@pytest.mark.parametrize("bundle", ["agents", "code-mode"])
@pytest.mark.parametrize("key", ["?", "L", "a", "S", "w", "o", "!", ":", "T", "M", "g /", "g ?"])
async def test_a_key_sends_one_frame_of_what_differs(key: str, bundle: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = Sent(monkeypatch)
    async with running(bundle) as driver:
        await driver.press("3 j")
        await driver.at_rest()
        for pressed in (key, "escape"):
            frames, part = await sent.by(driver, pressed)
            assert (frames, part <= MOST) == (1, True), (pressed, part, [len(data) for data in sent.frames])
