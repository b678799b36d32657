"""Pictures of what `X` offers, and of the review before a text leaves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.driving import DEMO_BUNDLES, wait_until
from tests.ui.pictures import app_on, loaded_then
from tests.ui.secret_bundle import secret_bundle
from tui.ui.lists.review import ReviewScreen

SnapCompare = Callable[..., bool]

SIZES = [(80, 24), (120, 40)]


@pytest.mark.parametrize("size", SIZES, ids=["narrow", "normal"])
def test_what_can_leave(size: tuple[int, int], snap_compare: SnapCompare) -> None:
    """Formats by part: the whole recording, then the agent at the cursor with a slice of it; each without texts or
    with texts after a review. The title says that nothing is written yet.
    """
    app = app_on(DEMO_BUNDLES / "agents")
    assert snap_compare(app, terminal_size=size, run_before=loaded_then("j j", "X"))


@pytest.mark.parametrize("size", SIZES, ids=["narrow", "normal"])
def test_review_of_secrets(size: tuple[int, int], snap_compare: SnapCompare, tmp_path: Path) -> None:
    """A line for each of three secrets, with the rule, how often it is there, and what is around it; the second one
    leaves, the others stay hidden. Below, the one under the cursor with more context, and the mark it becomes.
    """

    async def reviewed(pilot: Pilot[Any]) -> None:
        await loaded_then("X", "j", "enter")(pilot)
        await wait_until(
            pilot.app,
            lambda: isinstance(pilot.app.screen, ReviewScreen) and "nothing" in pilot.app.screen.title_text,
            lambda: "the review",
        )
        await pilot.press("j", "space")
        await pilot.pause()

    run: Callable[[Pilot[Any]], Awaitable[None]] = reviewed
    assert snap_compare(app_on(secret_bundle(tmp_path)), terminal_size=size, run_before=run)
