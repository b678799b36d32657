"""The statistics of a recording as tables: for the command line and for the screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, TypeVar, get_args

from tui.analysis.kinds.naming import agent_name
from tui.analysis.kinds.plural import counted
from tui.analysis.requests.tokens import Tokens
from tui.analysis.statistics.figures import (
    AgentStatistics,
    CallStatistics,
    ModelStatistics,
    ProgramStatistics,
    SlowCall,
    Statistics,
    ToolStatistics,
)
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace
from tui.viewmodel.text.clean import clean, format_bytes, format_duration, format_tokens
from tui.viewmodel.text.percent import percent
from tui.viewmodel.text.token_words import UNKNOWN, cached_part, tokens_cell

CURVE_CELLS = 16
"""The widest picture of a context over time, without the marks of compactions."""

COMPACTED = "│"
"""Where the history was compacted, between what was sent before and after it."""

_LEVELS = "▁▂▃▄▅▆▇█"


class TableRow(NamedTuple):
    """Cells, harmless; and where the row leads, if anywhere."""

    cells: tuple[str, ...]
    node: NodeRef | None


class Table(NamedTuple):
    """The first `left` columns are aligned to the left, the others, numbers, to the right.

    `legend` explains signs in the cells.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[TableRow, ...]
    left: int = 1
    legend: str = ""


AGENTS = "Agents"
"""Title of the table with the context of each agent."""

_CALL_HEADS = ("count", "failed", "cancelled", "open", "p50", "p95", "max", "total")
_TOKEN_HEADS = ("input", "cached", "output", "reasoning")


Order = Literal["time", "cached", "count", "failed", "p95", "longest"]
"""By what the rows of a table are sorted; by time, agents keep the order of their tree.

By what was cached, the table of requests comes first, the least cached on top.
"""

ORDERS: tuple[Order, ...] = get_args(Order)


def statistics_tables(trace: RolloutTrace, statistics: Statistics, order: Order = "time") -> list[Table]:
    """Tools, programs, models, the slowest of them, agents, and requests; those without rows are left out."""
    tables = [
        _tools(_in_order(statistics.tools, order)),
        _programs(_in_order(statistics.programs, order)),
        _models(_in_order(statistics.models, order)),
        _compactions(statistics),
        _slowest("Slowest tools and commands", trace, statistics.slowest_work),
        _slowest("Slowest requests", trace, statistics.slowest_requests),
        _agents(_in_order(statistics.agents, order)),
    ]
    tables.insert(0 if order == "cached" else len(tables), _requests(statistics, order))
    return [_without_empty_columns(table) for table in tables if table.rows]


def _without_empty_columns(table: Table) -> Table:
    """A column without values says nothing."""
    kept = [place for place in range(len(table.heads)) if any(row.cells[place] for row in table.rows)]
    return Table(
        table.title,
        tuple(table.heads[place] for place in kept),
        tuple(TableRow(tuple(row.cells[place] for place in kept), row.node) for row in table.rows),
        sum(place < table.left for place in kept),
        table.legend,
    )


_Counted = TypeVar("_Counted", AgentStatistics, ModelStatistics, ProgramStatistics, ToolStatistics)


def _in_order(rows: Sequence[_Counted], order: Order) -> list[_Counted]:
    """The rows with most of it first; rows with equally much stay in their order."""
    return list(rows) if order == "time" else sorted(rows, key=lambda row: -_amount(row, order))


def _amount(row: AgentStatistics | ModelStatistics | ProgramStatistics | ToolStatistics, order: Order) -> int:
    calls = row.requests if isinstance(row, ModelStatistics) else row.calls
    amounts = {"count": calls.count, "failed": calls.failed, "p95": calls.p95_ms, "longest": calls.max_ms}
    return amounts.get(order) or 0


def _tools(tools: Iterable[ToolStatistics]) -> Table:
    rows = [
        TableRow(
            (
                clean(tool.name),
                *_calls(tool.calls),
                format_bytes(tool.output.put_out) if tool.output.put_out else "",
                format_bytes(tool.output.seen) if tool.output.seen else "",
                str(tool.output.cut or ""),
            ),
            tool.calls.slowest,
        )
        for tool in tools
    ]
    return Table("Tools", ("tool", *_CALL_HEADS, "output", "seen", "cut"), tuple(rows))


def _programs(programs: Iterable[ProgramStatistics]) -> Table:
    rows = [TableRow((clean(one.name), *_calls(one.calls)), one.calls.slowest) for one in programs]
    return Table("Programs", ("program", *_CALL_HEADS), tuple(rows))


def _models(models: Iterable[ModelStatistics]) -> Table:
    rows = [
        TableRow((clean(model.name), *_calls(model.requests), *_tokens(model.tokens)), model.requests.slowest)
        for model in models
        if model.requests.count
    ]
    return Table("Models", ("model", *_CALL_HEADS, *_TOKEN_HEADS), tuple(rows))


def _compactions(statistics: Statistics) -> Table:
    rows = [_compaction_row(model) for model in statistics.models if model.compactions.count]
    return Table("Compaction requests", ("model", *_CALL_HEADS), tuple(rows))


def _compaction_row(model: ModelStatistics) -> TableRow:
    return TableRow((clean(model.name), *_calls(model.compactions)), model.compactions.slowest)


def _agents(agents: Sequence[AgentStatistics]) -> Table:
    heads = (
        "agent",
        "context",
        "largest",
        "of window",
        "requests",
        "calls",
        "failed",
        *_TOKEN_HEADS,
        "turns",
        "first token",
        "compactions",
        "cut",
    )
    scale = context_scale(agents)
    legend = (
        f"context: its requests in order, full height = {format_tokens(scale)} tokens, {COMPACTED} = compacted"
        if scale
        else ""
    )
    return Table(AGENTS, heads, tuple(_agent_row(agent, scale) for agent in agents), left=2, legend=legend)


def context_scale(agents: Iterable[AgentStatistics]) -> int:
    """Tokens at the full height of all curves: the largest window of a model, or the largest request if none is known.

    A request may be larger than the recorded window: then it is the scale.
    """
    return max((max(agent.context_window or 0, agent.largest_input) for agent in agents), default=0)


def _agent_row(agent: AgentStatistics, scale: int) -> TableRow:
    cells = (
        clean(agent.name),
        context_curve([point.input_tokens for point in agent.context], scale, compacted_before=agent.compacted_before),
        format_tokens(agent.largest_input) if agent.context else UNKNOWN if agent.tokens.is_unknown else "",
        _part_of_window(agent),
        str(agent.requests.count),
        str(agent.calls.count),
        _some(_failed(agent.requests, agent.calls)),
        *_tokens(agent.tokens),
        str(agent.turns.count),
        "" if agent.first_token_p50_ms is None else format_duration(agent.first_token_p50_ms),
        _some(agent.compactions),
        _some(agent.output.cut),
    )
    return TableRow(cells, NodeRef("thread", agent.thread_id))


def _slowest(title: str, trace: RolloutTrace, slowest: Iterable[SlowCall]) -> Table:
    rows = [
        TableRow(
            (format_duration(call.duration_ms), clean(agent_name(trace, call.thread_id)), clean(call.name)),
            call.node,
        )
        for call in slowest
    ]
    return Table(title, ("duration", "agent", "call"), tuple(rows), left=3)


def _requests(statistics: Statistics, order: Order) -> Table:
    """How much of its input each request found cached, and what explains a little."""
    requests = statistics.least_cached
    listed = requests if order == "cached" else sorted(requests, key=lambda one: one.at_ms)
    rows = [
        TableRow(
            (
                clean(one.name),
                f"{percent(one.cached_tokens, one.input_tokens):>6}",
                f"{format_tokens(one.cached_tokens):>10}",
                f"{format_tokens(one.input_tokens):>6}",
                clean(one.cause),
            ),
            one.node,
        )
        for one in listed
    ]
    heads = ("request", "cached", "cached tok", "tok in", "why so little")
    left_out = statistics.with_tokens - len(requests)
    legend = f"the {len(requests)} least cached of {counted(statistics.with_tokens, 'request')}" if left_out else ""
    return Table("Requests", heads, tuple(rows), left=5, legend=legend)


def _calls(calls: CallStatistics) -> tuple[str, ...]:
    durations = (calls.p50_ms, calls.p95_ms, calls.max_ms, calls.known_total_ms)
    return (
        str(calls.count),
        _some(calls.failed),
        _some(calls.cancelled),
        _some(calls.open),
        *("" if duration is None else format_duration(duration) for duration in durations),
    )


def _tokens(tokens: Tokens) -> tuple[str, ...]:
    return (
        tokens_cell(tokens.input, tokens),
        cached_part(tokens),
        tokens_cell(tokens.output, tokens),
        tokens_cell(tokens.reasoning, tokens),
    )


def _some(count: int | None) -> str:
    return UNKNOWN if count is None else str(count) if count else ""


def _failed(*counted: CallStatistics) -> int | None:
    """The failures of all of them; None where those of one are not known."""
    counts = [calls.failed for calls in counted if calls.failed is not None]
    return sum(counts) if len(counts) == len(counted) else None


def _part_of_window(agent: AgentStatistics) -> str:
    """How full the context has been, and of how many tokens; nothing where the window or the sizes are unknown."""
    if agent.context_window is None or not agent.context:
        return ""
    part = percent(agent.largest_input, agent.context_window)
    return f"{part} of {format_tokens(agent.context_window)}"


def context_curve(
    sizes: Sequence[int], scale: int, cells: int = CURVE_CELLS, compacted_before: Sequence[int] = ()
) -> str:
    """Sizes over time as bars, `▁▃▆│▂█`: `scale` would be full, each cell shows the largest of its requests.

    A mark stands where the history was compacted: before these requests, or behind the cell that holds what was before.
    """
    if max(sizes, default=0) <= 0:
        return ""
    width = min(cells, len(sizes))
    parts = [max(_part(sizes, place, width)) for place in range(width)]
    bars = [_LEVELS[min(len(_LEVELS) - 1, size * len(_LEVELS) // (scale + 1))] for size in parts]
    marked = {
        -(-place * width // len(sizes)) for place in compacted_before
    }  # the first cell that holds nothing earlier
    return "".join(COMPACTED * (place in marked) + bar for place, bar in enumerate([*bars, ""]))


def _part(sizes: Sequence[int], place: int, width: int) -> Iterable[int]:
    return sizes[place * len(sizes) // width : (place + 1) * len(sizes) // width]
