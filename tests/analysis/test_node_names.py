"""What a person may write for an object of the graph, and what a wrong name is answered with."""

from __future__ import annotations

import pytest

from tests.analysis.small_graph import SmallGraph
from tui.analysis.node_names import UnknownNodeError, find_node
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace


@pytest.fixture
def trace() -> RolloutTrace:
    graph = SmallGraph()
    graph.thread("root", path="/root")
    graph.thread("child", path="/root/alpha", parent="root")
    graph.turn("turn_1", "root")
    graph.tool("call_one", turn_id="turn_1")
    graph.tool("call_other", turn_id="turn_1")
    graph.tool("edge:odd", turn_id="turn_1")
    return graph.trace


@pytest.mark.parametrize(
    ("name", "node"),
    [
        ("call_one", NodeRef("tool_call", "call_one")),
        ("tool_call:call_one", NodeRef("tool_call", "call_one")),
        ("tool:call_one", NodeRef("tool_call", "call_one")),
        ("call_on", NodeRef("tool_call", "call_one")),
        ("tool:call_ot", NodeRef("tool_call", "call_other")),
        ("edge:odd", NodeRef("tool_call", "edge:odd")),
        ("/root/alpha", NodeRef("thread", "child")),
        ("agent:/root", NodeRef("thread", "root")),
        ("child", NodeRef("thread", "child")),
    ],
)
def test_a_name_means_one_object(trace: RolloutTrace, name: str, node: NodeRef) -> None:
    assert find_node(trace, name) == node


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("call_", "'call_' can mean tool_call:call_one, tool_call:call_other; give one of them in full"),
        ("nothing", "expected an id such as call_one, KIND:ID, or an agent path"),
        ("cell:call_one", "there is no 'cell:call_one'"),
        ("ca", "there is no 'ca'"),
        ("", "the id is empty"),
    ],
)
def test_a_wrong_name_is_told_what_was_expected(trace: RolloutTrace, name: str, said: str) -> None:
    with pytest.raises(UnknownNodeError) as refusal:
        find_node(trace, name)
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)
