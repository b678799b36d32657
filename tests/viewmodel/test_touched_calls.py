"""Calls are looked at again only for what is new of the request or script that they stand below."""

from __future__ import annotations

from tests.analysis.small_graph import small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.model.delta import TraceDelta
from tui.model.evidence import Delivery
from tui.model.ids import CodeCellId, CodexTurnId, EdgeId, InferenceCallId, ItemId, ThreadId, ToolCallId
from tui.model.objects import ToolCallAnchor
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


def test_a_message_touches_the_call_that_sent_just_that_text():
    """Older tools deliver as plain messages: only the text tells who sent one."""
    graph = small_graph()
    graph.thread("child", "/root/child", parent="root")
    for name, text in (("first", "go on"), ("second", "stop")):
        graph.tool(name, kind="send_message")
        edge_id = EdgeId(f"edge:tool:{name}")
        source, child = ToolCallAnchor(ToolCallId(name)), ThreadId("child")
        graph.trace.evidence.deliveries[edge_id] = Delivery(
            edge_id, "send_message", source, child, "/root", text, None, 0, None, []
        )
    touched = TouchedCalls(graph.trace, TraceIndex(graph.trace))
    for number, (text, thread, calls) in enumerate(
        [("stop it", "child", set()), ("stop", "root", set()), ("stop", "child", {"second"})]
    ):
        graph.item(f"conversation_item:{number}", text=text, thread_id=ThreadId(thread))
        assert touched.of(TraceDelta(conversation_items={ItemId(f"conversation_item:{number}")})) == calls


def test_an_edge_touches_the_call_that_it_begins_at():
    graph = small_graph()
    graph.tool("send", kind="send_message")
    graph.edge("edge:tool:send", "send_message", ("tool", "send"), ("item", "conversation_item:1"))
    touched = TouchedCalls(graph.trace, TraceIndex(graph.trace))
    assert list(touched.senders_of([EdgeId("edge:tool:send"), EdgeId("edge:gone")])) == ["send"]


def test_the_end_of_a_turn_touches_what_still_runs():
    graph = small_graph()
    graph.tool("running", status="running")
    graph.tool("done")
    touched = TouchedCalls(graph.trace, TraceIndex(graph.trace))
    turn = TraceDelta(codex_turns={CodexTurnId("turn")})
    assert touched.of(turn) == set()
    graph.trace.codex_turns[CodexTurnId("turn")].execution.end(900, 9, "completed")
    assert touched.of(turn) == {"running"}
