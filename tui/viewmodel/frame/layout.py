"""How the panes share a screen of a given size.

    side by side (from 100 columns)   stacked (from 60 columns)    single (below)
    ┌ timeline ┐┌ conversation ┐      ┌ timeline ────────────┐     one pane, Tab changes it
    │          │├ payload ─────┤      ├ conversation│payload ┤
    └──────────┘└──────────────┘      └─────────────┴────────┘

Stacked shows one of the two detail panes: the one that had the focus last.
"""

from __future__ import annotations

from typing import Literal

from tui.named_tuple import NamedTuple

Pane = Literal["timeline", "conversation", "payload"]
Layout = Literal["side-by-side", "stacked", "single", "too-small"]

PANES: tuple[Pane, ...] = ("timeline", "conversation", "payload")

SIDE_BY_SIDE_COLUMNS = 100
STACKED_COLUMNS = 60
STACKED_ROWS = 18
LEAST_COLUMNS = 20
LEAST_ROWS = 6


DEFAULT_SPLIT = 52
"""Share of the timeline in percent of the width (or the height), as the screen begins."""

SPLIT_WITHIN = (20, 80)
SPLIT_STEP = 4
"""Percent by which one key moves the line between the panes."""


def split_within(percent: int) -> int:
    """The nearest share that leaves room on both sides."""
    least, most = SPLIT_WITHIN
    return min(most, max(least, percent))


class Arrangement(NamedTuple):
    """The layout and the panes that are visible in it."""

    layout: Layout
    visible: tuple[Pane, ...]


def arrange(width: int, height: int, focused: Pane, detail: Pane, *, zoomed: bool) -> Arrangement:
    """Who is visible on a screen of `width` by `height` cells. `detail` is the detail pane that had the focus last."""
    if width < LEAST_COLUMNS or height < LEAST_ROWS:
        return Arrangement("too-small", ())
    if zoomed or width < STACKED_COLUMNS or height < STACKED_ROWS:
        return Arrangement("single", (focused,))
    if width >= SIDE_BY_SIDE_COLUMNS:
        return Arrangement("side-by-side", PANES)
    return Arrangement("stacked", ("timeline", focused if focused != "timeline" else detail))


def next_pane(focused: Pane, step: int) -> Pane:
    """The pane `step` panes further, around the end."""
    return PANES[(PANES.index(focused) + step) % len(PANES)]
