"""Pictures of the message ladder on a narrow, a normal and a wide terminal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.driving import DEMO_BUNDLES, wait_until
from tests.ui.pictures import NARROW, NORMAL, WIDE, app_on, loaded_then
from tui.ui.lists.ladder import LadderScreen

SnapCompare = Callable[..., bool]


def in_the_ladder(keys: str = "") -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Open the ladder of a whole recording, and press keys in it."""

    async def run(pilot: Pilot[Any]) -> None:
        await loaded_then()(pilot)
        await pilot.press("L")
        await wait_until(
            pilot.app,
            lambda: isinstance(pilot.app.screen, LadderScreen) and pilot.app.screen.is_up_to_date,
            lambda: "the ladder",
        )
        await pilot.pause()
        if keys:
            await pilot.press(*keys.split())
        await pilot.pause()

    return run


@pytest.mark.parametrize("size", [NARROW, NORMAL, WIDE], ids=["narrow", "normal", "wide"])
@pytest.mark.parametrize("bundle", ["agents", "agents-schema1"])
def test_ladder(bundle: str, size: tuple[int, int], snap_compare: SnapCompare) -> None:
    """Agents side by side, arrows between their lines, the message under the cursor in full at the foot.

    Narrow: as many columns as fit, the rest counted at the right; arrows that leave name where they go. Normal and
    wide: the first words of each message behind the columns. In the older recording most strokes are dotted: nothing
    shows that those messages arrived.
    """
    assert snap_compare(app_on(DEMO_BUNDLES / bundle), terminal_size=size, run_before=in_the_ladder("7 j"))


def test_pair(snap_compare: SnapCompare) -> None:
    """Only the two agents of the row have columns; the title says so and counts what is hidden."""
    app = app_on(DEMO_BUNDLES / "agents")
    assert snap_compare(app, terminal_size=(80, 24), run_before=in_the_ladder("1 j x"))


def test_without_colour(snap_compare: SnapCompare) -> None:
    """In `mono`, kinds, deliveries and the current column are still told by strokes, signs and words."""
    app = app_on(DEMO_BUNDLES / "agents", "mono")
    assert snap_compare(app, terminal_size=NORMAL, run_before=in_the_ladder("1 0 j l"))
