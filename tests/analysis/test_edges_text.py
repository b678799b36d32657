"""The text of a message, the fields around it, and the plain text that belongs to an encrypted one."""

from __future__ import annotations

import msgspec
import pytest

from tests.analysis.small_graph import SmallGraph, small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.messages.calls import AskedAgent, asked_of
from tui.analysis.messages.edges import EdgeView, edge_views
from tui.analysis.messages.passed_text import first_line, looks_opaque, passed_in_item, split_envelope
from tui.analysis.messages.twin import plain_twin, sent_bytes
from tui.model.conversation import AgentMessage, Body, EncodedPart, PayloadRefPart, TextPart
from tui.model.ids import RawPayloadId
from tui.model.noderef import NodeRef

CIPHER = "gAAAAABo-zQ4xy9Kp0w=="


@pytest.mark.parametrize(
    ("text", "fields", "body"),
    [
        ("Message Type: MESSAGE\nSender: /root\nPayload:\nhello", ("Message Type", "Sender"), "hello"),
        ("Sender: /root\nPayload:\n", ("Sender",), ""),
        ("Sender: /root\nhello", (), "Sender: /root\nhello"),
        ("Payload:\nhello", (), "Payload:\nhello"),
        ("note: a\nPayload:\nhello", (), "note: a\nPayload:\nhello"),
        ("", (), ""),
    ],
)
def test_an_envelope_is_taken_off_only_where_there_is_one(text, fields, body) -> None:
    found, rest = split_envelope(text)
    assert tuple(name for name, _ in found) == fields
    assert rest == body


@pytest.mark.parametrize(
    ("text", "is_opaque"),
    [(CIPHER, True), ("x" * 15, False), ("read the parser", False), ("[alpha] go", False), ("", False)],
)
def test_one_long_word_of_encoded_bytes_is_for_nobody_to_read(text, is_opaque) -> None:
    assert looks_opaque(text) is is_opaque


def test_the_first_line_is_the_first_that_is_not_blank() -> None:
    assert first_line("\n\n  one  \ntwo") == "one"


@pytest.mark.parametrize(
    ("encrypted", "text", "is_encrypted"), [(None, "hello", False), ("c2VjcmV0", "c2VjcmV0", True)]
)
def test_an_older_message_is_taken_out_of_its_json(encrypted, text, is_encrypted) -> None:
    graph = small_graph()
    message = {"author": "/root/a", "recipient": "/root", "content": "hello", "trigger_turn": False}
    if encrypted is not None:
        message["encrypted_content"] = encrypted
    item = graph.item("conversation_item:1", "assistant", msgspec.json.encode(message).decode())
    passed = passed_in_item(item)
    assert (passed.text, passed.encrypted) == (text, is_encrypted)
    assert dict(passed.envelope) == {"author": "/root/a", "recipient": "/root"}


def test_json_that_is_no_message_stays_as_it_is() -> None:
    graph = small_graph()
    passed = passed_in_item(graph.item("conversation_item:1", "assistant", '{"author": 1}'))
    assert (passed.text, passed.size, passed.encrypted) == ('{"author": 1}', 13, False)


def test_size_of_content_that_is_left_in_the_payload_is_unknown() -> None:
    item = small_graph().item("conversation_item:1", "user", "")
    sizes = []
    for label in ("content", "input_image"):
        item.body.parts[:] = [PayloadRefPart(label, RawPayloadId("raw_payload:1"))]
        sizes.append(passed_in_item(item).size)
    assert sizes == [None, 0]


def test_sizes_are_in_bytes() -> None:
    graph = small_graph()
    assert passed_in_item(graph.item("conversation_item:1", "assistant", "größe\ud800")).size == 8


def sent(graph: SmallGraph, value: str, argument: str) -> EdgeView:
    """An encrypted message of the root to its child, and what the call says was its argument."""
    graph.thread("child", "/root/child", parent="root")
    preview = msgspec.json.encode({"target": "child", "message": argument}).decode()
    graph.tool("send", kind="send_message", preview=preview)
    message = AgentMessage("/root", "/root/child")
    item = graph.item("conversation_item:1", "assistant", thread_id="child", agent_message=message)
    item.body = Body([TextPart("Sender: /root\nPayload:\n"), EncodedPart("encrypted_content", value)])
    graph.edge("edge:tool:send", "send_message", ("tool", "send"), ("item", "conversation_item:1"))
    (view,) = edge_views(graph.trace, TraceIndex(graph.trace), recording_is_over=True)
    return view


@pytest.mark.parametrize(
    ("value", "argument", "text", "proof", "same"),
    [
        ("stop now", "stop now", "stop now", "same bytes", "the sender's call holds the same bytes"),
        (CIPHER, CIPHER, None, None, "the sender's call holds the same bytes"),
        (CIPHER, "stop now", "stop now", "argument of the call", "the sender's call holds other bytes"),
    ],
)
def test_a_plain_text_is_claimed_only_as_far_as_something_proves_it(value, argument, text, proof, same) -> None:
    graph = small_graph()
    view = sent(graph, value, argument)
    twin = plain_twin(graph.trace, view)
    found = (None, None) if twin is None else (twin.text, twin.proof)
    assert found == (text, proof)
    assert sent_bytes(graph.trace, view) == same


def test_the_plain_text_of_a_result_is_the_answer_it_was_made_from() -> None:
    graph = small_graph()
    graph.thread("child", "/root/child", parent="root")
    graph.item("conversation_item:1", "assistant", "14 lines", thread_id="child")
    item = graph.item("conversation_item:2", "assistant", agent_message=AgentMessage("/root/child", "/root"))
    item.body = Body([EncodedPart("encrypted_content", CIPHER)])
    graph.edge("edge:result", "agent_result", ("item", "conversation_item:1"), ("item", "conversation_item:2"))
    (view,) = edge_views(graph.trace, TraceIndex(graph.trace), recording_is_over=True)
    twin = plain_twin(graph.trace, view)
    assert twin is not None
    assert (twin.text, twin.where, twin.proof) == (
        "14 lines",
        NodeRef("item", "conversation_item:1"),
        "source of the result",
    )


def test_a_readable_message_has_no_twin() -> None:
    graph = small_graph()
    graph.thread("child", "/root/child", parent="root")
    graph.tool("send", kind="send_message", preview='{"target":"child","message":"stop"}')
    (view,) = edge_views(graph.trace, TraceIndex(graph.trace), recording_is_over=True)
    assert plain_twin(graph.trace, view) is None
    assert sent_bytes(graph.trace, view) == ""


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        (
            b'{"payload":{"arguments":"{\\"target\\":\\"b\\",\\"message\\":\\"whole\\"}"}}',
            AskedAgent("b", "whole", True),
        ),
        (b'{"payload":{"arguments":"no json"}}', AskedAgent("a", "cut", False)),
        (b"no json", AskedAgent("a", "cut", False)),
        (b'{"payload":[]}', AskedAgent("a", "cut", False)),
        (None, AskedAgent("a", "cut", False)),
    ],
)
def test_the_payload_of_a_call_tells_more_than_its_summary_if_it_can_be_read(body, asked) -> None:
    graph = small_graph()
    tool = graph.tool("send", kind="send_message", preview='{"target":"a","message":"cut...')
    tool.raw_invocation_payload_id = RawPayloadId("raw_payload:1")
    found = asked_of(tool, lambda _: body)
    assert found._replace(message=found.message.removesuffix("...")) == asked
