"""`NodeRef`: the name of one thing that a person can select, whatever pane shows it."""

from __future__ import annotations

from typing import NamedTuple

from tui.model.kinds import NodeKind


class NodeRef(NamedTuple):
    """Kind and id of a selectable object. It stays valid while the graph grows."""

    kind: NodeKind
    id: str
