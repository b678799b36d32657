"""One request may list tens of thousands of calls: their rows are looked at again in parts, and none is forgotten."""

from __future__ import annotations

from tests.analysis.small_graph import SmallGraph, small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.model.delta import TraceDelta
from tui.model.ids import ToolCallId
from tui.model.noderef import NodeRef
from tui.viewmodel.timeline.later_calls import CALLS_AT_ONCE
from tui.viewmodel.timeline.model import TimelineModel

COUNT = 2 * CALLS_AT_ONCE + 1


def graph_and_model() -> tuple[SmallGraph, TimelineModel]:
    graph = small_graph()
    for number in range(COUNT):
        graph.tool(f"call {number}")
    graph.take_delta()
    return graph, TimelineModel(graph.trace, TraceIndex(graph.trace))


def failed(graph: SmallGraph, model: TimelineModel, count: int) -> TraceDelta:
    """As many calls turn out to have failed."""
    delta = TraceDelta(tool_calls={ToolCallId(f"call {number}") for number in range(count)})
    for name in delta.tool_calls:
        graph.trace.tool_calls[name].execution.status = "failed"
    model.index.update(delta)
    return delta


def test_many_altered_calls_are_looked_at_in_parts_and_none_is_forgotten() -> None:
    graph, model = graph_and_model()
    model.apply(failed(graph, model, COUNT))
    counts = [model.problem_count]
    while model.is_looking_again:
        model.apply(TraceDelta())
        counts.append(model.problem_count)
    assert counts == [CALLS_AT_ONCE, 2 * CALLS_AT_ONCE, COUNT]


def test_few_altered_calls_are_looked_at_at_once() -> None:
    graph, model = graph_and_model()
    model.apply(failed(graph, model, CALLS_AT_ONCE))
    assert (model.problem_count, model.is_looking_again) == (CALLS_AT_ONCE, False)


def test_new_calls_get_their_rows_at_once_and_come_before_those_that_wait() -> None:
    graph, model = graph_and_model()
    altered = failed(graph, model, COUNT)
    graph.tool("new")
    new = graph.take_delta()
    model.index.update(new)
    altered.merge(new)
    model.apply(altered)
    assert NodeRef("tool_call", "new") in model.tree.nodes
    assert model.is_looking_again


def test_rows_that_wait_show_already_what_is_known() -> None:
    graph, model = graph_and_model()
    model.apply(failed(graph, model, COUNT))
    statuses = {model.face(NodeRef("tool_call", f"call {number}")).status for number in range(COUNT)}
    assert statuses == {"failed"}
