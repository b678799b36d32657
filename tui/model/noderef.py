"""`NodeRef`: the name of one thing that a person can select, whatever pane shows it."""

from __future__ import annotations

from typing import Literal, NamedTuple

NodeKind = Literal[
    "thread",
    "turn",
    "inference",
    "tool_call",
    "code_cell",
    "terminal_operation",
    "terminal_session",
    "compaction",
    "compaction_request",
    "edge",
    "item",
    "payload",
    "event",
    "diagnostic",
]
"""Kinds of nodes. An `event` is one of the protocol, which the reduced graph does not hold. The id of a `diagnostic` is
its index in the list of diagnostics; all others use ids of the graph."""


class NodeRef(NamedTuple):
    """Kind and id of a selectable object. It stays valid while the graph grows."""

    kind: NodeKind
    id: str
