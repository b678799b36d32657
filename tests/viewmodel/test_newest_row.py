"""Following a recording in which several agents work at once: with one of them while lines come fast."""

from __future__ import annotations

from tests.viewmodel.test_timeline import focused_id, model_of, two_agents
from tui.viewmodel.timeline.model import TimelineModel

TURNS = {"root": "turn 2", "child": "child turn"}


def follow(steps: list[str], *, stays: bool = True) -> list[str | None]:
    """Where the cursor is after each step: `tick`, or the calls that agents begin between two pictures, in order."""
    graph = two_agents()
    model: TimelineModel = model_of(graph)
    model.start_following()
    places = []
    for number, step in enumerate(steps):
        if step == "tick":
            model.tick(0)
            model.follow_on()
        else:
            for agent in step.split():
                graph.tool(f"{agent} {number}", TURNS[agent], status="running")
            delta = graph.take_delta()
            model.index.update(delta)
            model.apply(delta, stays=stays)
        places.append(focused_id(model))
    return places


def test_without_haste_the_newest_row_of_all_is_followed() -> None:
    assert follow(["root child", "child root"], stays=False) == ["child 0", "root 1"]


def test_an_agent_is_followed_while_it_works() -> None:
    assert follow(["root child", "tick", "root child", "tick"]) == ["root 0", "root 0", "root 2", "root 2"]


def test_an_agent_idle_for_a_tick_is_left() -> None:
    assert follow(["root child", "child", "tick", "child", "tick"]) == [
        "root 0",
        "root 0",
        "root 0",
        "root 0",
        "child 3",
    ]


def test_what_comes_after_an_idle_tick_is_followed() -> None:
    assert follow(["root", "tick", "tick", "child", "child root"]) == [
        "root 0",
        "root 0",
        "root 0",
        "child 3",
        "child 4",
    ]


def test_idle_agents_are_not_left_for_older_work() -> None:
    assert follow(["child root", "tick", "tick", "tick"]) == ["root 0"] * 4
