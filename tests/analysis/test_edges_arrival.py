"""What proves that something arrived where the graph has no edge to an item, and what does not."""

from __future__ import annotations

import json

import pytest

from tests.analysis.small_graph import SmallGraph
from tests.analysis.test_edges import family, hand_over, only, views
from tui.analysis.messages.arrival import BY_WAITING, IN_NOTICE, SAME_TEXT, AgentNotice, notice_in
from tui.model.conversation import AgentMessage
from tui.model.ids import ItemId, ToolCallId
from tui.model.noderef import NodeRef
from tui.model.objects import ItemAnchor, ToolCallAnchor
from tui.schema.events import ToolKindName

LEFT_OUT = "<harness_text>[245 characters of harness text no. 128 left out of this recording]</harness_text>"


def notice(inside: str) -> str:
    return f"<subagent_notification>\n{inside}\n</subagent_notification>"


def with_result(content: str = "done") -> SmallGraph:
    """The child's result was handed over; where it arrived, no edge tells."""
    graph = family()
    graph.item("conversation_item:1", "assistant", "done", thread_id="child")
    hand_over(graph, "edge:result", "agent_result", ItemAnchor(ItemId("conversation_item:1")), "root", content)
    return graph


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (notice('{"agent_path":"/root/child","status":{"completed":"done"}}'), AgentNotice("/root/child", "done")),
        (notice('{"agent_id":"child","status":{"errored":"no"}}'), AgentNotice("child", "no")),
        (notice('{"agent_path":"/root/child","status":{"completed":null}}'), AgentNotice("/root/child", "")),
        (notice("<agent_id>child</agent_id><status>completed</status>"), AgentNotice("child", "")),
        (notice("<agent_id>child</agent_id><status><completed>x</completed></status>"), AgentNotice("child", "x")),
        (notice("<agent_path>/root/child</agent_path>\n<message>done</message>"), AgentNotice("/root/child", "done")),
        (notice('{"status":{"completed":"done"}}'), None),
        (notice("[120 characters left out of this recording]"), None),
        ("done", None),
        (f"before {notice('{}')}", None),
    ],
)
def test_a_notice_names_its_sender(text, found) -> None:
    assert notice_in(text) == found


@pytest.mark.parametrize("content", ["done", "Message Type: FINAL_ANSWER\nSender: /root/child\nPayload:\ndone"])
@pytest.mark.parametrize("sender", ['"agent_path":"/root/child"', '"agent_id":"child"'])
def test_a_result_arrives_in_a_notice_that_names_its_sender(content, sender) -> None:
    graph = with_result(content)
    item = graph.item("conversation_item:2", "user", notice(f'{{{sender},"status":{{"completed":"done"}}}}'))
    item.accepted_seq = 9
    view = only(graph, is_over=True)
    assert (view.delivery, view.reason) == ("delivered", IN_NOTICE)
    assert view.target == NodeRef("item", "conversation_item:2")
    assert view.arrived_seq == 9


def test_a_result_that_was_handed_over_as_a_notice_arrives_as_it_is() -> None:
    text = notice('{"agent_path":"/root/child","status":{"completed":"done"}}')
    graph = with_result(text)
    graph.item("conversation_item:2", "user", text)
    assert only(graph, is_over=True).reason == SAME_TEXT


@pytest.mark.parametrize(
    "text",
    [
        "is it done?",
        notice('{"agent_path":"/root/child","status":{"completed":"done, almost"}}'),
        notice('{"agent_path":"/root/other","status":{"completed":"done"}}'),
    ],
)
def test_another_text_or_another_sender_proves_nothing(text) -> None:
    graph = with_result()
    graph.item("conversation_item:2", "user", text)
    assert only(graph, is_over=True).delivery == "undelivered"


def wait_for(graph: SmallGraph, kind: ToolKindName, label: str, output: object) -> None:
    graph.tool("wait", kind=kind, label=label)
    graph.item("conversation_item:3", "tool", json.dumps(output), kind="function_call_output")
    graph.trace.tool_calls[ToolCallId("wait")].model_visible_output_item_ids = [ItemId("conversation_item:3")]


@pytest.mark.parametrize("name", ["child", "/root/child"])
@pytest.mark.parametrize(("kind", "label"), [("wait_agent", "wait_agent"), ("other", "wait")])
@pytest.mark.parametrize("key", ["status", "statuses"])
def test_a_call_that_waited_hands_over_the_last_message(name, kind, label, key) -> None:
    graph = with_result()
    wait_for(graph, kind, label, {key: {name: {"completed": "done"}}, "timed_out": False})
    view = only(graph, is_over=True)
    assert (view.delivery, view.reason) == ("delivered", BY_WAITING)
    assert view.target == NodeRef("item", "conversation_item:3")


@pytest.mark.parametrize(
    ("label", "output"),
    [
        ("list_agents", {"status": {"child": {"completed": "done"}}}),
        ("wait", {"status": {"other": {"completed": "done"}}}),
        ("wait", {"status": {"child": {"completed": "not yet"}}}),
        ("wait", {"status": {"child": "running"}}),
        ("wait", {"status": "done"}),
    ],
)
def test_other_answers_of_tools_prove_nothing(label, output) -> None:
    graph = with_result()
    wait_for(graph, "other", label, output)
    assert only(graph, is_over=True).delivery == "undelivered"


@pytest.mark.parametrize(("is_over", "delivery"), [(True, "unproven"), (False, "pending")])
def test_what_may_have_been_left_out_of_the_recording_is_not_called_undelivered(is_over, delivery) -> None:
    graph = with_result()
    graph.item("conversation_item:2", "assistant", LEFT_OUT)
    assert only(graph, is_over=is_over).delivery == delivery


def test_a_text_of_another_agent_that_was_left_out_says_nothing() -> None:
    graph = with_result()
    other = AgentMessage("/root/other", "/root")
    graph.item("conversation_item:2", "assistant", LEFT_OUT, agent_message=other)
    found = {view.id: view.delivery for view in views(graph, is_over=True)}
    assert found["edge:result"] == "undelivered"


def test_a_failed_send_says_why() -> None:
    graph = family()
    graph.tool("send", kind="send_message", preview='{"target":"nobody","message":"a"}', status="failed")
    graph.item("conversation_item:1", "tool", "no such agent\nat all", kind="function_call_output")
    graph.trace.tool_calls[ToolCallId("send")].model_visible_output_item_ids = [ItemId("conversation_item:1")]
    view = only(graph, is_over=True)
    assert (view.delivery, view.reason) == ("failed", "the call failed: no such agent")


def test_a_message_is_not_proven_by_a_result() -> None:
    graph = family()
    graph.tool("send", kind="send_message")
    hand_over(graph, "edge:tool:send", "send_message", ToolCallAnchor(ToolCallId("send")), "child", "stop")
    graph.item("conversation_item:2", "user", notice('{"agent_path":"/root","message":"stop"}'), thread_id="child")
    assert only(graph, is_over=True).delivery == "undelivered"
