"""Finds an event that is wrapped: in other objects, in a text, in a pair of kind and fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from functools import lru_cache
from typing import Any, Final

import msgspec

from tui.schema.events import EVENT_TYPES
from tui.schema.members import as_object, folded, plain, text_of
from tui.schema.oddity import LineNotes

_DEEPEST: Final = 3
_PAIR: Final = 2
_KIND_OF_FOLDED: Final = {folded(kind): kind for kind in EVENT_TYPES}
_SEPARATORS: Final = re.compile(r"[./: ]+")
_LONGEST_WORD: Final = 200
"""Characters of a word that may say what something is."""

_VERSION: Final = re.compile(r"v?\d+")


def known_kind(word: str) -> str | None:
    """The kind of event that a word means: in another spelling, with words before it, with a version behind it."""
    return _known_kind(word) if len(word) <= _LONGEST_WORD else None


@lru_cache(maxsize=1_024)
def _known_kind(word: str) -> str | None:
    """A log has the same few words in every line."""
    return word_meant(word, _KIND_OF_FOLDED)


def is_kind(word: str) -> bool:
    """Whether a member of any name that has this word can only say a kind of event: `trace/thread_started`."""
    return word in EVENT_TYPES or "_" in (known_kind(word) or "")


def word_meant(word: str, known: Mapping[str, str]) -> str | None:
    """The one of the known words, given by their folded spellings, that a word means in the same ways."""
    pieces = [piece for piece in _SEPARATORS.split(word) if piece and not _VERSION.fullmatch(piece)]
    spellings = ("".join(pieces[start:]) for start in range(len(pieces)))
    return next((meant for one in spellings if (meant := known.get(folded(one))) is not None), None)


def with_envelope(fields: dict[str, Any], names: Set[str], notes: LineNotes) -> dict[str, Any]:
    """The members of a line, or those of the object in it that has the names of an envelope, if it has none itself.

    `names` are folded. Objects may be nested a few levels deep, and be written as texts.
    """
    for _ in range(_DEEPEST):
        if not names.isdisjoint(map(folded, fields)):
            return fields
        inner = {name: found for name, value in fields.items() if (found := _object_in(value)) is not None}
        fits = [name for name, found in inner.items() if _has_envelope(found, names, _DEEPEST)]
        if len(fits) != 1:
            return fields
        notes.elsewhere("envelope", fits[0])
        outer = {name: value for name, value in fields.items() if name != fits[0]}
        fields = inner[fits[0]]
        if "payload" not in fields and ("payload" in outer or _says_kind(outer)):  # the envelope alone is in an object
            fields = {**outer, **fields}
    return fields


def _says_kind(fields: dict[str, Any]) -> bool:
    """Whether one of the members is a word for a kind of event."""
    return any((word := text_of(value)) is not None and is_kind(word) for value in fields.values())


def _has_envelope(fields: dict[str, Any], names: Set[str], depth: int) -> bool:
    if not names.isdisjoint(map(folded, fields)):
        return True
    inner = (_object_in(value) for value in fields.values()) if depth > 1 else ()
    return any(found is not None and _has_envelope(found, names, depth - 1) for found in inner)


def event_object(
    value: Any, kind_of: Callable[[dict[str, Any]], str | None], notes: LineNotes
) -> dict[str, Any] | None:
    """The members of the object that is an event, wherever in `value` it is."""
    fields = _object_in(value)
    if fields is None:
        fields = _of_pair(value)
        if fields is not None:
            notes.retyped("envelope.payload", [], "an object")
        return fields
    if text_of(value) is not None:
        notes.retyped("envelope.payload", "", "an object")
    if _is_event(fields, kind_of) or text_of(fields.get("type")) is not None:  # an event of its own, if a new one
        return fields
    inner = [
        (name, found) for name, one in fields.items() if (found := _object_in(one)) and is_whole_event(found, kind_of)
    ]
    if len(inner) != 1:
        return fields
    notes.elsewhere("payload", inner[0][0])
    return inner[0][1]


def _is_event(fields: dict[str, Any], kind_of: Callable[[dict[str, Any]], str | None]) -> bool:
    return kind_of(fields) in EVENT_TYPES


def is_whole_event(fields: dict[str, Any], kind_of: Callable[[dict[str, Any]], str | None]) -> bool:
    """Whether these are the members of an event, of which one at least is there: `{"type": "other"}` is a tool, too."""
    known = EVENT_TYPES.get(kind_of(fields) or "")
    return known is not None and not {folded(name) for name in known.__struct_fields__}.isdisjoint(map(folded, fields))


def _of_pair(value: Any) -> dict[str, Any] | None:
    """`["turn_started", {…}]` as an object with that type."""
    pair = plain(value) if isinstance(value, msgspec.Raw) else value
    if not (isinstance(pair, list) and len(pair) == _PAIR and isinstance(pair[0], str) and isinstance(pair[1], dict)):
        return None
    return {"type": pair[0], **pair[1]}


def _object_in(value: Any) -> dict[str, Any] | None:
    """The members of an object, or of one that is written as a text."""
    found = as_object(value)
    if found is None:
        text = text_of(value)
        if text is not None and text.startswith("{"):
            found = as_object(msgspec.Raw(text.encode("utf-8", "surrogatepass")))
    return found
