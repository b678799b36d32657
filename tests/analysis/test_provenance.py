"""Which request produced a tool call, how sure that is, and the way back to the prompt (viewer notes §§1, 3, 9)."""

from __future__ import annotations

from tests.analysis.small_graph import SmallGraph, small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.links.provenance import request_of_tool
from tui.analysis.links.why import cause_of, ending, why
from tui.analysis.requests.prompts import prompt_of, requests_prompted_by
from tui.model.conversation import InferenceProducer
from tui.model.ids import EdgeId, InferenceCallId, ItemId, ToolCallId
from tui.model.noderef import NodeRef


def request(graph: SmallGraph, tool_id: str):
    found = request_of_tool(graph.trace, TraceIndex(graph.trace), graph.trace.tool_calls[ToolCallId(tool_id)])
    return None if found is None else (found.inference_id, found.certainty)


def test_a_link_in_the_response_is_recorded():
    graph = small_graph()
    graph.inference("asks", tools=["tool"])
    graph.inference("later")
    graph.tool("tool")
    assert request(graph, "tool") == ("asks", "recorded")


def test_without_a_link_the_call_item_tells():
    graph = small_graph()
    graph.item("conversation_item:1", kind="function_call", produced_by=[InferenceProducer(InferenceCallId("asks"))])
    graph.inference("asks", returns=["conversation_item:1"])
    graph.inference("later")
    graph.tool("tool", call_items=["conversation_item:1"])
    assert request(graph, "tool") == ("asks", "derived")


def test_without_an_item_the_latest_request_of_the_turn_is_a_guess():
    graph = small_graph()
    graph.inference("first")
    graph.inference("second")
    graph.tool("tool")
    graph.inference("after the tool")
    assert request(graph, "tool") == ("second", "guess")
    step = why(graph.trace, TraceIndex(graph.trace), NodeRef("tool_call", "tool"))[1]
    assert (step.node, step.relation, step.certainty) == (NodeRef("inference", "second"), "asked for by", "guess")


def test_a_tool_before_any_request_has_none():
    graph = small_graph()
    graph.tool("tool")
    graph.inference("after")
    assert request(graph, "tool") is None
    assert cause_of(graph.trace, TraceIndex(graph.trace), NodeRef("tool_call", "tool")) == NodeRef("turn", "turn")


def test_a_nested_call_comes_from_the_request_of_its_cell():
    graph = small_graph()
    graph.item("conversation_item:1", kind="custom_tool_call", produced_by=[InferenceProducer(InferenceCallId("asks"))])
    graph.inference("asks", returns=["conversation_item:1"])
    graph.cell("code_cell:c", "conversation_item:1", "nested")
    graph.tool("nested", cell="code_cell:c")
    assert request(graph, "nested") == ("asks", "derived")


def test_a_nested_call_of_an_unknown_cell_finds_the_dispatch_by_its_call_id():
    graph = small_graph()
    graph.inference("asks", tools=["dispatch"])
    graph.tool("dispatch", call_id="c", kind="other", label="exec")
    graph.tool("nested", cell="code_cell:c")
    assert request(graph, "nested") == ("asks", "derived")


def failing_child() -> SmallGraph:
    """A prompt at the root spawns a child whose cell runs a command that fails."""
    graph = small_graph()
    graph.item("conversation_item:1", text="Mend the tests.")
    graph.inference("root call", sends=["conversation_item:1"], tools=["spawn"])
    graph.tool("spawn", kind="spawn_agent", label="spawn_agent", preview='{"task_name": "child"}')
    graph.thread("child", "/root/child", parent="root")
    graph.turn("child turn", "child")
    graph.item("conversation_item:2", text="Run them.", thread_id="child")
    graph.edge("edge:spawn:root:child", "spawn_agent", ("tool", "spawn"), ("item", "conversation_item:2"))
    graph.item(
        "conversation_item:3", kind="custom_tool_call", produced_by=[InferenceProducer(InferenceCallId("child call"))]
    )
    graph.inference("child call", "child turn", sends=["conversation_item:2"], returns=["conversation_item:3"])
    graph.cell("code_cell:c", "conversation_item:3", "nested")
    graph.tool("nested", "child turn", cell="code_cell:c")
    graph.operation("terminal_operation:1", "nested", "pytest", exit_code=1)
    return graph


def test_from_a_failing_command_of_a_child_back_to_the_prompt_of_the_user():
    graph = failing_child()
    chain = why(graph.trace, TraceIndex(graph.trace), NodeRef("terminal_operation", "terminal_operation:1"))
    assert [step.node for step in chain] == [
        NodeRef("terminal_operation", "terminal_operation:1"),
        NodeRef("tool_call", "nested"),
        NodeRef("code_cell", "code_cell:c"),
        NodeRef("item", "conversation_item:3"),
        NodeRef("inference", "child call"),
        NodeRef("item", "conversation_item:2"),
        NodeRef("edge", "edge:spawn:root:child"),
        NodeRef("tool_call", "spawn"),
        NodeRef("inference", "root call"),
        NodeRef("item", "conversation_item:1"),
    ]
    assert [chain[1].name, chain[7].name] == ["exec_command pytest", "spawn_agent child"]
    assert [step.relation for step in chain] == [
        "",
        "run by",
        "issued by",
        "written in",
        "returned by",
        "prompted by",
        "arrived over",
        "comes from",
        "asked for by",
        "prompted by",
    ]
    assert ending(graph.trace, chain) == "this is the user's prompt"


def test_without_the_spawn_edge_the_chain_goes_on_in_the_parent():
    graph = failing_child()
    del graph.trace.interaction_edges[EdgeId("edge:spawn:root:child")]
    index = TraceIndex(graph.trace)
    item = cause_of(graph.trace, index, NodeRef("inference", "child call"))
    assert item is not None
    assert cause_of(graph.trace, index, item) == NodeRef("thread", "child")
    assert cause_of(graph.trace, index, NodeRef("thread", "child")) == NodeRef("thread", "root")


def test_a_graph_that_goes_in_circles_ends_the_chain():
    graph = small_graph()
    graph.thread("a", "/root/a", parent="b")
    graph.thread("b", "/root/b", parent="a")
    chain = why(graph.trace, TraceIndex(graph.trace), NodeRef("thread", "a"))
    assert [step.node for step in chain if step.node] == [NodeRef("thread", "a"), NodeRef("thread", "b")]


def test_a_cell_whose_source_nothing_returned_leads_to_the_call_that_ran_it():
    graph = small_graph()
    graph.item("conversation_item:1", kind="custom_tool_call")
    graph.inference("asks", tools=["dispatch"])
    graph.tool("dispatch", call_id="c", kind="other", label="exec")
    graph.cell("code_cell:c", "conversation_item:1")
    node = NodeRef("code_cell", "code_cell:c")
    assert cause_of(graph.trace, TraceIndex(graph.trace), node) == NodeRef("tool_call", "dispatch")


def test_a_compaction_leads_to_its_last_attempt():
    graph = small_graph()
    compaction = graph.compaction("compaction")
    again = graph.compaction("again").request_ids[0]
    compaction.request_ids.append(again)
    node = NodeRef("compaction", "compaction")
    assert cause_of(graph.trace, TraceIndex(graph.trace), node) == NodeRef("compaction_request", again)


def test_the_requests_that_an_item_prompted_though_histories_are_cut_and_come_back():
    graph = small_graph()
    for name, text in (("one", "First."), ("two", "Second."), ("note", "<note>x</note>")):
        graph.item(name, text=text)
    for name in ("rest", "more"):
        graph.item(name, "assistant", "…")
    graph.inference("a", sends=["rest", "one"])
    graph.inference("b", sends=["rest", "one", "two"])
    graph.inference("c", sends=["rest", "one", "note"])
    graph.inference("d", sends=["rest", "more", "two", "one"])
    graph.inference("e", sends=["rest", "more", "two"])
    index = TraceIndex(graph.trace)
    assert requests_prompted_by(graph.trace, index, ItemId("one")) == ["a", "c", "d"]
    assert requests_prompted_by(graph.trace, index, ItemId("two")) == ["b", "e"]
    assert requests_prompted_by(graph.trace, index, ItemId("note")) == []
    for name, call in graph.trace.inference_calls.items():
        prompt = prompt_of(graph.trace, index, call)
        assert prompt is not None
        assert name in requests_prompted_by(graph.trace, index, prompt)
