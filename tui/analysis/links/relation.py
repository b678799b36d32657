"""The vocabulary of links: how an object is linked with another, which way that leads, and what proves it.

Every kind of link is one half of a pair: if A is linked with B by a kind, B is linked with A by its inverse, on the
same evidence. The words are completed by the name of the target: `asked for by inference 3 of /root`.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from tui.model.kinds import GraphKind
from tui.model.noderef import NodeRef
from tui.named_tuple import NamedTuple

Direction = Literal["upstream", "downstream"]
"""`upstream` leads towards the cause, `downstream` towards effects and evidence."""

Certainty = Literal["recorded", "derived", "guess", "unproven"]
"""`recorded`: a field of the graph names the other object. `derived`: several fields together say so. `guess`: only
time and place speak for it. `unproven`: something must be there, but the recording does not say what; such links have
no target."""


class Relation(NamedTuple):
    """A pair of kinds of links: the one that leads towards the cause, and the one that leads back.

    `cause`: if it leads to the very cause of an object, how directly it does: 1 before 2. Of an object's links the most
    direct one is the next step to the prompt. 0 for relations that explain nothing. `effects`: the kinds of objects
    that it explains; empty for all that have it.
    """

    upstream: str
    downstream: str
    cause: int = 0
    effects: tuple[GraphKind, ...] = ()

    def explains(self, kind: GraphKind) -> bool:
        """Whether it leads to the cause of objects of that kind."""
        return self.cause > 0 and (not self.effects or kind in self.effects)


RELATIONS: tuple[Relation, ...] = (
    Relation("issued by", "issued", cause=1),
    Relation("asked for by", "asked for", cause=3),
    Relation("called in", "calls"),
    Relation("run by", "ran", cause=2),
    Relation("written in", "source of", cause=1),
    Relation("process started by", "started the process of"),
    Relation("used before by", "goes on in"),
    Relation("created by", "created", cause=1),
    Relation("used", "used by"),
    Relation("waited for", "waited for by"),
    Relation("sent by", "delivered as", cause=5),
    Relation("result of", "result delivered as"),
    Relation("returned by", "returned", cause=2),
    Relation("output of", "answered with", cause=3),
    Relation("carries the value of", "reached the model through"),
    Relation("the model's view of", "seen by the model as"),
    Relation("installed by", "installed", cause=4),
    Relation("spawned by", "spawned"),
    Relation("spawned over", "opened", cause=1),
    Relation("given a task by", "gave a task to"),
    Relation("messaged by", "messaged"),
    Relation("closed by", "closed"),
    Relation("was meant to get", "meant for"),
    Relation("got a result from", "result went to"),
    Relation("tasked with", "task of"),
    Relation("child of", "parent of", cause=2),
    Relation("comes from", "went out as", cause=1),
    Relation("arrived over", "arrived at", cause=1, effects=("item",)),
    Relation("carried by", "carries"),
    Relation("prompted by", "prompted", cause=1),
    Relation("newly given", "first sent by"),
    Relation("starts from", "first used by"),
    Relation("attempted by", "attempt at", cause=1),
    Relation("compacts", "compacted by"),
    Relation("part of", "holds", cause=6),
    Relation("evidence of", "recorded in", cause=1),
)
"""Every relation, in the order in which links are listed. All that is known of kinds of links follows from here; which
objects have them is said by the rules (`tui.analysis.links.linked`)."""

INVERSE_OF: dict[str, str] = {
    **{one.upstream: one.downstream for one in RELATIONS},
    **{one.downstream: one.upstream for one in RELATIONS},
}
"""Kind of a link → kind of the link that leads back."""

DIRECTION_OF: dict[str, Direction] = {
    **{one.upstream: "upstream" for one in RELATIONS},
    **{one.downstream: "downstream" for one in RELATIONS},
}

ORDER_OF: dict[str, int] = {kind: place for place, one in enumerate(RELATIONS) for kind in one[:2]}
"""Kind → its place in a list of links."""


_TEXTS: dict[str, str] = {
    "was meant to get": "should have received",
    "newly given": "was the first to send",
    "attempted by": "tried with",
    "closed": "closed or interrupted",
    "closed by": "closed or interrupted by",
}
"""How people read a kind of link that scripts know by another word."""


def relation_text(kind: str) -> str:
    """A kind of link for people, to be followed by the name of the target."""
    return _TEXTS.get(kind, kind)


def causes_among(kind: GraphKind, words: Collection[str]) -> tuple[str, ...]:
    """Of the kinds of links that objects of `kind` have those that lead to their cause, the most direct first."""
    found = [one for one in RELATIONS if one.upstream in words and one.explains(kind)]
    return tuple(one.upstream for one in sorted(found, key=lambda one: one.cause))


class Evidence(NamedTuple):
    """What proves a link: a field of an object of the graph. `note` says how it does, where that is not plain."""

    node: NodeRef
    field: str
    note: str = ""


class Claim(NamedTuple):
    """The far end of a link and what proves it, before the link has its kind."""

    target: NodeRef
    evidence: Evidence
    certainty: Certainty = "recorded"


class Link(NamedTuple):
    """One way out of an object, to an object of the graph."""

    kind: str
    target: NodeRef
    evidence: Evidence
    certainty: Certainty

    @property
    def direction(self) -> Direction:
        """Which way it leads."""
        return DIRECTION_OF[self.kind]


class Gap(NamedTuple):
    """A link that must be there but that the recording does not prove: its kind, and in words what is not known."""

    kind: str
    text: str
    evidence: Evidence

    @property
    def direction(self) -> Direction:
        """Which way it would lead."""
        return DIRECTION_OF[self.kind]
