"""How an output reached the model, and which requests saw it (viewer notes §2)."""

from __future__ import annotations

import pytest

from tests.analysis.small_graph import SmallGraph, small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.requests.route import OutputRoute, route_of
from tui.model.conversation import AgentMessage, CodeCellProducer, CompactionProducer, InferenceProducer, ToolProducer
from tui.model.ids import CodeCellId, CompactionId, InferenceCallId, ItemId, ToolCallId
from tui.model.kinds import NodeKind
from tui.model.noderef import NodeRef
from tui.model.objects import TerminalResult

OUTPUT = "conversation_item:9"


def route(graph: SmallGraph, kind: NodeKind, name: str) -> OutputRoute:
    found = route_of(graph.trace, TraceIndex(graph.trace), NodeRef(kind, name))
    assert found is not None
    return found


def output(graph: SmallGraph, *producers: object, text: str = "done") -> None:
    graph.item(OUTPUT, "tool", text, "function_call_output", produced_by=list(producers))


def test_the_result_of_a_tool_and_all_requests_that_saw_it() -> None:
    graph = small_graph()
    output(graph, ToolProducer(ToolCallId("tool")))
    graph.tool("tool", kind="other", output_items=[OUTPUT])
    graph.inference("one", sends=["conversation_item:1"])
    graph.inference("two", sends=["conversation_item:1", OUTPUT])
    graph.inference("three", sends=["conversation_item:2"])
    graph.inference("four", sends=["conversation_item:2", OUTPUT])
    ends: tuple[tuple[NodeKind, str], ...] = (("tool_call", "tool"), ("item", OUTPUT))
    for kind, name in ends:
        found = route(graph, kind, name)
        assert found.route == "direct"
        assert [list(item.requests) for item in found.items] == [["two", "four"]]


def test_the_view_of_a_terminal_and_how_much_of_it_was_cut() -> None:
    graph = small_graph()
    output(graph, ToolProducer(ToolCallId("tool")), text="Output:\nabcdef…10 chars truncated…z")
    graph.tool("tool", output_items=[OUTPUT])
    graph.operation("terminal_operation:1", "tool", "cat file")
    found = route(graph, "terminal_operation", "terminal_operation:1")
    assert (found.route, found.via) == ("terminal", (NodeRef("terminal_operation", "terminal_operation:1"),))
    cut = found.items[0].cut
    assert cut is not None
    assert cut.mark == "10 chars"
    assert found.items[0].requests == []
    kept = "is in the history, in no recorded request, as the terminal showed it"
    assert found.text == kept, "a mark proves no cut, and an item that no request sent reached nobody"
    graph.inference("later", sends=[OUTPUT])
    assert route(graph, "tool_call", "tool").text == "reached the model as the terminal showed it"


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        ("Output:\nabcdef", "; no cut is known"),
        ("Output:\nab…4 chars truncated…", ", but not all of it"),
        ("Output:\nab", ", but not all of it"),
    ],
)
def test_words_on_a_terminal_contradict_no_cut(seen: str, said: str) -> None:
    graph = small_graph()
    output(graph, ToolProducer(ToolCallId("tool")), text=seen)
    graph.tool("tool", output_items=[OUTPUT])
    graph.operation("terminal_operation:1", "tool", "cat file", stdout="abcdef")
    graph.inference("later", sends=[OUTPUT])
    assert route(graph, "tool_call", "tool").text == f"reached the model as the terminal showed it{said}"


def test_an_error_of_a_call_is_no_view_of_a_terminal() -> None:
    graph = small_graph()
    output(graph, ToolProducer(ToolCallId("write")), text="write_stdin failed: Unknown process id 9")
    graph.tool("write", kind="write_stdin", status="failed", output_items=[OUTPUT])
    graph.operation("terminal_operation:1", "write", "").result = TerminalResult(
        None, "", "write_stdin failed: Unknown process id 9", None, None, None
    )
    graph.inference("later", sends=[OUTPUT])
    found = route(graph, "tool_call", "write")
    assert (found.route, found.text) == ("error", "reached the model as the error of the call")


def test_the_value_of_a_nested_call_goes_through_its_cell() -> None:
    graph = small_graph()
    output(graph, CodeCellProducer(CodeCellId("code_cell:c")))
    graph.cell("code_cell:c", "conversation_item:1", "nested").output_item_ids.append(ItemId(OUTPUT))
    graph.tool("nested", cell="code_cell:c")
    found = route(graph, "tool_call", "nested")
    assert (found.route, found.via) == ("code cell", (NodeRef("code_cell", "code_cell:c"),))
    assert [item.item_id for item in found.items] == [OUTPUT]
    assert route(graph, "item", OUTPUT).route == "code cell"
    assert route(graph, "code_cell", "code_cell:c").route == "code cell"


def test_what_a_missing_cell_did_with_a_value_is_unproven() -> None:
    graph = small_graph()
    graph.tool("nested", cell="code_cell:gone")
    assert route(graph, "tool_call", "nested").route == "unproven"


def test_a_call_without_output_was_not_seen() -> None:
    graph = small_graph()
    graph.tool("tool")
    graph.cell("code_cell:c", "conversation_item:1", "nested")
    graph.tool("nested", cell="code_cell:c")
    for name in ("tool", "nested"):
        assert route(graph, "tool_call", name).route == "not seen"


def test_items_of_other_origin() -> None:
    graph = small_graph()
    graph.item("notice", text="done", agent_message=AgentMessage("/root/child", "/root"))
    graph.item("summary", "assistant", "so far", produced_by=[CompactionProducer(CompactionId("compaction"))])
    graph.item("answer", "assistant", "yes", produced_by=[InferenceProducer(InferenceCallId("call"))])
    graph.item("replayed", "tool", "old", "function_call_output")
    words = {name: route(graph, "item", name).route for name in ("notice", "summary", "answer", "replayed")}
    assert words == {
        "notice": "agent notice",
        "summary": "compaction",
        "answer": "model",
        "replayed": "transcript only",
    }


def test_input_has_no_route() -> None:
    graph = small_graph()
    graph.item("prompt", text="Do it.")
    index = TraceIndex(graph.trace)
    for node in (NodeRef("item", "prompt"), NodeRef("turn", "turn"), NodeRef("thread", "root")):
        assert route_of(graph.trace, index, node) is None


def test_the_call_that_ran_a_cell_answered_with_what_the_cell_gave_out() -> None:
    graph = small_graph()
    output(graph, CodeCellProducer(CodeCellId("code_cell:c")))
    graph.cell("code_cell:c", "conversation_item:1").output_item_ids.append(ItemId(OUTPUT))
    graph.tool("dispatch", kind="other", label="exec", output_items=[OUTPUT], started_code_cell_id="code_cell:c")
    found = route(graph, "tool_call", "dispatch")
    assert (found.route, found.via) == ("code cell", (NodeRef("code_cell", "code_cell:c"),))
