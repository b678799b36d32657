"""The chain of work that decided how long a session took.

Walked back from the end of the root's last turn. Inside an agent the activity that ended last before the present point,
by `seq`, is what held it up. A wait that a message ended, a turn that a task began, and the start of an agent lead to
the sender at the moment of sending. So every millisecond belongs to one piece, and the pieces follow each other
without a gap.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from tui.analysis.messages.view import EdgeView
from tui.analysis.time.activities import Activities, Activity, AgentActivities, TimePoint, Turn
from tui.analysis.time.arrivals import Arrivals
from tui.model.ids import CodeCellId, ThreadId, ToolCallId
from tui.model.noderef import NodeRef
from tui.model.objects import CodeCellCaller

PieceKind = Literal["model", "tool", "runtime", "delivery", "user"]
"""`runtime`: nothing was open in the turn. `delivery`: from sending to being taken in. `user`: no turn was open."""


class PathPiece(NamedTuple):
    """A stretch of the path. `via`: the edge that led here from what follows it in time; None inside an agent."""

    agent: ThreadId
    kind: PieceKind
    node: NodeRef
    start: TimePoint
    end: TimePoint
    via: str | None = None

    @property
    def duration_ms(self) -> int:
        """Milliseconds; never negative."""
        return self.end.ms - self.start.ms


class CriticalPath(NamedTuple):
    """The pieces in order of time. `wall_ms`: from the start of the recording to the end of the root's last turn."""

    pieces: tuple[PathPiece, ...]
    wall_ms: int


class PathWalk:
    """Finds the path of a recording as it is; it is empty where no turn of the root is recorded.

    Goes back from piece to piece; each step leads to an earlier event, or to another agent at the same one.
    """

    def __init__(self, activities: Activities, arrivals: Arrivals) -> None:
        trace = activities.trace
        self.pieces: list[PathPiece] = []
        self._activities = activities
        self._arrivals = arrivals
        self._begin = TimePoint(0, trace.started_at_unix_ms)
        self._root = ThreadId(trace.root_thread_id)
        if self._root not in trace.threads:
            self._root = next(iter(trace.threads), self._root)
        self._agent = self._root
        self._script: Activity | None = None
        """The script that the present point is in."""
        self._has_jumped = False
        """Whether one came to the present point from another agent."""
        self._at = self._begin
        self._via: str | None = None
        self._open_waits: set[ThreadId] = set()

        turns = activities.of_agent(self._root).turns if trace.threads else []
        self._is_done = not turns
        if turns:
            self._at = turns[-1].end

    def go_on(self, most: int) -> bool:
        """Take up to `most` steps; whether some are left."""
        for _ in range(most):
            if self._is_done or not self._step():
                self._is_done = True
                return False
        return True

    def path(self) -> CriticalPath:
        """What was found, in order of time."""
        return CriticalPath(tuple(reversed(self.pieces)), sum(piece.duration_ms for piece in self.pieces))

    def _step(self) -> bool:
        """Put the next pieces; whether there is more."""
        if self._script is not None and self._script.cell is not None:
            self._step_in_script(self._script, self._activities.of_script(self._script.cell))
            return True
        turn = self._activities.of_agent(self._agent).turn_before(self._at.seq)
        if turn is None:
            return self._leave_start()
        if turn.end.seq < self._at.seq:
            self._leave_idle(turn)
            return True
        agent = self._activities.of_agent(self._agent)
        found, asking = agent.last_ended(self._at.seq, turn.start.seq), agent.request_open_at(self._at.seq)
        if asking is not None and asking.start.seq > (turn.start.seq if found is None else found.end.seq):
            self._put("model", asking.node, asking.start)
            return True
        if found is None:
            self._leave_turn(turn)
            return True
        self._put("runtime", turn.node, found.end)
        self._do(found)
        return True

    def _step_in_script(self, script: Activity, calls: AgentActivities) -> None:
        """Pass the call that ended last, or the script's own time.

        A wait for a script may end with a call that began before it: then what held it up is the script from its start.
        """
        found = calls.last_ended(self._at.seq, script.start.seq)
        if found is None:
            found = calls.ended_within(script._replace(end=self._at))
            begun = None if found is None or script.cell is None else self._cell_as_activity(script.cell)
            if begun is None or begun.start.seq >= script.start.seq:
                self._script = None
                self._put("tool", script.node, script.start)
                return
            self._script = begun
        assert found is not None  # noqa: S101  # else this returned above
        self._put("tool", script.node, found.end)
        self._do(found)

    def _do(self, found: Activity) -> None:
        """Pass an activity that ended at the present point."""
        if found.work == "wait":
            edge = self._arrivals.ending(self._agent, found)
            if (edge is not None and self._jump(edge)) or (found.is_open and self._follow_open_wait()):
                return
            self._put("tool", found.node, found.start)
        elif found.cell is not None and self._script is None:
            self._script = found
        else:
            self._put("model" if found.work == "model" else "tool", found.node, found.start)

    def _leave_turn(self, turn: Turn) -> None:
        """Pass the beginning of a turn: what began it is looked for from there."""
        self._put("runtime", turn.node, turn.start)
        before = self._activities.of_agent(self._agent).turn_before(turn.start.seq)
        edge = None if before is None else self._arrivals.beginning(self._agent, turn, before)
        if edge is not None:
            self._jump(edge)

    def _leave_idle(self, turn: Turn) -> None:
        """Pass the time in which no turn was open, back to the end of the turn before."""
        kind: PieceKind = "user" if self._agent == self._root else "runtime"
        self._put("delivery" if self._has_jumped else kind, turn.node, turn.end)

    def _leave_start(self) -> bool:
        """Pass the start of an agent."""
        node = NodeRef("thread", self._agent)
        spawn = None if self._agent == self._root else self._arrivals.spawn_of(self._agent)
        if spawn is not None and self._jump(spawn):
            return True
        self._put("user" if self._agent == self._root else "runtime", node, self._begin)
        return False

    def _follow_open_wait(self) -> bool:
        """The recording ends in a wait: what went on then is the work of an agent below."""
        if self._agent in self._open_waits:
            return False
        self._open_waits.add(self._agent)
        edge = self._arrivals.at_work_below(self._activities, self._agent, self._at.seq)
        if edge is None or edge.target_agent is None:
            return False
        self._enter(edge.target_agent, edge.id)
        return True

    def _jump(self, edge: EdgeView) -> bool:
        """Go to the sender of what arrived here, at the moment of sending; whether that is earlier."""
        sender = edge.source_agent
        if sender is None or edge.started_seq >= self._at.seq:
            return False
        if edge.source.kind == "tool_call":
            return self._jump_to_call(edge, sender, ToolCallId(edge.source.id))
        sent = TimePoint(edge.started_seq, edge.started_at_unix_ms)
        self._put("delivery", edge.node, sent, edge.id)
        self._enter(sender, None)
        return True

    def _jump_to_call(self, edge: EdgeView, sender: ThreadId, tool_id: ToolCallId) -> bool:
        """Go to the call that sent it: what lies behind its end is delivery, the rest is the call."""
        tool = self._activities.trace.tool_calls.get(tool_id)
        if tool is None:
            return False
        window = tool.execution
        via: str | None = edge.id
        if window.ended_seq is not None and window.ended_at_unix_ms is not None and window.ended_seq < self._at.seq:
            self._put("delivery", edge.node, TimePoint(window.ended_seq, window.ended_at_unix_ms), via)
            via = None
        self._enter(sender, None)
        self._put("tool", edge.source, TimePoint(window.started_seq, window.started_at_unix_ms), via)
        self._has_jumped = True
        if isinstance(tool.requester, CodeCellCaller):
            self._script = self._enclosing(tool.requester)
        return True

    def _enclosing(self, caller: CodeCellCaller) -> Activity | None:
        """The script that made a call, up to the present point."""
        return self._cell_as_activity(caller.code_cell_id)

    def _cell_as_activity(self, cell_id: CodeCellId) -> Activity | None:
        """A script from its start to the present point."""
        cell = self._activities.trace.code_cells.get(cell_id)
        if cell is None or cell.execution.started_seq >= self._at.seq:
            return None
        start = TimePoint(cell.execution.started_seq, cell.execution.started_at_unix_ms)
        return Activity(NodeRef("code_cell", cell_id), "tool", start, self._at, cell=cell_id)

    def _enter(self, agent: ThreadId, via: str | None) -> None:
        self._agent, self._script, self._has_jumped, self._via = agent, None, True, via

    def _put(self, kind: PieceKind, node: NodeRef, start: TimePoint, via: str | None = None) -> None:
        """Add the piece from `start` to the present point, and stand at its start. Clocks may go back: `seq` counts.

        The walk never goes forward: logs may use a number twice.
        """
        via, self._via = via or self._via, None
        ms = max(self._begin.ms, min(start.ms, self._at.ms))
        from_here = TimePoint(min(start.seq, self._at.seq), ms)
        if ms < self._at.ms or via is not None:
            self.pieces.append(PathPiece(self._agent, kind, node, from_here, self._at, via))
        self._at, self._has_jumped = from_here, False
