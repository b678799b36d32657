"""`rtrace-tui stats`: counts, failures, durations and tokens, per agent, tool, program and model."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from tui.analysis.kinds.plural import counted
from tui.analysis.requests.tokens import Tokens
from tui.analysis.statistics.counts import statistics_of
from tui.analysis.statistics.figures import CallStatistics, Statistics
from tui.commands.answer import answer
from tui.commands.answers.stats import stats_answer
from tui.commands.arguments import add_bundle, add_json
from tui.commands.folder_totals import count, count_tokens
from tui.commands.moment import add_at
from tui.commands.text_table import table_lines
from tui.store import TraceStore
from tui.viewmodel.lists.statistics_tables import statistics_tables
from tui.viewmodel.text.clean import format_bytes, format_duration
from tui.viewmodel.text.token_words import cached_part, of_requests, plain_number

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
        lambda asked: stats_answer(*asked),
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
    cached = "" if tokens.hit_rate is None else f" ({cached_part(tokens)} cached)"
    yield f"rollout   {trace.rollout_id}"
    given, gotten, thought = (
        "?" if is_partial and not tokens.requests else plain_number(number, tokens)
        for number in (tokens.input, tokens.output, tokens.known_reasoning)
    )
    yield f"tokens    {given} in{cached}, {gotten} out, {thought} of them reasoning{_sum_of(tokens)}"
    number = _number(statistics.compactions, is_partial)
    compactions = f"{number} compaction{'s' * (number != '1')} recorded"
    yield f"requests  {_summary(statistics.requests, is_partial)}; {compactions}"
    yield f"calls     {_summary(statistics.calls, is_partial)}"
    if is_partial and output.is_empty:
        yield "output    ?"
    else:
        seen = "?" if is_partial and not output.seen else format_bytes(output.seen)
        put_out = statistics.calls.known_put_out(output)
        yield (
            f"output    {'?' if put_out is None else format_bytes(put_out)} produced, {seen} seen by the model; "
            f"cut in {counted(output.cut, 'call')}"
        )
    for table in statistics_tables(trace, statistics):
        yield ""
        yield table.title
        rows = [row.cells for row in table.rows]
        yield from (f"  {line}" for line in table_lines(table.heads, rows, table.left))
        if table.legend:
            yield f"  {table.legend}"


def _sum_of(tokens: Tokens) -> str:
    of = of_requests(tokens)
    return f";{of}" if of else ""


def _number(count: int, is_partial: bool) -> str:
    """A count; none of what was read in part is not known to be none."""
    return "?" if is_partial and not count else f"{count}"


def _summary(calls: CallStatistics, is_partial: bool) -> str:
    counts = (("?" if calls.failed is None else calls.failed, "failed"), (calls.open, "open"))
    parts = [f"{count} {word}" for count, word in counts if count]
    took = "" if calls.p50_ms is None else f", p50 {format_duration(calls.p50_ms)}"
    return f"{', '.join([_number(calls.count, is_partial), *parts])}{took}"
