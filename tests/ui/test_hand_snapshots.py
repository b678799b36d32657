"""Pictures of what the hand finds: problems by their sorts, a failure, matches, marks, an agent followed, times.

A reviewer must see in each state:

problems      one line for each sort of problem with its count, agent and times; below the open one its problems
failure       `w` on a failed request: on top the failure in full, then what followed it, then the causes
matches       every match marked, the current one stronger than the others
marks         the letter of a mark and the sign of a note in the first cells of their rows; below, the box behind `'`
following     the focus in the conversation of the agent, its end in view (FOLLOW only while it may grow)
times         since the row above, and the title that says so
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from tests.ui.driving import DEMO_BUNDLES, Driver
from tests.ui.pictures import NORMAL, app_on, loaded_then
from tui.ui.app import TraceApp

SMALL = (80, 24)

STATES: dict[str, tuple[str, tuple[str, ...]]] = {
    "problems": ("agents", ("",)),
    "failure": ("failures-schema2", ("e", "w")),
    "matches": ("agents", ("/ s p a w n enter", "n n")),
    "marks": ("agents", ("j j M w h y ? enter", "j m a '")),
    "following": ("agents", ("g 2 tab", "F")),
    "times": ("agents", ("j j c",)),
}
"""State → demo bundle, and the keys that lead there, stage by stage."""


@pytest.mark.parametrize("size", [NORMAL, SMALL], ids=["120x40", "80x24"])
@pytest.mark.parametrize("state", STATES)
def test_state(state: str, size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    """What the docstring of the file says of the state."""
    bundle, stages = STATES[state]

    async def run(pilot: Pilot[int]) -> None:
        await loaded_then(*stages)(pilot)
        assert isinstance(pilot.app, TraceApp)
        driver = Driver(pilot.app, pilot)
        if state == "problems":  # the log is looked through as long as the list is there
            await driver.press("!")
            await driver.picked()
            await driver.until(lambda: len(driver.picker_texts) > 1, "the problems")
            await driver.press("l")
            await driver.until(lambda: any(text.startswith("▾") for text in driver.picker_texts), "the open sort")
            return
        await driver.until(lambda: state != "marks" or driver.main.keys.box.display, "the box")
        await driver.at_rest()

    assert snap_compare(app_on(DEMO_BUNDLES / bundle), terminal_size=size, run_before=run)
