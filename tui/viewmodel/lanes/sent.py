"""What the agents of a lane sent, and what was sent to them, as signs in the lane and as words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tui.analysis.kinds.naming import agent_name
from tui.analysis.messages.view import EdgeView
from tui.model.ids import ThreadId
from tui.model.objects import EdgeKind
from tui.model.trace import RolloutTrace
from tui.viewmodel.lanes.scale import Scale
from tui.viewmodel.text.clean import clean

SENT, RECEIVED = ("▸", "node.edge"), ("◂", "node.edge")
"""What a lane shows where its agent sent something, and where something was sent to it."""

_WORDS: dict[EdgeKind, str] = {
    "spawn_agent": "spawn",
    "assign_agent_task": "task",
    "send_message": "message",
    "agent_result": "result",
    "close_agent": "close",
}


def sent_of(sent: Iterable[EdgeView], agents: Sequence[ThreadId]) -> list[EdgeView]:
    """What concerns one of the agents, but not what an agent sent itself."""
    ours = frozenset(agents)
    return [
        edge
        for edge in sent
        if edge.source_agent != edge.target_agent and not ours.isdisjoint((edge.source_agent, edge.target_agent))
    ]


def mark_sent(
    cells: list[tuple[str, str]], sent: Iterable[EdgeView], agents: Sequence[ThreadId], scale: Scale, began_ms: int
) -> None:
    """Put a sign into the cell of each moment at which something was sent, as far as it is shown."""
    for edge in sent:
        at = edge.started_at_unix_ms - began_ms
        if scale.start <= at <= scale.end:
            cells[scale.cell_of(at)] = SENT if edge.source_agent in agents else RECEIVED


def nearest_sent(sent: Iterable[EdgeView], unix_ms: int, within_ms: float) -> EdgeView | None:
    """What was sent nearest to a moment; None if nothing was within this many milliseconds."""
    near = [edge for edge in sent if abs(edge.started_at_unix_ms - unix_ms) <= within_ms]
    return min(near, key=lambda edge: abs(edge.started_at_unix_ms - unix_ms), default=None)


def sent_words(trace: RolloutTrace, edge: EdgeView, agents: Sequence[ThreadId]) -> str:
    """`◂ task from /root`; `▸ message to beta` where the name leads to no agent."""
    is_ours = edge.source_agent in agents
    other = edge.target_agent if is_ours else edge.source_agent
    whom = clean(edge.named if other is None and is_ours else "" if other is None else agent_name(trace, other))
    return f"{(SENT if is_ours else RECEIVED)[0]} {_WORDS[edge.kind]} {'to' if is_ours else 'from'} {whom or '?'}"
