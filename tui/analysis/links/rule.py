"""How links are found from either end.

A rule knows one pair of kinds and finds the links of that pair from both ends. Most rules are made from a field that
names the other object, and the index of that field; others are made from a function that works out the far ends of one
object, which is asked again for each candidate when one comes from the other side. Either way both ends agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.links.relation import Certainty, Claim, Evidence
from tui.model.kinds import NodeKind
from tui.model.lookup import find_object
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph and the index of it."""

    trace: RolloutTrace
    index: TraceIndex


Find = Callable[[Graph, NodeRef], Iterable[Claim]]
"""The far ends of the links of one object."""

Names = Iterable[str | msgspec.UnsetType | None]


class Rule(NamedTuple):
    """A pair of kinds: `kind` leads from objects of `near` kinds to objects of `far` kinds."""

    kind: str
    near: frozenset[NodeKind]
    far: frozenset[NodeKind]
    forward: Find
    backward: Find


def rule(kind: str, near: Iterable[NodeKind], far: Iterable[NodeKind], forward: Find, backward: Find) -> Rule:
    """A rule whose two ends are found by functions of their own."""
    return Rule(kind, frozenset(near), frozenset(far), forward, backward)


def field_rule(
    kind: str,
    near: NodeKind,
    far: NodeKind,
    field: str,
    names: Callable[[Any], Names],
    owners: Callable[[TraceIndex, Any], Iterable[str]],
    certainty: Certainty = "recorded",
) -> Rule:
    """Objects of kind `near` name others of kind `far` in `field`; `owners` is the index of just that field."""

    def forward(graph: Graph, node: NodeRef) -> Iterator[Claim]:
        evidence = Evidence(node, field)
        for name in names(find_object(graph.trace, node)):
            if isinstance(name, str):
                yield Claim(NodeRef(far, name), evidence, certainty)

    def backward(graph: Graph, node: NodeRef) -> Iterator[Claim]:
        for name in owners(graph.index, node.id):
            owner = NodeRef(near, name)
            yield Claim(owner, Evidence(owner, field), certainty)

    return rule(kind, [near], [far], forward, backward)


def claim_rule(
    kind: str,
    near: NodeKind,
    far: Iterable[NodeKind],
    claims: Callable[[Graph, Any], Iterable[Claim]],
    candidates: Callable[[Graph, NodeRef], Iterable[str]],
) -> Rule:
    """Objects of kind `near` work out their far ends by `claims`; from there, each of the `candidates` is asked."""

    def forward(graph: Graph, node: NodeRef) -> Iterable[Claim]:
        return claims(graph, find_object(graph.trace, node))

    def backward(graph: Graph, node: NodeRef) -> Iterator[Claim]:
        for name in dict.fromkeys(candidates(graph, node)):
            owner = NodeRef(near, name)
            found = find_object(graph.trace, owner)
            for claim in () if found is None else claims(graph, found):
                if claim.target == node:
                    yield Claim(owner, claim.evidence, claim.certainty)
                    break

    return rule(kind, [near], far, forward, backward)
