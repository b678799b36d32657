"""What an object is linked with, both ways: the five questions of the format (viewer notes §§1–6).

1. Which request produced this tool call? 2. Did this output reach the model as it was? 3. Which cell issued this nested
call? 4. Which terminal operation created or reused this process? 5. Which call spawned, messaged, received from or
closed this agent?
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.links.agent_rules import AGENT_RULES
from tui.analysis.links.conversation_rules import CONVERSATION_RULES
from tui.analysis.links.relation import DIRECTION_OF, INVERSE_OF, ORDER_OF, Claim, Direction, Gap, Link, causes_among
from tui.analysis.links.rule import Find, Graph, Rule
from tui.analysis.links.unproven import stated_gaps
from tui.analysis.links.work_rules import WORK_RULES
from tui.model.kinds import GRAPH_KINDS, GraphKind
from tui.model.lookup import find_object
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace

CLAIMS_PER_STEP = 200
"""Links of one step: a millisecond or two of work."""

PRIMARY_KINDS = (
    "spawned",
    "spawned by",
    "closed",
    "delivered as",
    "comes from",
    "result of",
    "sent by",
    "goes on in",
    "process started by",
    "created by",
    "issued by",
    "output of",
    "returned by",
    "run by",
    "asked for by",
    "attempt at",
    "part of",
    "evidence of",
)
"""Kinds that one key follows, the most telling first."""

_RULES: tuple[Rule, ...] = (*WORK_RULES, *AGENT_RULES, *CONVERSATION_RULES)


def _finders(kind: GraphKind) -> Iterator[tuple[str, Find, bool]]:
    """What finds links of one kind of object, in the order of the rules, so that both ends find the same rule first.

    With the kind of the links, and whether they go out from fields of the object itself.
    """
    for one in _RULES:
        if kind in one.near:
            yield one.kind, one.forward, True
        if kind in one.far:
            yield INVERSE_OF[one.kind], one.backward, False


_FINDERS: dict[GraphKind, tuple[tuple[str, Find, bool], ...]] = {kind: tuple(_finders(kind)) for kind in GRAPH_KINDS}

CAUSES: dict[GraphKind, tuple[str, ...]] = {
    kind: causes_among(kind, {word for word, _, _ in found}) for kind, found in _FINDERS.items()
}
"""Kind of object → the kinds of links that lead to its cause, the most direct first."""


def links_of(trace: RolloutTrace, index: TraceIndex, node: NodeRef, direction: Direction | None = None) -> list[Link]:
    """Everything that `node` is linked with, causes first; or only what lies in one direction.

    Each link has its inverse: the target is linked with `node` by `INVERSE_OF[kind]`, on the same evidence. Targets
    that the graph does not hold are left out; `gaps_of` lists them.
    """
    steps = links_in_steps(trace, index, node, direction)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            links: list[Link] = end.value
            return links


def links_in_steps(
    trace: RolloutTrace, index: TraceIndex, node: NodeRef, direction: Direction | None = None
) -> Generator[None, None, list[Link]]:
    """Return what `links_of` returns, in steps: a turn may be linked with tens of thousands of calls."""
    found: dict[tuple[str, NodeRef], Link] = {}
    for number, (kind, claim) in enumerate(_claims(Graph(trace, index), node, direction)):
        key = (kind, claim.target)
        if claim.target != node and key not in found and find_object(trace, claim.target) is not None:
            found[key] = Link(kind, claim.target, claim.evidence, claim.certainty)
        if number % CLAIMS_PER_STEP == CLAIMS_PER_STEP - 1:
            yield
    return sorted(found.values(), key=_place)


def links_of_kind(trace: RolloutTrace, index: TraceIndex, node: NodeRef, kind: str) -> list[Link]:
    """What is linked with `node` in one way; nothing else is looked for."""
    if node.kind == "diagnostic" or find_object(trace, node) is None:
        return []
    graph = Graph(trace, index)
    found: dict[NodeRef, Link] = {}
    for claim in (claim for name, find, _is_own in _FINDERS[node.kind] if name == kind for claim in find(graph, node)):
        if claim.target != node and claim.target not in found and find_object(trace, claim.target) is not None:
            found[claim.target] = Link(kind, claim.target, claim.evidence, claim.certainty)
    return list(found.values())


def gaps_of(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> list[Gap]:
    """What must be linked with `node` but cannot be proved from the recording."""
    graph = Graph(trace, index)
    gaps = list(stated_gaps(graph, node))
    told = {gap.kind for gap in gaps}
    for kind, claim in _claims(graph, node, None, backward=False):
        if kind not in told and find_object(trace, claim.target) is None:
            gaps.append(Gap(kind, f"{claim.target.id}, which is not in the graph", claim.evidence))
    return gaps


def primary_link(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> Link | None:
    """Where one key leads: from a call to the agent it spawned, from a message to its sender, from a call to its cell.

    None if `node` is linked with nothing but its evidence.
    """
    if node.kind == "diagnostic" or find_object(trace, node) is None:
        return None
    graph, finders = Graph(trace, index), _FINDERS[node.kind]
    for kind in PRIMARY_KINDS:
        for claim in (claim for name, find, _is_own in finders if name == kind for claim in find(graph, node)):
            if claim.target != node and find_object(trace, claim.target) is not None:
                return Link(kind, claim.target, claim.evidence, claim.certainty)
    return None


def _claims(
    graph: Graph, node: NodeRef, direction: Direction | None, *, backward: bool = True
) -> Iterator[tuple[str, Claim]]:
    if node.kind == "diagnostic" or find_object(graph.trace, node) is None:
        return
    for kind, find, is_own in _FINDERS[node.kind]:
        if (is_own or backward) and direction in (None, DIRECTION_OF[kind]):
            for claim in find(graph, node):
                yield kind, claim


def _place(link: Link) -> tuple[bool, int]:
    return link.direction == "downstream", ORDER_OF[link.kind]
