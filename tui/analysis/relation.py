"""One link of an object before it has a name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from tui.model.noderef import NodeKind, NodeRef


class Relation(NamedTuple):
    """How an object is linked with `target`, in words that the target's name completes."""

    kind: str
    direction: Literal["in", "out"]
    target: NodeRef


def nodes(
    kind: str, direction: Literal["in", "out"], node_kind: NodeKind, names: Iterable[str | None]
) -> Iterator[Relation]:
    """The same relation to several objects; None is left out."""
    for name in names:
        if name is not None:
            yield Relation(kind, direction, NodeRef(node_kind, name))
