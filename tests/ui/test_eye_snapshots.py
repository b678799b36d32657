"""Pictures of two agents side by side, of all folded to the agents, and of what a compaction dropped.

A reviewer must see in each state:

two agents    the conversations of /root/alpha and /root/beta beside each other, the right one with the focus; at
              200 columns the timeline, too; at 80 columns one conversation, and why there is no second
folded        one row for each agent and nothing else; on the row of one that failed why
dropped       the items that the compaction dropped, marked `-`, below a line that counts them, what was repeated,
              and what is new
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from tests.ui.driving import DEMO_BUNDLES, Driver
from tests.ui.pictures import NORMAL, WIDE, app_on, loaded_then
from tui.ui.app import TraceApp

SMALL = (80, 24)

STATES: dict[str, tuple[str, tuple[str, ...]]] = {
    "two agents": ("agents", ("g 2", "|", "g 3")),
    "folded": ("agents", ("z M", "j")),
    "dropped": ("compaction", ("/ c o m p enter", "")),
}
"""State → demo bundle, and the keys that lead there, stage by stage."""


@pytest.mark.parametrize("size", [WIDE, NORMAL, SMALL], ids=["200x50", "120x40", "80x24"])
@pytest.mark.parametrize("state", STATES)
def test_state(state: str, size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    """What the docstring of the file says of the state."""
    bundle, stages = STATES[state]

    async def run(pilot: Pilot[int]) -> None:
        await loaded_then(*stages)(pilot)
        assert isinstance(pilot.app, TraceApp)
        await Driver(pilot.app, pilot).at_rest()

    assert snap_compare(app_on(DEMO_BUNDLES / bundle), terminal_size=size, run_before=run)
