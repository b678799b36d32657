"""Finds fields under foreign names by what they hold: a value can say what it is better than its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from tui.schema.members import UNREAD, Members, as_object, folded, plain, text_of
from tui.schema.oddity import LineNotes

ID_FIELD: Final = "raw_payload_id"
_ID: Final = re.compile(r"raw_payload:\d+")
"""What the id of every payload is like, in all schemas; it may be in an address."""

_POINTER: Final = re.compile(r"#/(?:\w+/)*(\d{1,18})")
"""A place in a document, as JSON pointers write it: `#/payloads/12`."""

_BODY_FILE: Final = re.compile(r"(?:.*/)?(\d{1,18})\.json(?:\.gz|\.zst)?")

_CONTEXT_IDS: Final = frozenset({"thread_id", "codex_turn_id"})

_KINDS_OF_FIELDS: Final[dict[str, frozenset[str]]] = {
    "request_payload": frozenset({"inference_request", "compaction_request"}),
    "prepared_prompt_payload": frozenset({"prepared_prompt"}),
    "warmup_context_payload": frozenset({"warmup_context"}),
    "response_payload": frozenset({"inference_response", "compaction_response", "tool_result"}),
    "partial_response_payload": frozenset({"inference_response"}),
    "checkpoint_payload": frozenset({"compaction_checkpoint"}),
    "metadata_payload": frozenset({"session_metadata"}),
    "event_payload": frozenset({"protocol_event"}),
    "invocation_payload": frozenset({"tool_invocation"}),
    "result_payload": frozenset({"tool_result"}),
    "runtime_payload": frozenset({"tool_runtime_event", "terminal_runtime_event"}),
    "carried_payload": frozenset({"agent_result"}),
}
"""Field of an event → kinds of the payloads that recorders refer to there."""


def found_by_content(name: str, place: str, members: Members, known: Mapping[str, bool], notes: LineNotes) -> Any:
    """The value of the missing field `name` where exactly one member of a foreign name holds what it would.

    `known` are the names of all fields, true for those that must be there. An id of a payload is known by its form, a
    reference by the kind of its payload, any other id by being the only one that is left. `UNREAD` if nothing fits.
    """
    foreign = {key: value for key, value in members.values.items() if key not in members.used and key not in known}
    if name == ID_FIELD:
        fits = [key for key, value in foreign.items() if _is_payload_id(value)]
    elif name in _KINDS_OF_FIELDS:
        fits = [key for key, value in foreign.items() if _kind_of(value) in _KINDS_OF_FIELDS[name]]
    elif [name] == [other for other in _missing(members, known) if _is_own_id(other)]:
        fits = [key for key, value in foreign.items() if folded(key).endswith("id") and text_of(value) is not None]
    else:
        fits = []
    if len(fits) != 1:
        return UNREAD
    notes.renamed(place, fits[0])
    value = members.take(fits[0])
    return reference_in(plain(value))[ID_FIELD] if name == ID_FIELD else value


def found_by_word(
    place: str, members: Members, known: Mapping[str, bool], is_word: Callable[[str], bool], notes: LineNotes
) -> Any:
    """The value of a missing field that has one of a few words, where exactly one member of a foreign name has one.

    If none has, an optional field may: `{"namespace": …, "tool": "exec_command"}`. Lists are left out: labels are not
    an outcome.
    """
    unused = {key: plain(value) for key, value in members.values.items() if key not in members.used}
    said = [key for key, one in unused.items() if not isinstance(one, list) and word_in(one, is_word) is not None]
    fits = [key for key in said if key not in known] or [key for key in said if not known.get(key, True)]
    if len(fits) != 1:
        return UNREAD
    notes.renamed(place, fits[0])
    return members.take(fits[0])


def word_in(value: Any, is_word: Callable[[str], bool]) -> str | None:
    """The known word that a value is, or that alone of the members of an object or a list is one."""
    value = plain(value)
    if isinstance(value, str):
        return value if is_word(value) else None
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    words = {one for one in inner if isinstance(one, str) and is_word(one)}
    return words.pop() if len(words) == 1 else None


def reference_in(text: str) -> dict[str, str]:
    """What a text that refers to a payload says of it: its id, which may be in an address, or its file, or both."""
    found = _ID.search(text)
    if found is not None:
        return {ID_FIELD: found[0]}
    pointer = _POINTER.fullmatch(text)
    if pointer is not None:
        return {ID_FIELD: f"raw_payload:{int(pointer[1])}"}
    file = _BODY_FILE.fullmatch(text)
    return {ID_FIELD: text} if file is None else {ID_FIELD: f"raw_payload:{int(file[1])}", "path": text}


def unwrapped(members: dict[str, Any], first: str, place: str, notes: LineNotes) -> dict[str, Any]:
    """`{"ref": {…}}` as what it wraps: the one object in it that has the field `first`, which it lacks itself."""
    if first in members:
        return members
    inner = [(key, found) for key, value in members.items() if (found := as_object(value)) and first in found]
    if len(inner) != 1:
        return members
    notes.elsewhere(place, inner[0][0])
    return inner[0][1]


def _is_own_id(name: str) -> bool:
    return name.endswith("_id") and name not in _CONTEXT_IDS


def _missing(members: Members, known: Mapping[str, bool]) -> list[str]:
    return [name for name, is_required in known.items() if is_required and name not in members.values]


def _is_payload_id(value: Any) -> bool:
    text = text_of(value)
    return text is not None and (_ID.search(text) is not None or _POINTER.fullmatch(text) is not None)


def _kind_of(value: Any) -> object:
    """The kind of payload that a reference names; None for anything else."""
    reference = as_object(value) or {}
    kind = plain(reference.get("kind"))
    return kind.get("type") if isinstance(kind, dict) else kind if isinstance(kind, str) else None
