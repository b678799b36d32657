"""The border over the timeline: words first, then the names of columns over these, then the axis over the bars."""

import pytest

from tui.viewmodel.timeline.columns import columns_for
from tui.viewmodel.timeline.time_axis import TimeAxis
from tui.viewmodel.timeline.title import AxisTitle, axis_title

WIDTH = 60


@pytest.mark.parametrize(
    ("has_bars", "is_zoomed", "times", "expected"),
    [
        (True, False, "", AxisTitle("Timeline ─────────────────────────── took ─┬0─────┬2s─", runs_on=True)),
        (True, True, "", AxisTitle("Timeline · bars 1.000s–3.000s ────── took ─┬1s────┬2s─", runs_on=True)),
        (True, True, "UTC, 2026-01-02", AxisTitle("Timeline · UTC, 2026-01-02 · bars 1.000s–3.000s", runs_on=False)),
        (
            False,
            False,
            "UTC, 2026-01-02",
            AxisTitle("Timeline · UTC, 2026-01-02 ────────────── start── took", runs_on=False),
        ),
        (False, True, "UTC, 2026-01-02", AxisTitle("Timeline · UTC, 2026-01-02 · bars 1.000s–3.000s", runs_on=False)),
    ],
)
def test_what_has_no_room_is_left_out(*, has_bars: bool, is_zoomed: bool, times: str, expected: AxisTitle) -> None:
    axis = TimeAxis()
    axis.extend(4_000, is_growing=False)
    if is_zoomed:
        axis.zoom_in(2_000)
    assert axis_title(columns_for(WIDTH, has_bars), axis, times) == expected
