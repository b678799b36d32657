"""Reads a line that the typed decoder refuses: what is known of it, field by field.

A recorder of tomorrow, or of somebody else, may leave out, rename, move or retype any field, or write the event into
the envelope. Each change costs the field that it touches, and is noted (`Oddity`). A line is no event only if nothing
in it says what kind of event it is.
"""

from __future__ import annotations

from collections.abc import Callable
from sys import intern
from typing import Any, NamedTuple, TypeVar

import msgspec

from tui.schema.events import EVENT_TYPES, KnownEvent, RawTraceEvent, UnknownEvent, UnnumberedEvent
from tui.schema.field_readers import parts_reader, struct_reader, text_in, whole_number
from tui.schema.foreign_parts import usually_named
from tui.schema.meant_kinds import kind_by_fields, kind_meant
from tui.schema.members import BAD_JSON, UNREAD, Members, as_object, folded, plain, spelled_names, text_of
from tui.schema.nesting import event_object, is_kind, is_whole_event, known_kind, with_envelope
from tui.schema.oddity import LARGEST_SEQ, UNRECORDED, LineNotes, Oddity
from tui.schema.parts import PartLists, resolve_parts
from tui.schema.payloads import NO_PARTS, RawPayloadRef
from tui.schema.times import rest_of_second, time_in, unix_ms
from tui.schema.versions import schema_number

_MOST_REFERENCES = 1_000
"""References that are looked for in an event of an unknown kind."""

_TAGS = ("type", "kind", "eventtype", "event", "name")
"""Members that say what an object is, folded."""
_BODIES = ("payload", "event", "data", "body")

_OTHER_NAMES: dict[str, frozenset[str]] = {
    "schema_version": frozenset({"schema", "version", "v"}),
    "seq": frozenset({"sequence", "sequencenumber", "seqno"}),
    "wall_time_unix_ms": frozenset({"timestamp", "timestampms", "ts", "time", "walltime", "unixms", "timeunixms"}),
    "rollout_id": frozenset({"rollout", "rid"}),
    "thread_id": frozenset({"thread", "tid", "agent", "agentid", "conversationid"}),
    "codex_turn_id": frozenset({"turnid", "turn", "taskid", "stepid"}),
}
"""Field of the envelope → other names, folded, whose value is taken for it if it can be read as one."""

_ENVELOPE = ("schema_version", "seq", "wall_time_unix_ms", "rollout_id")
ENVELOPE_NAMES = frozenset(map(folded, (*_ENVELOPE, *(f"codex_{name}" for name in _ENVELOPE))))
"""What shows that an object is the envelope of an event, folded."""

_IF_MISSING = {
    "schema_version": "the event is read by the rules of the manifest's schema",
    "seq": "events are numbered by the lines of the log",
    "wall_time_unix_ms": "when the event happened is not known; the time of the event before it is shown",
    "rollout_id": "the event counts as one of the manifest's session",
}

_EXPECTED = {int: "a whole number", str: "text"}
_IN_RANGE = {"seq": "a number from 0 to 2⁶⁴ - 1", "wall_time_unix_ms": "a time in milliseconds"}
"""Field of the envelope → what its value must be, where not all of a type will do."""

Value = TypeVar("Value", int, str)


class Understood(NamedTuple):
    """What could be read of a line; `unused` are the names of which nothing was made, as `envelope.x` or `kind.x`."""

    event: RawTraceEvent
    oddities: tuple[Oddity, ...]
    unused: list[str]


class _Body(NamedTuple):
    """What says what happened: its kind, its members, and its text."""

    kind: str
    members: Members
    raw: bytes


def read_tolerantly(data: bytes, line: int, parts: PartLists | None = None) -> Understood | None:
    """Read physical line `line`; None if it is not a JSON object, or nothing in it says what kind of event it is."""
    fields = as_object(msgspec.Raw(data.strip()))
    if fields is None:
        return None
    notes = LineNotes(line)
    fields = with_envelope(fields, ENVELOPE_NAMES, notes)
    envelope = Members(fields)
    body = _body(envelope, data, notes)
    if body is None or (body.kind not in EVENT_TYPES and ENVELOPE_NAMES.isdisjoint(map(folded, fields))):
        return None  # logs of other programs have types, too
    payload = _payload(body, envelope, notes)
    reader = _EnvelopeReader(envelope, body, notes)
    seq = reader.seq()
    thread_id = _interned(reader.context_id("thread_id"))
    event_type = UnnumberedEvent if seq is None else RawTraceEvent
    event = event_type(
        schema_version=reader.schema(),
        seq=line if seq is None else seq,
        wall_time_unix_ms=reader.time(),
        rollout_id=_interned(reader.text("rollout_id")),
        thread_id=thread_id,
        codex_turn_id=_interned(reader.context_id("codex_turn_id")),
        payload=payload,
    )
    _resolve(payload, parts or PartLists(), thread_id or "", notes)
    return Understood(event, notes.oddities, _unused(envelope, body))


class _EnvelopeReader:
    """Reads the fields of the envelope; the payload may hold ids that it lacks."""

    def __init__(self, envelope: Members, body: _Body, notes: LineNotes) -> None:
        self._envelope = envelope
        self._body = body
        self._notes = notes

    def seq(self) -> int | None:
        """The number of the event, if it has one that can be one."""
        return self._read("seq", _seq, int)

    def schema(self) -> int | None:
        """The number of the schema."""
        return self._read("schema_version", schema_number, int)

    def text(self, name: str) -> str | None:
        """A text."""
        return self._read(name, _text, str)

    def time(self) -> int | None:
        """Milliseconds since the Unix epoch."""
        return self._read("wall_time_unix_ms", unix_ms, int, self._time_elsewhere)

    def context_id(self, name: str) -> str | None:
        """An id of the thread or turn in which the event was written; None if the recorder did not know it."""
        place = f"envelope.{name}"
        value = plain(self._envelope.find(name, place, self._notes))
        found = _text(value)
        if found is None:
            return self._under_other_names(name, _text, place) or self._from_payload(name, place)
        if not isinstance(value, str):
            self._notes.retyped(place, value, "text")
        return found

    def _from_payload(self, name: str, place: str) -> str | None:
        """The id that the payload has; the struct reads one that belongs there, others are noted."""
        members = self._body.members
        found = None if members is self._envelope else _text(plain(members.find(name, place, self._notes)))
        event_type = EVENT_TYPES.get(self._body.kind)
        if found is not None and event_type is not None and name not in event_type.__struct_fields__:
            self._notes.elsewhere(place, "the payload")
        return found

    def _time_elsewhere(self, place: str) -> int | None:
        """The time under a name that speaks of time, in the envelope, else under a known name in the payload."""
        envelope, members = self._envelope, self._body.members
        for other in envelope.values:
            found = None if other in envelope.used else time_in(other, plain(envelope.values[other]))
            if found is not None:
                self._notes.renamed(place, other)
                envelope.used.add(other)
                return found + self._rest_of_second(other)
        found = None if members is envelope else unix_ms(plain(members.values.get("wall_time_unix_ms")))
        if found is not None:
            self._notes.elsewhere(place, "the payload")
            members.used.add("wall_time_unix_ms")
        return found

    def _rest_of_second(self, seconds: str) -> int:
        """What another member adds to a time in whole seconds, in milliseconds."""
        envelope = self._envelope
        for other in envelope.values.keys() - envelope.used:
            rest = rest_of_second(seconds, other, plain(envelope.values[other]))
            if rest is not None:
                envelope.used.add(other)
                return rest
        return 0

    def _read(
        self,
        name: str,
        read: Callable[[Any], Value | None],
        exact: type[Value],
        elsewhere: Callable[[str], Value | None] = lambda _place: None,
    ) -> Value | None:
        place = f"envelope.{name}"
        value = plain(self._envelope.find(name, place, self._notes))
        found = None if value is UNREAD else read(value)
        if found is None:
            found = self._under_other_names(name, read, place)
            found = elsewhere(place) if found is None else found
        elif type(value) is not exact:
            self._notes.retyped(place, value, _EXPECTED[exact])
        elif isinstance(found, int) and isinstance(value, int) and found != value:
            self._notes.rescaled(place, value, found)
        if found is None and (value is UNREAD or value is None):
            self._notes.missing(place, _IF_MISSING[name])
        elif found is None:
            self._notes.unreadable(place, value, _IN_RANGE.get(name, _EXPECTED[exact]), _IF_MISSING[name])
        return found

    def _under_other_names(self, name: str, read: Callable[[Any], Value | None], place: str) -> Value | None:
        envelope = self._envelope
        for other in envelope.values:
            if other not in envelope.used and folded(other) in _OTHER_NAMES[name]:
                found = read(plain(envelope.values[other]))
                if found is not None:
                    self._notes.spelled(place, other)
                    envelope.used.add(other)
                    return found
        return self._in_groups(name, read, place)

    def _in_groups(self, name: str, read: Callable[[Any], Value | None], place: str) -> Value | None:
        """The same one level deeper, in objects that group what is known of an event."""
        for key, value in self._envelope.values.items():
            group = None if folded(key) in _BODIES else as_object(value)
            for other, inner in (group or {}).items():
                if folded(other) in _OTHER_NAMES[name] and (found := read(plain(inner))) is not None:
                    self._notes.elsewhere(place, key)
                    self._envelope.used.add(key)
                    return found
        return None


def _interned(name: str | None) -> str | None:
    """One object for a name that is in thousands of lines."""
    return None if name is None else intern(name)


def _seq(value: Any) -> int | None:
    number = whole_number(value)
    return number if number is not None and 0 <= number <= LARGEST_SEQ else None


def _text(value: Any) -> str | None:
    text = text_in(value)
    return text if isinstance(text, str) else None


def _body(envelope: Members, data: bytes, notes: LineNotes) -> _Body | None:
    """Where the event is: in the payload, in another member, or in the envelope itself."""
    spelled = spelled_names(envelope.values)
    apart = _fields_apart(envelope, spelled, notes)
    if apart is not None:
        return apart
    for usual in _BODIES:
        name = spelled.get(usual, usual)
        fields = event_object(envelope.values.get(name), lambda fields: _kind(fields, notes), notes)
        kind = None if fields is None else _kind(fields, notes)
        if fields is not None and kind is None and usual == _BODIES[0]:
            kind = _kind_without_word(fields, notes)
        if fields is None or kind is None or (usual != "payload" and kind not in EVENT_TYPES):
            continue
        if name != "payload":
            notes.spelled("envelope.payload", name)
        return _Body(kind, _tagged_members(fields, kind, notes), bytes(envelope.take(name)))
    kind = _kind(envelope.values, LineNotes(notes.line))
    foreign = None if kind in EVENT_TYPES else _body_of_another_name(envelope, notes)
    if foreign is not None:
        return foreign
    kind = _kind(envelope.values, notes)
    if kind is None:
        return None
    notes.elsewhere("payload", "the envelope itself")
    return _Body(kind, envelope, data)


def _body_of_another_name(envelope: Members, notes: LineNotes) -> _Body | None:
    """The event in the one member that is an event of a known kind, whatever that is called."""
    quiet = LineNotes(notes.line)
    inner = {name: fields for name, value in envelope.values.items() if (fields := as_object(value)) is not None}
    found = [name for name, fields in inner.items() if is_whole_event(fields, lambda one: _kind(one, quiet))]
    if len(found) != 1:
        return None
    name = found[0]
    kind = _kind(inner[name], notes)
    if kind is None:
        return None
    notes.renamed("envelope.payload", name)
    return _Body(kind, _tagged_members(inner[name], kind, notes), bytes(envelope.take(name)))


def _fields_apart(envelope: Members, spelled: dict[str, str], notes: LineNotes) -> _Body | None:
    """The event whose kind is beside the object with its fields: `{"event": "thread_ended", "data": {…}}`."""
    kind = _kind(envelope.values, LineNotes(notes.line))
    if kind not in EVENT_TYPES:
        return None
    for name in (spelled[usual] for usual in _BODIES if usual in spelled):
        fields = as_object(envelope.values[name])
        if fields is not None and _kind(fields, LineNotes(notes.line)) not in EVENT_TYPES:
            notes.elsewhere("payload.type", "the envelope")
            return _Body(kind, Members(fields), bytes(envelope.take(name)))
    return None


def _kind(fields: dict[str, Any], notes: LineNotes) -> str | None:
    """The kind of event that an object with these members is, if it says so."""
    tag = _tag(fields)
    if tag is not None:
        word = plain(fields[tag])
        known = known_kind(word) or kind_meant(word, fields) or word
        if known != word:
            notes.spelled(known, word)
        return known
    return known_kind(next(iter(fields))) if len(fields) == 1 else None  # {"turn_started": {…}}


def _kind_without_word(fields: dict[str, Any], notes: LineNotes) -> str | None:
    """The kind of an event that says none, or not in a word, by its fields; None if these do not say it."""
    recorded = plain(fields.get("type", UNREAD))
    found = kind_by_fields(name for name in fields if name != "type")
    if found is None:
        return None
    consequence = "events were recognised by their fields where these belong to one kind alone"
    if recorded is UNREAD:
        notes.missing("payload.type", consequence)
    else:
        notes.unreadable("payload.type", recorded, "a known word", consequence)
    return found


def _tag(fields: dict[str, Any]) -> str | None:
    """The member that says what kind of event an object is: the usual one, else one whose value is a known kind."""
    words = {name: word for name, value in fields.items() if (word := text_of(value)) is not None}
    spelled = {folded(name): name for name in words}
    if _TAGS[0] in spelled:
        return spelled[_TAGS[0]]
    usual = [spelled[tag] for tag in _TAGS if tag in spelled]
    likely = usual[0] if usual and _TAGS[0] not in map(folded, fields) else None
    return next((name for name in (*usual, *words) if is_kind(words[name])), likely)


def _tagged_members(fields: dict[str, Any], kind: str, notes: LineNotes) -> Members:
    """The members of a payload, its tag taken."""
    if len(fields) == 1 and (inner := as_object(next(iter(fields.values())))) is not None:
        notes.elsewhere(f"{kind}.type", "the name of its payload")
        return Members(inner)
    members = Members(fields)
    tag = _tag(fields) or "type"
    members.take(tag)
    if tag != "type":
        notes.spelled("payload.type", tag)
    return members


def _payload(body: _Body, envelope: Members, notes: LineNotes) -> KnownEvent | UnknownEvent:
    event_type = EVENT_TYPES.get(body.kind)
    if event_type is None:
        return UnknownEvent(body.kind, body.raw, references_in(body.raw, notes.line))
    payload: KnownEvent = struct_reader(event_type).read_members(body.members, body.kind, notes, envelope)
    turn_id, thread_id = getattr(payload, "codex_turn_id", None), getattr(payload, "thread_id", None)
    if turn_id == UNRECORDED and thread_id is not None:  # a turn belongs to one thread
        msgspec.structs.force_setattr(payload, "codex_turn_id", f"{UNRECORDED}{thread_id}")
    return payload


def _resolve(payload: KnownEvent | UnknownEvent, parts: PartLists, stream: str, notes: LineNotes) -> None:
    """Make lists of the parts that are still JSON; of parts that are none the body is left without."""
    for ref in payload.payload_refs():
        raw: object = ref.parts
        if not isinstance(raw, msgspec.Raw):
            continue
        try:
            resolve_parts([ref], parts, stream)
            continue
        except BAD_JSON:
            usual = usually_named(bytes(raw))
        if usual is not None:
            msgspec.structs.force_setattr(ref, "parts", msgspec.Raw(usual[0]))
            notes.spelled(f"{payload.kind_name}.parts", usual[1])
        try:
            resolve_parts([ref], parts, stream)
        except BAD_JSON:
            place, value = f"{payload.kind_name}.parts", plain(raw)
            read = parts_reader.read(value, place, notes)
            if read is UNREAD:
                notes.unreadable(place, value, "a list")
            msgspec.structs.force_setattr(ref, "parts", NO_PARTS if read is UNREAD else read)


def references_in(raw: bytes, line: int) -> tuple[RawPayloadRef, ...]:
    """The payloads that an event of an unknown kind names anywhere: every object with a `raw_payload_id`."""
    if b'"raw_payload_id"' not in raw:
        return ()
    found: list[RawPayloadRef] = []
    reader, notes = struct_reader(RawPayloadRef), LineNotes(line)
    waiting = [plain(msgspec.Raw(raw))]
    while waiting and len(found) < _MOST_REFERENCES:
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(value.get("raw_payload_id"), str):
                found.append(reader.read(value, "reference", notes))
            else:
                waiting += reversed(value.values())
        elif isinstance(value, list):
            waiting += reversed(value)
    return tuple(found)


def _unused(envelope: Members, body: _Body) -> list[str]:
    names = [f"envelope.{name}" for name in envelope.values if name not in envelope.used and folded(name) not in _TAGS]
    if body.kind in EVENT_TYPES and body.members is not envelope:
        names += [f"{body.kind}.{name}" for name in body.members.values if name not in body.members.used]
    return sorted(names)
