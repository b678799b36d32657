"""The upper border of the timeline: what its times are, the names of its columns and the axis of the bars over them."""

from __future__ import annotations

from tui.named_tuple import NamedTuple
from tui.viewmodel.timeline.columns import BAR_GAP, Columns, column_names
from tui.viewmodel.timeline.row_times import stretch_words
from tui.viewmodel.timeline.time_axis import TimeAxis

BORDER_END = 3
"""Cells at the end of the upper border that a title leaves free."""

TITLE_COLUMN = 2
"""The cell of the pane over which its title begins."""


class AxisTitle(NamedTuple):
    """A title, and whether it ends as the border goes on, without a blank between."""

    text: str
    runs_on: bool


def axis_title(columns: Columns, axis: TimeAxis, times: str) -> AxisTitle:
    """The title over rows of these columns; `times` says what their times are, unless it is empty.

    It says which part of the time the bars show, unless it is all.
    """
    stretch = stretch_words(int(axis.start), int(axis.end)) if axis.is_zoomed else ""
    title = " · ".join(part for part in ("Timeline", times, f"bars {stretch}" if stretch else "") if part)
    fill = columns.before_bar - TITLE_COLUMN - len(title) - 1
    has_axis = bool(columns.bar) and fill > 0
    names = column_names(columns)
    end = BAR_GAP if has_axis else BAR_GAP + BORDER_END  # the border goes on behind a title that has no axis
    if len(names) + end < fill:
        title = f"{title} {'─' * (fill - len(names) - end)}{names}"
        fill = BAR_GAP - 1 if has_axis else 0
    if has_axis:
        title = f"{title} {'─' * fill}{axis.ticks(columns.bar - BAR_GAP, columns.bar - BAR_GAP - BORDER_END)}"
    return AxisTitle(title, has_axis)
