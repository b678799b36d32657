"""Counts, failures and durations of a recording: per agent, tool, program and model, and the slowest calls.

Durations are milliseconds from the start to the end of a call by the recorder's clock; a call that is open has none,
and where the clock went back it is 0. Percentiles are by nearest rank: the smallest measured duration that at least so
many per cent of the calls did not exceed (p50 of 1, 2, 3, 4 is 2; p95 of twenty values is the nineteenth). Nothing is
interpolated, so each of them is the duration of a call.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from heapq import nsmallest
from operator import itemgetter
from typing import Final, assert_never, get_args

from tui.analysis.agents.counts import in_tree_order
from tui.analysis.agents.slow import Slow, slow_call
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.clock import clock_ms, measured
from tui.analysis.kinds.naming import agent_name, name_of, tool_name
from tui.analysis.kinds.programs import program_of
from tui.analysis.kinds.scripts import window_of_call
from tui.analysis.links.provenance import dispatch_of_cell
from tui.analysis.problems.of_object import problem_of
from tui.analysis.requests.tokens import Tokens, tokens_of_request
from tui.analysis.statistics.cached import CachedRequest, cached_request, part_cached
from tui.analysis.statistics.figures import (
    LEAST_CACHED,
    AgentStatistics,
    CallStatistics,
    ContextPoint,
    ModelStatistics,
    ProgramStatistics,
    SlowCall,
    Statistics,
    ToolStatistics,
)
from tui.analysis.statistics.output import Output, output_of, output_of_cell
from tui.model.conversation import ConversationItem
from tui.model.execution import ExecutionWindow
from tui.model.ids import ThreadId
from tui.model.kinds import NodeKind
from tui.model.lookup import find_object
from tui.model.noderef import NodeRef
from tui.model.objects import (
    CodeCell,
    CodexTurn,
    Compaction,
    CompactionRequest,
    InferenceCall,
    InteractionEdge,
    TerminalOperation,
    TerminalSession,
    Thread,
    ToolCall,
)
from tui.model.protocol import ProtocolEvent
from tui.model.trace import RolloutTrace
from tui.schema.events import ExecutionStatus
from tui.schema.payloads import RawPayloadRef

SLOWEST = 10
"""Calls that are named as the slowest, of all and of each kind."""

CALLS_PER_STEP = 20
"""Calls that are looked at between two rests."""

_FAILED = frozenset({"exit-code", "failed", "cell-failed"})
_CANCELLED = frozenset({"cancelled", "aborted", "cell-terminated"})

_STATUSES: Final[frozenset[str]] = frozenset(get_args(ExecutionStatus))

SCRIPT_TOOL = "exec"
"""The tool that runs a script, as the model knows it; counted under that name where no call is recorded."""


def percentile(ordered: Sequence[int], percent: int) -> int | None:
    """The nearest-rank percentile of values in ascending order; None of nothing. `percent` from 1 to 100."""
    if not ordered:
        return None
    rank = -(-percent * len(ordered) // 100)  # rounded up
    return ordered[rank - 1]


class _Tally:
    """Calls of one kind while they are counted."""

    def __init__(self, clock: int | None = 1) -> None:
        self._clock = clock
        self.count = self.failed = self.cancelled = self.unclear = 0
        self.durations: list[int] = []
        self.slowest: Slow | None = None

    def add(self, call: Slow | None, problem: str, status: str) -> None:
        """One call; None for one that is open."""
        self.count += 1
        self.failed += problem in _FAILED
        self.unclear += not problem and status not in _STATUSES
        self.cancelled += problem in _CANCELLED or (problem == "left-running" and status in _CANCELLED)
        if call is not None:
            self.durations.append(call.duration_ms)
            if self.slowest is None or call < self.slowest:
                self.slowest = call

    def statistics(self) -> CallStatistics:
        durations = sorted(self.durations)
        return CallStatistics(
            count=self.count,
            failed=None if self.unclear else self.failed,
            cancelled=None if self.unclear else self.cancelled,
            open=self.count - len(durations),
            p50_ms=self._measured(percentile(durations, 50)),
            p95_ms=self._measured(percentile(durations, 95)),
            max_ms=self._measured(durations[-1] if durations else None),
            total_ms=sum(durations),
            slowest=None if self.slowest is None else self.slowest.node,
        )

    def _measured(self, milliseconds: int | None) -> int | None:
        return None if milliseconds is None else measured(milliseconds, self._clock)


class _Sums:
    """Tokens and output of one agent, tool or model while they are counted."""

    def __init__(self) -> None:
        self.tokens = Tokens()
        self.output = [0, 0, 0]
        self.context: list[ContextPoint] = []

    def add_request(self, call: InferenceCall) -> None:
        self.tokens = self.tokens.plus(tokens_of_request(call))

    def add_output(self, output: Output) -> None:
        for place, number in enumerate(output):
            self.output[place] += number


class StatisticsCount:
    """One pass over the graph, in steps: every call once, with its problem and its output."""

    def __init__(self, trace: RolloutTrace, index: TraceIndex) -> None:
        self._trace = trace
        self._index = index
        self._clock = clock_ms(trace)
        self._tallies: defaultdict[tuple[str, str], _Tally] = defaultdict(lambda: _Tally(self._clock))
        self._sums: defaultdict[tuple[str, str], _Sums] = defaultdict(_Sums)
        self._slow_requests: list[Slow] = []
        self._slow_work: list[Slow] = []
        self._agents: list[AgentStatistics] = []
        self._parts: list[tuple[float, int, InferenceCall]] = []
        self._cached: list[CachedRequest] = []
        self._with_tokens = 0

    def steps(self) -> Iterator[None]:
        """Count; between two steps the caller may rest. What is added to the graph meanwhile is left out."""
        trace = self._trace
        kinds: tuple[tuple[NodeKind, Iterable[str]], ...] = (
            ("turn", trace.codex_turns),
            ("inference", trace.inference_calls),
            ("compaction_request", trace.compaction_requests),
            ("tool_call", trace.tool_calls),
            ("code_cell", trace.code_cells),
        )
        known = [(kind, list(names)) for kind, names in kinds]
        for number, node in enumerate((NodeRef(kind, name) for kind, names in known for name in names), 1):
            self._count(node)
            if number % CALLS_PER_STEP == 0:
                yield
        for thread_id in in_tree_order(trace, self._index):
            self._agents.append(self._agent(thread_id))
            yield
        for _, _, call in self._least_cached():
            self._cached.append(cached_request(trace, self._index, call))
            yield

    def statistics(self) -> Statistics:
        """What was counted, after all steps."""
        whole = self._sums["all", ""]
        return Statistics(
            agents=tuple(self._agents),
            tools=tuple(sorted(self._tools(), key=lambda one: (-one.calls.total_ms, one.name))),
            models=tuple(sorted(self._models(), key=lambda one: (-one.requests.total_ms, one.name))),
            slowest=self._slowest_of([*self._slow_requests, *self._slow_work]),
            slowest_requests=self._slowest_of(self._slow_requests),
            slowest_work=self._slowest_of(self._slow_work),
            requests=self._tallies["all requests", ""].statistics(),
            calls=self._tallies["all calls", ""].statistics(),
            compactions=len(self._trace.compactions),
            tokens=whole.tokens,
            output=Output(*whole.output),
            programs=tuple(sorted(self._programs(), key=lambda one: (-one.calls.total_ms, one.name))),
            least_cached=tuple(self._cached),
            with_tokens=self._with_tokens,
        )

    def _slowest_of(self, calls: Iterable[Slow]) -> tuple[SlowCall, ...]:
        return tuple(
            SlowCall(slow.node, slow.thread_id, name_of(self._trace, self._index, slow.node), slow.duration_ms)
            for slow in nsmallest(SLOWEST, calls)
        )

    def _count(self, node: NodeRef) -> None:
        match find_object(self._trace, node):
            case CodexTurn() as turn:
                self._add(node, turn.thread_id, turn.execution, (("turns of", turn.thread_id),))
            case InferenceCall() as call:
                self._count_request(node, call)
            case CompactionRequest() as attempt:
                self._add_call(node, attempt.thread_id, attempt.execution, (("compactions by", attempt.model),))
            case ToolCall() as tool:
                self._count_tool(node, tool)
            case CodeCell() as cell if dispatch_of_cell(self._index, cell.code_cell_id) is None:
                self._count_work(node, cell.thread_id, SCRIPT_TOOL, cell.execution, output_of_cell(self._trace, cell))
            case Thread() | CodeCell() | TerminalOperation() | TerminalSession() | Compaction() | InteractionEdge():
                return
            case ConversationItem() | RawPayloadRef() | ProtocolEvent() | None:
                return
            case other:
                assert_never(other)

    def _count_request(self, node: NodeRef, call: InferenceCall) -> None:
        keys = (("all requests", ""), ("requests of", call.thread_id), ("requests to", call.model))
        self._add_call(node, call.thread_id, call.execution, keys)
        for key in (("all", ""), ("agent", call.thread_id), ("model", call.model)):
            self._sums[key].add_request(call)
        self._count_cached(call)
        usage = call.known_usage
        if usage is None:
            return
        at_ms = call.execution.started_at_unix_ms - self._trace.started_at_unix_ms
        point = ContextPoint(node, at_ms, usage.input_tokens, usage.cached_input_tokens)
        self._sums["agent", call.thread_id].context.append(point)

    def _count_cached(self, call: InferenceCall) -> None:
        """A request that may be among those with least of their input cached."""
        part = part_cached(call)
        if part is None:
            return
        self._with_tokens += 1
        self._parts.append((part, call.execution.started_seq, call))
        if len(self._parts) > 100 * LEAST_CACHED:
            self._parts = self._least_cached()

    def _least_cached(self) -> list[tuple[float, int, InferenceCall]]:
        return nsmallest(LEAST_CACHED, self._parts, key=itemgetter(0, 1))

    def _count_tool(self, node: NodeRef, tool: ToolCall) -> None:
        window, output = window_of_call(self._trace, tool), output_of(self._trace, tool)
        self._count_work(node, tool.thread_id, tool_name(tool), window, output, self._program_of(tool))

    def _count_work(
        self,
        node: NodeRef,
        thread_id: ThreadId,
        name: str,
        window: ExecutionWindow,
        output: Output,
        program: str | None = None,
    ) -> None:
        """A call, or a script that no recorded call dispatched."""
        keys = [("all calls", ""), ("calls of", thread_id), ("calls to", name)]
        if program is not None:
            keys.append(("runs of", program))
        self._add_call(node, thread_id, window, keys)
        for key in (("all", ""), ("agent", thread_id), ("tool", name)):
            self._sums[key].add_output(output)

    def _add_call(
        self, node: NodeRef, thread_id: ThreadId, window: ExecutionWindow, keys: Iterable[tuple[str, str]]
    ) -> None:
        """A call that may be among the slowest."""
        slow = self._add(node, thread_id, window, keys)
        if slow is None or measured(slow.duration_ms, self._clock) is None:
            return
        slowest = self._slow_requests if node.kind in ("inference", "compaction_request") else self._slow_work
        slowest.append(slow)
        if len(slowest) > 100 * SLOWEST:
            slowest[:] = nsmallest(SLOWEST, slowest)

    def _add(
        self, node: NodeRef, thread_id: ThreadId, window: ExecutionWindow, keys: Iterable[tuple[str, str]]
    ) -> Slow | None:
        problem = problem_of(self._trace, node)
        slow = slow_call(node, thread_id, window)
        for key in keys:
            self._tallies[key].add(slow, "" if problem is None else problem.code, window.status)
        return slow

    def _agent(self, thread_id: ThreadId) -> AgentStatistics:
        sums = self._sums["agent", thread_id]
        told = self._trace.evidence.turn_facts
        facts = [told[name] for name in self._index.turns.of(thread_id) if name in told]
        first = [fact.time_to_first_token_ms for fact in facts if fact.time_to_first_token_ms is not None]
        return AgentStatistics(
            thread_id=thread_id,
            path=self._trace.threads[thread_id].agent_path,
            name=agent_name(self._trace, thread_id),
            turns=self._tallies["turns of", thread_id].statistics(),
            requests=self._tallies["requests of", thread_id].statistics(),
            calls=self._tallies["calls of", thread_id].statistics(),
            compactions=self._index.compactions_of_thread.count(thread_id),
            tokens=sums.tokens,
            output=Output(*sums.output),
            context=tuple(sums.context),
            context_window=max((fact.model_context_window or 0 for fact in facts), default=0) or None,
            first_token_p50_ms=percentile(sorted(first), 50),
            compacted_before=self._compacted_before(thread_id, sums.context),
        )

    def _compacted_before(self, thread_id: ThreadId, context: Sequence[ContextPoint]) -> tuple[int, ...]:
        start_ms = self._trace.started_at_unix_ms
        names = self._index.compactions_of_thread.of(thread_id)
        moments = sorted(self._trace.compactions[name].installed_at_unix_ms - start_ms for name in names)
        return tuple(bisect_left(context, moment, key=lambda point: point.at_ms) for moment in moments)

    def _tools(self) -> Iterator[ToolStatistics]:
        for (kind, name), tally in list(self._tallies.items()):
            if kind == "calls to":
                yield ToolStatistics(name, tally.statistics(), Output(*self._sums["tool", name].output))

    def _program_of(self, tool: ToolCall) -> str | None:
        operation_id = tool.terminal_operation_id
        operation = None if operation_id is None else self._trace.terminal_operations.get(operation_id)
        return None if operation is None else program_of(operation)

    def _programs(self) -> Iterator[ProgramStatistics]:
        for (kind, name), tally in list(self._tallies.items()):
            if kind == "runs of":
                yield ProgramStatistics(name, tally.statistics())

    def _models(self) -> Iterator[ModelStatistics]:
        names = dict.fromkeys(name for kind, name in self._tallies if kind in ("requests to", "compactions by"))
        for name in names:
            yield ModelStatistics(
                name,
                self._tallies["requests to", name].statistics(),
                self._tallies["compactions by", name].statistics(),
                self._sums["model", name].tokens,
            )


def statistics_of(trace: RolloutTrace, index: TraceIndex) -> Statistics:
    """Count everything. Costs the whole graph once, and the texts of all outputs."""
    count = StatisticsCount(trace, index)
    for _ in count.steps():
        pass
    return count.statistics()
