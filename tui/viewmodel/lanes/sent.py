"""What the agents of a lane sent, and what was sent to them, as signs in the lane and as words."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from tui.analysis.kinds.naming import agent_name
from tui.analysis.messages.view import EdgeView
from tui.model.ids import ThreadId
from tui.model.trace import RolloutTrace
from tui.viewmodel.lanes.bars import FAILED
from tui.viewmodel.lanes.scale import Scale
from tui.viewmodel.text.clean import clean
from tui.viewmodel.text.edge_words import KIND_WORDS

SENT, RECEIVED = ("▸", "node.edge"), ("◂", "node.edge")
"""What a lane shows where its agent sent something, and where something was sent to it."""


class SentOfLane:
    """What concerns the agents of a lane, but not what an agent sent itself; worked out once for all that is drawn."""

    def __init__(self, sent: Iterable[EdgeView], agents: Sequence[ThreadId]) -> None:
        self._ours = frozenset(agents)
        found = [
            edge
            for edge in sent
            if edge.source_agent != edge.target_agent
            and not self._ours.isdisjoint((edge.source_agent, edge.target_agent))
        ]
        self._sent = sorted(found, key=lambda edge: edge.started_at_unix_ms)
        self._times = [edge.started_at_unix_ms for edge in self._sent]

    def mark(self, cells: list[tuple[str, str]], scale: Scale, began_ms: int) -> None:
        """Put a sign into the cell of each moment at which something was sent, as far as it is shown."""
        times = self._times
        end = bisect_right(times, scale.end + began_ms)
        while end:
            at = times[end - 1] - began_ms
            if at < scale.start:
                break
            cell = scale.cell_of(at)
            if cells[cell] != FAILED:  # a failure is never covered; what was sent is said below the lanes
                cells[cell] = SENT if self._sent[end - 1].source_agent in self._ours else RECEIVED
            # Of those in one cell the last one is seen: thousands may lie in it.
            end = min(end - 1, bisect_left(times, scale.time_of(cell) + began_ms))

    def nearest(self, unix_ms: int, within_ms: float) -> EdgeView | None:
        """What was sent nearest to a moment; None if nothing was within this many milliseconds."""
        times, place = self._times, bisect_left(self._times, unix_ms)
        before = [bisect_left(times, times[place - 1])] if place else []
        near = [one for one in (*before, *range(place, len(times))[:1]) if abs(times[one] - unix_ms) <= within_ms]
        return self._sent[min(near, key=lambda one: abs(times[one] - unix_ms))] if near else None


def sent_words(trace: RolloutTrace, edge: EdgeView, agents: Sequence[ThreadId]) -> str:
    """`◂ task from /root`; `▸ message to beta` where the name leads to no agent."""
    is_ours = edge.source_agent in agents
    other = edge.target_agent if is_ours else edge.source_agent
    whom = clean(edge.named if other is None and is_ours else "" if other is None else agent_name(trace, other))
    return f"{(SENT if is_ours else RECEIVED)[0]} {KIND_WORDS[edge.deed]} {'to' if is_ours else 'from'} {whom or '?'}"
