"""The vocabulary of links: how an object is linked with another, which way that leads, and what proves it.

Every kind of link is one half of a pair: if A is linked with B by a kind, B is linked with A by its inverse, on the
same evidence. The words are completed by the name of the target: `asked for by inference 3 of /root`.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from tui.model.noderef import NodeRef

Direction = Literal["upstream", "downstream"]
"""`upstream` leads towards the cause, `downstream` towards effects and evidence."""

Certainty = Literal["recorded", "derived", "guess", "unproven"]
"""`recorded`: a field of the graph names the other object. `derived`: several fields together say so. `guess`: only
time and place speak for it. `unproven`: something must be there, but the recording does not say what; such links have
no target."""

PAIRS: tuple[tuple[str, str], ...] = (
    ("issued by", "issued"),
    ("asked for by", "asked for"),
    ("called in", "calls"),
    ("run by", "ran"),
    ("written in", "source of"),
    ("process started by", "started the process of"),
    ("used before by", "goes on in"),
    ("created by", "created"),
    ("used", "used by"),
    ("waited for", "waited for by"),
    ("sent by", "delivered as"),
    ("result of", "result delivered as"),
    ("returned by", "returned"),
    ("output of", "answered with"),
    ("carries the value of", "reached the model through"),
    ("the model's view of", "seen by the model as"),
    ("installed by", "installed"),
    ("spawned by", "spawned"),
    ("spawned over", "opened"),
    ("given a task by", "gave a task to"),
    ("messaged by", "messaged"),
    ("closed by", "closed"),
    ("was meant to get", "meant for"),
    ("got a result from", "result went to"),
    ("tasked with", "task of"),
    ("child of", "parent of"),
    ("comes from", "went out as"),
    ("arrived over", "arrived at"),
    ("carried by", "carries"),
    ("prompted by", "prompted"),
    ("newly given", "first sent by"),
    ("starts from", "first used by"),
    ("attempted by", "attempt at"),
    ("compacts", "compacted by"),
    ("part of", "holds"),
    ("evidence of", "recorded in"),
)
"""(upstream, downstream) for each pair, in the order in which links are listed."""

INVERSE_OF: dict[str, str] = {
    **dict(PAIRS),
    **{downstream: upstream for upstream, downstream in PAIRS},
}
"""Kind of a link → kind of the link that leads back."""

DIRECTION_OF: dict[str, Direction] = {
    **{upstream: "upstream" for upstream, _ in PAIRS},
    **{downstream: "downstream" for _, downstream in PAIRS},
}

ORDER_OF: dict[str, int] = {kind: place for place, pair in enumerate(PAIRS) for kind in pair}
"""Kind → its place in a list of links."""


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
