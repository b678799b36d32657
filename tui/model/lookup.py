"""From the name of a node to its object, and what objects of all kinds are asked for."""

from __future__ import annotations

from typing import assert_never

from tui.model.conversation import ConversationItem
from tui.model.execution import ExecutionWindow
from tui.model.kinds import KINDS, GraphObject
from tui.model.noderef import NodeRef
from tui.model.objects import (
    CodeCell,
    CodexTurn,
    Compaction,
    CompactionRequest,
    InferenceCall,
    InteractionEdge,
    TerminalOperation,
    TerminalSession,
    Thread,
    ToolCall,
)
from tui.model.protocol import ProtocolEvent
from tui.model.trace import RolloutTrace
from tui.schema.payloads import RawPayloadRef


def find_object(trace: RolloutTrace, node: NodeRef) -> GraphObject | None:
    """The object that `node` names, or None if the graph does not hold it (yet). Diagnostics are not in the graph."""
    return None if node.kind == "diagnostic" else KINDS[node.kind].objects(trace).get(node.id)


def window_of(found: GraphObject | None) -> ExecutionWindow | None:
    """When an object began and ended, and how; None for what has no such window.

    A terminal session's never ends in the graph; a protocol event is a moment.
    """
    match found:
        case Thread() | CodexTurn() | InferenceCall() | ToolCall() | CodeCell() | CompactionRequest():
            return found.execution
        case TerminalOperation() | TerminalSession() | ProtocolEvent():
            return found.execution
        case Compaction() | InteractionEdge() | ConversationItem() | RawPayloadRef() | None:
            return None
        case _:
            assert_never(found)
