"""The timeline as a drawing: a lane for each agent, and what it did when."""

from __future__ import annotations

from collections.abc import Iterator

from tui.analysis.kinds.naming import agent_name
from tui.analysis.time.session_time import session_time
from tui.analysis.time.waiting_table import Life, StateStretch
from tui.export.drawings.svg import WIDTH, bar, drawing, line, shortened, text
from tui.export.format import Subject
from tui.viewmodel.text.clean import format_duration
from tui.viewmodel.text.round_times import offset_of_tick, round_step

LANE = 20.0
NAMES = 170.0
"""Where the lanes begin: names stand before them."""

_TICKS = 6
"""Most ticks of the axis."""

_HALF_A_TIME = 34.0
"""Half the width of a time at a tick; the last one stays inside the drawing."""

_FINEST = 0.4
"""A stretch that is narrower is drawn only where nothing is."""

STATES = ("model", "tool", "runtime", "waiting")
"""States that have a colour; an agent that is idle has an empty lane."""


def timeline(subject: Subject) -> str:
    """The lanes of the agents that are exported."""
    store = subject.store
    threads = {thread.thread_id for thread in subject.scope.threads(store.trace, store)}
    lives = [
        life
        for life in session_time(store.trace, store.index, is_over=store.recording.is_over).lives
        if life.agent in threads
    ]
    if not lives:
        return ""
    began = min(life.start_ms for life in lives)
    whole = max(1, max(life.end_ms for life in lives) - began)
    height = LANE * (len(lives) + 1) + 6
    return drawing(height, "Timeline of the agents", _shapes(subject, lives, began, whole))


def _shapes(subject: Subject, lives: list[Life], began: int, whole: int) -> Iterator[str]:
    bottom = LANE * (len(lives) + 1)
    shown_from = began - subject.store.trace.started_at_unix_ms
    step = round_step(whole / _TICKS)
    for offset in range(-(-shown_from // step) * step, shown_from + whole + 1, step):
        x = NAMES + (WIDTH - NAMES - 10) * (offset - shown_from) / whole
        yield line(x, 14, x, bottom, "tick")
        yield text(min(x, WIDTH - _HALF_A_TIME), 10, offset_of_tick(offset, step), "quiet", "middle")
    for row, life in enumerate(lives, 1):
        y = LANE * row
        name = subject.disclosure.label(agent_name(subject.store.trace, life.agent))
        yield text(0, y + 12, shortened(name, NAMES - 10))
        yield from _lane(subject, life, y, began, (WIDTH - NAMES - 10) / whole)


def _lane(subject: Subject, life: Life, y: float, began: int, scale: float) -> Iterator[str]:
    done = 0.0
    yield line(NAMES + (life.start_ms - began) * scale, y + 8, NAMES + (life.end_ms - began) * scale, y + 8, "life")
    for one in life.stretches:
        left, right = NAMES + (one.start_ms - began) * scale, NAMES + (one.end_ms - began) * scale
        if one.state in STATES and (right - left >= _FINEST or left >= done):
            kind = f"{one.state} bad" if one.has_failed else one.state
            yield bar(left, y + 2, right - left, 12, kind, _title(subject, one))
            done = max(right, left + _FINEST)


def _title(subject: Subject, one: StateStretch) -> str:
    on = "" if one.on is None else f" for {subject.disclosure.label(agent_name(subject.store.trace, one.on))}"
    failed = ", failed" if one.has_failed else ""
    return f"{one.state}{on}: {format_duration(one.end_ms - one.start_ms)}{failed}"
