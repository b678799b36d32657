"""Objects of the graph, their links and their causes, as documents name them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tui.analysis.kinds.naming import name_of
from tui.analysis.links.linked import gaps_of, links_of
from tui.analysis.links.relation import Direction, Evidence
from tui.analysis.links.why import Step
from tui.analysis.requests.route import OutputRoute, SeenItem
from tui.analysis.requests.truncation import Cut
from tui.commands.log_place import event_of_step
from tui.model.noderef import NodeRef
from tui.store import TraceStore


class NodeAnswer(msgspec.Struct, frozen=True):
    """An object of the graph."""

    kind: str
    id: str


def node_answer(node: NodeRef) -> NodeAnswer:
    """The name of an object for scripts."""
    return NodeAnswer(node.kind, node.id)


def node_or_null(node: NodeRef | None) -> NodeAnswer | None:
    """The same of an object that may not be known."""
    return None if node is None else node_answer(node)


class EvidenceAnswer(msgspec.Struct, frozen=True):
    """The object and the field that prove something; `note` where the field alone does not."""

    node: NodeAnswer
    field: str
    note: str | None


def _evidence(evidence: Evidence | None) -> EvidenceAnswer | None:
    if evidence is None:
        return None
    return EvidenceAnswer(node_answer(evidence.node), evidence.field, evidence.note or None)


class StepAnswer(msgspec.Struct, frozen=True):
    """A step of a chain of causes; without `node` it is a gap. `seq` and `line` say where in the log it began."""

    node: NodeAnswer | None
    name: str
    relation: str | None
    certainty: str
    evidence: EvidenceAnswer | None
    seq: int | None
    line: int | None


def step_answers(store: TraceStore, steps: Iterable[Step]) -> list[StepAnswer]:
    """A chain of causes."""
    return [_step(store, step) for step in steps]


def _step(store: TraceStore, step: Step) -> StepAnswer:
    row = event_of_step(store, step)
    return StepAnswer(
        node=node_or_null(step.node),
        name=step.name,
        relation=step.relation or None,
        certainty=step.certainty,
        evidence=_evidence(step.evidence),
        seq=None if row is None else row.seq,
        line=None if row is None else row.line,
    )


class LinkAnswer(msgspec.Struct, frozen=True):
    """A way from an object to another one."""

    relation: str
    node: NodeAnswer
    name: str
    certainty: str
    evidence: EvidenceAnswer | None


def link_answers(store: TraceStore, node: NodeRef, direction: Direction) -> list[LinkAnswer]:
    """The links of a node that lead one way."""
    trace, index = store.trace, store.index
    return [
        LinkAnswer(
            relation=link.kind,
            node=node_answer(link.target),
            name=name_of(trace, index, link.target),
            certainty=link.certainty,
            evidence=_evidence(link.evidence),
        )
        for link in links_of(trace, index, node, direction)
    ]


class GapAnswer(msgspec.Struct, frozen=True):
    """A link that must be there and that the recording does not prove."""

    relation: str
    direction: str
    text: str
    evidence: EvidenceAnswer | None


def gap_answers(store: TraceStore, node: NodeRef) -> list[GapAnswer]:
    """What the recording leaves open about a node."""
    return [
        GapAnswer(gap.kind, gap.direction, gap.text, _evidence(gap.evidence))
        for gap in gaps_of(store.trace, store.index, node)
    ]


class SeenItemAnswer(msgspec.Struct, frozen=True):
    """An item that holds an output, the requests in which the model saw it, and what had been cut from it."""

    item_id: str
    thread_id: str
    seen_by_requests: list[str]
    cut: Cut | None


class RouteAnswer(msgspec.Struct, frozen=True):
    """How an output reached the model."""

    route: str
    text: str
    via: list[NodeAnswer]
    items: list[SeenItemAnswer]


def route_answer(route: OutputRoute | None) -> RouteAnswer | None:
    """The route of an output, if the object has one."""
    if route is None:
        return None
    items = [_seen(item) for item in route.items]
    return RouteAnswer(route.route, route.text, [node_answer(node) for node in route.via], items)


def _seen(item: SeenItem) -> SeenItemAnswer:
    return SeenItemAnswer(item.item_id, item.thread_id, list(item.requests), item.cut)
