"""The statistics of a recording as tables: for the command line and for the screen."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
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

    `legend` explains signs in the cells. `sorted_by` is the column by which the rows are sorted, the largest first or,
    `is_upwards`, the smallest; None for rows in an order of their own.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[TableRow, ...]
    left: int = 1
    legend: str = ""
    sorted_by: int | None = None
    is_upwards: bool = False


class _Draft(NamedTuple):
    """A table that has no rows yet, and its rows, each made when it is asked for."""

    table: Table
    rows: Iterator[TableRow]


ROWS_PER_STEP = 50
"""Rows of a table that are made in one step: a millisecond or two."""

AGENTS = "Agents"
"""Title of the table with the context of each agent."""

REQUESTS = "Requests"
"""Title of the table with what each request found cached."""

_CALL_HEADS = ("count", "failed", "cancelled", "open", "p50", "p95", "max", "total")
_TOKEN_HEADS = ("input", "cached", "output", "reasoning")


Order = Literal["total", "cached", "count", "failed", "p95", "max"]
"""The column by which the rows of each table that has it are sorted; the others keep their own order.

By what was cached, the table of requests comes first, the least cached on top.
"""

ORDERS: tuple[Order, ...] = get_args(Order)

_COLUMN_OF_AGENTS: dict[Order, str] = {"count": "calls"}
"""The column of agents that an order means: beside calls they have requests and turns."""


def statistics_tables(
    trace: RolloutTrace, statistics: Statistics, order: Order = "total", *, is_reversed: bool = False
) -> list[Table]:
    """Tools, programs, models, the slowest of them, agents, and requests; those without rows are left out."""
    steps = tables_in_steps(trace, statistics, order, is_reversed=is_reversed)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            tables: list[Table] = end.value
            return tables


def tables_in_steps(
    trace: RolloutTrace, statistics: Statistics, order: Order = "total", *, is_reversed: bool = False
) -> Generator[None, None, list[Table]]:
    """Return the same, in steps: there may be thousands of agents."""
    sort = _Sort(order, is_reversed)
    drafts = [
        _tools(sort.rows(statistics.tools)),
        _programs(sort.rows(statistics.programs)),
        _models(sort.rows(statistics.models)),
        _compactions(sort.compactions(statistics.models)),
        _slowest("Slowest tools and commands", trace, statistics.slowest_work),
        _slowest("Slowest requests", trace, statistics.slowest_requests),
        _agents(sort.agents(statistics.agents)),
    ]
    drafts.insert(0 if order == "cached" else len(drafts), _requests(statistics, sort))
    yield
    tables: list[Table] = []
    for draft in drafts:
        rows: list[TableRow] = []
        for number, row in enumerate(draft.rows, 1):
            rows.append(row)
            if number % ROWS_PER_STEP == 0:
                yield
        if rows:
            tables.append(_without_empty_columns(sort.marked(draft.table._replace(rows=tuple(rows)))))
        yield
    return tables


def _without_empty_columns(table: Table) -> Table:
    """A column without values says nothing."""
    kept = [place for place in range(len(table.heads)) if any(row.cells[place] for row in table.rows)]
    return Table(
        table.title,
        tuple(table.heads[place] for place in kept),
        tuple(TableRow(tuple(row.cells[place] for place in kept), row.node) for row in table.rows),
        sum(place < table.left for place in kept),
        table.legend,
        _place_among(kept, table.sorted_by),
        table.is_upwards,
    )


def _place_among(kept: Sequence[int], place: int | None) -> int | None:
    return kept.index(place) if place in kept else None


_Counted = TypeVar("_Counted", AgentStatistics, ModelStatistics, ProgramStatistics, ToolStatistics)


class _Sort(NamedTuple):
    """How the rows of all tables are sorted."""

    order: Order
    is_reversed: bool

    @property
    def is_upwards(self) -> bool:
        """Whether the smallest comes first: of what was cached, that is what one looks for."""
        return self.is_reversed != (self.order == "cached")

    def rows(self, rows: Sequence[_Counted]) -> list[_Counted]:
        """The rows in order; rows with equally much stay in theirs, those without a value come last."""
        return self._sorted(rows, lambda row: _amount(row, self.order))

    def compactions(self, models: Sequence[ModelStatistics]) -> list[ModelStatistics]:
        """Models by their compaction requests."""
        return self._sorted(models, lambda row: _amount_of_calls(row.compactions, self.order))

    def _sorted(self, rows: Sequence[_Counted], amount: Callable[[_Counted], float | None]) -> list[_Counted]:
        sign = 1 if self.is_upwards else -1
        return sorted(rows, key=lambda row: (amount(row) is None, sign * (amount(row) or 0)))

    def agents(self, agents: Sequence[AgentStatistics]) -> list[AgentStatistics]:
        """Agents keep the order of their tree where they have no such column."""
        return self.rows(agents) if self.order in ("count", "failed", "cached") else list(agents)

    def marked(self, table: Table) -> Table:
        """The table, with the column by which it is sorted."""
        column = _COLUMN_OF_AGENTS.get(self.order, self.order) if table.title == AGENTS else self.order
        if column not in table.heads:
            return table
        return table._replace(sorted_by=table.heads.index(column), is_upwards=self.is_upwards)


def _amount(row: AgentStatistics | ModelStatistics | ProgramStatistics | ToolStatistics, order: Order) -> float | None:
    """What a row has of it; None where it has no such value, or none that is known."""
    if order == "cached":
        return row.tokens.hit_rate if isinstance(row, AgentStatistics | ModelStatistics) else None
    if order == "failed" and isinstance(row, AgentStatistics):
        return _failed(row.requests, row.calls)
    return _amount_of_calls(row.requests if isinstance(row, ModelStatistics) else row.calls, order)


def _amount_of_calls(calls: CallStatistics, order: Order) -> int | None:
    amounts: dict[Order, int | None] = {
        "total": calls.known_total_ms,
        "count": calls.count,
        "failed": calls.failed,
        "p95": calls.p95_ms,
        "max": calls.max_ms,
    }
    return amounts.get(order)


def _tools(tools: Iterable[ToolStatistics]) -> _Draft:
    rows = (
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
    )
    return _Draft(Table("Tools", ("tool", *_CALL_HEADS, "output", "seen", "cut"), ()), rows)


def _programs(programs: Iterable[ProgramStatistics]) -> _Draft:
    rows = (TableRow((clean(one.name), *_calls(one.calls)), one.calls.slowest) for one in programs)
    return _Draft(Table("Programs (call time)", ("program", *_CALL_HEADS), ()), rows)


def _models(models: Iterable[ModelStatistics]) -> _Draft:
    rows = (
        TableRow((clean(model.name), *_calls(model.requests), *_tokens(model.tokens)), model.requests.slowest)
        for model in models
        if model.requests.count
    )
    return _Draft(Table("Models", ("model", *_CALL_HEADS, *_TOKEN_HEADS), ()), rows)


def _compactions(models: Iterable[ModelStatistics]) -> _Draft:
    rows = (_compaction_row(model) for model in models if model.compactions.count)
    return _Draft(Table("Compaction requests", ("model", *_CALL_HEADS), ()), rows)


def _compaction_row(model: ModelStatistics) -> TableRow:
    return TableRow((clean(model.name), *_calls(model.compactions)), model.compactions.slowest)


def _agents(agents: Sequence[AgentStatistics]) -> _Draft:
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
    rows = (_agent_row(agent, scale) for agent in agents)
    return _Draft(Table(AGENTS, heads, (), left=2, legend=legend), rows)


def context_scale(agents: Iterable[AgentStatistics]) -> int:
    """Tokens at the full height of all curves: the largest window of a model, or the largest request if none is known.

    A request may be larger than the recorded window: then it is the scale.
    """
    return max((max(agent.context_window or 0, agent.largest_input) for agent in agents), default=0)


def _agent_row(agent: AgentStatistics, scale: int) -> TableRow:
    # Somebody asked for the calls: requests were made, and are not in the recording.
    lacks_requests = not agent.requests.count and agent.calls.count > 0
    cells = (
        clean(agent.name),
        context_curve([point.input_tokens for point in agent.context], scale, compacted_before=agent.compacted_before),
        format_tokens(agent.largest_input) if agent.context else UNKNOWN if agent.tokens.is_unknown else "",
        _part_of_window(agent),
        UNKNOWN if lacks_requests else str(agent.requests.count),
        str(agent.calls.count),
        _some(_failed(agent.requests, agent.calls)),
        *((UNKNOWN,) * len(_TOKEN_HEADS) if lacks_requests else _tokens(agent.tokens)),
        str(agent.turns.count),
        "" if agent.first_token_p50_ms is None else format_duration(agent.first_token_p50_ms),
        _some(agent.compactions),
        _some(agent.output.cut),
    )
    return TableRow(cells, NodeRef("thread", agent.thread_id))


def _slowest(title: str, trace: RolloutTrace, slowest: Iterable[SlowCall]) -> _Draft:
    rows = (
        TableRow(
            (format_duration(call.duration_ms), clean(agent_name(trace, call.thread_id)), clean(call.name)),
            call.node,
        )
        for call in slowest
    )
    return _Draft(Table(title, ("duration", "agent", "call"), (), left=3), rows)


def _requests(statistics: Statistics, sort: _Sort) -> _Draft:
    """How much of its input each request found cached, and what explains a little."""
    requests = statistics.least_cached
    by_cached = sort.order == "cached"
    listed = list(requests) if by_cached else sorted(requests, key=lambda one: one.at_ms)
    if by_cached and sort.is_reversed:
        listed.reverse()
    rows = (
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
    )
    heads = ("request", "cached", "cached tok", "tok in", "why so little")
    left_out = statistics.with_tokens - len(requests)
    which = f"the {len(requests)} least cached of {counted(statistics.with_tokens, 'request')}" if left_out else ""
    placed = "" if by_cached or len(requests) <= 1 else "in the order they were sent"
    unknown = 0 if by_cached else statistics.requests.count - statistics.with_tokens
    others = f"{unknown:,} without tokens left out" if unknown else ""
    legend = ", ".join(filter(None, (which, placed, others)))
    return _Draft(Table(REQUESTS, heads, (), left=5, legend=legend), rows)


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
        tokens_cell(tokens.known_reasoning, tokens),
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
