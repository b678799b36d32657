"""What an agent did, in numbers: kept current from deltas, so that a look at all agents costs the agents, not the log.

Every object counts once, with what it says at present: when it changes, what it said before is taken back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.thread_of import thread_of
from tui.analysis.links.provenance import dispatch_of_cell
from tui.analysis.problems.of_object import CAN_FAIL, is_unclear
from tui.analysis.problems.own import LeftProcesses, holders_to_judge, own_problem_of
from tui.analysis.requests.tokens import Tokens, tokens_of_request
from tui.model.delta import TraceDelta
from tui.model.ids import CodeCellId, CodexTurnId, InferenceCallId, ThreadId, ToolCallId
from tui.model.kinds import KINDS, GraphKind, entries
from tui.model.noderef import NodeRef
from tui.model.objects import ModelCaller, SpawnedOrigin
from tui.model.trace import RolloutTrace

DEEPEST = 1_000
"""Steps after which a chain of parents ends: a damaged log may go in circles."""

OBJECTS_PER_STEP = 200
"""Objects counted between two rests when a graph that is there already is counted for the first time."""


_JUDGED: tuple[GraphKind, ...] = tuple(kind for kind, can_fail in entries(CAN_FAIL) if can_fail)
"""Kinds whose objects count, with what went wrong with them."""


class AgentCounts(msgspec.Struct):
    """Sums over the objects of one agent.

    `models`: requests by model. `tool_calls`: those and scripts that no recorded call dispatched.
    `is_asked`: whether the model called one of them. `closed_turns_ms`: length of the turns that are over;
    `newest_end`: Unix milliseconds at which the last of them was; `turns_overlap`: whether turns ran at once.
    `largest_input`: input tokens of the largest request, which is how full its context has been. `unclear`: objects
    that are over, of which it could not be read whether they failed.
    """

    tokens: Tokens = Tokens()
    models: Counter[str] = msgspec.field(default_factory=Counter)
    tool_calls: int = 0
    is_asked: bool = False
    problems: int = 0
    unclear: int = 0
    closed_turns_ms: int = 0
    open_turns: set[CodexTurnId] = msgspec.field(default_factory=set)
    newest_end: int = 0
    turns_overlap: bool = False
    largest_input: int = 0

    @property
    def known_tokens(self) -> Tokens:
        """The tokens; unknown where the model asked for something, and no request to it is recorded."""
        return Tokens(unrecorded=1) if self.is_asked and not self.tokens.requests else self.tokens


class AgentMeter:
    """The counts of all agents of one growing graph."""

    def __init__(self, trace: RolloutTrace, index: TraceIndex) -> None:
        self._trace = trace
        self._index = index
        self._counts: dict[ThreadId, AgentCounts] = {}
        self._tokens: dict[InferenceCallId, Tokens] = {}
        self._turn_ms: dict[CodexTurnId, int] = {}
        self._tools: set[ToolCallId] = set()
        self._scripts: set[CodeCellId] = set()
        self._problems: dict[NodeRef, ThreadId] = {}
        self._unclear: dict[NodeRef, ThreadId] = {}
        self._left_processes = LeftProcesses(trace, index)

    def of(self, thread_id: ThreadId) -> AgentCounts:
        """The counts of an agent; all zero for one that did nothing."""
        return self._counts.get(thread_id) or AgentCounts()

    def busy_ms(self, thread_id: ThreadId) -> int:
        """Milliseconds in turns, those that are open until now; where turns run at once, once."""
        counts = self.of(thread_id)
        now = self._index.now_unix_ms
        if counts.turns_overlap:
            return self._covered_ms(thread_id, now)
        starts = (self._trace.codex_turns[name].execution.started_at_unix_ms for name in counts.open_turns)
        return counts.closed_turns_ms + sum(max(0, now - start) for start in starts)

    def _covered_ms(self, thread_id: ThreadId, now: int) -> int:
        windows = [self._trace.codex_turns[name].execution for name in self._index.turns.of(thread_id)]
        covered = until = 0
        for start, end in sorted((one.started_at_unix_ms, one.ended_at_unix_ms or now) for one in windows):
            covered += max(0, end - max(start, until))
            until = max(until, end)
        return covered

    def apply(self, delta: TraceDelta, *, is_step_of_whole: bool = False) -> None:
        """Count what changed; the index must have it already. Tool calls of the whole come in steps of their own."""
        for turn_id in delta.codex_turns:
            self._count_turn(turn_id)
        for inference_id in delta.inference_calls:
            self._count_inference(inference_id)
        for tool_id in delta.tool_calls:
            self._count_tool(tool_id)
        cells = delta.code_cells.union(self._cells_of(delta.tool_calls))
        for cell_id in cells:
            self._count_script(cell_id)
        touched = () if is_step_of_whole else self._tools_touched(delta)
        also: dict[GraphKind, Iterable[str]] = {"tool_call": touched, "code_cell": cells}
        for kind in _JUDGED:
            self._judge(kind, KINDS[kind].touched(delta).union(also.get(kind, ())))
        for holder in holders_to_judge(self._trace, delta):
            self._judge(holder.kind, (holder.id,))

    def _at(self, thread_id: ThreadId) -> AgentCounts:
        return self._counts.setdefault(thread_id, AgentCounts())

    def _count_turn(self, turn_id: CodexTurnId) -> None:
        turn = self._trace.codex_turns.get(turn_id)
        if turn is None:
            return
        counts = self._at(turn.thread_id)
        if turn_id not in self._turn_ms and turn_id not in counts.open_turns:
            is_beside = bool(counts.open_turns) or turn.execution.started_at_unix_ms < counts.newest_end
            counts.turns_overlap = counts.turns_overlap or is_beside
        counts.closed_turns_ms -= self._turn_ms.pop(turn_id, 0)
        counts.open_turns.discard(turn_id)
        ended_at = turn.execution.ended_at_unix_ms
        if turn.execution.is_open or ended_at is None:
            counts.open_turns.add(turn_id)
        else:
            length = max(0, ended_at - turn.execution.started_at_unix_ms)
            self._turn_ms[turn_id] = length
            counts.closed_turns_ms += length
            counts.newest_end = max(counts.newest_end, ended_at)

    def _count_inference(self, inference_id: InferenceCallId) -> None:
        call = self._trace.inference_calls.get(inference_id)
        if call is None:
            return
        counts = self._at(call.thread_id)
        before = self._tokens.get(inference_id)
        if before is None:
            counts.models[call.model] += 1
        now = self._tokens[inference_id] = tokens_of_request(call)
        counts.tokens = counts.tokens.minus(before or Tokens()).plus(now)
        counts.largest_input = max(counts.largest_input, now.input)

    def _count_tool(self, tool_id: ToolCallId) -> None:
        tool = self._trace.tool_calls.get(tool_id)
        if tool is not None and tool_id not in self._tools:
            self._tools.add(tool_id)
            counts = self._at(tool.thread_id)
            counts.tool_calls += 1
            counts.is_asked = counts.is_asked or isinstance(tool.requester, ModelCaller)

    def _count_script(self, cell_id: CodeCellId) -> None:
        """A script that no recorded call dispatched counts as a call, until its call comes."""
        cell = self._trace.code_cells.get(cell_id)
        if cell is None:
            return
        is_own = dispatch_of_cell(self._index, cell_id) is None
        self._at(cell.thread_id).tool_calls += is_own - (cell_id in self._scripts)
        (self._scripts.add if is_own else self._scripts.discard)(cell_id)

    def _tools_touched(self, delta: TraceDelta) -> Iterator[ToolCallId]:
        """Tool calls whose problem depends on another object: the result of their command, the end of turn or agent."""
        yield from _tools_of_operations(self._trace, delta)
        yield from self._left_processes.of(delta)
        for cell_id in delta.code_cells:
            dispatch = dispatch_of_cell(self._index, cell_id)
            if dispatch is not None:
                yield dispatch
        for turn_id in delta.codex_turns:
            if turn_id in self._turn_ms:
                yield from self._index.tools_of_turn.of(turn_id)

    def _cells_of(self, tool_ids: Iterable[ToolCallId]) -> Iterator[CodeCellId]:
        """Scripts whose call has come: from now on its problem is the call's."""
        for name in tool_ids:
            tool = self._trace.tool_calls.get(name)
            cell_id = None if tool is None else CodeCellId(f"code_cell:{tool.model_visible_call_id}")
            if cell_id in self._trace.code_cells:
                yield cell_id

    def _is_told_elsewhere(self, node: NodeRef) -> bool:
        """Whether another object has the row: a script's call has it where there is one."""
        return node.kind == "code_cell" and dispatch_of_cell(self._index, CodeCellId(node.id)) is not None

    def _judge(self, kind: GraphKind, names: Iterable[str]) -> None:
        """Count the objects that have a problem, as the timeline does."""
        for name in names:
            node = NodeRef(kind, name)
            before = self._problems.pop(node, None)
            if before is not None:
                self._at(before).problems -= 1
            if is_unclear(self._trace, kind, name) or node in self._unclear:
                self._judge_unclear(kind, node)
            if own_problem_of(self._trace, self._index, node) is not None and not self._is_told_elsewhere(node):
                thread_id = thread_of(self._trace, node)
                if thread_id is not None:
                    self._problems[node] = thread_id
                    self._at(thread_id).problems += 1

    def _judge_unclear(self, kind: GraphKind, node: NodeRef) -> None:
        """Count an object once while it cannot be read whether it failed."""
        before = self._unclear.pop(node, None)
        if before is not None:
            self._at(before).unclear -= 1
        thread_id = thread_of(self._trace, node) if is_unclear(self._trace, kind, node.id) else None
        if thread_id is not None:
            self._unclear[node] = thread_id
            self._at(thread_id).unclear += 1


def steps_of_whole(trace: RolloutTrace) -> Iterator[TraceDelta]:
    """Small deltas that together name all that counts: between two of them a loop can do other things."""
    for kind in _JUDGED:
        ids = list(KINDS[kind].objects(trace))
        for start in range(0, len(ids), OBJECTS_PER_STEP):
            step = TraceDelta()
            KINDS[kind].touched(step).update(ids[start : start + OBJECTS_PER_STEP])
            yield step


def threads_touched(trace: RolloutTrace, delta: TraceDelta) -> set[ThreadId]:
    """The agents whose own objects are in a delta."""
    kinds: tuple[GraphKind, ...] = (*_JUDGED, "terminal_operation")
    touched = (thread_of(trace, NodeRef(kind, name)) for kind in kinds for name in KINDS[kind].touched(delta))
    return {thread_id for thread_id in touched if thread_id is not None}


def _tools_of_operations(trace: RolloutTrace, delta: TraceDelta) -> set[ToolCallId]:
    operations = (trace.terminal_operations.get(name) for name in delta.terminal_operations)
    return {operation.tool_call_id for operation in operations if operation is not None}


def depth_of(trace: RolloutTrace, thread_id: ThreadId, known: dict[ThreadId, int]) -> int:
    """How many agents are above an agent; 0 for a root.

    `known` keeps the depths of all on the way. Agents that spawned each other in a ring, which no recorder writes,
    count each other once.
    """
    way = {thread_id: None}
    parent = parent_of(trace, thread_id)
    while parent is not None and parent not in known and parent not in way:
        way[parent] = None
        parent = parent_of(trace, parent)
    if parent in way:
        return min(DEEPEST, len(way) - (parent != thread_id))
    depth = -1 if parent is None else known[parent]
    for above in reversed(way):
        depth = min(DEEPEST, depth + 1)
        known[above] = depth
    return depth


def parent_of(trace: RolloutTrace, thread_id: ThreadId) -> ThreadId | None:
    """The agent that spawned this one; None for a root and where the recording does not hold the parent."""
    thread = trace.threads.get(thread_id)
    origin = thread.origin if thread is not None else None
    is_known = isinstance(origin, SpawnedOrigin) and origin.parent_thread_id in trace.threads
    return origin.parent_thread_id if is_known and isinstance(origin, SpawnedOrigin) else None


def origin_is_known(trace: RolloutTrace, thread_id: ThreadId) -> bool:
    """Whether it is known who spawned an agent, if anybody: its metadata was read, or it is the root."""
    evidence, thread = trace.evidence, trace.threads[thread_id]
    if isinstance(thread.origin, SpawnedOrigin) or thread_id == trace.root_thread_id:
        return True
    facts = evidence.session_facts.get(thread_id)
    return facts is not None and evidence.metadata_payloads.get(thread_id) in facts.raw_payload_ids


def in_tree_order(trace: RolloutTrace, index: TraceIndex) -> list[ThreadId]:
    """All agents, each behind its parent and before the agents that its parent started later."""
    found: dict[ThreadId, None] = {}
    roots = [name for name in trace.threads if parent_of(trace, name) is None]
    for root in [*roots, *trace.threads]:  # behind the roots: whatever hangs in a ring
        waiting = [root]
        while waiting:
            name = waiting.pop()
            if name not in found and name in trace.threads:
                found[name] = None
                waiting += reversed(index.child_threads.of(name))
    return list(found)
