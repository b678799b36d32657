"""Counts, failures and durations of a recording: per agent, per tool, per model, and the slowest calls.

Durations are milliseconds from the start to the end of a call by the recorder's clock; a call that is open has none,
and where the clock went back it is 0. Percentiles are by nearest rank: the smallest measured duration that at least so
many per cent of the calls did not exceed (p50 of 1, 2, 3, 4 is 2; p95 of twenty values is the nineteenth). Nothing is
interpolated, so each of them is the duration of a call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

import msgspec

from tui.analysis.agent_facts import Tokens, in_tree_order, tokens_of
from tui.analysis.index import TraceIndex
from tui.analysis.naming import name_of, tool_name
from tui.analysis.problems import problem_of
from tui.analysis.statistics_output import Output, output_of
from tui.model.execution import ExecutionWindow
from tui.model.ids import ThreadId
from tui.model.noderef import NodeKind, NodeRef
from tui.model.objects import InferenceCall, ToolCall
from tui.model.trace import RolloutTrace

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

SLOWEST = 10
"""Calls that are named as the slowest."""

CALLS_PER_STEP = 20
"""Tool calls whose output is looked at between two rests."""

_FAILED = frozenset({"exit-code", "failed"})
_CANCELLED = frozenset({"cancelled", "aborted"})


def percentile(ordered: Sequence[int], percent: int) -> int | None:
    """The nearest-rank percentile of values in ascending order; None of nothing. `percent` from 1 to 100."""
    if not ordered:
        return None
    rank = -(-percent * len(ordered) // 100)  # rounded up
    return ordered[rank - 1]


class CallStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """Calls of one kind. `failed` counts exit codes other than 0, too; a call left behind by its turn is `open`.

    `p50_ms`, `p95_ms`, `max_ms` are None, and `total_ms` is 0, where no call has ended. `slowest` is the call with the
    longest duration, the earliest of several.
    """

    count: int
    failed: int
    cancelled: int
    open: int
    p50_ms: int | None
    p95_ms: int | None
    max_ms: int | None
    total_ms: int
    slowest: NodeRef | None


class ToolStatistics(NamedTuple):
    """Calls of one tool, by the name that the model knows, and what they put out."""

    name: str
    calls: CallStatistics
    output: Output


class ModelStatistics(NamedTuple):
    """Requests to one model and their tokens; compactions are apart, they have no tokens."""

    name: str
    requests: CallStatistics
    compactions: CallStatistics
    tokens: Tokens


class ContextPoint(NamedTuple):
    """How full an agent's context was in one request: `input_tokens`, sent `at_ms` after the start of the recording."""

    node: NodeRef
    at_ms: int
    input_tokens: int
    cached_tokens: int


class AgentStatistics(NamedTuple):
    """One agent. `context` has the requests in order of start, as far as their tokens are recorded."""

    thread_id: ThreadId
    path: str
    turns: CallStatistics
    requests: CallStatistics
    calls: CallStatistics
    compactions: int
    tokens: Tokens
    output: Output
    context: tuple[ContextPoint, ...]

    @property
    def largest_input(self) -> int:
        """Input tokens of the largest request; 0 without one."""
        return max((point.input_tokens for point in self.context), default=0)


class SlowCall(NamedTuple):
    """One of the slowest calls; `name` as recorded."""

    node: NodeRef
    thread_id: ThreadId
    name: str
    duration_ms: int


class Statistics(NamedTuple):
    """All of it. Agents in the order of the tree, tools and models by total time, then by name."""

    agents: tuple[AgentStatistics, ...]
    tools: tuple[ToolStatistics, ...]
    models: tuple[ModelStatistics, ...]
    slowest: tuple[SlowCall, ...]
    requests: CallStatistics
    calls: CallStatistics
    compactions: int
    tokens: Tokens
    output: Output


class _Call(NamedTuple):
    """What counts of a call."""

    node: NodeRef
    thread_id: ThreadId
    window: ExecutionWindow
    problem: str

    @property
    def duration_ms(self) -> int | None:
        end = self.window.ended_at_unix_ms
        return None if self.window.is_open or end is None else max(0, end - self.window.started_at_unix_ms)


class StatisticsCount:
    """One pass over the graph, in steps: every call once, with its problem and its output."""

    def __init__(self, trace: RolloutTrace, index: TraceIndex) -> None:
        self.trace = trace
        self.index = index
        self.turns = [
            self._call("turn", name, turn.thread_id, turn.execution) for name, turn in trace.codex_turns.items()
        ]
        self.requests = [
            (call, self._call("inference", name, call.thread_id, call.execution))
            for name, call in trace.inference_calls.items()
        ]
        self.attempts = [
            (attempt, self._call("compaction_request", name, attempt.thread_id, attempt.execution))
            for name, attempt in trace.compaction_requests.items()
        ]
        self.tools: list[tuple[ToolCall, _Call, Output]] = []

    def steps(self) -> Iterator[None]:
        """Look at the outputs, a few between two rests."""
        for number, (name, tool) in enumerate(list(self.trace.tool_calls.items()), 1):
            call = self._call("tool_call", name, tool.thread_id, tool.execution)
            self.tools.append((tool, call, output_of(self.trace, tool)))
            if number % CALLS_PER_STEP == 0:
                yield

    def result(self) -> Statistics:
        """What was counted."""
        return Statistics(
            agents=tuple(_agents(self)),
            tools=tuple(_tools(self)),
            models=tuple(_models(self)),
            slowest=tuple(_slowest(self)),
            requests=_statistics(call for _, call in self.requests),
            calls=_statistics(call for _, call, _ in self.tools),
            compactions=len(self.trace.compactions),
            tokens=_sum_tokens(call for call, _ in self.requests),
            output=_sum_output(output for _, _, output in self.tools),
        )

    def _call(self, kind: NodeKind, name: str, thread_id: ThreadId, window: ExecutionWindow) -> _Call:
        node = NodeRef(kind, name)
        problem = problem_of(self.trace, node)
        return _Call(node, thread_id, window, "" if problem is None else problem.code)


def statistics_of(trace: RolloutTrace, index: TraceIndex) -> Statistics:
    """Count everything. Costs the whole graph once, and the texts of all outputs."""
    count = StatisticsCount(trace, index)
    for _ in count.steps():
        pass
    return count.result()


def _agents(count: StatisticsCount) -> Iterator[AgentStatistics]:
    trace, index = count.trace, count.index
    turns = _grouped((call.thread_id, call) for call in count.turns)
    requests = _grouped((pair[1].thread_id, pair) for pair in count.requests)
    tools = _grouped((triple[1].thread_id, triple) for triple in count.tools)
    for thread_id in in_tree_order(trace, index):
        own_requests, own_tools = requests.get(thread_id, []), tools.get(thread_id, [])
        yield AgentStatistics(
            thread_id=thread_id,
            path=trace.threads[thread_id].agent_path,
            turns=_statistics(turns.get(thread_id, [])),
            requests=_statistics(call for _, call in own_requests),
            calls=_statistics(call for _, call, _ in own_tools),
            compactions=index.compactions_of_thread.count(thread_id),
            tokens=_sum_tokens(request for request, _ in own_requests),
            output=_sum_output(output for _, _, output in own_tools),
            context=tuple(_context(trace, (request for request, _ in own_requests))),
        )


def _context(trace: RolloutTrace, requests: Iterable[InferenceCall]) -> Iterator[ContextPoint]:
    for call in sorted(requests, key=lambda one: one.execution.started_seq):
        if call.usage is not None:
            at_ms = call.execution.started_at_unix_ms - trace.started_at_unix_ms
            node = NodeRef("inference", call.inference_call_id)
            yield ContextPoint(node, at_ms, call.usage.input_tokens, call.usage.cached_input_tokens)


def _tools(count: StatisticsCount) -> list[ToolStatistics]:
    groups = _grouped((tool_name(triple[0]), triple) for triple in count.tools)
    found = [
        ToolStatistics(name, _statistics(call for _, call, _ in group), _sum_output(output for _, _, output in group))
        for name, group in groups.items()
    ]
    return sorted(found, key=lambda one: (-one.calls.total_ms, one.name))


def _models(count: StatisticsCount) -> list[ModelStatistics]:
    requests = _grouped((pair[0].model, pair) for pair in count.requests)
    attempts = _grouped((pair[0].model, pair) for pair in count.attempts)
    found = [
        ModelStatistics(
            name,
            _statistics(call for _, call in requests.get(name, [])),
            _statistics(call for _, call in attempts.get(name, [])),
            _sum_tokens(request for request, _ in requests.get(name, [])),
        )
        for name in {**requests, **attempts}
    ]
    return sorted(found, key=lambda one: (-one.requests.total_ms, one.name))


def _slowest(count: StatisticsCount) -> Iterator[SlowCall]:
    calls = [call for _, call in count.requests]
    calls += [call for _, call in count.attempts]
    calls += [call for _, call, _ in count.tools]
    for call in _by_duration(calls)[:SLOWEST]:
        yield SlowCall(call.node, call.thread_id, name_of(count.trace, count.index, call.node), call.duration_ms or 0)


def _by_duration(calls: Iterable[_Call]) -> list[_Call]:
    """The calls that have ended, the longest first; of equal ones the earliest first."""
    ended = [call for call in calls if call.duration_ms is not None]
    return sorted(ended, key=lambda call: (-(call.duration_ms or 0), call.window.started_seq, call.node))


def _statistics(calls: Iterable[_Call]) -> CallStatistics:
    calls = list(calls)
    ended = _by_duration(calls)
    durations = [call.duration_ms or 0 for call in reversed(ended)]
    return CallStatistics(
        count=len(calls),
        failed=sum(call.problem in _FAILED for call in calls),
        cancelled=sum(call.problem in _CANCELLED for call in calls),
        open=sum(call.window.is_open for call in calls),
        p50_ms=percentile(durations, 50),
        p95_ms=percentile(durations, 95),
        max_ms=durations[-1] if durations else None,
        total_ms=sum(durations),
        slowest=ended[0].node if ended else None,
    )


def _sum_tokens(calls: Iterable[InferenceCall]) -> Tokens:
    total = Tokens()
    for call in calls:
        if call.usage is not None:
            total = total.plus(tokens_of(call.usage))
    return total


def _sum_output(parts: Iterable[Output]) -> Output:
    total = Output()
    for part in parts:
        total = Output(*(mine + its for mine, its in zip(total, part, strict=True)))
    return total


def _grouped(pairs: Iterable[tuple[_Key, _Value]]) -> dict[_Key, list[_Value]]:
    groups: dict[_Key, list[_Value]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups
