"""Calls are looked at again only for what is new of the request or script that they stand below."""

from __future__ import annotations

from tests.analysis.small_graph import small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.model.delta import TraceDelta
from tui.model.ids import CodeCellId, CodexTurnId, InferenceCallId, ItemId, ThreadId, ToolCallId
from tui.viewmodel.timeline.touched_calls import TouchedCalls


def test_each_call_of_a_response_is_touched_once():
    graph = small_graph()
    call = graph.inference("call")
    index = TraceIndex(graph.trace)
    touched = TouchedCalls(graph.trace, index)
    seen = []
    for name in ("a", "b", "c"):
        call.tool_call_ids_started_by_response.append(ToolCallId(name))
        seen.append(touched.of(TraceDelta(inference_calls={InferenceCallId("call")})))
    assert seen == [{"a"}, {"b"}, {"c"}]
    assert touched.of(TraceDelta(inference_calls={InferenceCallId("call")})) == set()


def test_a_response_touches_the_calls_of_its_items_when_it_comes():
    graph = small_graph()
    call = graph.inference("call")
    graph.tool("by item", call_items=["conversation_item:1"])
    touched = TouchedCalls(graph.trace, TraceIndex(graph.trace))
    assert touched.of(TraceDelta(inference_calls={InferenceCallId("call")})) == set()
    call.response_item_ids = [ItemId("conversation_item:1")]
    assert touched.of(TraceDelta(inference_calls={InferenceCallId("call")})) == {"by item"}
    assert touched.of(TraceDelta(inference_calls={InferenceCallId("call")})) == set()


def test_a_script_touches_its_calls_when_what_ran_it_is_known():
    graph = small_graph()
    graph.tool("nested", cell="code_cell:c")
    index = TraceIndex(graph.trace)
    touched = TouchedCalls(graph.trace, index)
    script = TraceDelta(code_cells={CodeCellId("code_cell:c")})
    assert touched.of(script) == {"nested"}
    assert touched.of(script) == set()
    graph.cell("code_cell:c", "conversation_item:1", "nested")
    index.update(graph.take_delta())
    assert touched.of(script) == {"nested"}
    graph.tool("dispatch", call_id="c")
    index.update(graph.take_delta())
    assert touched.of(script) == {"dispatch", "nested"}
    assert touched.of(script) == {"dispatch"}


def test_the_end_of_an_agent_touches_its_processes_once():
    graph = small_graph()
    for number in ("1", "2"):
        graph.tool(number)
        graph.operation(f"terminal_operation:{number}", number, "sleep 60", exit_code=None if number == "1" else 0)
        graph.session(f"terminal_session:{number}", f"terminal_operation:{number}")
    touched = TouchedCalls(graph.trace, TraceIndex(graph.trace))
    agent = TraceDelta(threads={ThreadId("root")})
    assert touched.of(agent) == set()
    graph.trace.threads[ThreadId("root")].execution.end(900, 9, "completed")
    assert touched.of(agent) == {"1"}
    assert touched.of(agent) == set()


def test_the_end_of_a_turn_touches_what_still_runs():
    graph = small_graph()
    graph.tool("running", status="running")
    graph.tool("done")
    touched = TouchedCalls(graph.trace, TraceIndex(graph.trace))
    turn = TraceDelta(codex_turns={CodexTurnId("turn")})
    assert touched.of(turn) == set()
    graph.trace.codex_turns[CodexTurnId("turn")].execution.end(900, 9, "completed")
    assert touched.of(turn) == {"running"}
