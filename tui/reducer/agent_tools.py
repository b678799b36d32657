"""What the runtime payloads of agent tools tell about edges (reducer rules §§10.2, 10.3)."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

import msgspec

from tui.late_decoder import late_decoder
from tui.model.ids import ThreadId
from tui.model.objects import ToolCall
from tui.reducer import agents, jsontext
from tui.reducer.bodies import decode_body, json_of
from tui.reducer.foreign_ids import THREAD_ID, thread_meant
from tui.reducer.messages import is_agent_path
from tui.reducer.problem import Problem
from tui.reducer.state import ReducerState
from tui.schema.oddity import shortened
from tui.schema.payloads import RawPayloadRef

_NO_EDGE = "the edge of this call between the agents is not shown"
_MESSAGE_KINDS = frozenset({"assign_agent_task", "send_message"})
_BEGIN_KINDS = frozenset({*_MESSAGE_KINDS, "close_agent"})
_END_KINDS = frozenset({*_BEGIN_KINDS, "spawn_agent"})

_BARE_STATUSES = frozenset({"pending_init", "running", "interrupted", "shutdown", "not_found"})
_Integer = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]

# Fields that nothing here uses are listed because the format's reference refuses a payload in which they are ill-typed.


class _Close(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    call_id: str
    sender_thread_id: str
    receiver_thread_id: str
    started_at_ms: _Integer = 0


class _Message(_Close, frozen=True, gc=False, kw_only=True):
    prompt: str


class _End(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    status: Any
    completed_at_ms: _Integer = 0

    def __post_init__(self) -> None:
        if not _is_status(self.status):
            raise ValueError(f"{self.status!r} is not an agent status")


class _CloseEnd(_End, frozen=True, gc=False, kw_only=True):
    call_id: str
    sender_thread_id: str
    receiver_thread_id: str
    receiver_agent_nickname: str | None = None
    receiver_agent_role: str | None = None


class _MessageEnd(_CloseEnd, frozen=True, gc=False, kw_only=True):
    prompt: str


class _SpawnEnd(_End, frozen=True, gc=False, kw_only=True):
    call_id: str
    sender_thread_id: str
    prompt: str
    model: str
    reasoning_effort: str
    new_thread_id: str | None = None
    new_agent_nickname: str | None = None
    new_agent_role: str | None = None


class _Activity(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    event_id: str
    agent_thread_id: str
    agent_path: str
    kind: Literal["started", "interacted", "interrupted", "completed"]
    occurred_at_ms: _Integer = 0
    model: str | None = None
    reasoning_effort: str | None = None


_activity_decoder = late_decoder(_Activity)
_message_decoder = late_decoder(_Message)
_message_end_decoder = late_decoder(_MessageEnd)
_close_decoder = late_decoder(_Close)
_close_end_decoder = late_decoder(_CloseEnd)
_spawn_end_decoder = late_decoder(_SpawnEnd)


def begin(state: ReducerState, tool: ToolCall, ref: RawPayloadRef) -> None:
    """Begin the edge of a call that messages or closes an agent, from its runtime start."""
    kind = tool.kind.type
    if kind in _MESSAGE_KINDS:
        _send_message(state, tool, decode_body(state, ref, _message_decoder, _NO_EDGE), None)
    elif kind == "close_agent":
        _close_agent(state, tool, decode_body(state, ref, _close_decoder, _NO_EDGE), None)


def end(state: ReducerState, tool: ToolCall, ref: RawPayloadRef) -> None:
    """End or complete the edge, from a runtime end of either family of agent tools."""
    if _is_activity(state, ref):
        _end_activity(state, tool, decode_body(state, ref, _activity_decoder, _NO_EDGE))
    elif tool.kind.type in _END_KINDS:
        _end_classic(state, tool, ref)


def _is_activity(state: ReducerState, ref: RawPayloadRef) -> bool:
    """Whether the payload is of the newer family of agent tools; raises `Problem` if it is not JSON at all."""
    payload = json_of(state, ref, _NO_EDGE)
    return isinstance(payload, dict) and "agent_thread_id" in payload


def _end_classic(state: ReducerState, tool: ToolCall, ref: RawPayloadRef) -> None:
    now = state.moment.at_unix_ms
    if tool.kind.type == "spawn_agent":
        spawn: _SpawnEnd = decode_body(state, ref, _spawn_end_decoder, _NO_EDGE)
        sender = _thread_id(state, spawn.sender_thread_id)
        if spawn.new_thread_id is not None:
            child = _thread_id(state, spawn.new_thread_id)
            agents.queue_tool_delivery(state, tool, agents.spawn_edge_id(sender, child), child, spawn.prompt, now)
    elif tool.kind.type == "close_agent":
        _close_agent(state, tool, decode_body(state, ref, _close_end_decoder, _NO_EDGE), now)
    else:
        _send_message(state, tool, decode_body(state, ref, _message_end_decoder, _NO_EDGE), now)


def _send_message(state: ReducerState, tool: ToolCall, sent: _Message | _MessageEnd, end: int | None) -> None:
    edge_id = agents.tool_edge_id(tool.tool_call_id)
    agents.queue_tool_delivery(state, tool, edge_id, _receiver(state, sent), sent.prompt, end)


def _close_agent(state: ReducerState, tool: ToolCall, closed: _Close | _CloseEnd, end: int | None) -> None:
    agents.close_edge(state, tool, _receiver(state, closed), end)


def _receiver(state: ReducerState, payload: _Close | _CloseEnd) -> ThreadId:
    _thread_id(state, payload.sender_thread_id)
    return _thread_id(state, payload.receiver_thread_id)


def _end_activity(state: ReducerState, tool: ToolCall, activity: _Activity) -> None:
    kind, what, now = tool.kind.type, activity.kind, state.moment.at_unix_ms
    target = _thread_id(state, activity.agent_thread_id)
    if not is_agent_path(activity.agent_path):
        raise Problem("payload-invalid", f"{activity.agent_path} is not an agent path", _NO_EDGE, tool.tool_call_id)
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
    invocation = json_of(state, state.trace.raw_payloads[tool.raw_invocation_payload_id], _NO_EDGE)
    payload = invocation.get("payload") if isinstance(invocation, dict) else None
    text = payload.get("arguments") if isinstance(payload, dict) else None
    if not isinstance(text, str):
        raise Problem("payload-invalid", f"{where} missing function arguments", _NO_EDGE, tool.tool_call_id)
    try:
        arguments = jsontext.parse(text, max_depth=len(text))  # only its own fields are read, at any depth
        if jsontext.repeats_key(text, ("message",)):
            raise ValueError("duplicate field `message`")
    except jsontext.BAD_JSON as error:
        message = f"parse {where} arguments: {error}"
        raise Problem("payload-invalid", message, _NO_EDGE, tool.tool_call_id) from error
    sent = arguments.get("message") if isinstance(arguments, dict) else None
    if not isinstance(sent, str):
        raise Problem("payload-invalid", f"{where} arguments without a message", _NO_EDGE, tool.tool_call_id)
    return sent


def _is_status(value: Any) -> bool:
    """Whether `value` is a status of an agent: a word, or one with the text that goes with it."""
    match value:
        case str():
            return value in _BARE_STATUSES
        case dict() if len(value) == 1:
            [(word, text)] = value.items()
            if word == "errored":
                return isinstance(text, str)
            return isinstance(text, str | None) if word == "completed" else word in _BARE_STATUSES and text is None
        case _:
            return False


def _thread_id(state: ReducerState, text: str) -> ThreadId:
    """A thread id in its usual spelling; the format lets runtime payloads use any spelling of a UUID."""
    if THREAD_ID.fullmatch(text) is None and text in state.trace.threads:
        message = f"bodies call an agent {shortened(text)}, which is not a UUID"
        consequence = "it is the id of an agent, and was read as that"
        state.report_counted("uuid", "field-retyped", message, consequence, severity="warning")
        return ThreadId(text)
    if THREAD_ID.fullmatch(text) is None:
        raise Problem("payload-invalid", f"{text!r} is not a thread id", _NO_EDGE)
    return thread_meant(state, str(uuid.UUID(text)))
