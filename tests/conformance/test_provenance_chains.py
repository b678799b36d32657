"""`why` on every object of every bundle: the chain that the viewer notes define, and links that lead back."""

from __future__ import annotations

import pytest

from tests.conformance.chains import PlainGraph
from tests.conformance.golden import bundles, name_of
from tui.analysis.links.linked import links_of
from tui.analysis.links.relation import INVERSE_OF, Link
from tui.analysis.requests.route import route_of
from tui.bundle.open import open_bundle
from tui.commands.answers.why import why_answer
from tui.model.kinds import KINDS, entries
from tui.model.noderef import NodeRef
from tui.store import TraceStore

ASKED = ("tool_call", "code_cell", "terminal_operation", "thread", "edge", "item", "inference")
"""Kinds whose chain must be that of the tables; the others are asked, too."""


@pytest.fixture(scope="module", params=bundles(), ids=name_of)
def store(request: pytest.FixtureRequest) -> TraceStore:
    found = TraceStore(open_bundle(request.param))
    found.load_all()
    return found


def test_the_chain_of_every_object_is_that_of_the_tables(store: TraceStore) -> None:
    plain = PlainGraph(store.trace)
    for node in plain.nodes(*ASKED, "turn", "terminal_session", "compaction", "compaction_request"):
        steps = why_answer(store, NodeRef(*node)).chain  # type: ignore[arg-type]
        chain = [(step.node.kind, step.node.id) for step in steps if step.node]
        assert chain == plain.chain(node), node
        assert all(step.evidence and step.relation for step in steps[1:]), node


def test_the_way_back_of_every_link_is_the_link(store: TraceStore) -> None:
    every = every_link(store)
    assert any(every.values())
    for node, links in every.items():
        for (kind, target), link in links.items():
            back = every[target].get((INVERSE_OF[kind], node))
            assert back is not None, (node, kind, target)
            assert back.direction != link.direction
            assert (back.evidence, back.certainty) == (link.evidence, link.certainty), (node, kind, target)


def test_what_a_field_names_is_linked_both_ways(store: TraceStore) -> None:
    every = every_link(store)
    for near, kind, far in PlainGraph(store.trace).stated_links():
        assert (kind, NodeRef(*far)) in every[NodeRef(*near)], (near, kind, far)  # type: ignore[arg-type]
        assert (INVERSE_OF[kind], NodeRef(*near)) in every[NodeRef(*far)], (near, kind, far)  # type: ignore[arg-type]


def test_an_output_was_seen_by_the_requests_that_hold_it(store: TraceStore) -> None:
    plain = PlainGraph(store.trace)
    sent = {call["inference_call_id"]: set(call["request_item_ids"]) for call in plain.calls_by_start}
    for node in plain.nodes("tool_call", "code_cell", "terminal_operation"):
        route = route_of(store.trace, store.index, NodeRef(*node))  # type: ignore[arg-type]
        assert route is not None
        for item in route.items:
            assert list(item.requests) == [name for name, items in sent.items() if item.item_id in items], node


def every_link(store: TraceStore) -> dict[NodeRef, dict[tuple[str, NodeRef], Link]]:
    nodes = [NodeRef(kind, name) for kind, one in entries(KINDS) for name in one.objects(store.trace)]
    return {
        node: {(link.kind, link.target): link for link in links_of(store.trace, store.index, node)} for node in nodes
    }
