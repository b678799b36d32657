"""What failed, where it came from and what followed, for small graphs written here."""

from __future__ import annotations

import pytest

from tests.analysis.small_graph import SmallGraph, small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.problems.failure_story import failure_story, healed_by
from tui.analysis.problems.own import holders_to_judge, own_problem_of
from tui.analysis.problems.sorts import signature_of
from tui.model.delta import TraceDelta
from tui.model.ids import CodexTurnId, CompactionRequestId, InferenceCallId
from tui.model.noderef import NodeRef


def story(graph: SmallGraph, kind: str, name: str) -> list[str]:
    index = TraceIndex(graph.trace)
    return [line.text for line in failure_story(graph.trace, index, NodeRef(kind, name))]  # type: ignore[arg-type]


def broken_request() -> SmallGraph:
    """A request that broke off behind one item, and the same again with what had come."""
    graph = small_graph()
    graph.item("ask", text="Please do.")
    graph.item("half", role="assistant", text="I wi")
    graph.item("whole", role="assistant", text="I will.")
    graph.inference("first", sends=["ask"], returns=["half"], status="failed")
    graph.trace.evidence.failure_texts[InferenceCallId("first")] = "stream disconnected"
    graph.inference("second", sends=["ask", "half"], returns=["whole"])
    return graph


def test_retried_request_says_how_the_next_came_out() -> None:
    assert story(broken_request(), "inference", "first") == [
        "failed: stream disconnected",
        "the response broke off after 1 item",
        "retried as request 2 of /root, which succeeded",
    ]


def test_failure_is_healed_by_a_later_request_that_worked() -> None:
    graph = broken_request()
    nodes = [NodeRef("inference", name) for name in ("first", "second")]
    assert healed_by(graph.trace, TraceIndex(graph.trace), nodes[0]) == nodes[1]
    graph.trace.inference_calls[InferenceCallId("second")].execution.status = "failed"
    assert [healed_by(graph.trace, TraceIndex(graph.trace), node) for node in nodes] == [None, None]


def test_last_request_of_a_turn_was_not_retried() -> None:
    graph = broken_request()
    graph.trace.inference_calls[InferenceCallId("second")].execution.status = "failed"
    assert story(graph, "inference", "second")[-1].startswith("not retried: it was the last request of turn 1 of /root")


def test_failed_call_tells_its_output_and_the_next_try() -> None:
    graph = small_graph()
    for number, code in enumerate((1, 0)):
        graph.tool(f"tool {number}")
        graph.operation(f"operation {number}", f"tool {number}", "make", stdout="building\nno rule\n", exit_code=code)
    said = story(graph, "tool_call", "tool 0")
    assert said[:2] == ["exit code 1", "its output ends: no rule"]
    assert said[-1] == "retried as exec_command make, which succeeded"


def test_what_did_not_fail_has_no_story() -> None:
    assert story(broken_request(), "inference", "second") == []


def test_turn_that_only_holds_a_failed_request_is_no_problem() -> None:
    graph = broken_request()
    graph.trace.codex_turns[CodexTurnId("turn")].execution.status = "failed"
    index = TraceIndex(graph.trace)
    assert own_problem_of(graph.trace, index, NodeRef("turn", "turn")) is not None
    graph.trace.inference_calls[InferenceCallId("second")].execution.status = "failed"
    assert own_problem_of(graph.trace, index, NodeRef("turn", "turn")) is None
    assert own_problem_of(graph.trace, index, NodeRef("inference", "second")) is not None
    assert story(graph, "turn", "turn")[1] == "because request 2 of /root failed"


def test_failed_compaction_is_one_problem_with_its_turn() -> None:
    graph = small_graph()
    graph.inference("before", status="failed")
    graph.compaction("compaction", status="failed")
    graph.trace.codex_turns[CodexTurnId("turn")].execution.status = "failed"
    index = TraceIndex(graph.trace)
    turn, attempt = NodeRef("turn", "turn"), NodeRef("compaction_request", "compaction:attempt")
    assert own_problem_of(graph.trace, index, turn) is None
    assert own_problem_of(graph.trace, index, attempt) is not None
    later = TraceDelta(compaction_requests={CompactionRequestId(attempt.id)})
    assert [holder.id for holder in holders_to_judge(graph.trace, later)] == ["turn"]
    graph.inference("after")
    index.update(graph.take_delta())
    assert own_problem_of(graph.trace, index, turn) is not None


@pytest.mark.parametrize(
    ("code", "text", "signature"),
    [
        ("failed", "failed: unsupported call: wait_agent", "unsupported call: wait_agent"),
        ("malformed-line", "line 12 is not an event", "line … is not an event"),
        ("failed", "timeout after 1.5 s at 0x7f3a", "timeout after … s at …"),
        ("failed", "no agent 01a20205-eab1-7671-bdf0", "no agent …"),
        ("exit-code", "exit code 127", "exit code 127"),
    ],
)
def test_numbers_and_ids_do_not_make_another_sort(code: str, text: str, signature: str) -> None:
    assert signature_of(code, text) == signature
