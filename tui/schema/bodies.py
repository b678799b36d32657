"""Finds the items in a payload body that holds them otherwise than known recorders do, by what they look like."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from tui.schema.encoding import MARK
from tui.schema.members import BAD_JSON, folded
from tui.schema.text_body import packed_json

ITEM_TYPES: Final = frozenset(
    {
        "message",
        "agent_message",
        "reasoning",
        "function_call",
        "custom_tool_call",
        "tool_search_call",
        "web_search_call",
        "image_generation_call",
        "local_shell_call",
        "function_call_output",
        "custom_tool_call_output",
        "tool_search_output",
        "mcp_tool_call_output",
        "compaction",
        "compaction_summary",
        "context_compaction",
        "additional_tools",
        "configuration_update",
    }
)
"""Types of the items of a conversation (reducer rules §2)."""

_OTHER_LISTS: Final = frozenset({"tools", "include"})
"""Lists of a request that hold something else than items."""

_HINTS: Final = {
    "input_history": ("input", "old", "before", "previous"),
    "replacement_history": ("replac", "new", "after"),
}
"""Lists that a body has two of → what the name of each says; which is which must not be guessed."""

_FOLDED_TYPES: Final = frozenset(map(folded, ITEM_TYPES))
_DEEPEST: Final = 3
_LOOKED_AT: Final = 20
"""Entries of a list in which an item is looked for."""

_BEGINNINGS: Final = (b"{", b"[")


class Recognised(NamedTuple):
    """A body as a known recorder would write it, and where in the recorded one its lists were found."""

    body: bytes
    places: tuple[str, ...]


class Renamed(NamedTuple):
    """A body as a known recorder would write it, with the name of a member there and in the recorded one."""

    body: bytes
    name: str
    recorded: str


def with_lists(body: bytes, names: Sequence[str]) -> Recognised | None:
    """The body with its lists of items under these names; None if there is not exactly one list for each.

    A list is known by its spelling, or as the only one of items; it may be an object of numbered entries. The body may
    be in a text, or in an object that wraps it.
    """
    text = out_of_text(body)
    found = _with_lists(_decoded(body if text is None else text), names, 0)
    if found is None:
        return None
    members, places = found
    return Recognised(msgspec.json.encode(members), places)


def with_ids(body: bytes, needed: Collection[str], known: Collection[str]) -> Renamed | None:
    """The body with the id that it needs and has under a foreign name, if no other id could be meant; else None.

    `needed` are the names that it must have, `known` all that it may have.
    """
    members = _decoded(body)
    if not isinstance(members, dict):
        return None
    missing = [name for name in needed if name not in members]
    foreign = [name for name, value in members.items() if name not in known and isinstance(value, str)]
    ids = [name for name in foreign if folded(name).endswith("id")]
    if len(missing) != 1 or len(ids) != 1 or not missing[0].endswith("_id"):
        return None
    return Renamed(msgspec.json.encode({**members, missing[0]: members.pop(ids[0])}), missing[0], ids[0])


def out_of_text(body: bytes) -> bytes | None:
    """The JSON object or list that a body holds as a JSON text, or packed in one; None for any other body."""
    text = body.removeprefix(MARK).strip()
    if text.startswith(_BEGINNINGS):
        return None
    if text.startswith(b'"'):
        inner = _decoded(text)
        if not isinstance(inner, str):
            return None
        text = inner.strip().encode("utf-8", "surrogatepass")
    found = packed_json(text)
    return None if found is None or not isinstance(_decoded(found), dict | list) else found


def _with_lists(body: Any, names: Sequence[str], depth: int) -> tuple[dict[str, Any], tuple[str, ...]] | None:
    if not isinstance(body, dict) or depth > _DEEPEST:
        return None
    members, places = dict(body), []
    for name in names:
        place = _place_of(members, name)
        if place is None:
            return _in_wrapping(body, names, depth)
        entries = members.pop(place)
        members[name] = entries if isinstance(entries, list) else list(entries.values())
        places.append(place)
    return members, tuple(places)


def _in_wrapping(
    body: dict[str, Any], names: Sequence[str], depth: int
) -> tuple[dict[str, Any], tuple[str, ...]] | None:
    inner = [(name, _with_lists(value, names, depth + 1)) for name, value in body.items() if isinstance(value, dict)]
    fits = [(name, found) for name, found in inner if found is not None]
    if len(fits) != 1:
        return None
    (outer, (members, places)), *_ = fits
    return members, tuple(f"{outer}.{place}" for place in places)


def _place_of(members: dict[str, Any], name: str) -> str | None:
    """The member that is the list of items `name`."""
    if isinstance(members.get(name), list):
        return name
    spelled = [other for other in members if folded(other) == folded(name) and _entries(members[other]) is not None]
    if len(spelled) == 1:
        return spelled[0]
    lists = {
        other: entries
        for other, value in members.items()
        if other not in _OTHER_LISTS and (entries := _entries(value)) is not None
    }
    hinted = [other for other in lists if any(word in other.lower() for word in _HINTS.get(name, ()))]
    if name in _HINTS:
        return hinted[0] if len(hinted) == 1 else None
    fits = [other for other, entries in lists.items() if any(map(_is_item, entries[:_LOOKED_AT]))]
    fits = fits or [other for other, entries in lists.items() if not entries and isinstance(members[other], list)]
    return fits[0] if len(fits) == 1 else None


def _entries(value: Any) -> list[Any] | None:
    """The entries of a list, or of an object with numbers for names."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and value and all(name.isdigit() for name in value):
        return list(value.values())
    return None


def _is_item(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    kind = value.get("type")
    if isinstance(kind, str):
        return folded(kind) in _FOLDED_TYPES
    return any(_is_item(inner) for inner in value.values() if isinstance(inner, dict))


def _decoded(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body.removeprefix(MARK))
    except BAD_JSON:
        return None
