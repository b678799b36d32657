"""What a person may write for an object of the graph, and what a wrong name is answered with."""

from __future__ import annotations

import pytest

from tests.analysis.small_graph import SmallGraph
from tui.analysis.kinds.node_names import UnknownNodeError, find_node
from tui.model.ids import RawPayloadId
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace
from tui.schema.payloads import PayloadKind, RawPayloadRef

SESSION = "terminal_session:terminal_operation:1"


@pytest.fixture
def trace() -> RolloutTrace:
    graph = SmallGraph()
    graph.thread("root", path="/root")
    graph.thread("child", path="/root/alpha", parent="root")
    graph.turn("turn_1", "root")
    graph.tool("call_one", turn_id="turn_1", call_id="call-of-model")
    graph.tool("call_other", turn_id="turn_1")
    graph.tool("edge:odd", turn_id="turn_1")
    graph.operation("terminal_operation:1", "call_one", "ls")
    graph.session(SESSION, "terminal_operation:1")
    graph.item("conversation_item:1", accepted_seq=90)
    payload = RawPayloadRef("raw_payload:7", PayloadKind("tool_result"), "payloads/7.json")
    graph.trace.raw_payloads[RawPayloadId(payload.raw_payload_id)] = payload
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
        ("payloads/7.json", NodeRef("payload", "raw_payload:7")),
        ("call-of-model", NodeRef("tool_call", "call_one")),
        (SESSION, NodeRef("terminal_session", SESSION)),
        (f"process:{SESSION}", NodeRef("terminal_session", SESSION)),
        ("seq:1", NodeRef("thread", "root")),
        ("seq:4", NodeRef("tool_call", "call_one")),
        ("seq:90", NodeRef("item", "conversation_item:1")),
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
        ("seq:5000", "event 5000 began or ended no object of the graph"),
        ("ca", "there is no 'ca'"),
        ("", "the id is empty"),
    ],
)
def test_a_wrong_name_is_told_what_was_expected(trace: RolloutTrace, name: str, said: str) -> None:
    with pytest.raises(UnknownNodeError) as refusal:
        find_node(trace, name)
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)
