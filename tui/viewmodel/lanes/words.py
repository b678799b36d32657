"""Words beside and below the lanes, as many as fit: what an agent's time went to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tui.analysis.kinds.naming import agent_name
from tui.analysis.time.waiting_table import Life, State
from tui.model.ids import ThreadId
from tui.model.trace import RolloutTrace
from tui.viewmodel.text.clean import Measure, clean, elide
from tui.viewmodel.text.percent import percent

MOST_STATES = 2
"""States of an agent that are named: what most of its time went to."""


def fitting(parts: Iterable[Sequence[str]], room: int, measure: Measure) -> str:
    """The parts that fit beside each other, of each the first of its forms that does; of the first part what fits."""
    text = ""
    for forms in parts:
        joined = [f"{text}, {form}" if text else form for form in forms]
        found = next((one for one in joined if measure(one) <= room), None)
        if found is None:
            return text or elide(joined[-1], room, measure)
        text = found
    return text


def life_words(trace: RolloutTrace, life: Life) -> list[tuple[str, ...]]:
    """What most of a life went to, each in a long and a short form: `waits 71% (most: alpha 64%)`."""
    whole = life.end_ms - life.start_ms
    states: dict[State, int] = {}
    waits: dict[ThreadId | None, int] = {}
    for (state, on), ms in life.sums().items():
        states[state] = states.get(state, 0) + ms
        if state == "waiting":
            waits[on] = ms
    found: list[tuple[str, ...]] = []
    for state in sorted(states, key=lambda one: -states[one])[:MOST_STATES]:
        share = percent(states[state], whole)
        if state != "waiting":
            found.append((f"{state} {share}",))
            continue
        longest = max(waits, key=lambda one: waits[one])
        whom = "" if longest is None else clean(agent_name(trace, longest)).rpartition("/")[2]
        if len(waits) == 1 and whom:
            found.append((f"waits {share} for {whom}", f"waits {share}"))
        else:
            found.append((f"waits {share} (most: {whom or '?'} {percent(waits[longest], whole)})", f"waits {share}"))
    return found
