"""`why --json`: the way from an object back to the user's prompt, and what followed."""

from __future__ import annotations

import msgspec

from tui.analysis.kinds.naming import name_of
from tui.analysis.links.why import ending, why
from tui.analysis.requests.route import route_of
from tui.commands.answers.objects import (
    GapAnswer,
    LinkAnswer,
    NodeAnswer,
    RouteAnswer,
    StepAnswer,
    gap_answers,
    link_answers,
    node_answer,
    route_answer,
    step_answers,
)
from tui.model.noderef import NodeRef
from tui.store import TraceStore


class WhyAnswer(msgspec.Struct, frozen=True):
    """The document; `end` says in words where the chain ends, `output` how an output reached the model."""

    node: NodeAnswer
    name: str
    chain: list[StepAnswer]
    end: str
    output: RouteAnswer | None
    upstream: list[LinkAnswer]
    downstream: list[LinkAnswer]
    unproven: list[GapAnswer]


def why_answer(store: TraceStore, node: NodeRef) -> WhyAnswer:
    """The document on an object."""
    steps = why(store.trace, store.index, node)
    return WhyAnswer(
        node=node_answer(node),
        name=name_of(store.trace, store.index, node),
        chain=step_answers(store, steps),
        end=ending(store.trace, steps),
        output=route_answer(route_of(store.trace, store.index, node)),
        upstream=link_answers(store, node, "upstream"),
        downstream=link_answers(store, node, "downstream"),
        unproven=gap_answers(store, node),
    )
