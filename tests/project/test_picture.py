"""The pictures of the screen in the README are made by the program, and stay like it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from tests.conftest import DEMO_BUNDLES
from tests.ui.driving import Driver
from tests.ui.test_ladder_snapshots import in_the_ladder
from tui.bundle.open import open_bundle
from tui.store import TraceStore
from tui.ui.app import TraceApp
from tui.ui.config import Config


def test_readme_picture(snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch) -> None:
    """Five agents at 120×40, complete. The cursor is on the call that spawned /root/alpha.

    Left the tree of agents with their durations and bars, right the conversation in which the call stands, below it
    the call's result as a JSON tree.
    """
    store = TraceStore(open_bundle(DEMO_BUNDLES / "agents"))

    async def go_to_the_spawning_call(pilot: Pilot[int]) -> None:
        assert isinstance(pilot.app, TraceApp)
        driver = Driver(pilot.app, pilot)
        await driver.until(lambda: "ENDED" in driver.status, "the whole recording")
        await driver.press("g g")
        for _ in range(10):
            if "spawn_agent" in driver.label:
                break
            await driver.press("j")
        await driver.until(lambda: "response_item" in pilot.app.export_screenshot(), "the payload")

    app = TraceApp(store, follow=False, config=Config(theme="dark"))
    assert snap_compare(app, terminal_size=(120, 40), run_before=go_to_the_spawning_call)


def test_readme_ladder(snap_compare: Callable[..., bool]) -> None:
    """What five agents passed each other: a column each, an arrow for each message, the current one in full below.

    Dotted strokes with a sign never arrived.
    """
    app = TraceApp(TraceStore(open_bundle(DEMO_BUNDLES / "agents")), follow=False, config=Config(theme="dark"))
    assert snap_compare(app, terminal_size=(120, 30), run_before=in_the_ladder("7 j"))
