"""Pictures of time in the sizes and themes that the other pictures of it leave out, and as of an earlier moment.

A reviewer must see: at 60 columns the name of each agent, its lane and the path; at 80 its part of the path or its
slack, too; without colour the same textures. As of a moment the title names it in every size, lanes and path end at the
cursor, and nothing is said of what came later.
"""

from __future__ import annotations

import pytest

from tests.ui.driving import DEMO_BUNDLES
from tests.ui.pictures import app_on
from tests.ui.test_time_snapshots import SnapCompare, as_of, in_time

SIZES = {"60x20": (60, 20), "80x24": (80, 24), "120x40": (120, 40)}

THEMES = ("dark", "light", "mono")

NARROW = pytest.mark.parametrize("theme", ["light", "mono"])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", THEMES)
def test_time_as_of_a_moment_in_every_look(theme: str, size: str, snap_compare: SnapCompare) -> None:
    """The time view at the moment of its cursor: two agents, the path so far, the moment and its keys in the title."""
    app = app_on(DEMO_BUNDLES / "agents", theme)
    assert snap_compare(app, terminal_size=SIZES[size], run_before=in_time("9 l", "@"))


@NARROW
def test_path_at_60_columns(theme: str, snap_compare: SnapCompare) -> None:
    """The longest piece of the path: its name gives way to what it took."""
    app = app_on(DEMO_BUNDLES / "agents", theme)
    assert snap_compare(app, terminal_size=(60, 20), run_before=in_time("p"))


@pytest.mark.parametrize(("theme", "size"), [("dark", "80x24"), ("light", "60x20"), ("mono", "60x20")])
def test_longest_wait(theme: str, size: str, snap_compare: SnapCompare) -> None:
    """The cursor is on the longest wait of all agents: the lowest line says who waited, for whom and how long."""
    app = app_on(DEMO_BUNDLES / "agents", theme)
    assert snap_compare(app, terminal_size=SIZES[size], run_before=in_time("W"))


@NARROW
def test_event_at_60_columns(theme: str, snap_compare: SnapCompare) -> None:
    """Everything as it was behind event 60, one pane at a time; the status line names the moment."""
    app = app_on(DEMO_BUNDLES / "agents", theme)
    assert snap_compare(app, terminal_size=(60, 20), run_before=as_of("60"))
