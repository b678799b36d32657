"""The five questions, both ways (viewer notes §§1–6)."""

from __future__ import annotations

from tests.analysis.small_graph import SmallGraph, small_graph
from tests.analysis.test_provenance import failing_child
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.links.linked import gaps_of, links_of, primary_link
from tui.analysis.requests.sent import requests_sending
from tui.model.conversation import InferenceProducer, ToolProducer
from tui.model.evidence import Delivery
from tui.model.ids import CodeCellId, EdgeId, InferenceCallId, ItemId, ThreadId, ToolCallId
from tui.model.kinds import NodeKind
from tui.model.noderef import NodeRef
from tui.model.objects import ToolCallAnchor


def ways(graph: SmallGraph, kind: NodeKind, object_id: str) -> set[tuple[str, str]]:
    found = links_of(graph.trace, TraceIndex(graph.trace), NodeRef(kind, object_id))
    return {(link.kind, link.target.id) for link in found}


def test_a_tool_and_its_request_know_each_other():
    graph = small_graph()
    graph.inference("call", tools=["tool"])
    graph.tool("tool")
    assert ("asked for by", "call") in ways(graph, "tool_call", "tool")
    assert ("asked for", "tool") in ways(graph, "inference", "call")


def test_a_nested_call_and_its_cell_know_each_other():
    graph = failing_child()
    assert ("issued by", "code_cell:c") in ways(graph, "tool_call", "nested")
    assert ("issued", "nested") in ways(graph, "code_cell", "code_cell:c")


def test_the_value_of_a_nested_call_reached_the_model_through_its_cell():
    graph = failing_child()
    graph.item("conversation_item:4", "tool", "done", "custom_tool_call_output")
    graph.trace.code_cells[CodeCellId("code_cell:c")].output_item_ids.append(ItemId("conversation_item:4"))
    assert ("reached the model through", "conversation_item:4") in ways(graph, "tool_call", "nested")
    assert ("output of", "code_cell:c") in ways(graph, "item", "conversation_item:4")


def test_a_direct_output_and_its_tool_know_each_other():
    graph = small_graph()
    graph.item(
        "conversation_item:1", "tool", "ok", "function_call_output", produced_by=[ToolProducer(ToolCallId("tool"))]
    )
    graph.tool("tool", output_items=["conversation_item:1"])
    assert ("answered with", "conversation_item:1") in ways(graph, "tool_call", "tool")
    assert ("output of", "tool") in ways(graph, "item", "conversation_item:1")


def test_a_write_knows_the_call_that_started_the_process_and_the_process_its_later_uses():
    graph = small_graph()
    for name in ("start", "write"):
        graph.tool(name)
    graph.operation("terminal_operation:1", "start", "python", exit_code=None)
    graph.operation("terminal_operation:2", "write", stdin="1\n")
    graph.session("terminal_session:terminal_operation:1", "terminal_operation:1", "terminal_operation:2")
    assert ("process started by", "start") in ways(graph, "tool_call", "write")
    assert ("goes on in", "write") in ways(graph, "tool_call", "start")


def test_a_call_and_the_agent_it_spawned_know_each_other():
    graph = failing_child()
    assert ("spawned", "child") in ways(graph, "tool_call", "spawn")
    assert ("spawned by", "spawn") in ways(graph, "thread", "child")
    assert ("sent by", "spawn") in ways(graph, "item", "conversation_item:2")
    assert ("delivered as", "conversation_item:2") in ways(graph, "tool_call", "spawn")


def test_a_result_leads_back_to_the_answer_of_the_child():
    graph = failing_child()
    graph.item("conversation_item:5", "assistant", "done", thread_id="child")
    graph.item("conversation_item:6", text="child says done")
    graph.edge("edge:agent_result", "agent_result", ("item", "conversation_item:5"), ("item", "conversation_item:6"))
    assert ("result of", "conversation_item:5") in ways(graph, "item", "conversation_item:6")
    assert ("result went to", "root") in ways(graph, "item", "conversation_item:5")


def test_a_closed_agent_knows_who_closed_it():
    graph = failing_child()
    graph.tool("close", kind="close_agent")
    graph.edge("edge:tool:close", "close_agent", ("tool", "close"), ("thread", "child"))
    assert ("closed by", "close") in ways(graph, "thread", "child")
    assert ("closed", "child") in ways(graph, "tool_call", "close")


def test_a_compaction_knows_its_attempts_and_the_first_request_that_used_it():
    graph = small_graph()
    graph.item("conversation_item:8", "assistant", "summary")
    graph.compaction("compaction", ["conversation_item:8"])
    graph.inference("after", sends=["conversation_item:8"])
    assert {("attempted by", "compaction:attempt"), ("first used by", "after")} <= ways(
        graph, "compaction", "compaction"
    )
    assert ("starts from", "compaction") in ways(graph, "inference", "after")
    assert ("installed by", "compaction") in ways(graph, "item", "conversation_item:8")


def test_only_links_to_what_the_graph_holds():
    graph = small_graph()
    graph.tool("tool", call_items=["conversation_item:404"], cell="code_cell:404")
    assert ways(graph, "tool_call", "tool") == {("part of", "turn")}
    gaps = gaps_of(graph.trace, TraceIndex(graph.trace), NodeRef("tool_call", "tool"))
    assert {gap.kind for gap in gaps} == {"issued by", "asked for by", "called in"}


def test_one_key_leads_from_a_spawning_call_to_the_child_and_from_the_child_back():
    graph = failing_child()
    index = TraceIndex(graph.trace)
    down = primary_link(graph.trace, index, NodeRef("tool_call", "spawn"))
    up = primary_link(graph.trace, index, NodeRef("thread", "child"))
    assert down is not None
    assert up is not None
    assert (down.target, up.target) == (NodeRef("thread", "child"), NodeRef("tool_call", "spawn"))


def test_requests_that_sent_an_item_with_and_without_a_shared_history():
    graph = small_graph()
    graph.item("conversation_item:1", produced_by=[InferenceProducer(InferenceCallId("x"))])
    one = graph.inference("one", sends=["conversation_item:0", "conversation_item:1"])
    two = graph.inference("two")
    two.request_item_ids = one.request_item_ids.extended([ItemId("conversation_item:2")])
    graph.inference("three", sends=["conversation_item:9"])
    graph.inference("four", sends=["conversation_item:9", "conversation_item:1"])
    index = TraceIndex(graph.trace)
    assert list(requests_sending(graph.trace, index, ItemId("conversation_item:1"))) == ["one", "two", "four"]


def test_an_item_that_left_and_came_back_was_sent_first_once():
    graph = small_graph()
    graph.item("conversation_item:1")
    graph.inference("one", sends=["conversation_item:1"])
    graph.inference("two", sends=["conversation_item:2"])
    graph.inference("three", sends=["conversation_item:1"])
    found = {way for way in ways(graph, "item", "conversation_item:1") if way[0] == "first sent by"}
    assert found == {("first sent by", "one")}
    assert ("newly given", "conversation_item:1") in ways(graph, "inference", "one")
    assert ("newly given", "conversation_item:1") not in ways(graph, "inference", "three")


def test_a_send_without_an_edge_and_the_agent_that_it_meant_know_each_other():
    graph = small_graph()
    graph.thread("child", "/root/child", parent="root")
    graph.tool("failed", kind="send_message", preview='{"target":"child","message":"stop"}', status="failed")
    graph.tool("taken", kind="send_message")
    graph.tool("nobody", kind="send_message", preview='{"target":"nobody","message":"stop"}')
    source = ToolCallAnchor(ToolCallId("taken"))
    graph.trace.evidence.deliveries[EdgeId("edge:tool:taken")] = Delivery(
        EdgeId("edge:tool:taken"), "send_message", source, ThreadId("child"), "/root", "stop", None, 100, None, []
    )
    graph.tool("input", kind="other", label="send_input", preview='{"id":"child","message":"stop"}')
    for name, field in (("failed", "summary"), ("input", "summary"), ("taken", "raw_runtime_payload_ids")):
        assert ("meant for", "child") in ways(graph, "tool_call", name)
        assert ("was meant to get", name) in ways(graph, "thread", "child")
        links = links_of(graph.trace, TraceIndex(graph.trace), NodeRef("tool_call", name))
        (link,) = [one for one in links if one.kind == "meant for"]
        assert (link.certainty, link.evidence.field) == ("derived", field)
    assert not [kind for kind, _ in ways(graph, "tool_call", "nobody") if kind == "meant for"]


def test_a_send_with_an_edge_is_linked_by_that_alone():
    graph = small_graph()
    graph.thread("child", "/root/child", parent="root")
    graph.tool("send", kind="send_message", preview='{"target":"child","message":"stop"}')
    graph.item("conversation_item:1", "assistant", "stop", thread_id="child")
    graph.edge("edge:tool:send", "send_message", ("tool", "send"), ("item", "conversation_item:1"))
    assert ("messaged", "child") in ways(graph, "tool_call", "send")
    assert ("meant for", "child") not in ways(graph, "tool_call", "send")
