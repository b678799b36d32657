"""From the name of a node to its object."""

from __future__ import annotations

from typing import Any

from tui.model.noderef import NodeKind, NodeRef
from tui.model.trace import RolloutTrace

MAP_OF_KIND: dict[NodeKind, str] = {
    "thread": "threads",
    "turn": "codex_turns",
    "inference": "inference_calls",
    "tool_call": "tool_calls",
    "code_cell": "code_cells",
    "terminal_operation": "terminal_operations",
    "terminal_session": "terminal_sessions",
    "compaction": "compactions",
    "compaction_request": "compaction_requests",
    "edge": "interaction_edges",
    "item": "conversation_items",
    "payload": "raw_payloads",
    "event": "protocol_events",
}
"""Kind of node → name of the map that holds its objects. Diagnostics have none."""


def find_object(trace: RolloutTrace, node: NodeRef) -> Any:
    """The object that `node` names, or None if the graph does not hold it (yet)."""
    name = MAP_OF_KIND.get(node.kind)
    return None if name is None else getattr(trace, name).get(node.id)
