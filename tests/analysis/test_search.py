"""Search through a whole recording."""

from __future__ import annotations

import pytest

from tui.analysis.search import EXCERPT_BEFORE, MAX_HITS, Hit, find_in_body, search_trace
from tui.model.conversation import Body, ConversationItem, TextPart
from tui.model.diagnostic import Diagnostic
from tui.model.execution import ExecutionWindow
from tui.model.ids import ItemId, ThreadId
from tui.model.noderef import NodeRef
from tui.model.objects import RootOrigin, Thread
from tui.model.trace import RolloutTrace

ROOT = ThreadId("T")


def trace_with(texts: list[str]) -> RolloutTrace:
    trace = RolloutTrace(schema_version=2, trace_id="t", rollout_id="r", started_at_unix_ms=0, root_thread_id="T")
    trace.threads[ROOT] = Thread(
        thread_id=ROOT,
        agent_path="/root",
        nickname=None,
        origin=RootOrigin(),
        execution=ExecutionWindow(0, 1),
        default_model=None,
        conversation_item_ids=[],
    )
    for number, text in enumerate(texts, 1):
        item_id = ItemId(f"conversation_item:{number}")
        trace.conversation_items[item_id] = ConversationItem(
            item_id=item_id,
            thread_id=ROOT,
            codex_turn_id=None,
            first_seen_at_unix_ms=0,
            role="user",
            channel=None,
            kind="message",
            body=Body([TextPart(text)]),
            call_id=None,
            produced_by=[],
        )
    return trace


def hits(trace: RolloutTrace, query: str, diagnostics: list[Diagnostic] | None = None) -> list[Hit]:
    return [hit for found, _progress in search_trace(trace, diagnostics or [], query) for hit in found]


def item(number: int) -> NodeRef:
    return NodeRef("item", f"conversation_item:{number}")


@pytest.mark.parametrize(
    ("query", "nodes"),
    [
        ("ferry", [item(1), item(2)]),
        ("Ferry", [item(2)]),  # a capital asks for exactly that
        ("/root", [NodeRef("thread", "T")]),
        ("conversation_item:2", [item(2)]),
        ("nowhere", []),
    ],
)
def test_ids_names_and_texts_are_searched(query: str, nodes: list[NodeRef]) -> None:
    assert [hit.node for hit in hits(trace_with(["the ferry", "The Ferry"]), query)] == nodes


def test_a_hit_says_where_and_shows_the_text_around_it() -> None:
    text = "a" * 100 + "needle" + "b" * 1_000
    (hit,) = hits(trace_with([text]), "needle")
    assert hit.where == "text"
    assert hit.start == EXCERPT_BEFORE
    assert hit.excerpt[hit.start : hit.start + hit.length] == "needle"
    assert len(hit.excerpt) < 200


def test_problems_are_found_too() -> None:
    note = Diagnostic(code="call-id-reused", severity="warning", message="reused")
    assert [hit.node for hit in hits(trace_with([]), "reused", [note])] == [NodeRef("diagnostic", "0")]


def test_a_search_comes_in_slices_and_tells_how_far_it_is() -> None:
    progress = [part for _hits, part in search_trace(trace_with(["x"] * 25), [], "zz", slice_size=10)]
    assert progress == sorted(progress)
    assert len(progress) == 5
    assert progress[-1] == 1.0


def test_a_graph_that_grows_between_slices_does_not_break_the_search() -> None:
    trace = trace_with(["x"] * 25)
    slices = search_trace(trace, [], "x", slice_size=10)
    next(slices)
    trace.conversation_items.update(trace_with(["x"] * 40).conversation_items)
    assert sum(len(found) for found, _progress in slices) >= 25


def test_too_many_hits_end_the_search() -> None:
    assert len(hits(trace_with(["x"] * (MAX_HITS + 50)), "x")) == MAX_HITS


def test_a_payload_body_is_searched_as_it_is_written() -> None:
    assert find_in_body(b'{"text": "one\\ntwo"}', "TWO") is None
    assert find_in_body(b'{"text": "one\\ntwo"}', "two") == ('{"text": "one\\ntwo"}', 15)
    assert find_in_body(b"\xff\xfe needle", "needle") == ("�� needle", 3)
