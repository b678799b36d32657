"""The members of a JSON object, looked for where a recorder may have put them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

import msgspec

from tui.schema.oddity import LineNotes

UNREAD: Final = object()
"""Represents a value that is not there, or says nothing that can be used."""

_OTHER_WORDS: Final = (
    ("thread", "agent"),
    ("thread", "conversation"),
    ("codex_turn", "turn"),
    ("codex_turn", "task"),
    ("codex_turn", "step"),
    ("inference_call", "inference"),
    ("inference_call", "request"),
    ("inference_call", "model_call"),
    ("tool_call", "call"),
    ("tool_call", "function_call"),
    ("runtime_cell", "cell"),
)
"""Word in the name of an id → another for the same. No field of the format has a name that is made so."""

_REFERENCE_WORDS: Final = ("ref", "reference", "body", "blob", "record")
"""What the name of a reference may end with instead of `payload`."""

_PROGRAM: Final = "codex"

BAD_JSON: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError)

_decoder = msgspec.json.Decoder()
_object_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Members:
    """The members of a JSON object while they are read; values may still be raw JSON."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values
        self.used: set[str] = set()
        """Names whose values were taken."""
        self._folded: dict[str, str] | None = None
        self._groups: dict[str, dict[str, Any]] | None = None

    def take(self, name: str) -> Any:
        """The member of exactly this name, or `UNREAD`."""
        value = self.values.get(name, UNREAD)
        if value is not UNREAD:
            self.used.add(name)
        return value

    def find(self, name: str, place: str, notes: LineNotes) -> Any:
        """The member of this name, of another spelling of it, or of this name one level deeper; else `UNREAD`."""
        value = self.take(name)
        if value is UNREAD and (self._groups or len(self.used) < len(self.values)):
            value = self._spelled(name, place, notes)
            if value is UNREAD:
                value = self._nested(name, place, notes)
        return value

    def flattened(self, name: str, known: Collection[str], place: str, notes: LineNotes) -> Any:
        """The object `name` whose members are beside it with its name before theirs: `{"requester_type": "model"}`."""
        before = f"{name}_"
        found = {
            key: value
            for key, value in self.values.items()
            if key.startswith(before) and key not in self.used and key not in known
        }
        if not found:
            return UNREAD
        self.used.update(found)
        notes.elsewhere(place, "the object around it")
        return {key.removeprefix(before): value for key, value in found.items()}

    def _spelled(self, name: str, place: str, notes: LineNotes) -> Any:
        """The member whose name differs in case and separators at most: `threadId` for `thread_id`."""
        if self._folded is None:
            self._folded = {folded(known): known for known in self.values}
        known = self._folded.get(folded(name)) or self._in_other_words(name) or self._prefixed(name)
        if known is None or known in self.used:
            return UNREAD
        notes.spelled(place, known)
        return self.take(known)

    def _in_other_words(self, name: str) -> str | None:
        """The member that another word for the same names, unless it only groups others: `{"call": {"kind": …}}`."""
        spelled = self._folded or {}
        found = next((spelled[other] for other in other_names(name) if other in spelled), None)
        group = None if found is None else as_object(self.values[found])
        return None if group is not None and name in group else found

    def _prefixed(self, name: str) -> str | None:
        """The member with the name of the program before its own."""
        return (self._folded or {}).get(f"{_PROGRAM}{folded(name.removeprefix(f'{_PROGRAM}_'))}")

    def _nested(self, name: str, place: str, notes: LineNotes) -> Any:
        """The member of an object that does nothing but group others: it has no type and no id of its own."""
        if self._groups is None:
            unused = {key: as_object(value) for key, value in self.values.items() if key not in self.used}
            self._groups = {key: group for key, group in unused.items() if group and not _is_of_its_own(key, group)}
        for key, group in self._groups.items():
            if name in group:
                notes.elsewhere(place, key)
                self.used.add(key)
                return group[name]
        return UNREAD


_OWN_NAMES: Final = frozenset({"type", "rawpayloadid"})
_REFERENCE: Final = "payload"


def _is_of_its_own(key: str, members: dict[str, Any]) -> bool:
    """Whether an object is more than a group: it has a type or an id, or is what a reference is called, in any case."""
    is_reference = folded(key).endswith(_REFERENCE) and len(folded(key)) > len(_REFERENCE)
    return is_reference or not _OWN_NAMES.isdisjoint(map(folded, members))


def folded(name: str) -> str:
    """The name without what styles of spelling differ in."""
    return name.replace("_", "").replace("-", "").replace(".", "").lower()


def spelled_names(names: Iterable[str]) -> dict[str, str]:
    """The names by their folded spelling, also without the name of the program before them."""
    spelled = {folded(name): name for name in names}
    short = {key.removeprefix(_PROGRAM): name for key, name in spelled.items()}
    return {**short, **spelled}


def other_names(name: str) -> Iterator[str]:
    """Other names, folded, that the field of an id or of a reference to a payload may have."""
    if name.endswith("_payload"):
        yield from (folded(name.removesuffix("payload") + other) for other in _REFERENCE_WORDS)
    if name.endswith("_id"):
        words = [name, *(name.replace(known, other) for known, other in _OTHER_WORDS if known in name)]
        yield from map(folded, words)
        yield from (folded(word.removesuffix("_id")) for word in words)


def as_object(value: Any) -> dict[str, Any] | None:
    """The members of a value that is a JSON object, raw ones still raw; else None."""
    if isinstance(value, msgspec.Raw):
        if bytes(memoryview(value)[:1]) != b"{":
            return None
        try:
            return _object_decoder.decode(value)
        except BAD_JSON:
            return None
    return value if isinstance(value, dict) else None


def text_of(value: Any) -> str | None:
    """The text that a value is; None for any other. Anything but a text is not decoded: it may be long."""
    if isinstance(value, msgspec.Raw):
        value = plain(value) if bytes(memoryview(value)[:1]) == b'"' else None
    return value if isinstance(value, str) else None


def plain(value: Any) -> Any:
    """The value decoded, if it is raw JSON; `UNREAD` if it cannot be."""
    if not isinstance(value, msgspec.Raw):
        return value
    try:
        return _decoder.decode(value)
    except BAD_JSON:
        return UNREAD
