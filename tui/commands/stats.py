"""`rtrace-tui stats`: counts, failures, durations and tokens, per agent, tool, program and model."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from tui.analysis.kinds.plural import counted
from tui.analysis.requests.tokens import Tokens
from tui.analysis.statistics.counts import AgentStatistics, CallStatistics, Statistics, statistics_of
from tui.commands.agents import tokens_json
from tui.commands.answer import answer
from tui.commands.arguments import add_bundle, add_json
from tui.commands.folder_totals import count, count_tokens
from tui.commands.moment import add_at
from tui.commands.object_json import node_json
from tui.commands.text_table import table_lines
from tui.store import TraceStore
from tui.viewmodel.lists.statistics_tables import statistics_tables
from tui.viewmodel.text.clean import format_bytes, format_duration
from tui.viewmodel.text.token_words import of_requests, percent, plain_number

DESCRIPTION = """\
Count calls, failures, durations and tokens: per agent, tool, program and model; and name the slowest calls.
Percentiles are by nearest rank: p95 is the smallest duration that at least 95 of 100 calls did not exceed.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A bundle, and how to print."""
    add_bundle(parser)
    add_json(parser)
    add_at(parser)


def run(given: argparse.Namespace) -> int:
    """Print the statistics of the bundle."""
    return answer(
        "stats",
        given,
        lambda store, _given: (store, _counted(store)),
        lambda asked: _statistics_json(*asked),
        lambda asked: _lines(asked[0], asked[1]),
    )


def _counted(store: TraceStore) -> Statistics:
    statistics, is_partial = statistics_of(store.trace, store.index), store.reading.is_partial
    tokens, requests, calls = statistics.tokens, statistics.requests, statistics.calls
    count_tokens(tokens, is_known=not is_partial or requests.count > 0)
    count(
        requests=None if is_partial and not requests.count else requests.count,
        failed_requests=requests.failed,
        calls=None if is_partial and not calls.count else calls.count,
        failed_calls=calls.failed,
    )
    return statistics


def _lines(store: TraceStore, statistics: Statistics) -> Iterator[str]:
    trace, is_partial = store.trace, store.reading.is_partial
    tokens, output = statistics.tokens, statistics.output
    cached = "" if tokens.hit_rate is None else f" ({percent(tokens.hit_rate)} cached)"
    yield f"rollout   {trace.rollout_id}"
    yield (
        f"tokens    {plain_number(tokens.input, tokens)} in{cached}, {plain_number(tokens.output, tokens)} out, "
        f"{plain_number(tokens.reasoning, tokens)} of them reasoning{_sum_of(tokens)}"
    )
    compactions = _number(statistics.compactions, is_partial)
    yield f"requests  {_summary(statistics.requests, is_partial)}; {compactions} compactions"
    yield f"calls     {_summary(statistics.calls, is_partial)}"
    if is_partial and not statistics.calls.count:
        yield "output    ?"
    else:
        yield (
            f"output    {format_bytes(output.put_out)} produced, {format_bytes(output.seen)} seen by the model; "
            f"cut in {counted(output.cut, 'call')}"
        )
    for table in statistics_tables(trace, statistics):
        yield ""
        yield table.title
        rows = [row.cells for row in table.rows]
        yield from (f"  {line}" for line in table_lines(table.heads, rows, table.left))


def _sum_of(tokens: Tokens) -> str:
    of = of_requests(tokens)
    return f";{of}" if of else ""


def _number(count: int, is_partial: bool) -> str:
    """A count; none of what was read in part is not known to be none."""
    return "?" if is_partial and not count else f"{count}"


def _summary(calls: CallStatistics, is_partial: bool) -> str:
    parts = [f"{count} {word}" for count, word in ((calls.failed, "failed"), (calls.open, "open")) if count]
    took = "" if calls.p50_ms is None else f", p50 {format_duration(calls.p50_ms)}"
    return f"{', '.join([_number(calls.count, is_partial), *parts])}{took}"


def _statistics_json(store: TraceStore, statistics: Statistics) -> dict[str, Any]:
    """All of it. Durations are milliseconds, sizes bytes; names as recorded."""
    recording, is_partial = store.recording, store.reading.is_partial
    return {
        "rollout_id": store.trace.rollout_id,
        "recording": {"state": recording.word, "evidence": recording.evidence},
        "tokens": tokens_json(statistics.tokens),
        "requests": _sum_json(statistics.requests, is_partial),
        "calls": _sum_json(statistics.calls, is_partial),
        "compactions": None if is_partial and not statistics.compactions else statistics.compactions,
        "output": _output_json(statistics, is_partial),
        "agents": [_agent_json(agent) for agent in statistics.agents],
        "tools": [
            {"name": tool.name, **_calls_json(tool.calls), "output": tool.output._asdict()} for tool in statistics.tools
        ],
        "programs": [{"name": program.name, **_calls_json(program.calls)} for program in statistics.programs],
        "models": [
            {
                "name": model.name,
                **_calls_json(model.requests),
                "compactions": _calls_json(model.compactions),
                "tokens": tokens_json(model.tokens),
            }
            for model in statistics.models
        ],
        "slowest": [
            {
                "node": node_json(call.node),
                "thread_id": call.thread_id,
                "name": call.name,
                "duration_ms": call.duration_ms,
            }
            for call in statistics.slowest
        ],
    }


def _agent_json(agent: AgentStatistics) -> dict[str, Any]:
    return {
        "thread_id": agent.thread_id,
        "agent_path": agent.path,
        "name": agent.name,
        "turns": _calls_json(agent.turns),
        "requests": _calls_json(agent.requests),
        "calls": _calls_json(agent.calls),
        "compactions": agent.compactions,
        "tokens": tokens_json(agent.tokens),
        "output": agent.output._asdict(),
        "largest_input_tokens": None if agent.tokens.is_unknown else agent.largest_input,
        "context_window": agent.context_window,
        "first_token_p50_ms": agent.first_token_p50_ms,
        "context": [
            {
                "inference": point.node.id,
                "at_ms": point.at_ms,
                "input_tokens": point.input_tokens,
                "cached_tokens": point.cached_tokens,
            }
            for point in agent.context
        ],
    }


def _sum_json(calls: CallStatistics, is_partial: bool) -> dict[str, Any]:
    """What is counted over the whole recording; null for none of what was read in part."""
    counted = _calls_json(calls)
    return {**counted, "count": None} if is_partial and not calls.count else counted


def _output_json(statistics: Statistics, is_partial: bool) -> dict[str, Any]:
    """Sizes of what all calls put out; null where no call was read of what was read in part."""
    sizes = statistics.output._asdict()
    return dict.fromkeys(sizes) if is_partial and not statistics.calls.count else sizes


def _calls_json(calls: CallStatistics) -> dict[str, Any]:
    return {
        "count": calls.count,
        "failed": calls.failed,
        "cancelled": calls.cancelled,
        "open": calls.open,
        "p50_ms": calls.p50_ms,
        "p95_ms": calls.p95_ms,
        "max_ms": calls.max_ms,
        "total_ms": calls.known_total_ms,
        "slowest": None if calls.slowest is None else node_json(calls.slowest),
    }
