"""What a call of an agent tool asked for: the kind of edge, whom it named, and what it sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.argument_texts import string_arguments
from tui.analysis.kinds.naming import tool_name
from tui.model.ids import RawPayloadId, ThreadId
from tui.model.objects import EdgeKind, ToolCall
from tui.model.trace import RolloutTrace
from tui.named_tuple import NamedTuple
from tui.schema.events import AgentSummary, GenericSummary

PayloadReader = Callable[[RawPayloadId], bytes | None]
"""Gives the body of a payload, or None if it cannot be read. Nothing here needs one; more can be said with it."""

_SENDING_KINDS: dict[str, EdgeKind] = {
    "spawn_agent": "spawn_agent",
    "assign_agent_task": "assign_agent_task",
    "send_message": "send_message",
    "close_agent": "close_agent",
}
_SENDING_NAMES: dict[str, EdgeKind] = {"send_input": "send_message"}
"""Tools whose start names no kind of its own; the runtime says it later (bundle format §4.4)."""

_TARGET_KEYS = ("target", "task_name", "id", "agent_id")
_MESSAGE_KEYS = ("message", "input", "prompt")


class AskedAgent(NamedTuple):
    """Whom a call named, and its message; `is_whole`: nothing of the message is missing."""

    target: str
    message: str
    is_whole: bool


def kind_of_call(tool: ToolCall) -> EdgeKind | None:
    """The kind of edge that a call makes if it succeeds; None for tools that send nothing."""
    if tool.kind.type == "other":
        return _SENDING_NAMES.get(tool_name(tool))
    return _SENDING_KINDS.get(tool.kind.type)


def asked_of(tool: ToolCall, read: PayloadReader | None = None) -> AskedAgent:
    """What a call asked for: from its invocation payload if somebody reads it, else from the summary in the log."""
    payload_id = tool.raw_invocation_payload_id
    body = read(payload_id) if read is not None and payload_id is not None else None
    arguments = None if body is None else _arguments_in(body)
    if arguments is not None:
        return _asked(arguments, is_whole=True)
    summary = tool.summary
    if isinstance(summary, AgentSummary):
        return AskedAgent(summary.target_agent_path or summary.task_name, summary.message_preview, is_whole=False)
    preview = (summary.input_preview or "") if isinstance(summary, GenericSummary) else ""
    decoded = _object_in(preview)
    return _asked(string_arguments(preview), is_whole=False) if decoded is None else _asked(decoded, is_whole=True)


def thread_named(trace: RolloutTrace, index: TraceIndex, sender: ThreadId, name: str) -> ThreadId | None:
    """The agent that `sender` means by `name`: a thread id, a path, or the name of one of its own agents."""
    if name in trace.threads:
        return ThreadId(name)
    thread = trace.threads.get(sender)
    if not name or thread is None:
        return None
    return index.thread_at_path(name if name.startswith("/") else f"{thread.agent_path}/{name}")


def _asked(arguments: dict[str, Any], *, is_whole: bool) -> AskedAgent:
    return AskedAgent(_first_text(arguments, _TARGET_KEYS), _first_text(arguments, _MESSAGE_KEYS), is_whole)


def _first_text(arguments: dict[str, Any], keys: tuple[str, ...]) -> str:
    return next((value for key in keys if isinstance(value := arguments.get(key), str) and value), "")


def _arguments_in(body: bytes) -> dict[str, Any] | None:
    """The arguments in an invocation payload (bundle format §6.1)."""
    invocation = _object_in(body)
    payload = None if invocation is None else invocation.get("payload")
    text = payload.get("arguments") if isinstance(payload, dict) else None
    return _object_in(text) if isinstance(text, str) else None


def _object_in(text: str | bytes) -> dict[str, Any] | None:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
        return None
