"""From one line of `trace.jsonl` to a value.

What known recorders write is decoded in two stages: the envelope first, its payload kept raw; the payload follows by
its `type`. A line that the typed decoders refuse is read field by field (`tui.schema.tolerant`); a kind of event from
the future keeps its place in the log (`UnknownEvent`), and a line that is not an event at all is a value, too
(`MalformedLine`). Nothing here raises for bad input.
"""

from __future__ import annotations

from sys import intern
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from tui.schema.encoding import MARK, without_mark
from tui.schema.events import EVENT_TYPES, EventPayload, InferenceStarted, KnownEvent, RawTraceEvent
from tui.schema.members import BAD_JSON
from tui.schema.oddity import BYTE_ORDER_MARK, LARGEST_SEQ, Oddity
from tui.schema.parts import PartLists, resolve_parts
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


class _Envelope(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    schema_version: Annotated[int, msgspec.Meta(ge=0, lt=2**32)]
    seq: Annotated[int, msgspec.Meta(ge=0)]
    wall_time_unix_ms: Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
    rollout_id: str
    thread_id: str | None = None
    codex_turn_id: str | None = None
    payload: msgspec.Raw


_USUAL_MS, _MOST_USUAL_MS = 10**12, 10**13
"""Times of the years 2001 to 2286: looking no further is quicker."""

_PARTS = b'"parts"'
_THREAD_ID = b'"thread_id"'
_NO_THREAD = b'"thread_id":null'
_TURN_ID = b'"codex_turn_id"'

_ENVELOPE_NAMES = frozenset(_Envelope.__struct_fields__)

_envelope_decoder = msgspec.json.Decoder(_Envelope)
_payload_decoder = msgspec.json.Decoder(KnownEvent)
_object_decoder = msgspec.json.Decoder(dict[str, Any])


def decode_line(data: bytes, line: int, parts: PartLists | None = None) -> TraceLine | None:
    """Return the value of one physical line (`data`, with or without its newline), or None if it is blank.

    `parts` belongs to a log that is read from its start; a single line needs none.
    """
    if not data or data.isspace():
        return None
    try:
        if not data.isascii():
            data.decode()  # the decoder does not look into what it skips
    except UnicodeDecodeError as error:
        return MalformedLine(line, str(error), data[:EXCERPT_BYTES])
    try:
        return EventLine(line, _decode_typed(data, parts))
    except BAD_JSON as error:
        if data.startswith(MARK):
            return _behind_mark(decode_line(without_mark(data), line, parts))
        understood = _read_tolerantly(data, line, parts)
        if understood is None:
            return _malformed(data, line, error)
        return EventLine(line, understood.event, understood.oddities)


def _behind_mark(found: TraceLine | None) -> TraceLine | None:
    """A line with a byte order mark before it, as the first one of a file may have: read as without, and reported."""
    if not isinstance(found, EventLine):
        return found
    return msgspec.structs.replace(found, oddities=(*found.oddities, BYTE_ORDER_MARK))


def _decode_typed(data: bytes, parts: PartLists | None) -> RawTraceEvent:
    """The event in a line that a known recorder wrote; raises one of `BAD_JSON` for any other."""
    envelope = _envelope_decoder.decode(data)
    payload = _payload_decoder.decode(envelope.payload)
    thread_id, turn_id = envelope.thread_id, envelope.codex_turn_id
    if _PARTS in data:
        resolve_parts(payload.payload_refs(), parts or PartLists(), thread_id or "")
    if (thread_id is None or turn_id is None) and _names_context_elsewhere(data, thread_id, payload):
        raise ValueError("the line may name the thread or the turn, but not where the envelope should")
    if type(payload) is InferenceStarted:
        _check_prompt(payload, envelope.schema_version)
    if envelope.seq > LARGEST_SEQ:
        raise ValueError("`seq` has more than 64 bits")
    if not _USUAL_MS <= envelope.wall_time_unix_ms < _MOST_USUAL_MS and _is_other_unit(envelope.wall_time_unix_ms):
        raise ValueError("`wall_time_unix_ms` counts another unit")
    return RawTraceEvent(
        schema_version=envelope.schema_version,
        seq=envelope.seq,
        wall_time_unix_ms=envelope.wall_time_unix_ms,
        rollout_id=intern(envelope.rollout_id),  # one object for a name that is in thousands of lines
        thread_id=None if thread_id is None else intern(thread_id),
        codex_turn_id=None if turn_id is None else intern(turn_id),
        payload=payload,
    )


def _is_other_unit(time: int) -> bool:
    from tui.schema.times import is_other_unit

    return is_other_unit(time)


def _check_prompt(request: InferenceStarted, schema_version: int) -> None:
    if request.prepared_prompt_payload is None and rules_for(schema_version).has_prepared_prompts:
        raise ValueError("the request does not name its prepared prompt where it should")


def _read_tolerantly(data: bytes, line: int, parts: PartLists | None = None) -> Understood | None:
    """Read a line field by field. Few logs have such lines, so the first one loads what that takes."""
    from tui.schema.tolerant import read_tolerantly

    return read_tolerantly(data, line, parts)


def _names_context_elsewhere(data: bytes, thread_id: str | None, payload: EventPayload) -> bool:
    """Whether a line lacks the names of thread and turn, which recorders write also for none, or has one twice."""
    if _TURN_ID not in data or _THREAD_ID not in data:
        return True
    is_repeated = thread_id is None and _THREAD_ID in data.replace(_NO_THREAD, b"")
    return is_repeated and "thread_id" not in payload.__struct_fields__


def _malformed(data: bytes, line: int, error: Exception) -> MalformedLine:
    """A line that is not an event, with its number if that can be read."""
    try:
        seq = _envelope_decoder.decode(data).seq
    except BAD_JSON:
        return MalformedLine(line, str(error), data[:EXCERPT_BYTES])
    return MalformedLine(line, f"{error} (in payload)", data[:EXCERPT_BYTES], seq if seq <= LARGEST_SEQ else None)


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
