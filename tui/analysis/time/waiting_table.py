"""What each agent did with its life: own model time, own tools, waiting for whom, the runtime, idle, the user.

Every millisecond of a life counts once: where work overlaps, the model counts before tools, tools before waiting.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from tui.analysis.time.activities import Activities, Activity, AgentActivities
from tui.analysis.time.arrivals import Arrivals
from tui.model.ids import ThreadId

State = Literal["model", "tool", "waiting", "runtime", "idle"]
"""`runtime`: a turn was open and nothing in it. `idle`: no turn was open; of the root, that is waiting for the user."""

_FIRST: tuple[State, ...] = ("model", "tool", "waiting", "runtime", "idle")


class StateStretch(NamedTuple):
    """A time in which an agent was in one state. Milliseconds since the Unix epoch. `on`: whom it waited for.

    `has_failed`: what it did then ended badly. `on` is None where nobody answered, or nobody knows who.
    """

    state: State
    start_ms: int
    end_ms: int
    on: ThreadId | None = None
    has_failed: bool = False


class Life(NamedTuple):
    """The stretches of an agent's life, in order, without a gap."""

    agent: ThreadId
    start_ms: int
    end_ms: int
    stretches: tuple[StateStretch, ...]

    def sums(self) -> dict[tuple[State, ThreadId | None], int]:
        """Milliseconds by state and, for waiting, by whom; they add up to the life."""
        found: dict[tuple[State, ThreadId | None], int] = {}
        for one in self.stretches:
            key = (one.state, one.on)
            found[key] = found.get(key, 0) + one.end_ms - one.start_ms
        return found


class _Claim(NamedTuple):
    start: int
    end: int
    stretch: StateStretch


def life_of(activities: Activities, arrivals: Arrivals, thread_id: ThreadId) -> Life:
    """The life of one agent: from its start to its end, or to the present of the recording."""
    window = activities.trace.threads[thread_id].execution
    start = window.started_at_unix_ms
    has_ended = window.ended_at_unix_ms is not None and not activities.ends_later(window)
    end = max(start, window.ended_at_unix_ms or 0) if has_ended else max(start, activities.end.ms)
    claims = [*_claims(activities, arrivals, thread_id)]
    return Life(thread_id, start, end, tuple(_merged(_swept(claims, start, end))))


def _claims(activities: Activities, arrivals: Arrivals, thread_id: ThreadId) -> Iterator[_Claim]:
    agent = activities.of_agent(thread_id)
    for turn in agent.turns:
        yield _claim("runtime", turn.start.ms, turn.end.ms)
    for one in agent.by_end:
        if one.work == "wait":
            yield _claim("waiting", one.start.ms, one.end.ms, _awaited(arrivals, thread_id, one), one)
        elif one.cell is not None:
            yield from _claims_of_script(activities.of_script(one.cell), arrivals, thread_id, one)
        else:
            yield _claim("model" if one.work == "model" else "tool", one.start.ms, one.end.ms, None, one)


def _claims_of_script(
    nested: AgentActivities, arrivals: Arrivals, thread_id: ThreadId, script: Activity
) -> Iterator[_Claim]:
    """A script is a tool of its agent, but for the times in which it waits for another agent."""
    free_from, start, end = script.start.ms, script.start.ms, script.end.ms
    for one in sorted(nested.by_end, key=lambda call: call.start):
        begins, ends = max(start, one.start.ms), min(end, one.end.ms)
        if ends <= begins:
            continue
        if one.work != "wait":
            yield _claim("tool", begins, ends)
            continue
        if begins > free_from:
            yield _claim("tool", free_from, begins)
        free_from = max(free_from, ends)
        failing = script if free_from == end else one
        yield _claim("waiting", begins, ends, _awaited(arrivals, thread_id, one), failing)
    yield _claim("tool", free_from, end, None, script)


def _awaited(arrivals: Arrivals, thread_id: ThreadId, wait: Activity) -> ThreadId | None:
    """Whose message or result ended a wait; None if none did."""
    edge = arrivals.ending(thread_id, wait)
    return None if edge is None else edge.source_agent


def _claim(state: State, start: int, end: int, on: ThreadId | None = None, activity: Activity | None = None) -> _Claim:
    failed = activity is not None and activity.has_failed
    return _Claim(start, end, StateStretch(state, start, end, on, failed))


def _swept(claims: list[_Claim], start: int, end: int) -> Iterator[StateStretch]:
    """The strongest claim at each time; idle where there is none."""
    marks = [(max(start, min(claim.start, end)), 1, number) for number, claim in enumerate(claims)]
    marks += [(max(start, min(claim.end, end)), 0, number) for number, claim in enumerate(claims)]
    held: dict[State, dict[int, None]] = {state: {} for state in _FIRST}
    at = start
    for when, begins, number in sorted(marks):
        if when > at:
            yield _strongest(held, claims, at, when)
            at = when
        of_state = held[claims[number].stretch.state]
        if begins:
            if claims[number].end > claims[number].start:
                of_state[number] = None
        else:
            of_state.pop(number, None)
    if end > at:
        yield _strongest(held, claims, at, end)


def _strongest(held: dict[State, dict[int, None]], claims: list[_Claim], start: int, end: int) -> StateStretch:
    for state in _FIRST:
        if held[state]:
            newest = claims[next(reversed(held[state]))].stretch
            return newest._replace(start_ms=start, end_ms=end)
    return StateStretch("idle", start, end)


def _merged(stretches: Iterable[StateStretch]) -> Iterator[StateStretch]:
    """Neighbours of one kind as one."""
    last: StateStretch | None = None
    for one in stretches:
        if last is not None and (last.state, last.on, last.has_failed) == (one.state, one.on, one.has_failed):
            last = last._replace(end_ms=one.end_ms)
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last
