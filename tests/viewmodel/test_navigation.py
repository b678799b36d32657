"""Back and forward, as tables of (step, expected place)."""

from __future__ import annotations

import pytest

from tui.model.noderef import NodeRef
from tui.viewmodel.frame.layout import Pane
from tui.viewmodel.frame.navigation import MAX_PLACES, History, Place


def place(name: str, pane: Pane = "timeline") -> Place:
    return Place(pane, NodeRef("tool_call", name), view=f"folding of {name}")


def walk(steps: str) -> list[str]:
    """Follow `steps` from a: a letter jumps there, `<` and `>` go back and forward, `.x` walks to x by hand."""
    history, current, places = History(), place("a"), []
    by_hand = False
    for step in steps.replace(" ", ""):
        if step == ".":
            by_hand = True
            continue
        if step in "<>":
            found = history.go_back(current) if step == "<" else history.go_forward(current)
            current = found or current
        else:
            if not by_hand:
                history.leave(current)
            current, by_hand = place(step), False
        assert current.node is not None
        places.append(current.node.id)
    return places


@pytest.mark.parametrize(
    ("steps", "places"),
    [
        ("<", "a"),
        (">", "a"),
        ("b c < <", "b c b a"),
        ("b c < < >", "b c b a b"),
        ("b c < < > > >", "b c b a b c c"),
        ("b < c >", "b a c c"),  # a new jump forgets what lay ahead
        ("b < c < >", "b a c a c"),
        ("b .a <", "b a a"),  # standing there already: no step
        ("b .d < >", "b d a d"),  # forward returns to where one really was
    ],
)
def test_back_and_forward(steps: str, places: str) -> None:
    assert walk(steps) == places.split()


def test_the_exact_place_comes_back_with_its_pane_and_folding() -> None:
    history = History()
    left = place("a", pane="conversation")
    history.leave(left)
    assert history.go_back(place("b")) == left


def test_the_oldest_places_are_forgotten() -> None:
    history = History()
    for number in range(MAX_PLACES + 10):
        history.leave(place(str(number)))
    steps = 0
    while history.go_back(place("elsewhere")) is not None:
        steps += 1
    assert steps == MAX_PLACES


def test_a_new_recording_has_no_history() -> None:
    history = History()
    history.leave(place("a"))
    history.leave(place("b"))
    history.go_back(place("c"))
    history.clear()
    assert history.go_back(place("d")) is None
    assert history.go_forward(place("d")) is None
