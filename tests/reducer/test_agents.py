"""Edges between agents: a delivery waits for the item that carries it (reducer rules §10)."""

from __future__ import annotations

from tests.reducer.recording import Recording, agent_message, answer, encoded, user
from tui.model.ids import EdgeId, ItemId, ThreadId, ToolCallId
from tui.model.objects import ItemAnchor, ThreadAnchor, ToolCallAnchor
from tui.reducer.messages import is_agent_path
from tui.schema.events import AgentResultObserved

CHILD = "01a201f9-37b4-7960-b1e2-450fd42331b1"
SPAWN = EdgeId(f"edge:spawn:T:{CHILD}")


def _spawn(recording: Recording, message: str = "do it") -> None:
    recording.tool("spawn", "spawn_agent", call="c1", arguments={"task_name": "a", "message": message})
    recording.runtime_end("spawn", _activity("started"))


def _activity(kind: str) -> dict[str, str]:
    return {"event_id": "e", "agent_thread_id": CHILD, "agent_path": "/root/a", "kind": kind}


def test_a_spawn_points_at_the_child_until_its_task_is_seen() -> None:
    """The live view shows the child at once; the edge later ends at the very item that carries the task."""
    recording = Recording()
    _spawn(recording)
    assert recording.reduce().trace.interaction_edges == {}, "the child is not known yet"
    recording.child(CHILD, "/root/a")
    edge = recording.reduce().trace.interaction_edges[SPAWN]
    assert edge.target == ThreadAnchor(ThreadId(CHILD))
    assert edge.carried_item_ids == []

    recording.inside(CHILD).request("i1", [agent_message("/root", "/root/a", "do it")])
    edge = recording.graph().interaction_edges[SPAWN]
    assert edge.source == ToolCallAnchor(ToolCallId("spawn"))
    assert edge.target == ItemAnchor(ItemId("conversation_item:1"))
    assert edge.carried_item_ids == ["conversation_item:1"]


def test_author_and_content_decide_which_delivery_an_item_carries() -> None:
    recording = Recording()
    recording.child(CHILD, "/root/a")
    recording.inside("T").tool("send", "send_message", call="c1", arguments={"target": "a", "message": "hello"})
    recording.runtime_end("send", _activity("interacted"))
    recording.inside(CHILD).request(
        "i1",
        [
            agent_message("/root", "/root/a", "other words"),
            agent_message("/root/b", "/root/a", "hello"),
            agent_message("/root", "/root/a", "hello"),
        ],
    )
    edge = recording.graph().interaction_edges[EdgeId("edge:tool:send")]
    assert edge.kind == "send_message"
    assert edge.target == ItemAnchor(ItemId("conversation_item:3"))


def test_the_oldest_of_two_equal_deliveries_comes_first() -> None:
    recording = Recording()
    recording.child(CHILD, "/root/a")
    recording.inside("T")
    for name in ("one", "two"):
        recording.tool(name, "send_message", call=name, arguments={"message": "hello"})
        recording.runtime_end(name, _activity("interacted"))
    hello = agent_message("/root", "/root/a", "hello")
    recording.inside(CHILD).request("i1", [hello, hello])
    edges = recording.graph().interaction_edges
    assert edges[EdgeId("edge:tool:one")].target == ItemAnchor(ItemId("conversation_item:1"))
    assert edges[EdgeId("edge:tool:two")].target == ItemAnchor(ItemId("conversation_item:2"))


def test_a_message_that_was_seen_first_is_claimed_by_its_delivery() -> None:
    recording = Recording()
    recording.child(CHILD, "/root/a")
    recording.inside(CHILD).request("i1", [agent_message("/root", "/root/a", "hello")])
    recording.inside("T").tool("send", "send_message", call="c1", arguments={"message": "hello"})
    recording.runtime_end("send", _activity("interacted"))
    edge = recording.graph().interaction_edges[EdgeId("edge:tool:send")]
    assert edge.target == ItemAnchor(ItemId("conversation_item:1"))


def test_older_releases_carry_messages_as_json_text() -> None:
    text = '{"author":"/root","recipient":"/root/a","other_recipients":[],"content":"do it","trigger_turn":true}'
    recording = Recording(schema=1)
    _spawn(recording)
    recording.child(CHILD, "/root/a")
    recording.inside(CHILD).request("i1", [answer(text)])
    assert recording.graph().interaction_edges[SPAWN].target == ItemAnchor(ItemId("conversation_item:1"))


def test_a_result_starts_at_the_childs_last_answer_and_ends_at_the_parents_notice() -> None:
    recording = Recording()
    recording.child(CHILD, "/root/a")
    recording.inside(CHILD).request("i1", [user("task")])
    recording.done("i1", [answer("first"), answer("last")])
    recording.event(
        AgentResultObserved(
            edge_id="edge:agent_result:x",
            child_thread_id=CHILD,
            child_codex_turn_id=f"turn-{CHILD}",
            parent_thread_id="T",
            message="done: last",
        )
    )
    recording.inside("T").request("i2", [agent_message("/root/a", "/root", "done: last")])
    edge = recording.graph().interaction_edges[EdgeId("edge:agent_result:x")]
    assert (edge.source, edge.target) == (
        ItemAnchor(ItemId("conversation_item:3")),
        ItemAnchor(ItemId("conversation_item:4")),
    )


def test_closing_an_agent_is_an_edge_to_its_thread() -> None:
    recording = Recording()
    recording.child(CHILD, "/root/a")
    recording.inside("T").tool("close", "close_agent", call="c1", arguments={"target": "a"})
    recording.runtime_end("close", _activity("interrupted"))
    edge = recording.graph().interaction_edges[EdgeId("edge:tool:close")]
    assert (edge.kind, edge.target) == ("close_agent", ThreadAnchor(ThreadId(CHILD)))


def test_a_result_payload_is_evidence_of_the_edge_that_the_call_made() -> None:
    recording = Recording()
    _spawn(recording)
    recording.child(CHILD, "/root/a")
    recording.inside("T").tool_end("spawn", {"type": "direct_response", "response_item": {}})
    edge = recording.graph().interaction_edges[SPAWN]
    assert edge.carried_raw_payload_ids == ["raw_payload:1", "raw_payload:2", "raw_payload:4"]


def test_thread_ids_of_runtime_payloads_may_be_spelled_in_any_way() -> None:
    recording = Recording()
    recording.child(CHILD, "/root/a")
    recording.inside("T").tool("close", "close_agent", call="c1", arguments={})
    ids = {"call_id": "c1", "sender_thread_id": CHILD, "receiver_thread_id": f"urn:uuid:{CHILD.upper()}"}
    recording.runtime("close", ids, "close_agent")
    edge = recording.graph().interaction_edges[EdgeId("edge:tool:close")]
    assert edge.target == ThreadAnchor(ThreadId(CHILD))


def test_a_mismatched_activity_is_a_finding_and_the_rest_goes_on() -> None:
    recording = Recording()
    recording.tool("t", "other", call="c1", arguments={})
    recording.runtime_end("t", _activity("interacted"))
    recording.tool_end("t", None)
    reducer = recording.reduce()
    assert [finding.code for finding in reducer.diagnostics] == ["activity-mismatch"]
    assert reducer.trace.tool_calls[ToolCallId("t")].execution.status == "completed"
    assert b"edge:tool" not in encoded(reducer)


def test_a_spawn_told_again_with_another_message_conflicts_with_its_edge() -> None:
    """Its edge points at the task's item; a second delivery of that id would end at the thread, which cannot be."""
    recording = Recording()
    recording.child(CHILD, "/root/a")
    _spawn(recording)
    recording.inside(CHILD).request("i1", [agent_message("/root", "/root/a", "do it")])
    recording.inside("T").runtime_end("spawn", _activity("started"))
    reducer = recording.reduce()
    assert [(finding.code, finding.line) for finding in reducer.diagnostics] == [
        ("edge-conflict", len(recording.lines))
    ]
    assert reducer.trace.interaction_edges[SPAWN].target == ItemAnchor(ItemId("conversation_item:1"))


def test_a_conflict_of_an_edge_does_not_touch_the_request_that_shows_it() -> None:
    recording = Recording()
    recording.child(CHILD, "/root/a")
    recording.inside(CHILD).request("i1", [agent_message("/root", "/root/a", "do it")])
    _spawn(recording.inside("T"))
    recording.runtime_end("spawn", _activity("started"))
    message = agent_message("/root", "/root/a", "do it")
    recording.inside(CHILD).request("i2", [message, message, user("y")])
    reducer = recording.reduce()
    assert [finding.code for finding in reducer.diagnostics] == ["edge-conflict", "edge-conflict"]
    assert [len(call.request_item_ids) for call in reducer.trace.inference_calls.values()] == [1, 3]


def test_agent_paths() -> None:
    assert all(map(is_agent_path, ["/root", "/root/a", "/root/a_1/b", "/morpheus"]))
    assert not any(map(is_agent_path, ["", "root", "/root/", "/root/A", "/root/root", "/root/a/root", "/other"]))
