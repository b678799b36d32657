"""Esc leaves the last mode."""

from __future__ import annotations

from tui.viewmodel.frame.modes import Mode, Modes


def test_the_mode_entered_last_is_left_first() -> None:
    modes = Modes()
    entered: list[Mode] = ["zoom", "filter", "search"]
    for mode in entered:
        modes.enter(mode)
    left: list[Mode] = []
    while (last := modes.last_of()) is not None:
        modes.leave(last)
        left.append(last)
    assert left == ["search", "filter", "zoom"]


def test_entering_a_mode_again_makes_it_the_last() -> None:
    modes = Modes()
    modes.enter("search")
    modes.enter("zoom")
    modes.enter("search")
    assert modes.last_of() == "search"
    modes.leave("search")
    assert "search" not in modes
    assert modes.last_of() == "zoom"


def test_only_the_wanted_modes_count() -> None:
    modes = Modes()
    modes.enter("zoom")
    modes.enter("search")
    assert modes.last_of("zoom", "filter") == "zoom"
    assert modes.last_of("pause") is None
