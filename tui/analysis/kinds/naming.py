"""What to call an object in a sentence. The texts are as recorded: a view makes them harmless before it shows them."""

from __future__ import annotations

import re
from typing import assert_never

import msgspec

from tui.analysis.index.ends import anchor_node
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.argument_texts import string_arguments, unescaped
from tui.analysis.kinds.scripts import cell_waited_by
from tui.late_pattern import late_pattern
from tui.model.conversation import CodePart, ConversationItem, EncodedPart, JsonPart, Part, SummaryPart, TextPart
from tui.model.ids import ThreadId
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
    ToolCallAnchor,
    TraceAnchor,
)
from tui.model.protocol import ProtocolEvent
from tui.model.trace import RolloutTrace
from tui.schema.events import AgentSummary, GenericSummary, WaitAgentSummary
from tui.schema.payloads import RawPayloadRef

ARGUMENT_KEYS = (
    "cmd",
    "command",
    "task_name",
    "target",
    "path",
    "file_path",
    "query",
    "url",
    "pattern",
    "name",
    "cell_id",
)
"""Keys of a tool's arguments that say best what the call is about, best first."""

ENCRYPTED_SUMMARY = "encrypted summary"
"""The history in short for a compaction, as only the provider can read it; the same everywhere."""

PREVIEW_CHARACTERS = 400
"""How much of a text a name may be made of; a view cuts it to its width."""

_SHELL = late_pattern(r"^(?:/\S+/)?(?:ba|z|da)?sh -l?c ")
_FIRST_TEXT = late_pattern(r'\{\s*"\w+"\s*:\s*"((?:[^"\\]|\\.)+)')
"""A text that the first key holds, perhaps cut."""
_PATCH_BEGINS = "*** Begin Patch"
_PATCHED_FILE = late_pattern(r"^\*\*\* (?:Add|Update|Delete) File: (.+)$", re.MULTILINE)


def _deed(trace: RolloutTrace, edge: InteractionEdge) -> str:
    """The kind of an edge in words; a call that interrupts an agent closes nothing, but has the same kind."""
    call = trace.tool_calls.get(edge.source.tool_call_id) if isinstance(edge.source, ToolCallAnchor) else None
    is_close = call is not None and edge.kind == "close_agent"
    return (tool_name(call) if call is not None and is_close else edge.kind).replace("_", " ")


def tool_name(tool: ToolCall) -> str:
    """The tool, as the model knows it: without the namespace of the agent tools, `server.tool` for an MCP tool."""
    kind = tool.kind
    if kind.server is not msgspec.UNSET and kind.tool is not msgspec.UNSET:
        return f"{kind.server}.{kind.tool}"
    if isinstance(tool.summary, GenericSummary) and tool.summary.label:
        return tool.summary.label.removeprefix("collaboration.")
    return kind.type if kind.name is msgspec.UNSET else kind.name


def tool_argument(trace: RolloutTrace, tool: ToolCall) -> str:
    """What the call is about: its command, target, file, or the beginning of its arguments."""
    if tool.terminal_operation_id is not None:
        operation = trace.terminal_operations.get(tool.terminal_operation_id)
        if operation is not None:
            return operation_argument(operation)
    if tool.started_code_cell_id is not msgspec.UNSET:
        cell = trace.code_cells.get(tool.started_code_cell_id)
        if cell is not None:
            return cell.source_js[:PREVIEW_CHARACTERS].strip()
    return _summary_argument(tool)


def operation_argument(operation: TerminalOperation) -> str:
    """The command without the shell around it, or what was written to standard input."""
    request = operation.request
    if isinstance(request, ExecRequest):
        return _SHELL.sub("", request.display_command[:PREVIEW_CHARACTERS])
    return request.stdin[:PREVIEW_CHARACTERS] if request.stdin else "(poll)"


def _summary_argument(tool: ToolCall) -> str:
    summary = tool.summary
    if isinstance(summary, AgentSummary):
        return summary.task_name or summary.target_agent_path
    if isinstance(summary, WaitAgentSummary):
        return summary.target_agent_path or ""
    if isinstance(summary, GenericSummary) and summary.input_preview:
        return argument_of_preview(summary.input_preview)
    return ""


def argument_of_preview(preview: str) -> str:
    """The main argument in the beginning of a tool's input; the recorder may have cut it anywhere."""
    preview = preview[: 4 * PREVIEW_CHARACTERS]
    files = patched_files(preview)
    if files:
        return files
    if not preview.startswith("{"):
        return preview.removeprefix(_PATCH_BEGINS).strip()
    arguments = string_arguments(preview)
    for key in ARGUMENT_KEYS:
        if arguments.get(key):
            return arguments[key]
    return _plain_arguments(preview)


def patched_files(text: str) -> str:
    """The file that a patch changes, of several how many and the first; empty for what is not a patch."""
    files = _PATCHED_FILE.findall(text)
    return "" if not files else files[0] if len(files) == 1 else f"{len(files)} files: {files[0]}, …"


def message_of_preview(preview: str) -> str:
    """The text that a call sends to another agent, as far as it is readable and the recorder kept it."""
    return string_arguments(preview[: 4 * PREVIEW_CHARACTERS]).get("message", "")


def _plain_arguments(preview: str) -> str:
    """Arguments without the signs of JSON, `timeout_ms=5000`; of cut ones the first text, nested ones as they are."""
    try:
        arguments = msgspec.json.decode(preview, type=dict[str, str | int | float | bool | None])
    except msgspec.DecodeError:
        found = _FIRST_TEXT.match(preview)
        return preview.strip() if found is None else unescaped(found.group(1)).strip()
    return " ".join(f"{key}={value}" for key, value in arguments.items())


def item_text(item: ConversationItem) -> str:
    """The readable beginning of an item; empty if it has none."""
    for part in item.body.parts:
        if isinstance(part, (TextPart, SummaryPart)):
            return part.text[:PREVIEW_CHARACTERS].strip()
    return ""


def is_encrypted_summary(item: ConversationItem) -> bool:
    """Whether an item is a summary in which nothing can be read (reducer rules §2: items named `compaction`)."""
    is_encoded = any(isinstance(part, EncodedPart) for part in item.body.parts)
    return item.kind == "message" and item.channel == "summary" and is_encoded and not item_text(item)


def event_name(event: ProtocolEvent) -> str:
    """What kind of protocol event it is, and the beginning of what it says."""
    text = event.message[:PREVIEW_CHARACTERS].strip()
    name = event.event_type.replace("_", " ")
    return f"{name} “{text}”" if text else name


def agent_name(trace: RolloutTrace, thread_id: ThreadId) -> str:
    """The agent's path, or a name of its own if another has that; its thread id if the thread is not in the graph."""
    own = trace.evidence.agent_names.get(thread_id)
    if own is not None:
        return own
    thread = trace.threads.get(thread_id)
    return thread.agent_path if thread is not None and thread.agent_path else thread_id


def name_of(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> str:
    """A short name for any object, as in `request 3 of /root/alpha` or `exec_command pytest -q`."""
    match find_object(trace, node):
        case Thread(thread_id=thread_id):
            return f"agent {agent_name(trace, thread_id)}"
        case CodexTurn(thread_id=thread_id):
            return f"turn {index.ordinal('turn', node.id)} of {agent_name(trace, thread_id)}"
        case InferenceCall(thread_id=thread_id):
            return f"request {index.ordinal('inference', node.id)} of {agent_name(trace, thread_id)}"
        case Compaction(thread_id=thread_id):
            return f"compaction {index.ordinal('compaction', node.id)} of {agent_name(trace, thread_id)}"
        case CompactionRequest(compaction_id=compaction_id) if compaction_id in trace.compactions:
            return f"request for {name_of(trace, index, NodeRef('compaction', compaction_id))}"
        case ToolCall() as tool:
            return _name_of_call(trace, index, tool)
        case ConversationItem(kind="function_call" | "custom_tool_call") as item:
            return _name_of_call_item(trace, item)
        case InteractionEdge() as edge:
            return f"{_deed(trace, edge)} {_agent_at(trace, edge.source)} → {_agent_at(trace, edge.target)}"
        case TerminalSession(created_by_operation_id=creator_id):
            creator = trace.terminal_operations.get(creator_id)
            return "process" if creator is None else f"process of {operation_argument(creator)}"
        case None:
            return node.id
        case found:
            return _name_of_part(found)


def _name_of_call(trace: RolloutTrace, index: TraceIndex, tool: ToolCall) -> str:
    """The tool and what it is about; of a `wait` the script, whose number in the arguments says nothing."""
    waited = cell_waited_by(trace, index, tool)
    if waited is not None:
        return f"wait for {_name_of_part(waited)}"
    return f"{tool_name(tool)} {tool_argument(trace, tool)}".strip()


def _agent_at(trace: RolloutTrace, anchor: TraceAnchor) -> str:
    """The agent at one end of an edge."""
    node = anchor_node(anchor)
    found = find_object(trace, node)
    if isinstance(found, (ConversationItem, ToolCall, Thread)):
        return agent_name(trace, found.thread_id)
    return node.id


def _name_of_part(
    found: TerminalOperation | CodeCell | CompactionRequest | ConversationItem | ProtocolEvent | RawPayloadRef,
) -> str:
    """The name of an object that needs no number."""
    match found:
        case TerminalOperation() as operation:
            return f"{operation.kind} {operation_argument(operation)}"
        case CodeCell(source_js=source):
            return f"script {source[:PREVIEW_CHARACTERS].strip()}"
        case CompactionRequest(model=model):
            return f"compaction request {model}"
        case ConversationItem() as item:
            return _item_name(item)
        case ProtocolEvent() as event:
            return event_name(event)
        case RawPayloadRef(kind=kind, label=label):
            return f"{kind.type} {label}"
        case _:
            assert_never(found)


_ITEM_WORDS = {
    "function_call": "call",
    "custom_tool_call": "call",
    "function_call_output": "output",
    "custom_tool_call_output": "output",
    "compaction_marker": "compaction marker",
}


def _name_of_call_item(trace: RolloutTrace, item: ConversationItem) -> str:
    """The tool that the model asked for, and what about."""
    source = trace.evidence.item_sources.get(item.item_id)
    tool = "" if source is None or source.tool_name is None else f" {source.tool_name}"
    about = next(filter(None, map(_asked_in, item.body.parts)), "")
    return f"tool call{tool} {about}".strip()


def _asked_in(part: Part) -> str:
    """What a part of a call's item asks for: its main argument, or the beginning of its code."""
    if isinstance(part, CodePart):
        return part.source[:PREVIEW_CHARACTERS].strip()
    return argument_of_preview(part.summary) if isinstance(part, JsonPart) else ""


def _item_name(item: ConversationItem) -> str:
    if item.agent_message is not msgspec.UNSET:
        return f"message from {item.agent_message.author} to {item.agent_message.recipient}"
    if is_encrypted_summary(item):
        return ENCRYPTED_SUMMARY
    name = f"{item.role} message" if item.kind == "message" else _ITEM_WORDS.get(item.kind, item.kind)
    text = item_text(item)
    return f"{name} “{text}”" if text else name
