"""Finds events in a list that another object holds: a log that is one document, or events written in batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

from tui.schema.decode import EventLine, decode_line
from tui.schema.events import UnknownEvent
from tui.schema.members import BAD_JSON, as_object
from tui.source.lines import RawLine

_DEEPEST: Final = 3
_PAYLOAD: Final = "payload"
_NUMBER: Final = "seq"


class _InList(NamedTuple):
    """The entries of a list, and the members of the envelope around it, which each of them shares."""

    entries: list[msgspec.Raw]
    envelope: dict[str, Any]


def listed_events(line: RawLine) -> list[RawLine]:
    """The events in the list that the object in a line holds; none if it is an event itself, or holds no such list.

    Entries may be payloads alone: each is then given the envelope around the list, but the number, which it shares.
    """
    fields = as_object(msgspec.Raw(line.data.strip()))
    if fields is None or _is_known(line.data):
        return []
    for entries, envelope in _lists(fields, {}, _DEEPEST):
        texts = [_with_envelope(bytes(entry), envelope) for entry in entries]
        if any(map(_is_known, texts)):
            return [*_pieces(line, entries, texts)]
    return []


def _lists(fields: dict[str, Any], around: dict[str, Any], depth: int) -> Iterator[_InList]:
    """Lists of objects in an object and in those inside it, with the envelope around them."""
    envelope = around or {name: value for name, value in fields.items() if name not in (_PAYLOAD, _NUMBER)}
    for name, value in fields.items():
        entries = _objects(value)
        if entries:
            yield _InList(entries, {other: shared for other, shared in envelope.items() if other != name})
        inner = as_object(value) if depth > 1 else None
        if inner:
            shared = {other: one for other, one in envelope.items() if other != name}
            yield from _lists(inner, shared if name == _PAYLOAD else {}, depth - 1)


def _objects(value: Any) -> list[msgspec.Raw]:
    """The entries of a list of objects, else none."""
    if bytes(memoryview(value)[:1]) != b"[":
        return []
    try:
        entries = _entries_decoder.decode(value)
    except BAD_JSON:
        return []
    return entries if all(bytes(memoryview(entry)[:1]) == b"{" for entry in entries) else []


def _with_envelope(entry: bytes, envelope: dict[str, Any]) -> bytes:
    """A payload as the event that it is in this envelope; an entry with a payload of its own stays as it is."""
    fields = as_object(msgspec.Raw(entry)) or {}
    try:
        kind = msgspec.json.decode(fields.get("type", b"null"))
    except BAD_JSON:
        kind = None
    if _PAYLOAD in fields or not isinstance(kind, str):
        return entry
    return msgspec.json.encode({**envelope, _PAYLOAD: msgspec.Raw(entry)})


def _is_known(text: bytes) -> bool:
    line = decode_line(text, 1)
    return isinstance(line, EventLine) and not isinstance(line.event.payload, UnknownEvent)


def _pieces(line: RawLine, entries: list[msgspec.Raw], texts: list[bytes]) -> Iterator[RawLine]:
    """A line for each entry, placed where that is in the log."""
    at = 0
    for entry, text in zip(entries, texts, strict=True):
        recorded = bytes(entry)
        at = line.data.find(recorded, at)
        yield RawLine(line.number, line.offset + at, len(recorded), text, "listed")
        at += len(recorded)


_entries_decoder: Final = msgspec.json.Decoder(list[msgspec.Raw])
