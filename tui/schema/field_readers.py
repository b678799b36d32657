"""Readers of single fields, derived from the annotations of the structs.

The typed decoder takes a payload as a whole or not at all. Where it refuses one, these read what is there: each field
by its type, a value of another form for what it can say, and a stand-in where nothing can be read (`UNRECORDED` for
text). All of it follows from the types, so a new field or kind of event needs nothing here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Protocol, Union, get_args, get_origin

import msgspec

from tui.schema.members import BAD_JSON, UNREAD, Members, as_object, folded, plain
from tui.schema.oddity import UNRECORDED, LineNotes
from tui.schema.parts import DEEPEST_PARTS
from tui.schema.payloads import NO_PARTS, RawPayloadRef
from tui.schema.renamed import ID_FIELD, found_by_content, found_by_word, reference_in, unwrapped, word_in
from tui.schema.sequence import SharedSequence

CONTEXT_IDS = frozenset({"thread_id", "codex_turn_id"})
"""Ids that the envelope has as well: what lacks them in its payload is of the same thread and turn."""

_OWN_IDS = frozenset({"thread_started.thread_id", "codex_turn_started.codex_turn_id"})
_WRAPPERS = ("id", "value", "text", "name", "path", "type")
"""Members of an object in which a text may be wrapped, the likeliest first; the only member may be called anything."""

_SYNONYMS: dict[str, frozenset[str]] = {
    "completed": frozenset({"complete", "succeeded", "success", "successful", "ok", "done", "finished"}),
    "failed": frozenset({"failure", "error", "errored"}),
    "aborted": frozenset({"abort", "interrupted", "killed"}),
    "cancelled": frozenset({"canceled", "cancel"}),
    "running": frozenset({"inprogress", "started", "active"}),
}
"""How something came out → other words that say the same, folded."""

_BARE_ID = "id"
_LONGEST_NUMBER = 40
"""Characters of a text that may be a number."""


class FieldReader(Protocol):
    """Reads values of one type; `place` names the field for the notes."""

    def read(self, value: Any, place: str, notes: LineNotes) -> Any:
        """What the value says, or `UNREAD`."""

    def stand_in(self, place: str, notes: LineNotes) -> Any:
        """The value used for one that is missing."""


class _AnyReader:
    def read(self, value: Any, _place: str, _notes: LineNotes) -> Any:
        return value

    def stand_in(self, _place: str, _notes: LineNotes) -> Any:
        return None


class _TextReader:
    def read(self, value: Any, place: str, notes: LineNotes) -> Any:
        text = text_in(value)
        if text is not UNREAD and not isinstance(value, str):
            notes.retyped(place, value, "text")
        return text

    def stand_in(self, place: str, notes: LineNotes) -> str:
        """The name of something that nothing names is one of its own, so that no two things are taken for one."""
        is_own = place.endswith("_id") and (place in _OWN_IDS or place.rpartition(".")[2] not in CONTEXT_IDS)
        return f"{UNRECORDED}{notes.line}" if is_own else UNRECORDED


class _WordReader:
    """Words of a closed set. Another word is kept: it says more than nothing."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self._words = words
        self._by_folded = {folded(word): word for word in words}

    def read(self, value: Any, place: str, notes: LineNotes) -> Any:
        word = word_in(value, self.knows) or text_in(value)
        if word is UNREAD and isinstance(value, dict) and len(value) == 1:
            word = next(iter(value))  # {"failed": {…}}
        if word is UNREAD:
            return UNREAD
        if not isinstance(value, str):
            notes.retyped(place, value, "text")
        known = self._by_folded.get(folded(word))
        if known is None and (known := self._same_meaning(word)) is not None:
            notes.synonym(place, word, known)
        elif known is None:
            notes.word(place, word, is_loss="failed" in self._words)  # whether something failed is not known then
        elif known != word:
            notes.spelled(place, word)
        return known or word

    def knows(self, word: str) -> bool:
        """Whether a word, in any spelling, is one of the set or means one."""
        return folded(word) in self._by_folded or self._same_meaning(word) is not None

    def _same_meaning(self, word: str) -> str | None:
        """The known word for the same outcome, if one of the set is."""
        return next(
            (known for known, words in _SYNONYMS.items() if folded(word) in words and known in self._words), None
        )

    def stand_in(self, _place: str, _notes: LineNotes) -> str:
        return UNRECORDED


class _WholeReader:
    def read(self, value: Any, place: str, notes: LineNotes) -> Any:
        number = whole_number(value)
        if number is None:
            return UNREAD
        if type(value) is not int:
            notes.retyped(place, value, "a whole number")
        return number

    def stand_in(self, _place: str, _notes: LineNotes) -> None:
        return None


class _ListReader:
    def __init__(self, entries: FieldReader) -> None:
        self._entries = entries

    def read(self, value: Any, place: str, notes: LineNotes) -> Any:
        if not isinstance(value, list):
            notes.retyped(place, value, "a list")
            value = [value]
        found = [self._entries.read(entry, place, notes) for entry in value]
        return [entry for entry in found if entry is not UNREAD]

    def stand_in(self, _place: str, _notes: LineNotes) -> list[Any]:
        return []


class _PartsReader:
    """The parts of a payload, every one of which keeps its place; deeper than lines can nest them nothing is read."""

    def read(self, value: Any, place: str, notes: LineNotes) -> Any:
        if not isinstance(value, list) or notes.depth >= DEEPEST_PARTS:
            return UNREAD
        notes.depth += 1
        try:
            parts = [self._part(entry, place, notes) for entry in value]
        finally:
            notes.depth -= 1
        return SharedSequence(parts) if parts else NO_PARTS

    def stand_in(self, _place: str, _notes: LineNotes) -> Any:
        return NO_PARTS

    def _part(self, value: Any, place: str, notes: LineNotes) -> Any:
        reader = struct_reader(RawPayloadRef)
        part = reader.read(value, place, notes)
        return reader.stand_in(place, notes) if part is UNREAD else part


class StructReader:
    """Reads an object into a struct, field by field."""

    def __init__(self, struct: type[msgspec.Struct]) -> None:
        self._struct = struct
        self._fields = [
            (field, reader_of(field.type), msgspec.json.Decoder(field.type)) for field in msgspec.structs.fields(struct)
        ]
        self._first = next((field.encode_name for field, _, _ in self._fields if field.required), None)
        self._own_id = next(
            (field.encode_name for field, _, _ in self._fields if field.encode_name.endswith("_id")), ""
        )
        """The field that says what the object is about."""
        self._names = {field.encode_name: field.required for field, _, _ in self._fields}
        """Names of the fields, and whether each must be there."""
        self._has_type = any(field.encode_name == "type" for field, _, _ in self._fields)

    def read(self, value: Any, place: str, notes: LineNotes) -> Any:
        """The struct that an object makes, alone in a list or not, or a text that is its first field."""
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
            notes.retyped(place, value, "an object")
            value = value[0]
        if self._first == ID_FIELD and _is_pair(value):
            notes.retyped(place, value, "an object")
            value = {ID_FIELD: value[0], "kind": value[1]}
        members = as_object(value)
        if members is not None:
            members = self._untagged(members)
            if self._first is not None:
                members = unwrapped(members, self._first, place, notes)
            return self.read_members(Members(members), place, notes)
        text = text_in(value)
        if text is UNREAD or self._first is None:
            return UNREAD
        notes.retyped(place, value, "an object")
        values = reference_in(text) if self._first == ID_FIELD else {self._first: text}
        return self._made({**self._stand_ins(place, notes), **values})

    def read_members(self, members: Members, place: str, notes: LineNotes, context: Members | None = None) -> Any:
        """The struct that these members make; ids that they lack are looked for in `context`."""
        values = {}
        for field, reader, decoder in self._fields:
            at = f"{place}.{field.encode_name}"
            has_bare_id = field.encode_name == self._own_id and _BARE_ID in members.values
            value = _found(field.encode_name, at, members, None if has_bare_id else context, notes)
            if value is UNREAD and has_bare_id:
                notes.spelled(at, _BARE_ID)
                value = members.take(_BARE_ID)
            if value is UNREAD:
                value = found_by_content(field.encode_name, at, members, self._names, notes)
            if value is UNREAD and isinstance(reader, StructReader | _UnionReader):
                value = members.flattened(field.encode_name, self._names, at, notes)
            if value is UNREAD and field.required and isinstance(reader, _WordReader | StructReader):
                value = found_by_word(at, members, self._names, reader.knows, notes)
            if value is not UNREAD:
                value = _read(value, reader, decoder, at, notes)
            elif field.required:
                notes.missing(at)
            if value is UNREAD and field.required:
                value = reader.stand_in(at, notes)
            if value is not UNREAD:
                values[field.name] = value
        return self._made(values)

    def knows(self, word: str) -> bool:
        """Whether a word alone can stand for the object: its first field is one of a closed set that has it."""
        first = self._fields[0][1]
        return isinstance(first, _WordReader) and first.knows(word)

    def stand_in(self, place: str, notes: LineNotes) -> Any:
        """The struct of which nothing is known."""
        return self._made(self._stand_ins(place, notes))

    def _stand_ins(self, place: str, notes: LineNotes) -> dict[str, Any]:
        required = ((field.encode_name, reader) for field, reader, _ in self._fields if field.required)
        return {name: reader.stand_in(f"{place}.{name}", notes) for name, reader in required}

    def _untagged(self, members: dict[str, Any]) -> dict[str, Any]:
        """`{"mcp": {…}}` as what it says otherwise: `{"type": "mcp", …}`."""
        if not self._has_type or len(members) != 1 or "type" in members:
            return members
        (tag, inner), *_ = members.items()
        inner = as_object(inner)
        return members if inner is None else {"type": tag, **inner}

    def _made(self, values: Mapping[str, Any]) -> Any:
        try:
            return self._struct(**values)
        except ValueError:  # a field that only some of its kind need
            needed = (field.name for field, _, _ in self._fields if field.default is msgspec.UNSET)
            return self._struct(**{**dict.fromkeys(needed, UNRECORDED), **values})


class _UnionReader:
    """One of several structs that a tag distinguishes."""

    def __init__(self, structs: tuple[type[msgspec.Struct], ...]) -> None:
        self._readers = {str(struct.__struct_config__.tag): struct_reader(struct) for struct in structs}
        self._labelled = next((struct for struct in structs if "label" in struct.__struct_fields__), None)
        """The struct that a text of its own makes: a line about something."""

    def read(self, value: Any, place: str, notes: LineNotes) -> Any:
        members = as_object(value)
        tag = plain(members.get("type")) if members is not None else value
        if members is not None and not isinstance(tag, str) and len(members) == 1:
            tag, members = next((tag, as_object(inner) or {}) for tag, inner in members.items())
        if not isinstance(tag, str):
            return UNREAD
        if members is None:
            notes.retyped(place, value, "an object")
        reader = self._readers.get(tag)
        if reader is None and members is None and self._labelled is not None:
            return self._labelled(label=tag)
        if reader is None:
            notes.word(f"{place}.type", tag, is_loss=True)
            return self.stand_in(place, notes)
        return reader.read_members(Members(members or {}), place, notes)

    def stand_in(self, place: str, notes: LineNotes) -> Any:
        return self._readers[UNRECORDED].stand_in(place, notes)


@cache
def struct_reader(struct: type[msgspec.Struct]) -> StructReader:
    """The reader of this struct."""
    return StructReader(struct)


def reader_of(annotation: Any) -> FieldReader:
    """The reader of a field with this annotation; raises `TypeError` for a type that no field of the format has."""
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    arguments = get_args(annotation)
    if get_origin(annotation) in (Union, UnionType):
        present = tuple(kind for kind in arguments if kind not in (NoneType, msgspec.UnsetType))
        return reader_of(present[0]) if len(present) == 1 else _UnionReader(present)
    if get_origin(annotation) is Literal:
        return _WordReader(arguments)
    if get_origin(annotation) is list:
        return _ListReader(reader_of(arguments[0]))
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return struct_reader(annotation)
    if annotation not in _SIMPLE:
        raise TypeError(f"no reader for fields of type {annotation}")
    return _SIMPLE[annotation]


parts_reader = _PartsReader()

_SIMPLE: dict[Any, FieldReader] = {
    str: _TextReader(),
    int: _WholeReader(),
    msgspec.Raw: parts_reader,
    Any: _AnyReader(),
}


def _is_pair(value: Any) -> bool:
    """Whether a value is two texts: the id of a payload, and its kind."""
    return isinstance(value, list) and list(map(type, value)) == [str, str]


def only_value(members: Mapping[str, Any]) -> Any:
    """What an object of one member wraps: `{"value": 7}`; None for any other."""
    return next(iter(members.values())) if len(members) == 1 else None


def whole_number(value: Any) -> int | None:
    """The whole number that a number or a text says, fractions cut off; None if it says none."""
    if isinstance(value, dict):
        value = only_value(value)
    if isinstance(value, str):
        value = _number_in(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return int(value)


def _number_in(text: str) -> int | float | None:
    if len(text) > _LONGEST_NUMBER:
        return None
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return None


def text_in(value: Any) -> Any:
    """The text that a value is, or wraps, or `UNREAD`."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, dict):
        value = next((value[name] for name in _WRAPPERS if isinstance(value.get(name), str)), only_value(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else UNREAD


def _found(name: str, place: str, members: Members, context: Members | None, notes: LineNotes) -> Any:
    """The value of a field where it is and says something, or `UNREAD`."""
    value = members.find(name, place, notes)
    if not _is_null(value) and value is not UNREAD:
        return value
    if context is not None and name in CONTEXT_IDS:
        value = context.find(name, place, notes)
        if not _is_null(value) and value is not UNREAD:
            notes.elsewhere(place, "the envelope")
            return value
    return UNREAD


def _is_null(value: Any) -> bool:
    return value is None or (isinstance(value, msgspec.Raw) and bytes(memoryview(value)[:5]).strip() == b"null")


def _read(value: Any, reader: FieldReader, decoder: msgspec.json.Decoder[Any], place: str, notes: LineNotes) -> Any:
    if isinstance(value, msgspec.Raw):
        try:
            if not isinstance(
                reader, _UnionReader
            ):  # fields of these may be absent: the decoder would pass over others
                return decoder.decode(value)
        except BAD_JSON:
            pass
        members = as_object(value) if isinstance(reader, StructReader) else None
        value = plain(value) if members is None else members  # long lists of parts stay as they are
    found = UNREAD if value is UNREAD else reader.read(value, place, notes)
    if found is UNREAD:
        notes.unreadable(place, value, "what it should be")
    return found
