"""The kind of event that a recorder means who has other words for it, or none: by synonyms, or by its fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from tui.schema.events import EVENT_TYPES
from tui.schema.members import folded, other_names, text_of

_OBJECTS: Final[dict[str, tuple[str, ...]]] = {
    "thread": ("agent", "conversation"),
    "codex_turn": ("turn", "agent_turn", "task", "step"),
    "inference": ("inference_call", "model_call", "model_request", "llm_call", "request"),
    "tool_call": ("function_call", "tool_invocation", "tool_use", "tool_dispatch", "tool"),
    "code_cell": ("cell", "script"),
    "compaction_request": ("compaction_call",),
    "rollout": ("session",),
}
"""Object of the log → other words for it."""

_HAPPENED: Final[dict[str, tuple[str, ...]]] = {
    "started": ("start", "began", "begun", "begin", "opened", "created", "dispatched", "sent"),
    "ended": ("end", "finished", "completed", "done", "closed", "stopped", "returned"),
    "completed": ("ended", "end", "finished", "done", "succeeded", "closed"),
    "failed": ("errored", "error"),
    "cancelled": ("canceled", "aborted"),
    "resumed": ("continued",),
    "installed": ("applied",),
}
"""What happens to an object → other words for it."""


def kind_meant(word: str, fields: Mapping[str, Any]) -> str | None:
    """The known kind of an event that calls itself `word`: in other words, or with what happened in a field.

    A field that says how something came out counts only if the word says nothing more: `rollout_paused` with the
    status `completed` does not end the session.
    """
    found = _SYNONYMS.get(folded(word))
    if found is not None:
        return found if _has_its_id(found, fields, word) else None
    words = word.split("_")
    objects = ["_".join(words[:end]) for end in range(len(words), 0, -1)]
    for name, value in fields.items():
        happened = text_of(value)
        if happened is not None and folded(happened) in _ALL_HAPPENED:
            for one in objects[:1] if folded(name) in _OUTCOMES else objects:
                spelled = folded(f"{one}_{happened}")
                kind = _KINDS.get(spelled) or _SYNONYMS.get(spelled)
                if kind is not None and _has_its_id(kind, fields, word):
                    return kind
    return None


def kind_by_fields(names: Iterable[str]) -> str | None:
    """The one kind of event that has all these fields, and needs no other; None if it is not clear."""
    given = frozenset(names)
    fits = [kind for kind, (needed, known) in _FIELDS.items() if len(needed) > 1 and needed <= given <= known]
    return fits[0] if len(fits) == 1 else None


def _has_its_id(kind: str, fields: Mapping[str, Any], word: str) -> bool:
    """Whether the fields have the id of what the event is about; kinds without one are known by their own object."""
    own = next((name for name in EVENT_TYPES[kind].__struct_fields__ if name.endswith("_id")), None)
    if own is None:
        return folded(word).startswith(folded(kind.rpartition("_")[0]))
    return not {folded(own), "id", *other_names(own)}.isdisjoint(map(folded, fields))


def _synonyms() -> Iterator[tuple[str, str]]:
    for kind in EVENT_TYPES:
        one, _, happened = kind.rpartition("_")
        for other in _names_of(one):
            for also in (happened, *_HAPPENED.get(happened, ())):
                yield folded(f"{other}_{also}"), kind


def _names_of(one: str) -> Iterator[str]:
    """What an object may be called, also where more words follow: `tool_runtime` for `tool_call_runtime`."""
    yield one
    for known, others in _OBJECTS.items():
        if one == known or one.startswith(f"{known}_"):
            yield from (f"{other}{one.removeprefix(known)}" for other in others)


def _fields_of(kind: str) -> tuple[frozenset[str], frozenset[str]]:
    fields = msgspec.structs.fields(EVENT_TYPES[kind])
    return frozenset(field.name for field in fields if field.required), frozenset(field.name for field in fields)


_OUTCOMES: Final = frozenset({"status", "outcome", "result"})
_KINDS: Final = {folded(kind): kind for kind in EVENT_TYPES}
_SYNONYMS: Final = {word: kind for word, kind in _synonyms() if word not in _KINDS}
_ALL_HAPPENED: Final = frozenset(map(folded, (*_HAPPENED, *(word for words in _HAPPENED.values() for word in words))))
_FIELDS: Final = {kind: _fields_of(kind) for kind in EVENT_TYPES}
