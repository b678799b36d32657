"""`NodeRef`: the name of one thing that a person can select, whatever pane shows it."""

from __future__ import annotations

from tui.model.kinds import NodeKind
from tui.named_tuple import NamedTuple


class NodeRef(NamedTuple):
    """Kind and id of a selectable object. It stays valid while the graph grows."""

    kind: NodeKind
    id: str
