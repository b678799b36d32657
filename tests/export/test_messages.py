"""Texts of requests as messages: each item goes with the request that brought it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from tests.analysis.small_graph import small_graph
from tui.analysis.index.trace_index import TraceIndex
from tui.export.disclosure import Disclosure
from tui.export.format import Subject
from tui.export.messages import input_messages
from tui.export.redaction.redactor import Redactor
from tui.export.spans import WorkSpan
from tui.model.ids import ItemId
from tui.model.noderef import NodeRef
from tui.schema.sequence import SharedSequence
from tui.store import TraceStore


class _Counted(str):
    """An id that counts how often ids are looked up."""

    looks = 0

    def __hash__(self) -> int:
        _Counted.looks += 1
        return super().__hash__()


def said_and_looks(requests: int) -> tuple[list[list[Any]], int]:
    """What the requests of a conversation said, each of which adds one item, and how many look-ups that took."""
    graph = small_graph()
    sent: SharedSequence[ItemId] = SharedSequence()
    for number in range(requests):
        name = ItemId(_Counted(f"item {number}"))
        graph.item(name, text=f"note {number}")
        sent = sent.extended([name])
        graph.inference(f"call {number}").request_item_ids = sent
    store = cast("TraceStore", SimpleNamespace(trace=graph.trace, index=TraceIndex(graph.trace)))
    subject = Subject(store, Disclosure(Redactor(), with_content=True))
    spans = [
        WorkSpan(NodeRef("inference", name), "chat", call, call.execution, call.thread_id, None)
        for name, call in graph.trace.inference_calls.items()
    ]
    _Counted.looks = 0
    said = [
        [part["content"] for message in input_messages(subject, span) for part in message["parts"]] for span in spans
    ]
    return said, _Counted.looks


def test_requests_say_at_the_cost_of_what_is_new() -> None:
    said, few = said_and_looks(100)
    assert said == [[f"note {number}"] for number in range(100)]
    _, many = said_and_looks(400)
    assert many < 4.1 * few
