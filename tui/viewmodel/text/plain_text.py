"""A node as plain text, for the clipboard and the pager. As recorded: code that shows it makes it harmless."""

from __future__ import annotations

from typing import assert_never

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import name_of
from tui.model.conversation import CodePart, ConversationItem, EncodedPart, JsonPart, PayloadRefPart
from tui.model.lookup import find_object
from tui.model.noderef import NodeRef
from tui.model.objects import (
    CodeCell,
    CodexTurn,
    Compaction,
    CompactionRequest,
    ExecRequest,
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


def plain_text(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> str:
    """The readable text of a node: a message, a command with its output, a script; of anything else its name."""
    match find_object(trace, node):
        case ConversationItem() as item:
            return item_text(item)
        case TerminalOperation() as operation:
            return _operation_text(operation)
        case CodeCell(source_js=source):
            return source
        case ToolCall() as tool:
            return _tool_text(trace, index, tool)
        case Thread() | CodexTurn() | InferenceCall() | TerminalSession() | Compaction() | CompactionRequest():
            return name_of(trace, index, node)
        case InteractionEdge() | RawPayloadRef() | ProtocolEvent() | None:
            return name_of(trace, index, node)
        case other:
            assert_never(other)


def item_text(item: ConversationItem) -> str:
    """The text of all parts. Structured arguments are the summary that the graph holds; the payload has the whole."""
    lines = []
    for part in item.body.parts:
        match part:
            case CodePart(source=text) | JsonPart(summary=text):
                lines.append(text)
            case EncodedPart(label=label) | PayloadRefPart(label=label):
                lines.append(f"[{label}]")
            case _:
                lines.append(part.text)
    return "\n".join(lines)


def _tool_text(trace: RolloutTrace, index: TraceIndex, tool: ToolCall) -> str:
    operation = (
        None if tool.terminal_operation_id is None else trace.terminal_operations.get(tool.terminal_operation_id)
    )
    if operation is not None:
        return _operation_text(operation)
    texts = [name_of(trace, index, NodeRef("tool_call", tool.tool_call_id))]
    for item_id in tool.model_visible_output_item_ids[-1:]:
        item = trace.conversation_items.get(item_id)
        texts += [item_text(item)] if item is not None else []
    return "\n".join(texts)


def _operation_text(operation: TerminalOperation) -> str:
    request, result = operation.request, operation.result
    asked = f"$ {request.display_command}" if isinstance(request, ExecRequest) else f"< {request.stdin}"
    if result is None:
        return asked
    return "\n".join(text for text in (asked, result.stdout, result.stderr) if text)
