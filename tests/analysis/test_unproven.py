"""What the recording does not prove is told in words, and the chain goes on beside it (viewer notes §§1–6)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.analysis.small_graph import SmallGraph, small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.links.linked import gaps_of, links_of
from tui.analysis.links.why import ending, why
from tui.model.conversation import AgentMessage
from tui.model.ids import CompactionId
from tui.model.noderef import NodeRef


def orphan_nested_call(graph: SmallGraph) -> None:
    graph.inference("asks", tools=["dispatch"])
    graph.tool("dispatch", call_id="gone", kind="other", label="exec")
    graph.tool("nested", cell="code_cell:gone")


def tool_before_any_request(graph: SmallGraph) -> None:
    graph.tool("tool")


def write_without_operation(graph: SmallGraph) -> None:
    graph.inference("asks", tools=["write"])
    graph.tool("write", kind="write_stdin")


def process_from_before(graph: SmallGraph) -> None:
    graph.tool("write")
    graph.operation("terminal_operation:1", "write", stdin="1")
    graph.session("terminal_session:1", "terminal_operation:1")


def operation_without_process(graph: SmallGraph) -> None:
    graph.tool("tool")
    graph.operation("terminal_operation:1", "tool", "ls")


def child_without_edge(graph: SmallGraph) -> None:
    graph.thread("child", "/root/child", parent="root")


def prompt_from_nobody(graph: SmallGraph) -> None:
    graph.thread("child", "/root/child", parent="root")
    graph.item("item", text="Do it.", thread_id="child")


def message_without_edge(graph: SmallGraph) -> None:
    graph.thread("child", "/root/child", parent="root")
    graph.item("item", text="done", agent_message=AgentMessage("/root/child", "/root"))


def replayed_output(graph: SmallGraph) -> None:
    graph.item("item", "tool", "old", "function_call_output")


def inherited_answer(graph: SmallGraph) -> None:
    graph.item("item", "assistant", "old")


def spawn_not_taken_in(graph: SmallGraph) -> None:
    graph.tool("spawn", kind="spawn_agent")
    graph.thread("child", "/root/child", parent="root")
    graph.edge("edge:spawn:root:child", "spawn_agent", ("tool", "spawn"), ("thread", "child"))


def compaction_that_failed(graph: SmallGraph) -> None:
    graph.compaction("compaction", status="failed")
    del graph.trace.compactions[CompactionId("compaction")]


def send_that_failed(graph: SmallGraph) -> None:
    graph.inference("asks", tools=["send"])
    graph.tool("send", kind="send_message", preview='{"target": "nobody", "message": "x"}', status="failed")


CASES: list[tuple[Callable[[SmallGraph], None], NodeRef, str, str]] = [
    (orphan_nested_call, NodeRef("tool_call", "nested"), "issued by", "code_cell:gone, which is not in the graph"),
    (tool_before_any_request, NodeRef("tool_call", "tool"), "asked for by", "a request that is not recorded"),
    (write_without_operation, NodeRef("tool_call", "write"), "ran", "a terminal operation that is not known"),
    (process_from_before, NodeRef("terminal_session", "terminal_session:1"), "created by", "the first use is a write"),
    (operation_without_process, NodeRef("terminal_operation", "terminal_operation:1"), "created", "without a known id"),
    (child_without_edge, NodeRef("thread", "child"), "spawned over", "edge:spawn:root:child is not in the graph"),
    (prompt_from_nobody, NodeRef("item", "item"), "sent by", "someone that the graph does not name"),
    (message_without_edge, NodeRef("item", "item"), "sent by", "a call of /root/child that is not recorded"),
    (replayed_output, NodeRef("item", "item"), "output of", "a tool call that this recording does not hold"),
    (inherited_answer, NodeRef("item", "item"), "returned by", "a response that this recording does not hold"),
    (spawn_not_taken_in, NodeRef("edge", "edge:spawn:root:child"), "carries", "was not seen to take it in"),
    (compaction_that_failed, NodeRef("compaction_request", "compaction:attempt"), "attempt at", "never installed"),
    (send_that_failed, NodeRef("tool_call", "send"), "went out as", "send message to nobody, not seen to arrive"),
]


@pytest.mark.parametrize(("tell", "node", "kind", "words"), CASES, ids=lambda case: getattr(case, "__name__", ""))
def test_a_gap_is_told_with_its_evidence(
    tell: Callable[[SmallGraph], None], node: NodeRef, kind: str, words: str
) -> None:
    graph = small_graph()
    tell(graph)
    gaps = gaps_of(graph.trace, TraceIndex(graph.trace), node)
    (gap,) = (gap for gap in gaps if gap.kind == kind)
    assert words in gap.text
    assert gap.evidence.field
    assert kind not in {link.kind for link in links_of(graph.trace, TraceIndex(graph.trace), node)} - {
        "created by",
        "sent by",
    }


def chain(tell: Callable[[SmallGraph], None], node: NodeRef) -> tuple[list[str | None], str]:
    graph = small_graph()
    tell(graph)
    steps = why(graph.trace, TraceIndex(graph.trace), node)
    return [None if step.node is None else step.node.id for step in steps], ending(graph.trace, steps)


def test_the_chain_of_a_nested_call_goes_on_at_the_request_of_the_missing_cell() -> None:
    ids, _ = chain(orphan_nested_call, NodeRef("tool_call", "nested"))
    assert ids[:3] == ["nested", None, "asks"]


def test_the_chain_of_a_child_without_edge_goes_on_at_its_parent() -> None:
    ids, end = chain(child_without_edge, NodeRef("thread", "child"))
    assert ids == ["child", None, "root"]
    assert end == "this is the root agent: nothing in the recording spawned it"


def test_the_chain_of_a_prompt_from_nobody_goes_on_at_the_agent() -> None:
    ids, _ = chain(prompt_from_nobody, NodeRef("item", "item"))
    assert ids == ["item", None, "child", None, "root"]


@pytest.mark.parametrize(
    ("tell", "end"),
    [
        (replayed_output, "transcript only: no tool call of this recording produced it"),
        (inherited_answer, "history from before this recording, or from another agent"),
        (lambda graph: graph.item("item", text="Do it."), "this is the user's prompt"),
        (lambda graph: graph.item("item", text="<context>x</context>"), "context that the agent program added"),
        (lambda graph: graph.item("item", "developer", "rules"), "instructions that came with the request"),
    ],
)
def test_where_an_item_comes_from_that_nothing_produced(tell: Callable[[SmallGraph], None], end: str) -> None:
    assert chain(tell, NodeRef("item", "item"))[1] == end
