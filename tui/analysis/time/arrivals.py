"""What reached an agent from others, and when it was sent: what may have ended a wait or begun a turn."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from tui.analysis.messages.view import EdgeView
from tui.analysis.time.activities import Activities, Activity, Turn
from tui.model.ids import ThreadId

_BEGIN_TURNS = frozenset({"spawn_agent", "assign_agent_task"})


class Arrivals:
    """The deliveries to each agent, in the order in which they were sent. What was never delivered is left out."""

    def __init__(self, edges: Iterable[EdgeView]) -> None:
        self._into: dict[ThreadId, list[EdgeView]] = {}
        self._spawns: dict[ThreadId, list[EdgeView]] = {}
        for edge in sorted(edges, key=lambda one: one.started_seq):
            if edge.source_agent is None or edge.target_agent is None or edge.source_agent == edge.target_agent:
                continue
            if edge.kind == "spawn_agent":
                self._spawns.setdefault(edge.source_agent, []).append(edge)
            if edge.kind != "close_agent" and (edge.delivery == "delivered" or edge.kind == "spawn_agent"):
                self._into.setdefault(edge.target_agent, []).append(edge)
        self._seqs = {agent: [edge.started_seq for edge in edges] for agent, edges in self._into.items()}

    def between(self, agent: ThreadId, after: int, before: int) -> list[EdgeView]:
        """What was sent to an agent behind the event `after` and before the event `before`."""
        seqs = self._seqs.get(agent, [])
        return self._into.get(agent, [])[bisect_left(seqs, after + 1) : bisect_left(seqs, before)]

    def spawn_of(self, agent: ThreadId) -> EdgeView | None:
        """What started an agent."""
        return next((edge for edge in self._into.get(agent, ()) if edge.kind == "spawn_agent"), None)

    def at_work_below(self, activities: Activities, agent: ThreadId, seq: int) -> EdgeView | None:
        """What started the newest child of an agent that was still in a turn at an event."""
        for edge in reversed(self._spawns.get(agent, [])):
            turns = [] if edge.target_agent is None else activities.of_agent(edge.target_agent).turns
            if turns and turns[-1].end.seq >= seq:
                return edge
        return None

    def ending(self, agent: ThreadId, wait: Activity) -> EdgeView | None:
        """What ended a wait: the last thing sent to the agent while it waited; None if the wait timed out or is open.

        What was sent before the wait began did not hold it up.
        """
        if wait.is_open or wait.timed_out:
            return None
        sent = self.between(agent, wait.start.seq, wait.end.seq)
        return sent[-1] if sent else None

    def beginning(self, agent: ThreadId, turn: Turn, before: Turn) -> EdgeView | None:
        """What began a turn of an agent that was idle since the turn before; None if nothing that was sent did."""
        sent = [edge for edge in self.between(agent, before.end.seq, turn.start.seq) if edge.kind != "agent_result"]
        tasks = [edge for edge in sent if edge.kind in _BEGIN_TURNS]
        return tasks[-1] if tasks else sent[-1] if sent else None
