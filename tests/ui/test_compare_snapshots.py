"""Pictures of two recordings, and of two requests, side by side."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.driving import DEMO_BUNDLES, wait_until
from tests.ui.pictures import an_hour_after, app_on, loaded_then
from tui.bundle.open import open_bundle
from tui.store import TraceStore
from tui.ui.app import TraceApp
from tui.ui.config import Config
from tui.ui.lists.compare import CompareScreen

SnapCompare = Callable[..., bool]

SIZES = [(80, 24), (120, 40)]


def compared(a: str, b: str, theme: str | None = None) -> TraceApp:
    """The app with the comparison of two demo bundles over the first one, an hour after both."""
    now = max(an_hour_after(DEMO_BUNDLES / name) for name in (a, b))
    stores = [TraceStore(open_bundle(DEMO_BUNDLES / name), wall_clock=lambda: now) for name in (a, b)]
    return TraceApp(stores[0], follow=False, against=stores[1], config=Config(theme=theme))


def in_the_comparison(keys: str = "", opened_by: str = "") -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Wait until everything has been compared, and press keys."""

    async def run(pilot: Pilot[Any]) -> None:
        if opened_by:
            await loaded_then()(pilot)
            await pilot.press(*opened_by.split())
        await wait_until(
            pilot.app,
            lambda: isinstance(pilot.app.screen, CompareScreen) and pilot.app.screen.is_up_to_date,
            lambda: "the comparison",
        )
        await pilot.pause()
        if keys:
            await pilot.press(*keys.split())
        shown, before = pilot.app.export_screenshot(), ""
        while shown != before:
            await pilot.pause(0.1)
            shown, before = pilot.app.export_screenshot(), shown

    return run


@pytest.mark.parametrize("size", SIZES, ids=["narrow", "normal"])
def test_first_parting(size: tuple[int, int], snap_compare: SnapCompare) -> None:
    """The first parting is selected, and what caused it stands in it; both sides stand below it, and in full at the
    foot. The line of settings says what is the same on both sides and what is not known. Narrow: the sides are above
    each other.
    """
    assert snap_compare(compared("agents", "shell"), terminal_size=size, run_before=in_the_comparison())


def test_agents_of_two_releases(snap_compare: SnapCompare) -> None:
    """A row for each pair of agents, with the items of both sides and by how much B did more; what follows the first
    parting is folded under it and counted.
    """
    app = compared("agents", "agents-schema2")
    assert snap_compare(app, terminal_size=(120, 40), run_before=in_the_comparison())


def test_word_diff_and_equal_rows(snap_compare: SnapCompare) -> None:
    """What follows is unfolded, equal items have rows of their own with `=`, and in the sides of a parting only the
    words that differ are coloured.
    """
    app = compared("agents", "agents-schema2")
    assert snap_compare(app, terminal_size=(120, 40), run_before=in_the_comparison("n n ="))


def test_same_recording(snap_compare: SnapCompare) -> None:
    """`the same` in the title, `=` in every row, and no parting."""
    assert snap_compare(compared("shell", "shell"), terminal_size=(80, 24), run_before=in_the_comparison())


@pytest.mark.parametrize("size", SIZES, ids=["narrow", "normal"])
def test_two_requests(size: tuple[int, int], snap_compare: SnapCompare) -> None:
    """The title names two requests of one recording; below it two facts stand beside each other: how far the bytes of
    both are the same, and how much the provider says it had cached.
    """
    app = app_on(DEMO_BUNDLES / "compaction")
    assert snap_compare(app, terminal_size=size, run_before=in_the_comparison(opened_by="G 3 g x"))


def test_without_colour(snap_compare: SnapCompare) -> None:
    """In `mono` the words that differ are told by strokes and weight."""
    app = compared("agents", "agents-schema2", "mono")
    assert snap_compare(app, terminal_size=(120, 40), run_before=in_the_comparison("n"))
