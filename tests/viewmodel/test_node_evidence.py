"""The payloads behind a node, and a node as plain text, on real recordings."""

from __future__ import annotations

import pytest

from tests.viewmodel.recorded import recorded
from tui.model.kinds import NodeKind
from tui.model.noderef import NodeRef
from tui.viewmodel.payload.raw_evidence import payloads_behind
from tui.viewmodel.text.plain_text import plain_text


@pytest.mark.parametrize(
    ("kind", "map_name", "first_kind"),
    [
        ("inference", "inference_calls", "inference_response"),
        ("tool_call", "tool_calls", "tool_result"),
        ("terminal_operation", "terminal_operations", "tool_runtime_event"),
        ("compaction_request", "compaction_requests", "compaction_response"),
    ],
)
def test_the_answer_comes_before_the_question(kind: NodeKind, map_name: str, first_kind: str) -> None:
    store = recorded("compaction")
    for name in getattr(store.trace, map_name):
        assert payloads_behind(store.trace, store.index, NodeRef(kind, name))[0].kind.type == first_kind


def test_an_item_leads_to_where_it_was_first_seen() -> None:
    store = recorded("agents")
    for item_id, source in store.trace.evidence.item_sources.items():
        first = payloads_behind(store.trace, store.index, NodeRef("item", item_id))[0]
        assert first.raw_payload_id == source.raw_payload_id


def test_what_is_not_there_has_no_payload() -> None:
    store = recorded("agents")
    assert payloads_behind(store.trace, store.index, NodeRef("tool_call", "no such call")) == []
    assert payloads_behind(store.trace, store.index, NodeRef("thread", "no such agent")) == []


def test_an_agent_leads_to_what_its_session_started_with() -> None:
    store = recorded("agents")
    for name in store.trace.threads:
        kinds = [ref.kind.type for ref in payloads_behind(store.trace, store.index, NodeRef("thread", name))]
        assert kinds == ["session_metadata", "protocol_event"]


def test_a_turn_leads_to_its_last_request() -> None:
    store = recorded("agents")
    for name in store.trace.codex_turns:
        last = store.index.inferences_of_turn.last(name)
        assert last is not None
        behind = payloads_behind(store.trace, store.index, NodeRef("turn", name))
        requested = payloads_behind(store.trace, store.index, NodeRef("inference", last))
        assert behind[: len(requested)] == requested
        assert {ref.kind.type for ref in behind[len(requested) :]} == {"protocol_event"}


def test_a_message_between_agents_always_leads_to_a_payload() -> None:
    store = recorded("agents")
    for name in store.trace.interaction_edges:
        assert payloads_behind(store.trace, store.index, NodeRef("edge", name))


def test_no_payload_is_named_twice() -> None:
    store = recorded("code-mode")
    for name in store.trace.tool_calls:
        found = payloads_behind(store.trace, store.index, NodeRef("tool_call", name))
        ids = [ref.raw_payload_id for ref in found]
        assert len(ids) == len(set(ids))


def test_a_command_as_text_is_the_command_and_what_it_printed() -> None:
    store = recorded("shell")
    operation = next(
        op for op in store.trace.terminal_operations.values() if op.result is not None and op.result.stdout
    )
    text = plain_text(store.trace, store.index, NodeRef("terminal_operation", operation.operation_id))
    assert text.startswith("$ ")
    assert operation.result is not None
    assert operation.result.stdout in text
    assert plain_text(store.trace, store.index, NodeRef("tool_call", operation.tool_call_id)) == text


def test_a_message_as_text_is_the_whole_message() -> None:
    store = recorded("answer")
    for item_id, item in store.trace.conversation_items.items():
        if item.kind == "message":
            assert plain_text(store.trace, store.index, NodeRef("item", item_id)).strip()


def test_an_agent_as_text_is_its_name() -> None:
    store = recorded("answer")
    assert plain_text(store.trace, store.index, NodeRef("thread", store.trace.root_thread_id)) == "agent /root"
