"""How wide the three columns of a lane are: the agent's name, the bar, sums; and how the bars move sideways."""

from __future__ import annotations

from typing import NamedTuple

LABEL_PART = 0.22
"""Part of the width that names take at most."""

SUMS_PART = 0.26
"""Part of the width that sums take at most."""

NARROW = 76
"""A view of fewer cells has no sums."""

USUAL_BAR = 60
"""Cells of the bars before any was drawn."""


class LaneColumns(NamedTuple):
    """Widths in cells; no sums in a narrow view."""

    label: int
    bar: int
    sums: int


def lane_columns(width: int, longest_name: int) -> LaneColumns:
    """The columns of a view of `width` cells; `longest_name` in cells, too."""
    label = max(6, min(longest_name + 1, int(width * LABEL_PART)))
    sums = int(width * SUMS_PART) if width >= NARROW else 0
    return LaneColumns(label, max(1, width - label - sums), sums)


class BarsMove(NamedTuple):
    """The cells from `left` to before `right` show what was `cells` further right, further left if that is negative."""

    left: int
    right: int
    cells: int
