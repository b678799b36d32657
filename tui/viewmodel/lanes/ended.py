"""Many agents that have ended, as one lane: at each moment what the busiest of them did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from tui.analysis.agents.counts import parent_of
from tui.analysis.time.waiting_table import Life, State, StateStretch
from tui.model.ids import ThreadId
from tui.model.trace import RolloutTrace

_BUSIEST_FIRST: tuple[State, ...] = ("model", "tool", "waiting", "runtime", "idle")

LEAST = 2
"""One ended agent takes no less room folded."""


def ended_agents(trace: RolloutTrace, order: Sequence[ThreadId]) -> list[ThreadId]:
    """The agents of a tree order that have ended with everything below them, all but the root."""
    at_work: set[ThreadId] = set()
    for agent in reversed(order):
        parent = parent_of(trace, agent)
        if trace.threads[agent].execution.is_open or agent in at_work:
            at_work.add(agent)
            if parent is not None:
                at_work.add(parent)
    found = [agent for agent in order if agent not in at_work and parent_of(trace, agent) is not None]
    return found if len(found) >= LEAST else []


def life_together(lives: Iterable[Life]) -> Life:
    """The lives as one: in each stretch the busiest state of all of them. There must be one life at least."""
    every = list(lives)
    start, end = min(life.start_ms for life in every), max(life.end_ms for life in every)
    return Life(every[0].agent, start, end, tuple(_joined(_busiest(every, start, end))))


def _busiest(lives: Sequence[Life], start: int, end: int) -> Iterator[StateStretch]:
    changes: dict[int, list[tuple[State, int]]] = {start: [], end: []}
    failed: set[int] = set()
    for life in lives:
        for one in life.stretches:
            changes.setdefault(one.start_ms, []).append((one.state, 1))
            changes.setdefault(one.end_ms, []).append((one.state, -1))
            if one.has_failed:
                failed.add(one.end_ms)
    times, counts = sorted(changes), Counter[State]()
    for at, until in pairwise(times):
        for state, change in changes[at]:
            counts[state] += change
        state = next((one for one in _BUSIEST_FIRST if counts[one] > 0), "idle")
        yield StateStretch(state, at, until, None, until in failed)


def _joined(stretches: Iterable[StateStretch]) -> Iterator[StateStretch]:
    """Neighbours of one state as one stretch."""
    before: StateStretch | None = None
    for one in stretches:
        if before is not None and before.state == one.state and not before.has_failed:
            before = before._replace(end_ms=one.end_ms, has_failed=one.has_failed)
            continue
        if before is not None:
            yield before
        before = one
    if before is not None:
        yield before
