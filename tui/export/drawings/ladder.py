"""The ladder as a drawing: a column for each agent, an arrow for each thing that went from one to another."""

from __future__ import annotations

from collections.abc import Iterator

from tui.analysis.kinds.naming import agent_name
from tui.analysis.messages.edges import EdgeView, edge_views
from tui.export.drawings.svg import WIDTH, arrow, drawing, line, shortened, text
from tui.export.format import Subject
from tui.model.ids import ThreadId
from tui.viewmodel.text.clean import format_offset
from tui.viewmodel.text.edge_words import DELIVERY_WORDS, KIND_WORDS, agent_word, size_word

ROW = 18.0
TIMES = 70.0
"""Where the columns begin: times stand before them."""

MOST_ROWS = 400
"""Arrows of one drawing; a page says how many there are more."""


def ladder(subject: Subject) -> tuple[str, int]:
    """The arrows between the agents that are exported, and how many are not drawn."""
    store = subject.store
    shown = {thread.thread_id for thread in subject.scope.threads(store.trace, store)}
    views = [
        view
        for view in edge_views(store.trace, store.index, store.recording.is_over)
        if subject.scope.is_whole or {view.source_agent, view.target_agent} & shown
    ]
    rows = views[:MOST_ROWS]
    if not rows:
        return "", 0
    agents = dict.fromkeys(
        agent for view in rows for agent in (view.source_agent, view.target_agent) if agent is not None
    )
    return drawing(ROW * (len(rows) + 2), "Messages between the agents", _shapes(subject, rows, list(agents))), len(
        views
    ) - len(rows)


def _shapes(subject: Subject, rows: list[EdgeView], agents: list[ThreadId]) -> Iterator[str]:
    trace, show = subject.store.trace, subject.disclosure
    gap = (WIDTH - TIMES) / (len(agents) + 1)
    places = {agent: TIMES + gap * (number + 0.5) for number, agent in enumerate(agents)}
    for agent, x in places.items():
        yield text(x, 12, shortened(show.label(agent_name(trace, agent)), gap), "", "middle")
        yield line(x, 18, x, ROW * (len(rows) + 2), "life")
    if any(view.source_agent is None or view.target_agent is None for view in rows):
        yield text(WIDTH - gap / 2, 12, "not known", "quiet", "middle")
    for number, view in enumerate(rows, 2):
        y = ROW * number
        yield text(0, y, format_offset(view.started_at_unix_ms - trace.started_at_unix_ms), "quiet")
        start = places.get(view.source_agent) if view.source_agent is not None else None
        end = places.get(view.target_agent) if view.target_agent is not None else None
        # An end that nobody knows is beyond the last column.
        left, right = start or WIDTH - gap / 2, end or WIDTH - gap / 2
        kind = "sent" if view.delivery == "delivered" else "lost"
        yield arrow(left, right, y - 4, kind, _title(subject, view))
        words = KIND_WORDS.get(view.deed, show.word(view.kind))
        yield text((left + right) / 2, y - 7, words, "small", "middle")


def _title(subject: Subject, view: EdgeView) -> str:
    trace, show = subject.store.trace, subject.disclosure
    ends = f"{agent_word(trace, view.source_agent)} → {agent_word(trace, view.target_agent, view.named)}"
    size = size_word(view)
    return f"{show.label(ends)}: {DELIVERY_WORDS[view.delivery]}{f', {size}' if size else ''}"
