"""The tables of the statistics: their shape, where rows lead, the picture of a context."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.analysis.small_graph import small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.statistics.counts import statistics_of
from tui.bundle.open import open_bundle
from tui.model.ids import CodexTurnId
from tui.model.lookup import find_object
from tui.model.objects import TokenUsage
from tui.model.protocol import TurnFacts
from tui.store import TraceStore
from tui.viewmodel.lists.statistics_tables import ORDERS, Order, context_curve, statistics_tables


def test_tables_are_rectangular_harmless_and_lead_to_objects(demo_bundle: Path) -> None:
    store = TraceStore(open_bundle(demo_bundle))
    store.load_all()
    tables = statistics_tables(store.trace, statistics_of(store.trace, store.index))
    assert "Agents" in [table.title for table in tables]
    for table in tables:
        for row in table.rows:
            assert len(row.cells) == len(table.heads)
            assert all(cell.isprintable() for cell in row.cells)
            assert row.node is None or find_object(store.trace, row.node) is not None


@pytest.mark.parametrize(
    ("sizes", "scale", "cells", "curve"),
    [
        ([], 0, 8, ""),
        ([0, 0], 100, 8, ""),
        ([5], 5, 8, "▇"),
        ([5], 40, 8, "▁"),
        ([100, 50, 0], 100, 8, "█▄▁"),
        ([100, 50, 0], 200, 8, "▄▂▁"),
        ([1, 2, 3, 400, 5, 6, 7, 8], 400, 4, "▁█▁▁"),
        ([1000] * 40, 1000, 16, "█" * 16),
    ],
)
def test_a_context_over_time(sizes: Sequence[int], scale: int, cells: int, curve: str) -> None:
    assert context_curve(sizes, scale, cells) == curve


@pytest.mark.parametrize(
    ("count", "compacted_before", "curve"),
    [
        (3, (1,), "█│██"),
        (3, (0, 3), "│███│"),
        (3, (2, 2), "██│█"),
        (8, (1,), "█│███"),
        (8, (2,), "█│███"),
        (8, (3,), "██│██"),
        (6, (2,), "██│██"),
    ],
)
def test_compactions_are_marked_between_requests(count: int, compacted_before: Sequence[int], curve: str) -> None:
    assert context_curve([100] * count, 100, 4, compacted_before) == curve


def test_demo_of_compaction_marks_each_one(demo_bundles: Path) -> None:
    store = TraceStore(open_bundle(demo_bundles / "compaction"))
    store.load_all()
    (agent,) = statistics_of(store.trace, store.index).agents
    assert len(agent.compacted_before) == agent.compactions > 0
    starts = [point.at_ms for point in agent.context]
    for compaction, place in zip(store.trace.compactions.values(), agent.compacted_before, strict=True):
        installed = compaction.installed_at_unix_ms - store.trace.started_at_unix_ms
        assert all(start < installed for start in starts[:place])
        assert all(start >= installed for start in starts[place:])


@pytest.mark.parametrize(
    ("windows", "curves", "parts"),
    [
        ((None, None), ["█", "▄"], []),
        ((1000, 1000), ["▁", "▁"], ["10% of 1.0k", "5% of 1.0k"]),
        ((200, 1000), ["▁", "▁"], ["50% of 200", "5% of 1.0k"]),
        ((50, 50), ["█", "▄"], ["200% of 50", "100% of 50"]),
    ],
)
def test_all_agents_share_one_scale(
    windows: tuple[int | None, int | None], curves: list[str], parts: list[str]
) -> None:
    graph = small_graph()
    graph.thread("child", "/root/child", parent="root")
    graph.turn("child turn", "child")
    graph.inference("large").usage = TokenUsage(100, 0, 0, 1, 0)
    graph.inference("small", "child turn").usage = TokenUsage(50, 0, 0, 1, 0)
    for turn, window in zip(("turn", "child turn"), windows, strict=True):
        graph.trace.evidence.turn_facts[CodexTurnId(turn)] = TurnFacts(model_context_window=window)
    statistics = statistics_of(graph.trace, TraceIndex(graph.trace))
    (table,) = (table for table in statistics_tables(graph.trace, statistics) if table.title == "Agents")
    columns = dict(zip(table.heads, zip(*(row.cells for row in table.rows), strict=True), strict=True))
    assert list(columns["context"]) == curves
    assert list(columns.get("of window", ())) == parts


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("is_reversed", [False, True])
def test_table_names_the_column_that_sorts_its_rows(demo_bundles: Path, order: Order, is_reversed: bool) -> None:
    store = TraceStore(open_bundle(demo_bundles / "agents"))
    store.load_all()
    statistics = statistics_of(store.trace, store.index)
    tables = {
        table.title: table for table in statistics_tables(store.trace, statistics, order, is_reversed=is_reversed)
    }
    assert tables["Tools"].sorted_by == ([*tables["Tools"].heads].index(order) if order != "cached" else None)
    for table in tables.values():
        if table.sorted_by is None or order not in ("count", "failed", "cached"):
            continue
        cells = [row.cells[table.sorted_by].strip(" %") for row in table.rows]
        numbers = [int(cell or 0) for cell in cells if cell != "?"]
        assert numbers == sorted(numbers, reverse=not table.is_upwards), table.title
    agents = tables["Agents"]  # without such a column they keep the order of their tree
    assert (agents.sorted_by is None) == (order in ("total", "p95", "max")), (
        "without such a column they keep their tree"
    )


def test_requests_that_calls_prove_are_unknown() -> None:
    graph = small_graph()
    for requests in ("?", "1"):
        graph.tool("tool")
        tables = statistics_tables(graph.trace, statistics_of(graph.trace, TraceIndex(graph.trace)))
        (agents,) = (table for table in tables if table.title == "Agents")
        cells = dict(zip(agents.heads, agents.rows[0].cells, strict=True))
        assert (cells["requests"], cells["input"]) == (requests, "?")
        graph.inference("call")


@pytest.mark.parametrize(
    ("with_usage", "others", "legend"),
    [
        (2, 0, "in the order they were sent"),
        (2, 3, "in the order they were sent, 3 without tokens left out"),
        (1, 3, "3 without tokens left out"),
    ],
)
def test_requests_without_tokens_are_said_to_be_left_out(with_usage: int, others: int, legend: str) -> None:
    graph = small_graph()
    for number in range(with_usage):
        graph.inference(f"known {number}").usage = TokenUsage(100, 60, 0, 10, 5)
    for number in range(others):
        graph.inference(f"failed {number}", status="failed")
    tables = statistics_tables(graph.trace, statistics_of(graph.trace, TraceIndex(graph.trace)))
    (requests,) = (table for table in tables if table.title == "Requests")
    assert requests.legend == legend
