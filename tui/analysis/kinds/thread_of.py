"""Which agent something belongs to."""

from __future__ import annotations

from typing import assert_never

from tui.analysis.index.ends import anchor_node
from tui.model.conversation import ConversationItem
from tui.model.ids import ThreadId
from tui.model.lookup import find_object
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


def thread_of(trace: RolloutTrace, node: NodeRef) -> ThreadId | None:
    """The thread that a node belongs to, an edge to that of its target; None for what has none."""
    match find_object(trace, node):
        case InteractionEdge(target=target):
            return thread_of(trace, anchor_node(target))
        case TerminalOperation(tool_call_id=tool_id):
            tool = trace.tool_calls.get(tool_id)
            return None if tool is None else tool.thread_id
        case Thread() | CodexTurn() | InferenceCall() | ToolCall() | CodeCell() | TerminalSession() as found:
            return found.thread_id
        case Compaction() | CompactionRequest() | ConversationItem() | ProtocolEvent() as found:
            return found.thread_id
        case RawPayloadRef() | None:
            return None
        case other:
            assert_never(other)
