"""`NodeRef`: the name of one thing that a person can select, whatever pane shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.named_tuple import NamedTuple

if TYPE_CHECKING:  # a search of payloads needs nothing of the graph
    from tui.model.kinds import NodeKind


class NodeRef(NamedTuple):
    """Kind and id of a selectable object. It stays valid while the graph grows."""

    kind: NodeKind
    id: str
