"""From one line of `trace.jsonl` to a value.

What known recorders write is decoded at once, by the `type` of its payload. A line that the typed decoder refuses is
read field by field (`tui.schema.tolerant`); a kind of event from the future keeps its place in the log
(`UnknownEvent`), and a line that is not an event at all is a value, too (`MalformedLine`). Nothing here raises for bad
input.
"""

from __future__ import annotations

from functools import cache
from sys import intern
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from tui.schema.encoding import MARK, without_mark
from tui.schema.events import (
    EVENT_TYPES,
    AgentResultObserved,
    CodeCellEnded,
    CodeCellInitialResponse,
    EventPayload,
    HistoryItemAccepted,
    InferenceCancelled,
    InferenceFailed,
    InferenceStarted,
    KnownEvent,
    OtherEvent,
    RawTraceEvent,
    ThreadStarted,
    ToolCallEnded,
    ToolCallStarted,
    UnknownEvent,
)
from tui.schema.members import BAD_JSON
from tui.schema.oddity import BYTE_ORDER_MARK, LARGEST_SEQ, Oddity
from tui.schema.parts import PartLists, resolve_parts
from tui.schema.payloads import NO_PARTS
from tui.schema.rules import rules_for

if TYPE_CHECKING:
    from tui.schema.tolerant import Understood

EXCERPT_BYTES = 120
"""How much of a malformed line is kept for people, in bytes."""


class EventLine(msgspec.Struct, frozen=True, gc=False):
    """A line that holds an event. `line` counts physical lines from 1, blank ones included.

    `oddities` say how it differs from what known recorders write; there are none where the typed decoder read it.
    """

    line: int
    event: RawTraceEvent
    oddities: tuple[Oddity, ...] = ()


class MalformedLine(msgspec.Struct, frozen=True, gc=False):
    """A line that is not an event: why, and its first bytes. `seq` is set where the envelope could be read."""

    line: int
    reason: str
    excerpt: bytes
    seq: int | None = None


TraceLine = EventLine | MalformedLine


class _Numbered(msgspec.Struct, frozen=True, gc=False):
    """What of an envelope says which event a line has, if its payload cannot be read."""

    schema_version: Annotated[int, msgspec.Meta(ge=0, lt=2**32)]
    seq: Annotated[int, msgspec.Meta(ge=0)]
    wall_time_unix_ms: Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
    rollout_id: str
    payload: msgspec.Raw
    thread_id: str | None = None
    codex_turn_id: str | None = None


_USUAL_MS, _MOST_USUAL_MS = 10**12, 10**13
"""Times of the years 2001 to 2286: looking no further is quicker."""

_THREAD_ID = b'"thread_id"'
_NO_THREAD = b'"thread_id":null'
_PAYLOAD_ID = b'"raw_payload_id"'
_TURN_ID = b'"codex_turn_id"'

_MAY_LACK_PAYLOADS = frozenset(
    {
        AgentResultObserved,
        CodeCellEnded,
        CodeCellInitialResponse,
        HistoryItemAccepted,
        InferenceCancelled,
        InferenceFailed,
        ThreadStarted,
        ToolCallEnded,
        ToolCallStarted,
    }
)
"""Kinds of events that are whole without a payload, so that nothing else shows that it has another name."""

_ENVELOPE_NAMES = frozenset(RawTraceEvent.__struct_fields__)

_decode_event = msgspec.json.Decoder(RawTraceEvent).decode
_object_decoder = msgspec.json.Decoder(dict[str, Any])

_set_field = msgspec.structs.force_setattr


def decode_line(data: bytes, line: int, parts: PartLists | None = None) -> TraceLine | None:
    """Return the value of one physical line (`data`, with or without its newline), or None if it is blank.

    `parts` belongs to a log that is read from its start; a single line needs none.
    """
    try:
        return EventLine(line, _decode_typed(data, parts))
    except BAD_JSON as error:
        return _decode_unusual(data, line, parts, error)


def _decode_typed(data: bytes, parts: PartLists | None) -> RawTraceEvent:
    """The event in a line that a known recorder wrote; raises one of `BAD_JSON` for any other."""
    if not data.isascii():
        data.decode()  # the decoder does not look into what it skips
    event = _decode_event(data)
    payload, thread_id, turn_id = event.payload, event.thread_id, event.codex_turn_id
    for name in payload.reference_fields:  # `payload_refs` would take as long as half of the decoding
        ref = getattr(payload, name)
        if ref is not None and ref.parts is not NO_PARTS:
            resolve_parts([ref], parts or PartLists(), thread_id or "")
    if type(payload) in _MAY_LACK_PAYLOADS and _PAYLOAD_ID in data and not payload.payload_refs():
        raise ValueError("the line names a payload, but not where its kind of event should")
    if type(payload) is InferenceStarted:
        _check_prompt(payload, event.schema_version)
    elif type(payload) is OtherEvent:
        resolve_parts(payload.payloads, parts or PartLists(), thread_id or "")
    if not _USUAL_MS <= (event.wall_time_unix_ms or 0) < _MOST_USUAL_MS:
        _check_time(event.wall_time_unix_ms)
    if (thread_id is None or turn_id is None) and _names_context_elsewhere(data, thread_id, payload):
        raise ValueError("the line may name the thread or the turn, but not where the envelope should")
    if thread_id is not None:  # one object for each of the names that are in thousands of lines
        _set_field(event, "thread_id", intern(thread_id))
    if turn_id is not None:
        _set_field(event, "codex_turn_id", intern(turn_id))
    _set_field(event, "rollout_id", intern(event.rollout_id or ""))
    return event


def _decode_unusual(data: bytes, line: int, parts: PartLists | None, error: Exception) -> TraceLine | None:
    """What a line says that no known recorder wrote; `error` is why the decoder refused it."""
    if not data or data.isspace():
        return None
    if isinstance(error, UnicodeDecodeError):
        return MalformedLine(line, str(error), data[:EXCERPT_BYTES])
    if data.startswith(MARK):
        return _behind_mark(decode_line(without_mark(data), line, parts))
    understood = _read_tolerantly(data, line, parts)
    if understood is None:
        return _malformed(data, line)
    return EventLine(line, understood.event, understood.oddities)


def _behind_mark(found: TraceLine | None) -> TraceLine | None:
    """A line with a byte order mark before it, as the first one of a file may have: read as without, and reported."""
    if not isinstance(found, EventLine):
        return found
    return msgspec.structs.replace(found, oddities=(*found.oddities, BYTE_ORDER_MARK))


def _check_time(time: int | None) -> None:
    from tui.schema.times import is_other_unit

    if time is None or is_other_unit(time):
        raise ValueError("`wall_time_unix_ms` counts another unit")


def _check_prompt(request: InferenceStarted, schema_version: int | None) -> None:
    if request.prepared_prompt_payload is None and rules_for(schema_version or 0).has_prepared_prompts:
        raise ValueError("the request does not name its prepared prompt where it should")


def _read_tolerantly(data: bytes, line: int, parts: PartLists | None = None) -> Understood | None:
    """Read a line field by field. Few logs have such lines, so the first one loads what that takes."""
    from tui.schema.tolerant import read_tolerantly

    return read_tolerantly(data, line, parts)


def _names_context_elsewhere(data: bytes, thread_id: str | None, payload: KnownEvent | UnknownEvent) -> bool:
    """Whether a line lacks the names of thread and turn, which recorders write also for none, or has one twice."""
    if _TURN_ID not in data or _THREAD_ID not in data:
        return True
    is_repeated = thread_id is None and _THREAD_ID in data.replace(_NO_THREAD, b"")
    return is_repeated and "thread_id" not in payload.__struct_fields__


@cache
def _payload_decoder() -> msgspec.json.Decoder[KnownEvent]:
    """Few logs have lines that need it."""
    return msgspec.json.Decoder(KnownEvent)


def _malformed(data: bytes, line: int) -> MalformedLine:
    """A line that is not an event, with its number if that can be read."""
    excerpt = data[:EXCERPT_BYTES]
    try:
        envelope = msgspec.json.decode(data, type=_Numbered)
    except BAD_JSON as error:
        return MalformedLine(line, str(error), excerpt)
    seq = envelope.seq if envelope.seq <= LARGEST_SEQ else None
    try:
        _payload_decoder().decode(envelope.payload)
    except BAD_JSON as error:
        return MalformedLine(line, f"{error} (in payload)", excerpt, seq)
    return MalformedLine(line, "not an event", excerpt, seq)


def unknown_fields(data: bytes) -> list[str]:
    """Names of fields in an event line that no known generation writes, as `envelope.x` or `<kind>.x`, sorted.

    For reports on format drift; reducing does not need it. Empty if the line is not an event. A field that was found
    under another name, or at another place, is none.
    """
    if not _foreign_names(data):
        return []
    understood = _read_tolerantly(data, 0)
    return [] if understood is None else understood.unused


def _foreign_names(data: bytes) -> bool:
    """Whether a line has names that its kind of event does not have, or no kind where known recorders write it."""
    try:
        envelope = _object_decoder.decode(data)
    except BAD_JSON:
        return False
    payload = envelope.get("payload")
    tag = payload.get("type") if isinstance(payload, dict) else None
    event_type: type[EventPayload] | None = EVENT_TYPES.get(tag) if isinstance(tag, str) else None
    if not isinstance(payload, dict) or not envelope.keys() <= _ENVELOPE_NAMES:
        return True
    return event_type is not None and not payload.keys() <= {"type", *event_type.__struct_fields__}
