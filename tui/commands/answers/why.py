"""`why --json`: the way from an object back to the user's prompt, and what followed."""

from __future__ import annotations

import msgspec

from tui.analysis.kinds.naming import name_of
from tui.analysis.links.why import ending, why
from tui.analysis.problems.failure_story import failure_story
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
    node_or_null,
    route_answer,
    step_answers,
)
from tui.model.noderef import NodeRef
from tui.store import TraceStore


class FailureAnswer(msgspec.Struct, frozen=True):
    """A line on what failed; `node` is where it leads, `field` what says so."""

    text: str
    node: NodeAnswer | None
    field: str | None


class WhyAnswer(msgspec.Struct, frozen=True):
    """The document; `end` says in words where the chain ends, `output` how an output reached the model.

    `failure`: what failed, why and what followed, the failure itself first; empty for a thing that did not fail.
    """

    node: NodeAnswer
    name: str
    failure: list[FailureAnswer]
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
        failure=[
            FailureAnswer(line.text, node_or_null(line.node), line.proof or None)
            for line in failure_story(store.trace, store.index, node)
        ],
        chain=step_answers(store, steps),
        end=ending(store.trace, steps),
        output=route_answer(route_of(store.trace, store.index, node)),
        upstream=link_answers(store, node, "upstream"),
        downstream=link_answers(store, node, "downstream"),
        unproven=gap_answers(store, node),
    )
