"""What went between agents, and what was sent and not seen to arrive, on graphs made by hand and on the demos."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.analysis.small_graph import SmallGraph, small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.messages.edges import EdgeBook, EdgeView, edge_views, views_of_call
from tui.bundle.open import open_bundle
from tui.model.conversation import AgentMessage, Body, EncodedPart, TextPart
from tui.model.evidence import Delivery
from tui.model.ids import EdgeId, ItemId, ThreadId, ToolCallId
from tui.model.noderef import NodeRef
from tui.model.objects import EdgeKind, ItemAnchor, ToolCallAnchor
from tui.store import TraceStore

TO_CHILD = AgentMessage("/root", "/root/child")
TO_ROOT = AgentMessage("/root/child", "/root")
CIPHER = "gAAAAABo-zQ4xy9Kp0w=="


def family() -> SmallGraph:
    """A root and its child."""
    graph = small_graph()
    graph.thread("child", "/root/child", parent="root")
    return graph


def views(graph: SmallGraph, *, is_over: bool = False) -> list[EdgeView]:
    return edge_views(graph.trace, TraceIndex(graph.trace), is_over)


def only(graph: SmallGraph, *, is_over: bool = False) -> EdgeView:
    (view,) = views(graph, is_over=is_over)
    return view


def hand_over(graph: SmallGraph, edge_id: str, kind: EdgeKind, source: Any, target: str, content: str) -> None:
    """Something that the runtime took, and that no conversation shows."""
    fallback = ThreadId(target) if kind == "spawn_agent" else None
    author = "/root/child" if target == "root" else "/root"
    delivery = Delivery(
        EdgeId(edge_id), kind, source, ThreadId(target), author, content, fallback, graph.seq * 100, None, []
    )
    graph.trace.evidence.deliveries[EdgeId(edge_id)] = delivery
    graph.trace.evidence.edge_seqs[EdgeId(edge_id)] = graph.seq


def test_a_message_that_arrived_is_told_by_its_item() -> None:
    graph = family()
    graph.tool("send", kind="send_message", preview='{"target":"child","message":"stop"}')
    item = graph.item("conversation_item:1", "assistant", "stop", thread_id="child", agent_message=TO_CHILD)
    item.accepted_seq = 9
    graph.edge("edge:tool:send", "send_message", ("tool", "send"), ("item", "conversation_item:1"))
    view = only(graph)
    assert (view.id, view.delivery, view.reason, view.is_in_graph) == ("edge:tool:send", "delivered", "", True)
    assert (view.source, view.source_agent) == (NodeRef("tool_call", "send"), "root")
    assert (view.target, view.target_agent) == (NodeRef("item", "conversation_item:1"), "child")
    assert (view.passed.text, view.passed.size, view.encrypted) == ("stop", 4, False)
    assert view.started_seq == graph.trace.tool_calls[ToolCallId("send")].execution.started_seq
    assert view.arrived_seq == 9
    assert view.node == NodeRef("edge", "edge:tool:send")


def test_an_encrypted_message_shows_its_envelope_and_its_size() -> None:
    graph = family()
    graph.tool("send", kind="assign_agent_task", preview=f'{{"target":"child","message":"{CIPHER}"}}')
    item = graph.item("conversation_item:1", "assistant", thread_id="child", agent_message=TO_CHILD)
    header = "Message Type: NEW_TASK\nTask name: /root/child\nSender: /root\nPayload:\n"
    item.body = Body([TextPart(header), EncodedPart("encrypted_content", CIPHER)])
    graph.edge("edge:tool:send", "assign_agent_task", ("tool", "send"), ("item", "conversation_item:1"))
    view = only(graph)
    assert view.encrypted
    assert view.passed.size == len(CIPHER)
    assert dict(view.passed.envelope) == {
        "Message Type": "NEW_TASK",
        "Task name": "/root/child",
        "Sender": "/root",
    }
    assert view.passed.first_line == ""


@pytest.mark.parametrize(
    ("status", "is_over", "delivery", "reason"),
    [
        ("running", False, "pending", "the call has not returned"),
        ("running", True, "undelivered", "the call has not returned"),
        ("completed", False, "pending", "nothing of it was seen at the other end"),
        ("completed", True, "undelivered", "nothing of it was seen at the other end"),
        ("failed", False, "failed", "the call failed"),
        ("cancelled", False, "undelivered", "the call was cancelled"),
    ],
)
def test_a_call_without_an_edge_is_pending_until_nothing_more_can_come(status, is_over, delivery, reason) -> None:
    graph = family()
    graph.tool("send", kind="send_message", preview='{"target":"child","message":"stop"}', status=status)
    view = only(graph, is_over=is_over)
    assert (view.id, view.delivery, view.reason) == ("pending:send", delivery, reason)
    assert (view.target, view.target_agent) == (NodeRef("thread", "child"), "child")
    assert (view.passed.text, view.passed.size, view.is_in_graph) == ("stop", 4, False)
    assert view.node == NodeRef("tool_call", "send")


@pytest.mark.parametrize(
    ("kind", "label", "preview", "target", "named", "text", "size"),
    [
        ("send_message", "", '{"target":"/root/child","message":"a"}', "child", "", "a", 1),
        ("send_message", "", '{"target":"nobody","message":"a"}', None, "nobody", "a", 1),
        ("send_message", "", '{"target":"child","message":"cut off her', "child", "", "cut off her", None),
        ("send_message", "", None, None, "", "", None),
        ("spawn_agent", "", '{"message":"read","task_name":"reader"}', None, "reader", "read", 4),
        ("close_agent", "", '{"target":"child"}', "child", "", "", 0),
        ("other", "send_input", '{"id":"child","message":"a"}', "child", "", "a", 1),
    ],
)
def test_a_call_names_whom_it_meant_and_what_it_said(kind, label, preview, target, named, text, size) -> None:
    graph = family()
    graph.tool("send", kind=kind, label=label, preview=preview)
    view = only(graph)
    assert (view.target_agent, view.named, view.passed.text, view.passed.size) == (target, named, text, size)


@pytest.mark.parametrize("kind", ["exec_command", "wait_agent", "other"])
def test_calls_that_send_nothing_are_no_edges(kind) -> None:
    graph = family()
    graph.tool("tool", kind=kind, label="list_agents")
    assert views(graph) == []
    index = TraceIndex(graph.trace)
    assert views_of_call(graph.trace, index, graph.trace.tool_calls[ToolCallId("tool")], recording_is_over=True) == []


def test_what_was_handed_over_and_never_seen_is_told_once() -> None:
    graph = family()
    graph.tool("send", kind="send_message")
    hand_over(graph, "edge:tool:send", "send_message", ToolCallAnchor(ToolCallId("send")), "child", "stop")
    view = only(graph, is_over=True)
    assert (view.id, view.delivery) == ("pending:send", "undelivered")
    assert view.reason == "handed over; not seen in the receiver's conversation"
    assert (view.target_agent, view.passed.text) == ("child", "stop")


def test_a_result_that_never_reached_its_parent_stands_where_it_was_observed() -> None:
    graph = family()
    graph.item("conversation_item:1", "assistant", "done", thread_id="child")
    graph.seq = 7
    hand_over(graph, "edge:result", "agent_result", ItemAnchor(ItemId("conversation_item:1")), "root", "done")
    view = only(graph)
    assert (view.id, view.kind, view.delivery, view.started_seq) == ("edge:result", "agent_result", "pending", 7)
    assert (view.source_agent, view.target_agent) == ("child", "root")


def test_something_sent_to_an_agent_that_never_started_keeps_its_id() -> None:
    graph = family()
    graph.tool("send", kind="spawn_agent")
    hand_over(graph, "edge:spawn:root:unborn", "spawn_agent", ToolCallAnchor(ToolCallId("send")), "unborn", "read")
    view = only(graph)
    assert (view.target, view.target_agent, view.named) == (None, None, "unborn")


def test_an_edge_to_an_agent_says_that_it_exists_and_that_its_task_was_not_seen() -> None:
    graph = family()
    graph.tool("spawn", kind="spawn_agent")
    graph.edge("edge:spawn:root:child", "spawn_agent", ("tool", "spawn"), ("thread", "child"))
    hand_over(
        graph, "edge:spawn:root:child", "spawn_agent", ToolCallAnchor(ToolCallId("spawn")), "child", "read the parser"
    )
    view = only(graph)
    assert (view.id, view.delivery) == ("edge:spawn:root:child", "pending")
    assert view.reason == "the agent exists; its task was not seen there"
    assert (view.target_agent, view.passed.text) == ("child", "read the parser")


@pytest.mark.parametrize("edge_exists", [True, False])
def test_the_same_text_in_the_receivers_conversation_proves_an_older_delivery(edge_exists) -> None:
    """Older tools deliver as a user message; the graph does not link it."""
    graph = family()
    graph.tool("spawn", kind="spawn_agent")
    if edge_exists:
        graph.edge("edge:spawn:root:child", "spawn_agent", ("tool", "spawn"), ("thread", "child"))
    hand_over(
        graph, "edge:spawn:root:child", "spawn_agent", ToolCallAnchor(ToolCallId("spawn")), "child", "read the parser"
    )
    graph.seq += 1
    graph.item("conversation_item:1", "user", "read the parser", thread_id="child")
    graph.trace.threads[ThreadId("child")].conversation_item_ids.append(ItemId("conversation_item:1"))
    view = only(graph, is_over=True)
    assert (view.delivery, view.target) == ("delivered", NodeRef("item", "conversation_item:1"))
    assert view.reason == "the receiver's conversation holds the same text"
    tool = graph.trace.tool_calls[ToolCallId("spawn")]
    assert views_of_call(graph.trace, TraceIndex(graph.trace), tool, recording_is_over=True) == [view]


def test_the_same_text_from_before_the_call_proves_nothing() -> None:
    graph = family()
    graph.item("conversation_item:1", "user", "read the parser", thread_id="child")
    graph.trace.threads[ThreadId("child")].conversation_item_ids.append(ItemId("conversation_item:1"))
    graph.tool("send", kind="send_message")
    hand_over(graph, "edge:tool:send", "send_message", ToolCallAnchor(ToolCallId("send")), "child", "read the parser")
    assert only(graph).delivery == "pending"


@pytest.mark.parametrize(
    ("status", "ended", "delivery"),
    [("running", None, "pending"), ("running", 500, "delivered"), ("completed", None, "delivered")],
)
def test_a_close_has_happened_when_the_runtime_or_the_call_says_so(status, ended, delivery) -> None:
    graph = family()
    graph.tool("close", kind="close_agent", status=status)
    graph.edge("edge:tool:close", "close_agent", ("tool", "close"), ("thread", "child")).ended_at_unix_ms = ended
    assert only(graph).delivery == delivery


@pytest.mark.parametrize(("recipient", "count"), [("/root", 1), ("/root/other", 0)])
def test_a_message_that_came_from_nowhere_known_is_told_where_it_was_meant_to_arrive(recipient, count) -> None:
    """What a forked agent inherited was meant for somebody else."""
    graph = family()
    graph.item("conversation_item:1", "assistant", "hello", agent_message=AgentMessage("/root/child", recipient))
    found = views(graph)
    assert [view.id for view in found] == ["received:conversation_item:1"] * count
    for view in found:
        assert (view.source_agent, view.target_agent, view.delivery) == ("child", "root", "delivered")
        assert view.reason == "it arrived; the recording does not show what sent it"


def test_a_message_that_stands_there_again_is_told_once() -> None:
    graph = family()
    graph.item("conversation_item:1", "assistant", "done", agent_message=TO_ROOT)
    graph.item("conversation_item:2", "assistant", "done", agent_message=TO_ROOT)
    graph.edge("edge:result", "agent_result", ("thread", "child"), ("item", "conversation_item:1"))
    assert [view.id for view in views(graph)] == ["edge:result"]


def test_edges_come_in_order_of_seq() -> None:
    graph = family()
    for name in ("first", "second", "third"):
        graph.tool(name, kind="send_message")
    graph.edge("edge:tool:second", "send_message", ("tool", "second"), ("thread", "child"))
    assert [view.source.id for view in views(graph)] == ["first", "second", "third"]


def test_a_book_that_grew_says_what_a_new_one_says() -> None:
    graph = family()
    index = TraceIndex(graph.trace)
    book = EdgeBook(graph.trace, index)
    graph.take_delta()

    def grown() -> list[EdgeView]:
        delta = graph.take_delta()
        index.update(delta)
        book.update(delta)
        while not book.prepare(1):
            pass
        return book.views(recording_is_over=False)

    graph.tool("send", kind="send_message", preview='{"target":"child","message":"stop"}')
    assert [view.delivery for view in grown()] == ["pending"] == [view.delivery for view in views(graph)]
    graph.item("conversation_item:1", "assistant", "stop", thread_id="child", agent_message=TO_CHILD)
    graph.edge("edge:tool:send", "send_message", ("tool", "send"), ("item", "conversation_item:1"))
    assert [view.delivery for view in grown()] == ["delivered"] == [view.delivery for view in views(graph)]
    graph.trace.conversation_items[ItemId("conversation_item:1")].accepted_seq = 12
    graph.touch("conversation_items", "conversation_item:1")
    assert [view.arrived_seq for view in grown()] == [12]


def test_many_views_are_made_in_many_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes in between is left out."""
    monkeypatch.setattr("tui.analysis.messages.edges.VIEWS_PER_STEP", 1)
    graph = family()
    names = [f"send {number}" for number in range(20)]
    for name in names:
        graph.tool(name, kind="send_message")
        graph.edge(f"edge:tool:{name}", "send_message", ("tool", name), ("thread", "child"))
    found: list[EdgeView] = []
    book = EdgeBook(graph.trace, TraceIndex(graph.trace))
    for steps, _ in enumerate(book.find_views(found, recording_is_over=False), 1):
        graph.tool(f"later {steps}", kind="send_message")
        graph.edge(f"edge:tool:later {steps}", "send_message", ("tool", f"later {steps}"), ("thread", "child"))
    assert steps > len(names)
    assert [view.source.id for view in found] == names


def test_each_edge_of_a_demo_is_told_once(demo_bundle: Path) -> None:
    store = TraceStore(open_bundle(demo_bundle))
    store.load_all()
    found = edge_views(store.trace, store.index, recording_is_over=True)
    names = [view.id for view in found]
    assert len(set(names)) == len(names)
    assert {view.id for view in found if view.is_in_graph} == set(store.trace.interaction_edges)
    assert [view.started_seq for view in found] == sorted(view.started_seq for view in found)
    assert all(view.started_seq > 0 for view in found)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("agents", {"delivered": 13, "undelivered": 1, "unproven": 0, "failed": 2}),
        ("agents-schema2", {"delivered": 13, "undelivered": 1, "unproven": 1, "failed": 2}),
        ("agents-schema1", {"delivered": 3, "undelivered": 1, "unproven": 10, "failed": 2}),
    ],
)
def test_what_never_arrived_in_the_demos_is_counted(demo_bundles: Path, name, words) -> None:
    store = TraceStore(open_bundle(demo_bundles / name))
    store.load_all()
    found = [view.delivery for view in edge_views(store.trace, store.index, recording_is_over=True)]
    assert {word: found.count(word) for word in words} == words
    assert len(found) == sum(words.values())
