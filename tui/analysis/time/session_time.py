"""One answer about the time of a session: the path, what each agent did with its life, slack, and what work cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tui.analysis.edges_view import EdgeView
from tui.analysis.index import TraceIndex
from tui.analysis.time.activities import Activities
from tui.analysis.time.constraints import Constraints, Slack
from tui.analysis.time.critical_path import CriticalPath, PieceKind, critical_path
from tui.analysis.time.waiting_table import Life, lives
from tui.model.ids import ThreadId
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace

WORTH_ASKING = 20
"""Pieces of the path, the longest, of which it is computed what the session would be without them."""


class SessionTime(NamedTuple):
    """`saved`: by node, milliseconds by which the session would have been shorter if it had taken no time."""

    path: CriticalPath
    lives: tuple[Life, ...]
    slack: tuple[Slack, ...]
    saved: dict[NodeRef, int]

    def by_kind(self) -> dict[PieceKind, int]:
        """Milliseconds of the path by kind, the largest first."""
        found: dict[PieceKind, int] = {}
        for piece in self.path.pieces:
            found[piece.kind] = found.get(piece.kind, 0) + piece.duration_ms
        return dict(sorted(found.items(), key=lambda one: -one[1]))

    def by_agent(self) -> dict[ThreadId, int]:
        """Milliseconds of the path by agent, the largest first."""
        found: dict[ThreadId, int] = {}
        for piece in self.path.pieces:
            found[piece.agent] = found.get(piece.agent, 0) + piece.duration_ms
        return dict(sorted(found.items(), key=lambda one: -one[1]))


def session_time(trace: RolloutTrace, index: TraceIndex, edges: Sequence[EdgeView]) -> SessionTime:
    """What `edges` and the graph tell of the time of a session. Slack is that of work which is not on the path."""
    activities = Activities(trace, index)
    path = critical_path(activities, edges)
    constraints = Constraints(activities, edges)
    on_path = {piece.node for piece in path.pieces}
    slack = tuple(one for one in constraints.slack() if one.node not in on_path)
    longest = sorted(_work_on(path), key=lambda one: -one[1])[:WORTH_ASKING]
    saved = {node: constraints.saved_without(node) for node, _ in longest}
    return SessionTime(path, tuple(lives(activities, edges)), slack, saved)


def _work_on(path: CriticalPath) -> list[tuple[NodeRef, int]]:
    found: dict[NodeRef, int] = {}
    for piece in path.pieces:
        if piece.kind in ("model", "tool"):
            found[piece.node] = found.get(piece.node, 0) + piece.duration_ms
    return [*found.items()]
