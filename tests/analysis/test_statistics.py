"""Counts, failures, nearest-rank percentiles, tokens and outputs; cross-checked with the JSON of the graph."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.analysis.small_graph import SmallGraph, small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.statistics.counts import percentile, statistics_of
from tui.analysis.statistics.figures import Statistics
from tui.bundle.open import open_bundle
from tui.model.conversation import ToolProducer
from tui.model.ids import CodexTurnId, InferenceCallId, ItemId, OperationId, ToolCallId
from tui.model.noderef import NodeRef
from tui.model.objects import TokenUsage
from tui.store import TraceStore


def statistics(graph: SmallGraph) -> Statistics:
    return statistics_of(graph.trace, TraceIndex(graph.trace))


def lasting(graph: SmallGraph, name: str, milliseconds: int) -> None:
    """Add a tool call that took so long."""
    execution = graph.tool(name).execution
    execution.ended_at_unix_ms = execution.started_at_unix_ms + milliseconds


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([], 50, None),
        ([7], 50, 7),
        ([7], 95, 7),
        ([1, 2, 3, 4], 50, 2),
        ([1, 2, 3, 4, 5], 50, 3),
        (list(range(1, 21)), 95, 19),
        (list(range(1, 101)), 95, 95),
        (list(range(1, 101)), 1, 1),
        (list(range(1, 102)), 95, 96),
        ([1, 1, 1, 9], 100, 9),
    ],
)
def test_percentiles_are_by_nearest_rank(values: Sequence[int], percent: int, expected: int | None) -> None:
    assert percentile(values, percent) == expected


def test_a_tool_counts_its_failures_its_open_calls_and_its_durations() -> None:
    graph = small_graph()
    for name, length in (("a", 10), ("b", 30), ("c", 20)):
        lasting(graph, name, length)
    graph.operation("terminal_operation:1", "b", "false", exit_code=1)
    graph.tool("failed", status="failed")
    graph.tool("cancelled", status="cancelled")
    graph.tool("open", status="running")
    (tool,) = statistics(graph).tools
    calls = tool.calls
    assert (tool.name, calls.count, calls.failed, calls.cancelled, calls.open) == ("exec_command", 6, 2, 1, 1)
    assert (calls.p50_ms, calls.p95_ms, calls.max_ms, calls.total_ms) == (30, 50, 50, 160)
    assert calls.slowest == NodeRef("tool_call", "failed")  # the earlier of two with 50 ms


def test_a_clock_that_went_back_gives_no_negative_duration() -> None:
    graph = small_graph()
    graph.tool("a").execution.ended_at_unix_ms = 0
    assert statistics(graph).calls.total_ms == 0


def test_open_calls_have_no_duration() -> None:
    graph = small_graph()
    graph.inference("call", status="running")
    requests = statistics(graph).requests
    assert (requests.count, requests.open, requests.p50_ms, requests.slowest) == (1, 1, None, None)
    assert requests.known_total_ms is None
    assert statistics(graph).calls.known_total_ms == 0


def test_aborted_call_is_cancelled_though_its_process_went_on() -> None:
    graph = small_graph()
    graph.tool("call", status="aborted")
    operation = graph.operation("terminal_operation:1", "call", "sleep 60", exit_code=-1)
    turn = graph.trace.codex_turns[CodexTurnId("turn")].execution
    turn.end(900, operation.execution.started_seq, "cancelled")
    operation.execution.end(950, operation.execution.started_seq + 1, "failed")
    calls = statistics(graph).calls
    assert (calls.failed, calls.cancelled, calls.open) == (0, 1, 0)


def test_output_of_open_calls_is_unknown_until_some_is_recorded() -> None:
    graph = small_graph()
    graph.tool("open", status="running")
    found = statistics(graph)
    assert found.calls.known_put_out(found.output) is None
    graph.tool("over")
    found = statistics(graph)
    assert found.calls.known_put_out(found.output) == 0


def test_tools_stand_by_total_time_then_by_name() -> None:
    graph = small_graph()
    for name in ("b", "a", "slow"):
        graph.tool(name, kind="other", label=name)
    graph.trace.tool_calls[ToolCallId("slow")].execution.ended_at_unix_ms = 9_999
    assert [tool.name for tool in statistics(graph).tools] == ["slow", "a", "b"]


def test_an_agents_context_is_told_request_by_request() -> None:
    graph = small_graph()
    for name, size in (("one", 100), ("two", 300), ("three", 50)):
        graph.inference(name).usage = TokenUsage(size, size // 2, 0, 10, 0)
    graph.inference("failed", status="failed")
    (agent,) = statistics(graph).agents
    assert [point.input_tokens for point in agent.context] == [100, 300, 50]
    assert agent.largest_input == 300
    assert (agent.requests.count, agent.requests.failed) == (4, 1)
    assert agent.tokens.hit_rate == 0.5


def test_outputs_are_counted_in_bytes_as_put_out_and_as_seen() -> None:
    graph = small_graph()
    graph.item("output", "tool", "é" * 5, kind="function_call_output")
    graph.tool("tool", output_items=["output"])
    assert statistics(graph).output[:2] == (10, 10)
    graph.operation("terminal_operation:1", "tool", "ls")
    result = graph.trace.terminal_operations[OperationId("terminal_operation:1")].result
    assert result is not None
    graph.trace.terminal_operations[OperationId("terminal_operation:1")].result = type(result)(
        0, "x" * 100, "", None, None, None
    )
    assert statistics(graph).output[:2] == (100, 10)


@pytest.mark.parametrize(
    ("seen", "cut"),
    [("Output:\nbegin", 0), ("begin…120 tokens truncated…later", 1), ("begin…9 tokens truncated…end", 0)],
)
def test_only_what_was_taken_out_counts_as_cut(seen: str, cut: int) -> None:
    graph = small_graph()
    graph.item("output", "tool", seen, kind="function_call_output", produced_by=[ToolProducer(ToolCallId("tool"))])
    graph.tool("tool", output_items=["output"])
    graph.operation("terminal_operation:1", "tool", "x", stdout="begin, and more later")
    assert statistics(graph).output.cut == cut


def test_the_output_of_a_script_is_that_of_the_call_that_ran_it() -> None:
    graph = small_graph()
    graph.item("output", "tool", "12345", kind="custom_tool_call_output")
    graph.tool("exec", kind="other", label="exec", started_code_cell_id="code_cell:1")
    graph.cell("code_cell:1", "source").output_item_ids.append(ItemId("output"))
    assert statistics(graph).tools[0].output.seen == 5


def test_the_slowest_calls_are_ten_at_most() -> None:
    graph = small_graph()
    for number in range(12):
        lasting(graph, f"tool {number}", number)
    slowest = statistics(graph).slowest
    assert [call.duration_ms for call in slowest] == list(range(11, 1, -1))
    assert slowest[0].node == NodeRef("tool_call", "tool 11")


def test_slow_requests_hide_no_slow_command() -> None:
    graph = small_graph()
    for number in range(12):
        graph.inference(f"request {number}")
        window = graph.trace.inference_calls[InferenceCallId(f"request {number}")].execution
        window.end(window.started_at_unix_ms + 1_000, 9, "completed")
    lasting(graph, "tool", 5)
    found = statistics(graph)
    assert NodeRef("tool_call", "tool") not in [call.node for call in found.slowest]
    assert [call.node for call in found.slowest_work] == [NodeRef("tool_call", "tool")]
    assert len(found.slowest_requests) == 10


def test_compaction_requests_stand_beside_the_model_that_answered_them() -> None:
    graph = small_graph()
    graph.compaction("compaction")
    found = statistics(graph)
    assert (found.compactions, found.models[0].compactions.count, found.models[0].requests.count) == (1, 1, 0)
    assert found.agents[0].compactions == 1


def _independent_percentile(values: list[int], share: float) -> int | None:
    """The smallest value that at least `share` of all values do not exceed, by trying."""
    for value in sorted(values):
        if sum(other <= value for other in values) >= math.ceil(share * len(values)):
            return value
    return None


def _durations(calls: Any) -> list[int]:
    windows = [call["execution"] for call in calls if call["execution"]["status"] != "running"]
    return [max(0, window["ended_at_unix_ms"] - window["started_at_unix_ms"]) for window in windows]


def _works(golden: Any) -> Iterator[Any]:
    """Calls with the time of the script that they ran, and scripts that no recorded call ran."""
    cells = dict(golden["code_cells"])
    for tool in golden["tool_calls"].values():
        cell = cells.pop(tool.get("started_code_cell_id"), None)
        cells.pop(f"code_cell:{tool['model_visible_call_id']}", None)
        yield tool if cell is None else cell
    yield from cells.values()


def test_percentiles_and_sums_agree_with_the_graph_of_the_reference(demo_bundle: Path) -> None:
    if not (demo_bundle / "state.json").exists():
        pytest.skip("the reference makes no graph of it")
    golden = json.loads((demo_bundle / "state.json").read_text(encoding="utf-8"))
    store = TraceStore(open_bundle(demo_bundle))
    store.load_all()
    found = statistics_of(store.trace, store.index)
    for calls, values in (
        (found.calls, _durations(_works(golden))),
        (found.requests, _durations(golden["inference_calls"].values())),
    ):
        assert calls.p50_ms == _independent_percentile(values, 0.5)
        assert calls.p95_ms == _independent_percentile(values, 0.95)
        assert calls.total_ms == sum(values)
    usages = [call["usage"] for call in golden["inference_calls"].values() if call["usage"]]
    assert found.tokens.input == sum(usage["input_tokens"] for usage in usages)
    assert found.tokens.reasoning == sum(usage["reasoning_output_tokens"] for usage in usages)
    assert sum(tool.calls.count for tool in found.tools) == len(list(_works(golden)))
    assert sum(agent.requests.count for agent in found.agents) == len(golden["inference_calls"])


def test_failures_are_unknown_where_one_end_is() -> None:
    graph = small_graph()
    graph.tool("a", status="failed")
    calls = statistics(graph).calls
    assert (calls.failed, calls.cancelled) == (1, 0)
    graph.tool("b").execution.status = "out of quota"  # type: ignore[assignment]  # the word of another recorder
    calls = statistics(graph).calls
    assert (calls.count, calls.failed, calls.cancelled) == (2, None, None)


def cached(graph: SmallGraph, name: str, sends: Sequence[str], tokens: tuple[int, int]) -> None:
    """Add a request with its input tokens and how many of them were cached."""
    graph.inference(name, sends=sends).usage = TokenUsage(tokens[0], tokens[1], 0, 1, 0)


def test_least_cached_requests_come_first_with_their_causes() -> None:
    graph = small_graph()
    for name in ("a", "b", "c", "d", "summary"):
        graph.item(name, text=f"Text of {name}.")
    cached(graph, "one", ["a"], (100, 0))
    cached(graph, "two", ["a", "b"], (200, 150))
    cached(graph, "three", ["a", "c"], (300, 30))
    cached(graph, "four", ["a", "c", "d"], (400, 80))
    cached(graph, "five", ["a", "c", "d"], (400, 100))
    compaction = graph.compaction("compaction", replacement=["summary"])
    compaction.input_item_ids.extend(map(ItemId, ("a", "c", "d")))
    cached(graph, "six", ["summary"], (100, 30))
    graph.inference("seven", sends=["summary"])
    graph.trace.evidence.changed_heads[InferenceCallId("five")] = ("instructions", "tools", "settings")

    found = statistics(graph)

    assert [(one.node.id, one.cached_tokens, one.cause) for one in found.least_cached] == [
        ("one", 0, "the first request of its agent"),
        ("three", 30, "items differ from request 2 at item 2"),
        ("four", 80, "nothing here explains it: it begins with all that request 3 sent"),
        ("five", 100, "instructions, tools and settings changed since request 4"),
        ("six", 30, "compaction 1 replaced the history"),
        ("two", 150, ""),
    ]
    assert found.with_tokens == 6


def test_unread_items_are_not_called_changed() -> None:
    graph = small_graph()
    graph.item("a", text="A.")
    cached(graph, "one", [], (100, 0))
    cached(graph, "two", ["a"], (100, 10))
    assert statistics(graph).least_cached[1].cause == "the items of request 1 are not in the recording"
