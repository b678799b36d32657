"""What the runtime payloads of agent tools tell about edges (reducer rules §§10.2, 10.3)."""

from __future__ import annotations

import uuid
from typing import Any, Literal

import msgspec

from tui.model.ids import ThreadId
from tui.model.objects import ToolCall
from tui.reducer import agents, jsontext
from tui.reducer.messages import is_agent_path
from tui.reducer.problem import Problem
from tui.reducer.state import ReducerState
from tui.schema.payloads import RawPayloadRef

_NO_EDGE = "the edge of this call between the agents is not shown"
_MESSAGE_KINDS = frozenset({"assign_agent_task", "send_message"})
_BEGIN_KINDS = frozenset({*_MESSAGE_KINDS, "close_agent"})
_END_KINDS = frozenset({*_BEGIN_KINDS, "spawn_agent"})

_AgentStatus = Literal["pending_init", "running", "interrupted", "shutdown", "not_found"] | dict[str, str | None]


class _Message(msgspec.Struct, frozen=True, gc=False):
    call_id: str
    sender_thread_id: str
    receiver_thread_id: str
    prompt: str


class _MessageEnd(_Message, frozen=True, gc=False):
    status: _AgentStatus


class _Close(msgspec.Struct, frozen=True, gc=False):
    call_id: str
    sender_thread_id: str
    receiver_thread_id: str


class _CloseEnd(_Close, frozen=True, gc=False):
    status: _AgentStatus


class _SpawnEnd(msgspec.Struct, frozen=True, gc=False):
    call_id: str
    sender_thread_id: str
    prompt: str
    model: str
    reasoning_effort: Any
    status: _AgentStatus
    new_thread_id: str | None = None


class _Activity(msgspec.Struct, frozen=True, gc=False):
    event_id: str
    agent_thread_id: str
    agent_path: str
    kind: Literal["started", "interacted", "interrupted", "completed"]


def begin(state: ReducerState, tool: ToolCall, ref: RawPayloadRef) -> None:
    """Begin the edge of a call that messages or closes an agent, from its runtime start."""
    kind = tool.kind.type
    if kind in _MESSAGE_KINDS:
        message = _decode(state, ref, _Message)
        target = _thread_id(message.receiver_thread_id)
        _thread_id(message.sender_thread_id)
        agents.queue_tool_delivery(state, tool, agents.tool_edge_id(tool.tool_call_id), target, message.prompt, None)
    elif kind == "close_agent":
        close = _decode(state, ref, _Close)
        agents.close_edge(state, tool, _thread_id(close.receiver_thread_id), None)


def end(state: ReducerState, tool: ToolCall, ref: RawPayloadRef) -> None:
    """End or complete the edge, from a runtime end of either family of agent tools."""
    data = state.body(ref, _NO_EDGE)
    if b'"agent_thread_id"' in data:
        payload = state.json(ref, _NO_EDGE)
        if isinstance(payload, dict) and "agent_thread_id" in payload:
            _end_activity(state, tool, _decode(state, ref, _Activity))
            return
    if tool.kind.type in _END_KINDS:
        _end_classic(state, tool, ref)
    elif not _is_json(data):
        state.json(ref, "nothing is missing: the graph does not use this payload")


def _end_classic(state: ReducerState, tool: ToolCall, ref: RawPayloadRef) -> None:
    now = state.moment.at_unix_ms
    if tool.kind.type == "spawn_agent":
        spawn = _decode(state, ref, _SpawnEnd)
        sender = _thread_id(spawn.sender_thread_id)
        if spawn.new_thread_id is not None:
            child = _thread_id(spawn.new_thread_id)
            agents.queue_tool_delivery(state, tool, agents.spawn_edge_id(sender, child), child, spawn.prompt, now)
    elif tool.kind.type == "close_agent":
        close = _decode(state, ref, _CloseEnd)
        agents.close_edge(state, tool, _thread_id(close.receiver_thread_id), now)
    else:
        message = _decode(state, ref, _MessageEnd)
        target = _thread_id(message.receiver_thread_id)
        agents.queue_tool_delivery(state, tool, agents.tool_edge_id(tool.tool_call_id), target, message.prompt, now)


def _end_activity(state: ReducerState, tool: ToolCall, activity: _Activity) -> None:
    kind, what, now = tool.kind.type, activity.kind, state.moment.at_unix_ms
    target = _thread_id(activity.agent_thread_id)
    if not is_agent_path(activity.agent_path):
        raise Problem("payload-invalid", f"{activity.agent_path} is no agent path", _NO_EDGE, tool.tool_call_id)
    if what == "completed":
        return
    if kind == "spawn_agent" and what == "started":
        edge_id = agents.spawn_edge_id(tool.thread_id, target)
        agents.queue_tool_delivery(state, tool, edge_id, target, _sent_message(state, tool), now)
    elif kind in _MESSAGE_KINDS and what == "interacted":
        edge_id = agents.tool_edge_id(tool.tool_call_id)
        agents.queue_tool_delivery(state, tool, edge_id, target, _sent_message(state, tool), now)
    elif kind == "close_agent" and what == "interrupted":
        agents.close_edge(state, tool, target, now)
    else:
        message = f"sub-agent activity {what} does not match tool call kind {kind}"
        raise Problem("activity-mismatch", message, _NO_EDGE, tool.tool_call_id)


def _sent_message(state: ReducerState, tool: ToolCall) -> str:
    """The `message` argument of the call: the text, or its encrypted form, that the other agent will see."""
    where = f"agent activity tool call {tool.tool_call_id}"
    if tool.raw_invocation_payload_id is None:
        raise Problem("payload-invalid", f"{where} missing invocation payload", _NO_EDGE, tool.tool_call_id)
    invocation = state.json(state.trace.raw_payloads[tool.raw_invocation_payload_id], _NO_EDGE)
    payload = invocation.get("payload") if isinstance(invocation, dict) else None
    text = payload.get("arguments") if isinstance(payload, dict) else None
    if not isinstance(text, str):
        raise Problem("payload-invalid", f"{where} missing function arguments", _NO_EDGE, tool.tool_call_id)
    try:
        arguments = jsontext.parse(text)
    except jsontext.BAD_JSON as error:
        message = f"parse {where} arguments: {error}"
        raise Problem("payload-invalid", message, _NO_EDGE, tool.tool_call_id) from error
    sent = arguments.get("message") if isinstance(arguments, dict) else None
    if not isinstance(sent, str):
        raise Problem("payload-invalid", f"{where} arguments without a message", _NO_EDGE, tool.tool_call_id)
    return sent


def _decode(state: ReducerState, ref: RawPayloadRef, form: type[Any]) -> Any:
    return state.decode(ref, msgspec.json.Decoder(form), _NO_EDGE)


def _thread_id(text: str) -> ThreadId:
    """A thread id in its usual spelling; the format lets runtime payloads use any spelling of a UUID."""
    try:
        return ThreadId(str(uuid.UUID(text)))
    except ValueError as error:
        raise Problem("payload-invalid", f"{text!r} is no thread id", _NO_EDGE) from error


def _is_json(data: bytes) -> bool:
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
    except jsontext.BAD_JSON:
        return False
    return True
