"""Pictures of time: lanes and path, waiting, ended agents in one lane, everything as of an earlier moment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.driving import DEMO_BUNDLES, wait_until
from tests.ui.pictures import app_on, loaded_then
from tui.ui.lists.lanes import LanesScreen

SnapCompare = Callable[..., bool]

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["small", "normal"])


def in_time(*stages: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Open the time view of a whole recording; press the keys of each stage and wait until all is counted."""

    async def run(pilot: Pilot[Any]) -> None:
        await loaded_then()(pilot)
        for keys in ("T", *stages):
            await pilot.press(*keys.split())
            await wait_until(
                pilot.app,
                lambda: isinstance(pilot.app.screen, LanesScreen) and pilot.app.screen.is_up_to_date,
                lambda: "the time view",
            )
            await pilot.pause()

    return run


def as_of(moment: str, *stages: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Go to a moment, then press keys."""
    return loaded_then(f"@ {' '.join(moment)} enter", *stages)


@SIZES
def test_lanes_and_path(size: tuple[int, int], snap_compare: SnapCompare) -> None:
    """A lane an agent in tree order, the path below, sums at the right where there is room.

    Model, tools, waiting, failures and silence differ by texture. Signs in the lane under the cursor say when its agent
    sent something and when something was sent to it; the cursor is on a piece of the path, and the line below says what
    that is, its part of the run, and what would be gained if it took nothing.
    """
    assert snap_compare(app_on(DEMO_BUNDLES / "agents"), terminal_size=size, run_before=in_time("tab tab tab tab tab"))


def test_waiting(snap_compare: SnapCompare) -> None:
    """The cursor is where the root waits: the line below says for whom, and how long."""
    app = app_on(DEMO_BUNDLES / "agents")
    assert snap_compare(app, terminal_size=(120, 40), run_before=in_time("9 l 3 l"))


def test_ended_agents_in_one_lane(snap_compare: SnapCompare) -> None:
    """Below the root one lane stands for four agents: at each moment what the busiest of them did."""
    app = app_on(DEMO_BUNDLES / "agents")
    assert snap_compare(app, terminal_size=(80, 24), run_before=in_time("z f"))


def test_narrow_without_colour(snap_compare: SnapCompare) -> None:
    """Sixty columns, no colour: textures still tell model, tools and waiting apart; there are no sums."""
    app = app_on(DEMO_BUNDLES / "agents", "mono")
    assert snap_compare(app, terminal_size=(60, 20), run_before=in_time("j l"))


def test_time_as_of_a_moment(snap_compare: SnapCompare) -> None:
    """The title names the moment; lanes and path end there, on the scale of the whole; deep has no lane yet."""
    app = app_on(DEMO_BUNDLES / "agents")
    assert snap_compare(app, terminal_size=(120, 40), run_before=in_time("9 l", "@"))


@SIZES
def test_program_as_of_an_event(size: tuple[int, int], snap_compare: SnapCompare) -> None:
    """Event 60: four agents, none has ended, open work is as old as it was then; gamma's start has no call yet.

    The status line names the moment instead of the recording's state; the footer names the event and the keys that go
    on from there. Nothing is known of the failures that follow.
    """
    assert snap_compare(app_on(DEMO_BUNDLES / "agents"), terminal_size=size, run_before=as_of("60"))


def test_conversation_as_of_a_call(snap_compare: SnapCompare) -> None:
    """The conversation of alpha while its command runs: the call is there, its output is not."""
    app = app_on(DEMO_BUNDLES / "agents")
    assert snap_compare(app, terminal_size=(120, 40), run_before=as_of("60", "8 j"))


def test_agents_as_of_an_event(snap_compare: SnapCompare) -> None:
    """The list of agents at event 60: what each was doing then, and since when."""
    app = app_on(DEMO_BUNDLES / "agents")
    assert snap_compare(app, terminal_size=(120, 40), run_before=as_of("60", "a"))
