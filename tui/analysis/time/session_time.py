"""One answer about the time of a session: the path, what each agent did with its life, slack, and what work cost.

A large session takes a while, so it is computed in steps; lives come first, since they can be shown without the rest.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.messages.edges import EdgeBook
from tui.analysis.messages.view import EdgeView
from tui.analysis.time.activities import Activities
from tui.analysis.time.arrivals import Arrivals
from tui.analysis.time.constraints import Constraints, Slack
from tui.analysis.time.critical_path import CriticalPath, PathPiece, PathWalk, PieceKind
from tui.analysis.time.waiting_table import Life, life_of
from tui.analysis.time.work_kinds import WorkKind, kinds_of_work
from tui.model.ids import ThreadId
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace

FIRST_LIVES = 50
"""This many lives are reported before the others are known: they fill a screen."""

_OBJECTS_PER_STEP = 500
_PIECES_PER_STEP = 100
_PIECES_PER_SUM = 5_000


class SessionTime:
    """What is known of the time of one graph as it is. Whatever is not computed yet is empty."""

    def __init__(self) -> None:
        self.lives: tuple[Life, ...] = ()
        self.sent: tuple[EdgeView, ...] = ()
        """What agents sent each other, in the order in which it was sent."""
        self.path = CriticalPath((), 0)
        self.slack_by_agent: dict[ThreadId, int] = {}
        """By how many milliseconds all that an agent did could have come later without a later end of the session."""
        self.work_kinds: list[WorkKind] = []
        """All work of which some is on the path, by its kind; what took most of the path first."""
        self.by_kind: dict[PieceKind, int] = {}
        """Milliseconds of the path by kind, the largest first."""
        self.by_agent: dict[ThreadId, int] = {}
        """Milliseconds of the path by agent, the largest first."""
        self.longest_pieces: list[tuple[ThreadId, int, int]] = []
        """The pieces of the path, the longest first: whose, when it began and when it ended."""
        self._constraints: Constraints | None = None
        self._saved: dict[tuple[NodeRef, ...], int | None] = {}
        self._by_length: list[NodeRef] = []

    def steps(self, trace: RolloutTrace, index: TraceIndex, book: EdgeBook, *, is_over: bool) -> Iterator[None]:
        """Compute everything, in steps of some milliseconds. What comes into the graph in between is left out."""
        while not book.prepare(_OBJECTS_PER_STEP):
            yield
        activities, views = Activities(trace, index), list[EdgeView]()
        yield from book.find_views(views, is_over)
        self.sent = tuple(views)
        yield
        arrivals = Arrivals(self.sent)
        yield
        found = []
        for thread_id in activities.threads:
            yield from activities.prepare(thread_id)
            yield
            found.append(life_of(activities, arrivals, thread_id))
            if len(found) == FIRST_LIVES:
                self.lives = tuple(found)
            yield
        self.lives = tuple(found)
        walk = PathWalk(activities, arrivals)
        while walk.go_on(_PIECES_PER_STEP):
            yield
        yield from self._sum_up(walk.path())
        constraints = Constraints(activities, arrivals)
        yield from constraints.steps()
        self._constraints, self.slack_by_agent = constraints, constraints.slack_by_agent
        yield from kinds_of_work(trace, self.path.pieces, constraints.work(), self.work_kinds)

    def _sum_up(self, path: CriticalPath) -> Iterator[None]:
        """Add up what the pieces of a path took; all of it counts from the last step on."""
        kinds: dict[PieceKind, int] = {}
        agents: dict[ThreadId, int] = {}
        work: dict[NodeRef, int] = {}
        pieces: list[tuple[ThreadId, int, int]] = []
        for number, piece in enumerate(path.pieces, 1):
            took = piece.duration_ms
            kinds[piece.kind] = kinds.get(piece.kind, 0) + took
            agents[piece.agent] = agents.get(piece.agent, 0) + took
            if piece.kind in ("model", "tool"):
                work[piece.node] = work.get(piece.node, 0) + took
            pieces.append((piece.agent, piece.start.ms, piece.end.ms))
            if number % _PIECES_PER_SUM == 0:
                yield
        by_length = sorted(work, key=lambda node: -work[node])
        yield
        pieces.sort(key=lambda piece: piece[1] - piece[2])
        yield
        self.path, self._by_length, self.longest_pieces = path, by_length, pieces
        self.by_kind = dict(sorted(kinds.items(), key=lambda one: -one[1]))
        self.by_agent = dict(sorted(agents.items(), key=lambda one: -one[1]))

    def longest_work(self, most: int) -> list[NodeRef]:
        """The work that takes most of the path."""
        return self._by_length[:most]

    def pieces_longer_than(self, ms: int) -> int:
        """How many pieces of the path took longer."""
        return bisect_left(self.longest_pieces, -ms, key=lambda piece: piece[1] - piece[2])

    def piece_at(self, unix_ms: int) -> PathPiece | None:
        """The piece of the path that went on at a time; the pieces follow each other without a gap."""
        place = bisect_right(self.path.pieces, unix_ms, key=lambda piece: piece.start.ms) - 1
        found = self.path.pieces[place] if place >= 0 else None
        return found if found is not None and unix_ms < found.end.ms else None

    def slack(self) -> list[Slack]:
        """By how much work that is not on the path could have ended later, the most critical first."""
        on_path = {piece.node for piece in self.path.pieces}
        every = [] if self._constraints is None else self._constraints.slack()
        return [one for one in every if one.node not in on_path]

    def work_out(self, *nodes: NodeRef) -> Iterator[None]:
        """Work out, in steps, what `saved_without` returns: a pass over all activities, remembered."""
        constraints = self._constraints
        if constraints is None or nodes in self._saved:
            return
        held = tuple(filter(constraints.holds, nodes))
        self._saved[nodes] = (yield from constraints.saved_without(held)) if held else None

    def saved_without(self, *nodes: NodeRef, if_known: bool = False) -> int | None:
        """By how many milliseconds the session would have been shorter if none of `nodes` had taken any time.

        None while that is not known. It is worked out at once unless it is wanted `if_known`.
        """
        if not if_known:
            for _ in self.work_out(*nodes):
                pass
        return self._saved.get(nodes)


def session_time(trace: RolloutTrace, index: TraceIndex, *, is_over: bool) -> SessionTime:
    """Everything at once."""
    time = SessionTime()
    for _ in time.steps(trace, index, EdgeBook(trace, index), is_over=is_over):
        pass
    return time
