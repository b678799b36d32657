"""From one line of `trace.jsonl` to a value, in two stages.

The envelope is decoded first, its payload kept raw; the payload follows by its `type`. So a kind from the future
keeps its place in the log (`UnknownEvent`), and a line that is no event at all is a value, too (`MalformedLine`).
Nothing here raises for bad input.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from tui.schema.events import EVENT_TYPES, EventPayload, KnownEvent, RawTraceEvent, UnknownEvent
from tui.schema.parts import PartLists, resolve_parts

EXCERPT_BYTES = 120
"""How much of a malformed line is kept for people, in bytes."""


class EventLine(msgspec.Struct, frozen=True, gc=False):
    """A line that holds an event. `line` counts physical lines from 1, blank ones included."""

    line: int
    event: RawTraceEvent


class MalformedLine(msgspec.Struct, frozen=True, gc=False):
    """A line that is no event: why, and its first bytes. `seq` is set where the envelope could be read."""

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


class _Tag(msgspec.Struct, frozen=True, gc=False):
    type: str


_PARTS = b'"parts"'
_LARGEST_SEQ = 2**64 - 1

_envelope_decoder = msgspec.json.Decoder(_Envelope)
_payload_decoder = msgspec.json.Decoder(KnownEvent)
_tag_decoder = msgspec.json.Decoder(_Tag)
_object_decoder = msgspec.json.Decoder(dict[str, Any])

_BAD_INPUT = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError)


def decode_line(data: bytes, line: int, parts: PartLists | None = None) -> TraceLine | None:
    """Return the value of one physical line (`data`, with or without its newline), or None if it is blank.

    `parts` is that of the log, for whoever reads one from its start; a line alone needs none.
    """
    if not data or data.isspace():
        return None
    try:
        if not data.isascii():
            data.decode()  # the decoder does not look into what it skips
        envelope = _envelope_decoder.decode(data)
    except _BAD_INPUT as error:
        return MalformedLine(line, str(error), data[:EXCERPT_BYTES])
    if envelope.seq > _LARGEST_SEQ:
        return MalformedLine(line, "`seq` has more than 64 bits", data[:EXCERPT_BYTES])
    raw = envelope.payload
    payload: KnownEvent | UnknownEvent
    try:
        payload = _payload_decoder.decode(raw)
        if _PARTS in bytes(raw):
            resolve_parts(payload.payload_refs(), parts or PartLists(), envelope.thread_id or "")
    except _BAD_INPUT as error:
        unknown = _unknown_event(raw)
        if unknown is None:
            return MalformedLine(line, f"{error} (in payload)", data[:EXCERPT_BYTES], envelope.seq)
        payload = unknown
    event = RawTraceEvent(
        schema_version=envelope.schema_version,
        seq=envelope.seq,
        wall_time_unix_ms=envelope.wall_time_unix_ms,
        rollout_id=envelope.rollout_id,
        thread_id=envelope.thread_id,
        codex_turn_id=envelope.codex_turn_id,
        payload=payload,
    )
    return EventLine(line, event)


def _unknown_event(raw: msgspec.Raw) -> UnknownEvent | None:
    """The payload as an unknown kind, or None if its kind is known (then its fields are wrong) or unreadable."""
    try:
        tag = _tag_decoder.decode(raw).type
    except _BAD_INPUT:
        return None
    return None if tag in EVENT_TYPES else UnknownEvent(tag, bytes(raw))


def unknown_fields(data: bytes) -> list[str]:
    """Names of fields in an event line that no known generation writes, as `envelope.x` or `<kind>.x`, sorted.

    For reports on format drift; reducing does not need it. Empty for a line that is no event.
    """
    try:
        envelope = _object_decoder.decode(data)
    except _BAD_INPUT:
        return []
    found = [f"envelope.{name}" for name in envelope if name not in _Envelope.__struct_fields__]
    payload = envelope.get("payload")
    if isinstance(payload, dict):
        tag = payload.get("type")
        event_type: type[EventPayload] | None = EVENT_TYPES.get(tag) if isinstance(tag, str) else None
        if event_type is not None:
            known = {"type", *event_type.__struct_fields__}
            found += [f"{tag}.{name}" for name in payload if name not in known]
    return sorted(found)
