"""`stats --json`: counts, failures, durations and tokens."""

from __future__ import annotations

from typing import Any

import msgspec

from tui.analysis.kinds.clock import clock_ms
from tui.analysis.requests.tokens import Tokens
from tui.analysis.statistics.figures import AgentStatistics, CallStatistics, Statistics
from tui.analysis.statistics.output import Output
from tui.commands.answers.agents import TokensAnswer, tokens_answer
from tui.commands.answers.objects import NodeAnswer, node_answer, node_or_null
from tui.commands.answers.reading import RecordingAnswer, recording_answer
from tui.store import TraceStore

_SUMS = ("input", "cached_input", "output", "reasoning", "total", "cache_write_input")


class CallsAnswer(msgspec.Struct, frozen=True):
    """Calls of one kind. Durations are milliseconds, null where none has ended; `slowest` is the longest one.

    `count` is null where nothing was read of what was read in part, `failed` and `cancelled` where some ended in a
    way that could not be read.
    """

    count: int | None
    failed: int | None
    cancelled: int | None
    open: int
    p50_ms: int | None
    p95_ms: int | None
    max_ms: int | None
    total_ms: int | None
    slowest: NodeAnswer | None


class OutputAnswer(msgspec.Struct, frozen=True):
    """What calls put out and the model saw of it, in bytes, and how many were cut; null where none was read."""

    put_out: int | None
    seen: int | None
    cut: int | None


class ContextAnswer(msgspec.Struct, frozen=True):
    """How large the input of a request was; `at_ms` since the start of the recording, None if no time was read."""

    inference: str
    at_ms: int | None
    input_tokens: int
    cached_tokens: int | None


class AgentCountsAnswer(msgspec.Struct, frozen=True):
    """The counts of one agent."""

    thread_id: str
    agent_path: str | None
    name: str
    turns: CallsAnswer
    requests: CallsAnswer
    calls: CallsAnswer
    compactions: int | None
    tokens: TokensAnswer
    output: OutputAnswer
    largest_input_tokens: int | None
    context_window: int | None
    first_token_p50_ms: int | None
    context: list[ContextAnswer]


class ProgramAnswer(msgspec.Struct, frozen=True):
    """The commands of one program: its name, then the fields of `CallsAnswer`."""

    name: str
    count: int
    failed: int | None
    cancelled: int | None
    open: int
    p50_ms: int | None
    p95_ms: int | None
    max_ms: int | None
    total_ms: int | None
    slowest: NodeAnswer | None


class ToolAnswer(ProgramAnswer, frozen=True):
    """The calls of one tool, by the name that the model knows, in the same way."""

    output: OutputAnswer


class ModelAnswer(ProgramAnswer, frozen=True):
    """The requests to one model, in the same way."""

    compactions: CallsAnswer
    tokens: TokensAnswer


class SlowCallAnswer(msgspec.Struct, frozen=True):
    """One of the calls that took longest."""

    node: NodeAnswer
    thread_id: str
    name: str
    duration_ms: int


class CachedRequestAnswer(msgspec.Struct, frozen=True):
    """How much of the input of a request was cached; `cause`: what explains that it is less than half, else null."""

    node: NodeAnswer
    thread_id: str
    name: str
    at_ms: int
    input_tokens: int
    cached_tokens: int
    cause: str | None


class StatsAnswer(msgspec.Struct, frozen=True):
    """The document. Durations are milliseconds, sizes bytes; names as recorded."""

    rollout_id: str
    recording: RecordingAnswer
    tokens: TokensAnswer
    requests: CallsAnswer
    calls: CallsAnswer
    compactions: int | None
    output: OutputAnswer
    agents: list[AgentCountsAnswer]
    tools: list[ToolAnswer]
    programs: list[ProgramAnswer]
    models: list[ModelAnswer]
    slowest: list[SlowCallAnswer]
    least_cached: list[CachedRequestAnswer]


def stats_answer(store: TraceStore, statistics: Statistics) -> StatsAnswer:
    """The document on a recording."""
    is_partial = store.reading.is_partial
    return StatsAnswer(
        rollout_id=store.trace.rollout_id,
        recording=recording_answer(store.recording),
        tokens=_tokens_of_all(statistics.tokens, is_partial),
        requests=_sum(statistics.requests, is_partial),
        calls=_sum(statistics.calls, is_partial),
        compactions=None if is_partial and not statistics.compactions else statistics.compactions,
        output=_output(statistics.output, statistics.calls, is_partial),
        agents=[_agent(agent, is_partial, has_times=clock_ms(store.trace) is not None) for agent in statistics.agents],
        tools=[
            ToolAnswer(
                name=tool.name, output=_output(tool.output, tool.calls, is_partial), **_calls_by_field(tool.calls)
            )
            for tool in statistics.tools
        ],
        programs=[
            ProgramAnswer(name=program.name, **_calls_by_field(program.calls)) for program in statistics.programs
        ],
        models=[
            ModelAnswer(
                name=model.name,
                compactions=_calls(model.compactions),
                tokens=tokens_answer(model.tokens),
                **_calls_by_field(model.requests),
            )
            for model in statistics.models
        ],
        slowest=[
            SlowCallAnswer(node_answer(call.node), call.thread_id, call.name, call.duration_ms)
            for call in statistics.slowest
        ],
        least_cached=[
            CachedRequestAnswer(
                node_answer(one.node),
                one.thread_id,
                one.name,
                one.at_ms,
                one.input_tokens,
                one.cached_tokens,
                one.cause or None,
            )
            for one in statistics.least_cached
        ],
    )


def _agent(agent: AgentStatistics, is_partial: bool, *, has_times: bool) -> AgentCountsAnswer:
    return AgentCountsAnswer(
        thread_id=agent.thread_id,
        agent_path=agent.path,
        name=agent.name,
        turns=_calls(agent.turns),
        requests=_calls(agent.requests),
        calls=_calls(agent.calls),
        compactions=None if is_partial and not agent.compactions else agent.compactions,
        tokens=tokens_answer(agent.tokens),
        output=_output(agent.output, agent.calls, is_partial),
        largest_input_tokens=None if agent.tokens.is_unknown else agent.largest_input,
        context_window=agent.context_window,
        first_token_p50_ms=agent.first_token_p50_ms,
        context=[
            ContextAnswer(point.node.id, point.at_ms if has_times else None, point.input_tokens, point.cached_tokens)
            for point in agent.context
        ],
    )


def _sum(calls: CallStatistics, is_partial: bool) -> CallsAnswer:
    """What is counted over the whole recording; none of what was read in part is not known to be none."""
    counted = _calls(calls)
    return msgspec.structs.replace(counted, count=None) if is_partial and not calls.count else counted


def _output(output: Output, calls: CallStatistics, is_partial: bool) -> OutputAnswer:
    if is_partial and output.is_empty:
        return OutputAnswer(None, None, None)
    seen = None if is_partial and not output.seen else output.seen
    return OutputAnswer(calls.known_put_out(output), seen, output.cut)


def _tokens_of_all(tokens: Tokens, is_partial: bool) -> TokensAnswer:
    """The sums over the whole recording; without a request they are not known where it was read in part."""
    answer = tokens_answer(tokens)
    if not is_partial or tokens.requests:
        return answer
    return msgspec.structs.replace(answer, **dict.fromkeys(_SUMS))


def _calls(calls: CallStatistics) -> CallsAnswer:
    return CallsAnswer(**_calls_by_field(calls))


def _calls_by_field(calls: CallStatistics) -> dict[str, Any]:
    """The fields of `CallsAnswer`, which other answers have, too."""
    return {
        **msgspec.structs.asdict(calls),
        "total_ms": calls.known_total_ms,
        "slowest": node_or_null(calls.slowest),
    }
