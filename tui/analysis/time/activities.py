"""What each agent did, as activities with a start and an end: the material of lanes, critical path and waiting.

An activity is what an agent's own loop started: a request to the model, a compaction, a tool call, a script. What a
script called is found through the script. Activities are compared by `seq`: milliseconds tie.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

import msgspec

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.lost_end import command_without_end_of_call
from tui.analysis.kinds.scripts import cell_run_by
from tui.analysis.state.open_work import is_wait
from tui.model.execution import ExecutionWindow
from tui.model.ids import CodeCellId, CodexTurnId, ThreadId, ToolCallId
from tui.model.noderef import NodeRef
from tui.model.objects import CodeCell, ModelCaller, ToolCall
from tui.model.trace import RolloutTrace

Work = Literal["model", "tool", "wait"]
"""`wait`: a call that only waits for other agents."""

ACTIVITIES_PER_STEP = 500
"""Activities that are looked at in one step: some milliseconds."""

_BAD_ENDINGS = frozenset({"failed", "aborted", "cancelled"})


class TimePoint(NamedTuple):
    """A point of the recording: milliseconds since the Unix epoch, and the event. Compared by `seq`."""

    seq: int
    ms: int


class Activity(NamedTuple):
    """One thing that an agent did. An open one ends where the recording does, or with its turn.

    `cell`: the script whose calls fill the time between start and end. `timed_out`: of a wait, that nothing came.
    """

    node: NodeRef
    work: Work
    start: TimePoint
    end: TimePoint
    is_open: bool = False
    has_failed: bool = False
    cell: CodeCellId | None = None
    timed_out: bool = False


class Turn(NamedTuple):
    """A turn of an agent; an open one ends where the recording does."""

    node: NodeRef
    start: TimePoint
    end: TimePoint


class AgentActivities:
    """The turns and activities of one agent, in order of their ends."""

    def __init__(self, turns: Iterable[Turn], activities: Iterable[Activity]) -> None:
        self.turns = sorted(turns, key=lambda turn: turn.start)
        self.by_end = sorted(activities, key=lambda one: (one.end.seq, one.start.seq))
        self._ends = [one.end.seq for one in self.by_end]
        self._starts = [turn.start.seq for turn in self.turns]
        self._requests = sorted((one for one in self.by_end if one.work == "model"), key=lambda one: one.start.seq)
        self._request_starts = [one.start.seq for one in self._requests]

    def last_ended(self, not_after: int, not_before: int) -> Activity | None:
        """The activity that ended last up to the event `not_after` and began at or behind the event `not_before`."""
        place = bisect_right(self._ends, not_after)
        while place:
            place -= 1
            found = self.by_end[place]
            if found.start.seq >= not_before and found.start.seq < not_after:
                return found
            if found.end.seq < not_before:
                return None
        return None

    def ended_within(self, one: Activity) -> Activity | None:
        """What ended last while `one` went on, whenever it began."""
        place = bisect_right(self._ends, one.end.seq)
        found = self.by_end[place - 1] if place else None
        return found if found is not None and found.end.seq > one.start.seq else None

    def request_open_at(self, seq: int) -> Activity | None:
        """The request whose answer was still coming at an event: calls of an answer begin before it is whole."""
        place = bisect_left(self._request_starts, seq)
        found = self._requests[place - 1] if place else None
        return found if found is not None and found.end.seq > seq else None

    def asked_last(self, seq: int) -> int:
        """The event of the last request that began before an event; 0 before the first. It took in what had come."""
        place = bisect_left(self._request_starts, seq)
        return self._request_starts[place - 1] if place else 0

    def turn_before(self, seq: int) -> Turn | None:
        """The last turn that began before an event."""
        place = bisect_left(self._starts, seq)
        return self.turns[place - 1] if place else None


class Activities:
    """The activities of every agent of a graph, made when they are asked for. `end`: the present of the recording.

    The graph may go on meanwhile: what begins behind `end` is left out, and what ends behind it is open.
    """

    def __init__(self, trace: RolloutTrace, index: TraceIndex) -> None:
        self.trace = trace
        self.index = index
        self.threads = tuple(trace.threads)
        self.end = TimePoint(max(index.newest_seq, 1) + 1, max(index.now_unix_ms, trace.started_at_unix_ms))
        self._attempts: dict[CodexTurnId, list[Activity]] = {}
        for attempt in trace.compaction_requests.values():  # none of them is later: nothing goes on amid this
            made = self._activity(
                NodeRef("compaction_request", attempt.compaction_request_id), "model", attempt.execution
            )
            self._attempts.setdefault(attempt.codex_turn_id, []).append(made)
        self._agents: dict[ThreadId, AgentActivities] = {}
        self._scripts: dict[CodeCellId, AgentActivities] = {}

    def of_agent(self, thread_id: ThreadId) -> AgentActivities:
        """What the loop of an agent started."""
        for _ in self.prepare(thread_id):
            pass
        return self._agents[thread_id]

    def prepare(self, thread_id: ThreadId) -> Iterator[None]:
        """Find what `of_agent` gives, in steps of some milliseconds; nothing if it is known."""
        if thread_id in self._agents:
            return
        turns, found = [*self._turns(thread_id)], list[Activity]()
        for turn in turns:
            for one in self._of_turn(turn):
                found.append(one)
                if len(found) % ACTIVITIES_PER_STEP == 0:
                    yield
        self._agents[thread_id] = AgentActivities(turns, found)

    def of_script(self, cell_id: CodeCellId) -> AgentActivities:
        """What a script called."""
        found = self._scripts.get(cell_id)
        if found is None:
            calls = map(self._of_call, self.index.nested_tools.of(cell_id))
            found = self._scripts[cell_id] = AgentActivities((), [one for one in calls if one is not None])
        return found

    def _turns(self, thread_id: ThreadId) -> Iterator[Turn]:
        for turn_id in self.index.turns.of(thread_id):
            window = self.trace.codex_turns[turn_id].execution
            if self._has_begun(window):
                start = TimePoint(window.started_seq, window.started_at_unix_ms)
                yield Turn(NodeRef("turn", turn_id), start, self.end_of(window))

    def _of_turn(self, turn: Turn) -> Iterator[Activity]:
        turn_id = CodexTurnId(turn.node.id)
        for inference_id in self.index.inferences_of_turn.of(turn_id):
            call = self.trace.inference_calls[inference_id]
            if self._has_begun(call.execution):
                yield self._activity(NodeRef("inference", inference_id), "model", call.execution, turn.end)
        yield from self._attempts.get(turn_id, ())
        dispatched: set[CodeCellId] = set()
        for tool_id in self.index.tools_of_turn.of(turn_id):
            tool = self.trace.tool_calls[tool_id]
            made = self._of_call(tool_id, turn.end) if isinstance(tool.requester, ModelCaller) else None
            if made is None:
                continue
            run = cell_run_by(self.trace, tool)
            if run is not None:
                dispatched.add(run.code_cell_id)
            yield made
        for cell_id in self.index.cells_of_turn.of(turn_id):
            cell = self.trace.code_cells[cell_id]
            if cell_id not in dispatched and self._has_begun(cell.execution):
                yield self._of_cell(cell, turn.end)  # older recorders write no call for a script

    def _of_call(self, tool_id: ToolCallId, turn_end: TimePoint | None = None) -> Activity | None:
        tool = self.trace.tool_calls.get(tool_id)
        if tool is None or not self._has_begun(tool.execution):
            return None
        command = command_without_end_of_call(self.trace, tool)
        window = tool.execution if command is None else command.execution
        made = self._activity(NodeRef("tool_call", tool_id), "tool", window, turn_end)
        if is_wait(tool):
            return made._replace(work="wait", timed_out=self._timed_out(tool))
        cell = cell_run_by(self.trace, tool)
        cell_id = self.index.cells_waited_by.first(tool_id) if cell is None else cell.code_cell_id
        return made if cell_id is None else made._replace(cell=cell_id)

    def _of_cell(self, cell: CodeCell, turn_end: TimePoint) -> Activity:
        """A script that no call ran: it held its agent until its first answer."""
        made = self._activity(NodeRef("code_cell", cell.code_cell_id), "tool", cell.execution, turn_end)
        if cell.initial_response_seq is not None and cell.initial_response_at_unix_ms is not None:
            answered = TimePoint(cell.initial_response_seq, cell.initial_response_at_unix_ms)
            made = made._replace(end=min(made.end, answered))
        return made._replace(cell=cell.code_cell_id)

    def _timed_out(self, tool: ToolCall) -> bool:
        """Whether a wait said that it ended for lack of news: the tool's own answer, as the model got it."""
        for item_id in tool.model_visible_output_item_ids[:1]:
            item = self.trace.conversation_items.get(item_id)
            for part in () if item is None else item.body.parts:
                if _says_timed_out(getattr(part, "text", "")):
                    return True
        return False

    def _activity(
        self, node: NodeRef, work: Work, window: ExecutionWindow, turn_end: TimePoint | None = None
    ) -> Activity:
        start = TimePoint(window.started_seq, window.started_at_unix_ms)
        end, is_open = self.end_of(window), window.is_open or self.ends_later(window)
        if is_open and turn_end is not None:
            end = min(end, turn_end)
        failed = window.status in _BAD_ENDINGS and not is_open
        return Activity(node, work, start, max(end, start), is_open, failed)

    def end_of(self, window: ExecutionWindow) -> TimePoint:
        """When something ended; the present if it had not."""
        if window.ended_seq is None or window.ended_at_unix_ms is None or self.ends_later(window):
            return self.end
        return TimePoint(window.ended_seq, window.ended_at_unix_ms)

    def _has_begun(self, window: ExecutionWindow) -> bool:
        return window.started_seq <= self.end.seq

    def ends_later(self, window: ExecutionWindow) -> bool:
        """Whether something ended, but behind the present."""
        return window.ended_seq is not None and window.ended_seq > self.end.seq


def _says_timed_out(text: str) -> bool:
    if '"timed_out"' not in text:
        return False
    try:
        answer = msgspec.json.decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False
    return isinstance(answer, dict) and answer.get("timed_out") is True
