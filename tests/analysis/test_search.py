"""Search through the graph of a recording."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tui.analysis.search.excerpt import EXCERPT_BEFORE, EXCERPT_LENGTH, excerpt
from tui.analysis.search.graph_search import GraphSearch, Hit, text_of_hit
from tui.analysis.search.pattern import parse_pattern
from tui.model.conversation import Body, ConversationItem, TextPart
from tui.model.delta import TraceDelta
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


def search(trace: RolloutTrace, typed: str, diagnostics: list[Diagnostic] | None = None) -> GraphSearch:
    return GraphSearch(trace, diagnostics or [], parse_pattern(typed))


def all_hits(search: GraphSearch, step: int = 100) -> list[Hit]:
    found: list[Hit] = []
    while not search.is_done:
        found += search.advance(step)
    return found


def hits(trace: RolloutTrace, typed: str, diagnostics: list[Diagnostic] | None = None) -> list[Hit]:
    return all_hits(search(trace, typed, diagnostics))


def item(number: int) -> NodeRef:
    return NodeRef("item", f"conversation_item:{number}")


@pytest.mark.parametrize(
    ("typed", "nodes"),
    [
        ("ferry", [item(1), item(2)]),
        ("Ferry", [item(2)]),  # a capital asks for exactly that
        ("re:f.rry", [item(1), item(2)]),
        ("/root", [NodeRef("thread", "T")]),
        ("conversation_item:2", [item(2)]),
        ("nowhere", []),
    ],
)
def test_ids_names_and_texts_are_searched(typed: str, nodes: list[NodeRef]) -> None:
    assert [hit.node for hit in hits(trace_with(["the ferry", "The Ferry"]), typed)] == nodes


def test_a_hit_says_where_how_often_and_shows_the_text_around_it() -> None:
    trace = trace_with(["a" * 100 + "needle" + "b" * 1_000 + "needle"])
    (hit,) = hits(trace, "needle")
    assert (hit.where, hit.matches) == ("text", 2)
    found = excerpt(text_of_hit(trace, [], hit), hit.start, hit.end)
    assert (len(found.before), found.match) == (EXCERPT_BEFORE, "needle")
    assert len("".join(found)) == EXCERPT_LENGTH


def test_problems_are_found_too() -> None:
    note = Diagnostic(code="call-id-reused", severity="warning", message="reused")
    assert [hit.node for hit in hits(trace_with([]), "reused", [note])] == [NodeRef("diagnostic", "0")]


def test_the_words_of_a_row_are_found_where_no_field_holds_them() -> None:
    words = {item(1): "says ferry", item(2): "says more"}
    looked = GraphSearch(
        trace_with(["ferry", "boat"]), [], parse_pattern("re:ferry|says"), label_of=lambda node: words.get(node, "")
    )
    assert [(hit.node, hit.where) for hit in all_hits(looked)] == [(item(1), "text"), (item(2), "row")]


def test_a_search_comes_in_slices_and_tells_how_far_it_is() -> None:
    looked, progress = search(trace_with(["x"] * 25), "zz"), []
    while not looked.is_done:
        looked.advance(10)
        progress.append(looked.progress)
    assert progress == sorted(progress)
    assert (len(progress), progress[-1]) == (3, 1.0)


def test_what_the_graph_gains_is_searched_too() -> None:
    trace = trace_with(["x"] * 25)
    looked = search(trace, "re:^x$")
    found = looked.advance(10)
    trace.conversation_items.update(trace_with(["x"] * 40).conversation_items)
    assert len(found + all_hits(looked)) == 40
    trace.conversation_items.update(trace_with(["x"] * 45).conversation_items)
    assert not looked.is_done
    assert len(all_hits(looked)) == 5


def test_there_is_no_limit_to_hits() -> None:
    assert len(hits(trace_with(["x"] * 20_000), "re:^x$")) == 20_000


def test_a_text_that_takes_too_long_is_left_out_and_counted() -> None:
    @contextmanager
    def never() -> Iterator[None]:
        raise TimeoutError
        yield

    looked = GraphSearch(trace_with(["x"]), [], parse_pattern("x"), limited=never)
    assert all_hits(looked) == []
    assert looked.skipped == 2


class CountedWalks(dict[ThreadId, Thread]):
    """A map that counts how often somebody walks through it from its start."""

    walks = 0

    def __iter__(self) -> Iterator[ThreadId]:
        self.walks += 1
        return super().__iter__()


def test_a_map_is_walked_through_once_in_small_steps() -> None:
    trace = trace_with(["a"] * 30)
    trace.threads = threads = CountedWalks(trace.threads)

    assert hits(trace, "ferry") == []
    assert all_hits(search(trace, "ferry"), step=1) == []

    assert threads.walks == 2


def test_what_changed_since_is_looked_at_again() -> None:
    trace = trace_with(["none yet", "needle"])
    looking = search(trace, "needle")
    assert [hit.node for hit in all_hits(looking)] == [item(2)]
    assert not looking.has_changed

    first, second = (trace.conversation_items[ItemId(item(number).id)] for number in (1, 2))
    first.body, second.body = Body([TextPart("a needle and a needle")]), Body([TextPart("hay")])
    looking.note_changes(TraceDelta(conversation_items={first.item_id, second.item_id, ItemId("not looked at yet")}))
    found = dict(looking.look_again())
    assert {node: sum(hit.matches for hit in hits) for node, hits in found.items()} == {item(1): 2, item(2): 0}
    assert not looking.has_changed
