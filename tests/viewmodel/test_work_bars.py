"""Bars show work: what a row did in each cell, by texture; idle time is blank."""

from __future__ import annotations

import pytest

from tests.analysis.small_graph import SmallGraph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.timing import TimeSpan
from tui.model.execution import ExecutionWindow
from tui.model.ids import CompactionRequestId, ToolCallId
from tui.model.noderef import NodeRef
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.timeline.model import TimelineModel
from tui.viewmodel.timeline.time_axis import TimeAxis

LETTERS = {"idle": " ", "moment": ".", "waiting": "w", "model": "m", "tool": "t", "failed": "x"}


def session() -> SmallGraph:
    """One second: the model 0–200 ms, a tool 200–400 that fails, nothing until 600, waiting 600–1,000."""
    graph = SmallGraph()
    graph.thread("root").execution = window(0, 1_000)
    graph.turn("turn").execution = window(0, 1_000)
    graph.inference("call", tools=["read", "wait"]).execution = window(0, 200)
    graph.tool("read", kind="other", label="read").execution = window(200, 400, "failed")
    graph.tool("wait", kind="wait_agent").execution = window(600, 1_000)
    graph.trace.status = "completed"
    return graph


def window(start: int, end: int, status: str = "completed") -> ExecutionWindow:
    return ExecutionWindow(start, start // 10, end, end // 10, status)  # type: ignore[arg-type]


def opened(start: int) -> ExecutionWindow:
    return ExecutionWindow(start, start // 10, None, None, "running")


def model_of(graph: SmallGraph) -> TimelineModel:
    return TimelineModel(graph.trace, TraceIndex(graph.trace))


def bar(model: TimelineModel, name: str, cells: int = 10) -> str:
    row = next(row for row in model.rows(0, 99) if row.node.id == name)
    return "".join(LETTERS[work] for work in row.bar(cells))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("root", "mmtx  wwww"),
        ("turn", "mmtx  wwww"),
        ("call", "mm        "),
        ("read", "  tx      "),
        ("wait", "      wwww"),
    ],
)
def test_bar_of_each_row(name: str, shown: str) -> None:
    assert bar(model_of(session()), name) == shown


def test_what_comes_is_painted_over() -> None:
    graph = session()
    model = model_of(graph)
    assert bar(model, "root") == "mmtx  wwww"
    graph.take_delta()
    graph.inference("later").execution = window(400, 600)
    delta = graph.take_delta()
    model.index.update(delta)
    model.apply(delta)
    assert bar(model, "root") == "mmtxmmwwww"


def test_all_that_is_open_lasts_until_now() -> None:
    """A call that began first is open longest; a newer request and call of other kinds end before it."""
    graph = SmallGraph()
    graph.thread("root").execution = opened(0)
    graph.turn("turn").execution = opened(0)
    graph.inference("call", tools=["long", "short"]).execution = window(0, 100)
    graph.tool("long", kind="other", label="long").execution = opened(100)
    graph.tool("short", kind="other", label="short").execution = window(200, 300)
    model = model_of(graph)
    model.axis.extend(1_000, is_growing=False)
    for now, shown in ((300, "mtt       "), (600, "mttttt    "), (900, "mtttttttt ")):
        model.tick(now)
        assert bar(model, "root") == bar(model, "turn") == shown


def test_open_work_ends_with_the_log_once_nobody_writes_it() -> None:
    graph = SmallGraph()
    graph.thread("root").execution = opened(0)
    graph.turn("turn").execution = opened(0)
    graph.tool("long", kind="other", label="long").execution = opened(100)
    graph.inference("call").execution = window(200, 300)
    model = model_of(graph)
    model.axis.extend(1_000, is_growing=False)
    for now, shown in ((900, " tttttttt "), (0, " tt       ")):
        model.tick(now)
        assert bar(model, "root") == bar(model, "turn") == bar(model, "long") == shown


def test_oldest_open_work_ends_and_the_next_goes_on() -> None:
    graph = SmallGraph()
    graph.thread("root").execution = opened(0)
    graph.turn("turn").execution = opened(0)
    for name in ("a", "b", "c"):
        graph.tool(name, kind="other", label=name).execution = opened(100)
    model = model_of(graph)
    model.axis.extend(1_000, is_growing=False)
    model.tick(200)
    assert bar(model, "turn") == " t        "
    for name, until in (("a", 300), ("c", 500)):
        graph.take_delta()
        graph.trace.tool_calls[ToolCallId(name)].execution = window(100, until)
        graph.touch("tool_calls", name)
        delta = graph.take_delta()
        model.index.update(delta)
        model.apply(delta)
        model.tick(until + 100)
        assert bar(model, "turn").rstrip() == " " + "t" * (until // 100)


def test_work_that_ended_before_the_clock_leaves_its_cells() -> None:
    """The clock goes on until the event of the end is read."""
    graph = SmallGraph()
    graph.thread("root").execution = opened(0)
    graph.turn("turn").execution = opened(0)
    graph.tool("short", kind="other", label="short").execution = opened(100)
    model = model_of(graph)
    model.axis.extend(1_000, is_growing=False)
    model.tick(700)
    assert bar(model, "root") == bar(model, "turn") == " tttttt   "
    graph.take_delta()
    graph.trace.tool_calls[ToolCallId("short")].execution = window(100, 300)
    graph.touch("tool_calls", "short")
    update(model, graph)
    assert bar(model, "root") == bar(model, "turn") == " tt       "


def test_call_that_turns_out_to_wait_is_shown_as_waiting() -> None:
    graph = session()
    graph.tool("poll", kind="write_stdin").execution = window(400, 600)
    model = model_of(graph)
    assert bar(model, "root") == bar(model, "turn") == "mmtxttwwww"
    graph.take_delta()
    graph.operation("terminal_operation:1", "poll")
    graph.delta.tool_calls.clear()
    update(model, graph)
    assert bar(model, "root") == bar(model, "turn") == "mmtxwwwwww"


def test_turn_brings_its_agent_what_came_before_it() -> None:
    graph = session()
    model = model_of(graph)
    assert bar(model, "root") == "mmtx  wwww"
    graph.take_delta()
    graph.inference("early", "late").execution = window(400, 600)
    update(model, graph)
    assert bar(model, "root") == "mmtx  wwww"
    graph.turn("late").execution = window(390, 610)
    update(model, graph)
    assert bar(model, "root") == "mmtxmmwwww"


def update(model: TimelineModel, graph: SmallGraph) -> None:
    delta = graph.take_delta()
    model.index.update(delta)
    model.apply(delta)


def test_attempt_to_compact_is_painted_over_when_it_comes() -> None:
    graph = session()
    model = model_of(graph)
    assert bar(model, "turn") == "mmtx  wwww"
    graph.take_delta()
    graph.compaction("compaction")
    graph.trace.compaction_requests[CompactionRequestId("compaction:attempt")].execution = window(400, 600)
    delta = graph.take_delta()
    model.index.update(delta)
    model.apply(delta)
    assert bar(model, "turn") == "mmtxmmwwww"


def test_zoom_to_a_row_fills_the_bars_and_back() -> None:
    model = model_of(session())
    model.reveal(NodeRef("tool_call", "read"))
    model.perform(Move.ZOOM_TIME_TO_ROW)
    assert bar(model, "read") == "tttttttttx"
    assert (model.axis.start, model.axis.end) == (190, 410)
    model.perform(Move.PAN_TIME_LATER)
    assert (model.axis.start, model.axis.end) == (245, 465)
    model.perform(Move.PAN_TIME_EARLIER, 2)
    assert model.axis.start == 135
    model.perform(Move.ZOOM_TIME_TO_ROW)
    model.perform(Move.ZOOM_TIME_TO_ROW)
    assert not model.axis.is_zoomed


def test_axis_has_ticks_at_round_moments() -> None:
    axis = TimeAxis()
    axis.extend(1_000, is_growing=False)
    assert axis.ticks(40, 40) == "┬0────────┬250ms────┬500ms────┬750ms────"
    assert axis.ticks(40, 24) == "┬0────────┬250ms────┬───"
    axis.fit(TimeSpan(500, 100))
    assert axis.ticks(30, 30).startswith("─┬500ms")


def test_whole_time_cannot_be_panned() -> None:
    axis = TimeAxis()
    axis.extend(1_000, is_growing=False)
    axis.pan(0.5)
    assert (axis.start, axis.end) == (0, 1_000)


@pytest.mark.parametrize(
    ("length", "cells", "room", "line"),
    [
        (552, 15, 12, "┬0────┬250ms"),
        (552, 10, 7, "┬0─────"),
        (20_000, 40, 37, "┬0────────┬5s───────┬10s──────┬15s───"),
        (90_000, 20, 20, "┬0───────────┬1m00s─"),
        (9_000_000, 30, 30, "┬0──────────┬1h00m──────┬2h00m"),
    ],
)
def test_narrow_axis_has_two_moments_where_they_fit(length: int, cells: int, room: int, line: str) -> None:
    axis = TimeAxis()
    axis.extend(length, is_growing=False)
    assert axis.ticks(cells, room) == line
