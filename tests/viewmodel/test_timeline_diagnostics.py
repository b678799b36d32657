"""Diagnostics in the timeline: a broken log may bring one for every line, and no step pays for all of them."""

from __future__ import annotations

from tests.analysis.small_graph import small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.model.delta import TraceDelta
from tui.model.diagnostic import Diagnostic
from tui.model.ids import ToolCallId
from tui.model.noderef import NodeRef
from tui.viewmodel.text.spans import line_text
from tui.viewmodel.timeline.model import TimelineModel
from tui.viewmodel.timeline.row_maker import LONGEST_MESSAGE
from tui.viewmodel.timeline.tree import DIAGNOSTICS, DIAGNOSTICS_AT_ONCE


def bad_lines(count: int) -> list[Diagnostic]:
    """Every tenth of them is worth a note only."""
    return [
        Diagnostic(code="x", severity="note" if line % 10 == 0 else "error", message="", line=line)
        for line in range(1, count + 1)
    ]


def model_with(found: list[Diagnostic]) -> TimelineModel:
    graph = small_graph()
    return TimelineModel(graph.trace, TraceIndex(graph.trace), found)


def placed(model: TimelineModel) -> int:
    return sum(ref.kind == "diagnostic" and ref != DIAGNOSTICS for ref in model.tree.nodes)


def test_many_diagnostics_get_their_rows_step_by_step_and_none_is_lost() -> None:
    found = bad_lines(DIAGNOSTICS_AT_ONCE * 3 + 1)
    model = model_with(found)
    steps = [placed(model)]
    while model.is_behind:
        model.apply(TraceDelta())
        steps.append(placed(model))
    at_once = DIAGNOSTICS_AT_ONCE
    assert steps == [at_once, 2 * at_once, 3 * at_once, 3 * at_once + 1]
    assert NodeRef("diagnostic", str(len(found) - 1)) in model.tree.nodes


def test_problems_are_counted_before_they_have_rows() -> None:
    found = bad_lines(DIAGNOSTICS_AT_ONCE * 2)
    model = model_with(found)
    counts = [model.problem_count]
    while model.is_behind:
        model.apply(TraceDelta())
        counts.append(model.problem_count)
    assert counts == [len(found) * 9 // 10] * 2
    assert model.tree.rows.problem_count == counts[-1]


def test_diagnostics_count_as_one_new_row_however_late_theirs_come() -> None:
    found: list[Diagnostic] = []
    model = model_with(found)
    found += bad_lines(DIAGNOSTICS_AT_ONCE * 2)
    model.apply(TraceDelta(diagnostics=len(found)))
    model.apply(TraceDelta())
    assert not model.is_behind
    assert model.new_count == 1


def test_objects_with_a_problem_are_known_apart_from_diagnostics() -> None:
    graph = small_graph()
    graph.tool("bad", status="failed")
    graph.tool("good")
    model = TimelineModel(graph.trace, TraceIndex(graph.trace), bad_lines(3))
    assert list(model.tree.troubled) == [NodeRef("tool_call", "bad")]
    graph.trace.tool_calls[ToolCallId("bad")].execution.status = "completed"
    model.index.update(TraceDelta(tool_calls={ToolCallId("bad")}))
    model.apply(TraceDelta(tool_calls={ToolCallId("bad")}))
    assert not model.tree.troubled


def test_a_row_tells_the_beginning_of_a_message_of_any_length() -> None:
    model = model_with([Diagnostic(code="x", severity="error", message="a" * 10_000_000, line=1)])
    label = line_text(model.face(NodeRef("diagnostic", "0")).label)
    assert label == "line 1: " + "a" * LONGEST_MESSAGE
