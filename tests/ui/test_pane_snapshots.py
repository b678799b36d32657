"""Pictures of each pane in each of its states, on three sizes of terminal, light, and without colour."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.ui.driving import DEMO_BUNDLES
from tests.ui.pictures import NARROW, NORMAL, WIDE, app_on, loaded_then
from tui.ui.app import TraceApp

SnapCompare = Callable[..., bool]

STATES: dict[str, tuple[str, tuple[str, ...]]] = {
    "timeline-folded": ("agents", ("z M",)),
    "timeline-bars": ("agents", ("t",)),
    "timeline-filter": ("shell", ("f p y t e s t enter",)),
    "timeline-search": ("shell", ("/ g r e p enter",)),
    "conversation-cut": ("shell", ("1 1 j", "%")),
    "conversation-compaction": ("compaction", ("/ c o m p a c t i o n enter",)),
    "conversation-so-far": ("answer", ("j j", "tab", "v")),
    "payload-tree": ("shell", ("e",)),
    "payload-text": ("shell", ("e", "tab tab v")),
    "payload-raw": ("shell", ("e", "tab tab v v")),
    "payload-bytes": ("shell", ("e", "tab tab v v v")),
}
"""State → demo bundle, and the keys that lead there, stage by stage."""


def _app_in(state: str, theme: str | None = None) -> tuple[TraceApp, Callable[..., object]]:
    bundle, stages = STATES[state]
    return app_on(DEMO_BUNDLES / bundle, theme), loaded_then(*stages)


@pytest.mark.parametrize("size", [NARROW, NORMAL, WIDE], ids=["narrow", "normal", "wide"])
@pytest.mark.parametrize("state", STATES)
def test_state(state: str, size: tuple[int, int], snap_compare: SnapCompare) -> None:
    """The pane that the state names shows it, and its title or the footer says so.

    Folded: agents only. Bars: parallel agents side by side in time. Filter and search: what was asked for stands in the
    footer. Cut: how much of how much reached the model, and which bytes are missing. Compaction: how many items are
    gone. Payload: the mode in the title, the same file in each.
    """
    app, run_before = _app_in(state)
    assert snap_compare(app, terminal_size=size, run_before=run_before)


@pytest.mark.parametrize("state", STATES)
def test_state_on_a_light_terminal(state: str, snap_compare: SnapCompare) -> None:
    """Every text stands out from the light background; the cursor and new or missing items are seen at once."""
    app, run_before = _app_in(state, "light")
    assert snap_compare(app, terminal_size=NORMAL, run_before=run_before)


@pytest.mark.parametrize("state", STATES)
def test_state_without_colour(state: str, monkeypatch: pytest.MonkeyPatch, snap_compare: SnapCompare) -> None:
    """No colour at all: signs, weight and inversion tell what colours tell elsewhere."""
    monkeypatch.setenv("NO_COLOR", "1")
    app, run_before = _app_in(state)
    assert snap_compare(app, terminal_size=NORMAL, run_before=run_before)
