"""What counts as a problem, and when things ran."""

from __future__ import annotations

import pytest

from tests.analysis.small_graph import small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.timing import TimeSpan, span_of, whole_duration_ms
from tui.analysis.problems.of_object import problem_of
from tui.model.ids import CodexTurnId, InferenceCallId, ThreadId
from tui.model.kinds import NodeKind
from tui.model.noderef import NodeRef
from tui.viewmodel.timeline.row_words import row_words


def code_of(graph, kind: NodeKind, object_id: str) -> str | None:
    problem = problem_of(graph.trace, NodeRef(kind, object_id))
    return None if problem is None else problem.code


@pytest.mark.parametrize(("exit_code", "code"), [(0, None), (1, "exit-code"), (-9, "exit-code"), (None, None)])
def test_a_command_that_ended_with_another_code_than_0_is_a_problem(exit_code, code):
    graph = small_graph()
    graph.tool("tool")
    graph.operation("terminal_operation:1", "tool", "false", exit_code=exit_code)
    assert code_of(graph, "tool_call", "tool") == code


def test_a_tool_that_still_runs_is_a_problem_once_its_turn_is_over():
    graph = small_graph()
    graph.tool("tool", status="running")
    assert code_of(graph, "tool_call", "tool") is None
    graph.trace.codex_turns[CodexTurnId("turn")].execution.end(900, 9, "completed")
    assert code_of(graph, "tool_call", "tool") == "left-running"


def test_process_without_an_end_is_left_by_its_agent():
    graph = small_graph()
    graph.tool("tool")
    graph.operation("terminal_operation:1", "tool", "sleep 60", exit_code=None)
    assert code_of(graph, "tool_call", "tool") is None
    graph.trace.threads[ThreadId("root")].execution.end(900, 9, "completed")
    assert code_of(graph, "tool_call", "tool") == "left-running"


@pytest.mark.parametrize("status", ["failed", "cancelled", "aborted"])
def test_calls_that_ended_badly_are_problems(status):
    graph = small_graph()
    graph.inference("call", status=status)
    graph.trace.evidence.failure_texts[InferenceCallId("call")] = "stream closed"
    problem = problem_of(graph.trace, NodeRef("inference", "call"))
    assert problem is not None
    assert (problem.code, problem.text) == (status, f"{status}: stream closed")


def test_a_compaction_that_failed_says_why_in_its_row_and_among_the_problems():
    graph = small_graph()
    graph.compaction("compaction", status="failed")
    (attempt,) = graph.trace.compaction_requests
    graph.trace.evidence.failure_texts[attempt] = "high demand"
    node = NodeRef("compaction_request", attempt)
    problem = problem_of(graph.trace, node)
    assert problem is not None
    assert problem.text == "failed: high demand"
    assert row_words(graph.trace, TraceIndex(graph.trace))(node).endswith("  high demand")


def test_objects_of_every_kind_that_runs_have_their_problem():
    graph = small_graph()
    graph.inference("call", status="failed")
    graph.tool("tool", status="aborted")
    graph.compaction("compaction", status="failed")
    graph.cell("code_cell:c", "conversation_item:1", runtime="terminated")
    (attempt,) = graph.trace.compaction_requests
    assert code_of(graph, "inference", "call") == "failed"
    assert code_of(graph, "tool_call", "tool") == "aborted"
    assert code_of(graph, "code_cell", "code_cell:c") == "cell-terminated"
    assert code_of(graph, "compaction_request", attempt) == "failed"


def test_open_objects_last_until_the_newest_event():
    graph = small_graph()
    graph.inference("open", status="running")
    graph.tool("done")
    index = TraceIndex(graph.trace)
    assert span_of(graph.trace, index, NodeRef("inference", "open")) == TimeSpan(300, 150, is_open=True)
    assert span_of(graph.trace, index, NodeRef("tool_call", "done")) == TimeSpan(400, 50)
    assert whole_duration_ms(graph.trace, index) == 450


def test_a_compaction_lasts_from_its_first_attempt_to_its_installation():
    graph = small_graph()
    graph.compaction("compaction")
    assert span_of(graph.trace, TraceIndex(graph.trace), NodeRef("compaction", "compaction")) == TimeSpan(300, 60)


def test_what_has_no_time_or_is_not_there_has_no_span():
    graph = small_graph()
    index = TraceIndex(graph.trace)
    assert span_of(graph.trace, index, NodeRef("tool_call", "404")) is None
    assert span_of(graph.trace, index, NodeRef("diagnostic", "0")) is None
