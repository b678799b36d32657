"""Finds token counts that a recorder writes otherwise than known ones do: under another name, or as texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from tui.schema.body_form import respelled
from tui.schema.members import BAD_JSON

_COUNTS: Final = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens")
_ALSO: Final = "cache_write_input_tokens"
_DETAILS: Final = {
    "cached_input_tokens": ("input_tokens_details", "cached_tokens"),
    "reasoning_output_tokens": ("output_tokens_details", "reasoning_tokens"),
}
"""Count → where the provider's own answers have it."""

_DEEPEST: Final = 3
_LONGEST_NUMBER: Final = 19


def usual_counts(value: Any) -> dict[str, int] | None:
    """The counts that a value says, by their usual names: an object, numbers in texts, a text of JSON; else None."""
    if isinstance(value, str):
        value = _decoded(value)
    value = respelled(value)
    if not isinstance(value, dict):
        return None
    found = {name: _number(_counted(value, name)) for name in (*_COUNTS, _ALSO)}
    counts = {name: count for name, count in found.items() if count is not None}
    return counts if counts.keys() >= set(_COUNTS) else None


def counts_elsewhere(body: bytes) -> tuple[str, dict[str, int]] | None:
    """The one place in a response body that holds token counts, and these; None if none or several do."""
    found = list(_places(_decoded(body), "", 0))
    return found[0] if len(found) == 1 else None


def _places(value: Any, place: str, depth: int) -> Iterator[tuple[str, dict[str, int]]]:
    if not isinstance(value, dict) or depth > _DEEPEST:
        return
    for name, inner in value.items():
        counts = usual_counts(inner)
        if counts is not None:
            yield f"{place}{name}", counts
        else:
            yield from _places(inner, f"{place}{name}.", depth + 1)


def _counted(members: dict[str, Any], name: str) -> Any:
    group, detail = _DETAILS.get(name, ("", ""))
    details = members.get(group)
    return members[name] if name in members else details.get(detail) if isinstance(details, dict) else None


def _number(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < _LONGEST_NUMBER:
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _decoded(text: str | bytes) -> Any:
    try:
        return msgspec.json.decode(text)
    except BAD_JSON:
        return None
