"""What tests need to take a picture of the app: sizes, an app on a bundle, and the moment when it has come to rest."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from tests.ui.driving import Driver
from tui.bundle.open import open_bundle
from tui.store import TraceStore
from tui.ui.app import TraceApp
from tui.ui.config import Config

NARROW, NORMAL, WIDE = (60, 20), (120, 40), (200, 50)


def an_hour_after(bundle: Path) -> float:
    """Seconds since the Unix epoch: an hour after the newest event, so that ages look alike on every day."""
    last = (bundle / "trace.jsonl").read_bytes().splitlines()[-1]
    return json.loads(last)["wall_time_unix_ms"] / 1000 + 3600


def app_on(bundle: Path, theme: str | None = None) -> TraceApp:
    """The app on a finished bundle, not following, an hour after its end."""
    now = an_hour_after(bundle)
    store = TraceStore(open_bundle(bundle), keeps_history=True, wall_clock=lambda: now)
    return TraceApp(store, follow=False, config=Config(theme=theme))


def loaded_then(*stages: str) -> Callable[[Pilot[int]], Awaitable[None]]:
    """Wait for the whole recording; then press the keys of each stage and wait for the panes."""

    async def run(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, TraceApp)
        driver = Driver(app, pilot)
        await driver.until(lambda: app.store.state != "loading" and app.main.is_current_with_store, "the recording")
        # Of a recording without an end it is told a moment later that nobody writes it.
        await driver.until(lambda: app.store.recording.word in ("ended", "cut off"), "the word for the recording")
        await driver.until(lambda: app.store.recording.word.upper() in driver.status, "the word on the screen")
        await driver.at_rest()
        app.main.work.footer.forget_message()  # that nobody writes it is said only if the first rows came before
        app.main.work.footer.refresh()
        for keys in stages:
            if keys:
                await driver.press(keys)
            await driver.at_rest()
        await driver.at_rest()
        conversation = app.main.conversation
        if conversation.model.scope is not None and conversation.model.scope.inference_id is None:
            # Items read from payloads arrive in any order, and may leave the end a line below the screen.
            conversation.scroll_rows(conversation.row_count())
        await pilot.pause()

    return run
