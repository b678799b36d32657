"""Pictures of the panel under a comparison: it has all the room that the rows leave, and says in full what they cut."""

from __future__ import annotations

import pytest

from tests.ui.test_compare_snapshots import SIZES, SnapCompare, compared, in_the_comparison


@pytest.mark.parametrize("size", SIZES, ids=["narrow", "normal"])
def test_row_of_an_agent(size: tuple[int, int], snap_compare: SnapCompare) -> None:
    """The panel begins below the last row. Its lines about the agent wrap: how many items are the same, where they
    part, by how much B did more.
    """
    app = compared("answer", "failures")
    assert snap_compare(app, terminal_size=size, run_before=in_the_comparison("k"))


@pytest.mark.parametrize("size", [(60, 20), *SIZES], ids=["tiny", "narrow", "normal"])
def test_agent_of_one_side(size: tuple[int, int], snap_compare: SnapCompare) -> None:
    """An agent that only one recording has, and how many items it has. Tiny: times and tokens give way in the title."""
    app = compared("agents", "shell")
    assert snap_compare(app, terminal_size=size, run_before=in_the_comparison("G"))
