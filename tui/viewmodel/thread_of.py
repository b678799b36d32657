"""Which agent something belongs to."""

from __future__ import annotations

from tui.analysis.index import anchor_node
from tui.analysis.lookup import find_object
from tui.model.ids import OperationId, ThreadId
from tui.model.noderef import NodeRef
from tui.model.objects import InteractionEdge, TerminalOperation
from tui.model.trace import RolloutTrace


def thread_of(trace: RolloutTrace, node: NodeRef) -> ThreadId | None:
    """The thread that a node belongs to, an edge to that of its target; None for what has none."""
    found = find_object(trace, node)
    if isinstance(found, InteractionEdge):
        return thread_of(trace, anchor_node(found.target))
    if isinstance(found, TerminalOperation):
        found = trace.tool_calls.get(trace.terminal_operations[OperationId(node.id)].tool_call_id)
    thread_id: ThreadId | None = getattr(found, "thread_id", None)
    return thread_id
