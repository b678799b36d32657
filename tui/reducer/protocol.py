"""Protocol events: kept for people, with the agent and the turn that they belong to as far as that can be told."""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec

from tui.late_decoder import late_decoder
from tui.model.ids import CodexTurnId, EventId, RawPayloadId, ThreadId
from tui.model.protocol import FRAME_EVENTS, ProtocolEvent, ThreadSession, TurnFacts
from tui.reducer.foreign_ids import thread_meant, turn_id_meant
from tui.reducer.repeated_turns import turn_meant
from tui.reducer.state import ReducerState
from tui.schema.events import ProtocolEventObserved

_LONGEST_MESSAGE = 4_000
"""Characters of a message that are kept; the payload has the whole."""

_SESSION_FIELDS = {
    "cwd": "cwd",
    "sandbox_policy": "sandbox",
    "permission_profile": "permissions",
    "approval_policy": "approval_policy",
    "approvals_reviewer": "approvals_reviewer",
    "reasoning_effort": "reasoning_effort",
    "forked_from_id": "forked_from_id",
    "parent_thread_id": "parent_thread_id",
    "session_id": "session_id",
    "rollout_path": "rollout_path",
}
"""Field of a payload → field of `ThreadSession`."""


class _ProtocolFields(msgspec.Struct, frozen=True, gc=False):
    """The fields of a protocol event that are looked at. Their types are not relied on."""

    type: Any = None
    message: Any = None
    reason: Any = None
    codex_error_info: Any = None
    error: Any = None
    summary: Any = None
    details: Any = None
    turn_id: Any = None
    thread_id: Any = None
    num_turns: Any = None
    last_agent_message: Any = None
    root_turn_id: Any = None
    turn_attribution: Any = None
    model_context_window: Any = None
    collaboration_mode_kind: Any = None
    duration_ms: Any = None
    time_to_first_token_ms: Any = None
    cwd: Any = None
    sandbox_policy: Any = None
    permission_profile: Any = None
    approval_policy: Any = None
    approvals_reviewer: Any = None
    reasoning_effort: Any = None
    forked_from_id: Any = None
    parent_thread_id: Any = None
    session_id: Any = None
    rollout_path: Any = None


_decoder: msgspec.json.Decoder[Any] = late_decoder(_ProtocolFields)
_text_decoder: msgspec.json.Decoder[Any] = late_decoder(str)


def observe(state: ReducerState, event: ProtocolEventObserved) -> None:
    """Keep an event whose body was handed in, and what it says of its turn or session."""
    raw_payload_id = RawPayloadId(event.event_payload.raw_payload_id)
    if event.event_payload.raw_payload_id not in state.bodies:
        return  # nobody wants to know
    body = _body(_usual_form(state, state.bodies[event.event_payload.raw_payload_id]))
    thread_id = thread_meant(state, _text(body.thread_id)) if body.thread_id else state.moment.thread_id
    turn_id = state.moment.codex_turn_id
    if body.turn_id:
        turn_id = turn_meant(state, turn_id_meant(state, _text(body.turn_id)), thread_id)
    found = ProtocolEvent(
        event_id=_free_id(state),
        event_type=event.event_type,
        payload_type=_text(body.type),
        seq=state.moment.seq,
        at_unix_ms=state.moment.at_unix_ms,
        thread_id=thread_id,
        codex_turn_id=turn_id,
        attribution="recorded",
        message=_message(body) or _other_fields(event.event_type, state.bodies[event.event_payload.raw_payload_id]),
        code=_text(body.codex_error_info),
        raw_payload_id=raw_payload_id,
    )
    _attribute(state, found)
    state.trace.protocol_events[found.event_id] = found
    state.delta.protocol_events.add(found.event_id)
    if found.codex_turn_id is not None:
        _tell_turn(state, found, body)
    elif event.event_type == "session_configured" and found.thread_id is not None:
        note_session(state, found.thread_id, msgspec.structs.asdict(body), raw_payload_id)


def note_session(
    state: ReducerState, thread_id: ThreadId, fields: dict[str, Any], raw_payload_id: RawPayloadId
) -> None:
    """Take in what a payload says of a thread's session; what was known stays where it says nothing."""
    facts = state.trace.evidence.session_facts.setdefault(thread_id, ThreadSession())
    for name, field in _SESSION_FIELDS.items():
        value = fields.get(name)
        if value is not None:
            setattr(facts, field, _text(value))
    state.append_missing(facts, "raw_payload_ids", raw_payload_id)
    if thread_id in state.trace.threads:
        state.delta.threads.add(thread_id)


def _usual_form(state: ReducerState, data: Any) -> Any:
    """What was handed in, as known recorders write it; other steps have said what is unusual."""
    return data if state.body_form is None or not isinstance(data, bytes) else state.body_form.usual(data)


def _body(data: Any) -> _ProtocolFields:
    """The fields of a body; a text alone is its message. None of one that is missing or is anything else."""
    if not isinstance(data, bytes):
        return _ProtocolFields()
    for decoder in (_decoder, _text_decoder):
        with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            found = decoder.decode(data)
            return found if isinstance(found, _ProtocolFields) else _ProtocolFields(message=found)
    return _ProtocolFields()


def _free_id(state: ReducerState) -> EventId:
    """Named after its seq; after its line, too, where a damaged log uses a seq again."""
    name = EventId(f"event:{state.moment.seq}")
    return name if name not in state.trace.protocol_events else EventId(f"{name}:line:{state.moment.line}")


def _text(value: Any) -> str:
    """A word as it is, anything else as compact JSON."""
    if value is None or isinstance(value, str):
        return value or ""
    return msgspec.json.encode(value).decode()


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _message(body: _ProtocolFields) -> str:
    if body.num_turns is not None:
        turns = _text(body.num_turns)
        return f"{turns} turn{'' if turns == '1' else 's'} taken back"
    text = _text(body.message) or _error_text(body.error) or _text(body.reason) or _notice(body)
    return text[:_LONGEST_MESSAGE]


def _notice(body: _ProtocolFields) -> str:
    """A notice in two parts: what it is about, and what to do."""
    return ": ".join(filter(None, (_text(body.summary), _text(body.details))))


def _other_fields(event_type: str, data: Any) -> str:
    """What an event without a known text says, as compact JSON, but for its kind; nothing of events without a row."""
    if event_type in FRAME_EVENTS or not isinstance(data, bytes):
        return ""
    with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        found = msgspec.json.decode(data)
        if isinstance(found, dict) and (rest := {name: value for name, value in found.items() if name != "type"}):
            return _text(rest)[:_LONGEST_MESSAGE]
    return ""


def _error_text(error: Any) -> str:
    if isinstance(error, dict) and isinstance(error.get("message"), str):
        return str(error["message"])
    return _text(error)


def _attribute(state: ReducerState, found: ProtocolEvent) -> None:
    """Find agent and turn of an event that names none: the only one that is open, or that has just failed so."""
    turn = None if found.codex_turn_id is None else state.trace.codex_turns.get(found.codex_turn_id)
    if found.thread_id is None and turn is not None:
        found.thread_id = turn.thread_id
    if found.thread_id is not None or found.codex_turn_id is not None or not found.has_row:
        return
    likely = _likely_turns(state, found)
    if len(likely) == 1:
        found.codex_turn_id = likely[0]
        found.thread_id = state.trace.codex_turns[likely[0]].thread_id
        found.attribution = "derived"
    elif len(state.trace.threads) == 1 and not likely:
        found.thread_id = next(iter(state.trace.threads))
        found.attribution = "derived"
    else:
        found.thread_id = ThreadId(state.trace.root_thread_id)
        found.attribution = "unproven"
        if found.event_type == "error":
            state.unplaced_errors.setdefault(found.message, []).append(found)


def _likely_turns(state: ReducerState, found: ProtocolEvent) -> list[CodexTurnId]:
    """The open turns; of several those whose newest failed request gave the same reason."""
    likely = list(state.open_turns)
    if len(likely) > 1 and found.message:
        failed = [name for name in likely if state.newest_failures.get(name) == found.message]
        likely = failed or likely
    return likely


def _place_errors(state: ReducerState, found: ProtocolEvent) -> None:
    """The end of a turn repeats what an error said: now the turn of that error is known."""
    for error in state.unplaced_errors.pop(found.message, ()):
        error.codex_turn_id, error.attribution = found.codex_turn_id, "derived"
        error.thread_id = found.thread_id
        state.delta.protocol_events.add(error.event_id)


def _tell_turn(state: ReducerState, found: ProtocolEvent, body: _ProtocolFields) -> None:
    """Keep what the event says of its turn."""
    turn_id = found.codex_turn_id
    if turn_id is None:
        return
    facts = state.trace.evidence.turn_facts.setdefault(turn_id, TurnFacts())
    attributed = body.turn_attribution if isinstance(body.turn_attribution, dict) else {}
    told: dict[str, Any] = {
        "model_context_window": _number(body.model_context_window),
        "collaboration_mode": _text(body.collaboration_mode_kind) or None,
        "root_turn_id": _text(body.root_turn_id) or None,
        "trigger": _text(attributed.get("turn_trigger")) or None,
        "parent_turn_id": _text(attributed.get("parent_turn_id")) or None,
        "initiating_agent_path": _text(attributed.get("initiating_agent_path")) or None,
        "duration_ms": _number(body.duration_ms),
        "time_to_first_token_ms": _number(body.time_to_first_token_ms),
    }
    if found.event_type == "turn_aborted":
        told["abort_reason"] = found.message or None
    elif found.event_type == "error" or body.error is not None:
        is_read = isinstance(state.bodies[found.raw_payload_id], bytes)
        told["error"] = found.message or f"an error {'without words' if is_read else 'whose words could not be read'}"
        _place_errors(state, found)
    elif found.event_type == "turn_complete" and body.last_agent_message is not None:
        facts.error = None  # it went on after the error, and has an answer
    for name, value in told.items():
        if value is not None:
            setattr(facts, name, value)
    state.append_missing(facts, "raw_payload_ids", found.raw_payload_id)
    if turn_id in state.trace.codex_turns:
        state.delta.codex_turns.add(turn_id)
