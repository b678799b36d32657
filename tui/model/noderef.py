"""`NodeRef`: the name of one thing that a person can select, whatever pane shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import repeat
from typing import TYPE_CHECKING

from tui.named_tuple import NamedTuple

if TYPE_CHECKING:  # a search of payloads needs nothing of the graph
    from tui.model.kinds import NodeKind


class NodeRef(NamedTuple):
    """Kind and id of a selectable object. It stays valid while the graph grows."""

    kind: NodeKind
    id: str


def node_refs(kind: NodeKind, ids: Iterable[str]) -> Iterator[NodeRef]:
    """The names of many objects of a kind. One after the other made by `NodeRef` takes three times as long."""
    return map(tuple.__new__, repeat(NodeRef), zip(repeat(kind), ids, strict=False))
