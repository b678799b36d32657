"""How the panes share a screen."""

from __future__ import annotations

import pytest

from tui.viewmodel.frame.layout import PANES, Arrangement, Pane, arrange, next_pane


@pytest.mark.parametrize(
    ("width", "height", "layout"),
    [
        (200, 50, "side-by-side"),
        (120, 40, "side-by-side"),
        (100, 20, "side-by-side"),
        (99, 40, "stacked"),
        (80, 24, "stacked"),
        (60, 20, "stacked"),
        (59, 40, "single"),
        (120, 17, "single"),
        (20, 6, "single"),
        (19, 40, "too-small"),
        (120, 5, "too-small"),
    ],
)
def test_the_size_decides(width: int, height: int, layout: str) -> None:
    assert arrange(width, height, "timeline", "conversation", zoomed=False).layout == layout


@pytest.mark.parametrize("focused", PANES)
def test_the_focused_pane_is_always_visible(focused: Pane) -> None:
    for width, height in ((120, 40), (80, 24), (40, 10)):
        for zoomed in (False, True):
            assert focused in arrange(width, height, focused, "conversation", zoomed=zoomed).visible


def test_a_zoomed_pane_is_alone() -> None:
    assert arrange(200, 50, "payload", "payload", zoomed=True) == Arrangement("single", ("payload",))


def test_stacked_keeps_the_detail_pane_that_had_the_focus_last() -> None:
    assert arrange(80, 24, "timeline", "payload", zoomed=False).visible == ("timeline", "payload")
    assert arrange(80, 24, "conversation", "payload", zoomed=False).visible == ("timeline", "conversation")


def test_tab_goes_around() -> None:
    assert next_pane("payload", 1) == "timeline"
    assert next_pane("timeline", -1) == "payload"
