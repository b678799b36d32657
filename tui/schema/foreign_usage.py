"""Finds token counts that a recorder writes otherwise than known ones do: under another name, or as texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from tui.schema.body_form import respelled
from tui.schema.members import BAD_JSON

_COUNTS: Final = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens")
_ALSO: Final = "cache_write_input_tokens"

_MEANT: Final = {
    frozenset({"input"}): "input_tokens",
    frozenset({"input", "cached"}): "cached_input_tokens",
    frozenset({"input", "cache", "write"}): _ALSO,
    frozenset({"output"}): "output_tokens",
    frozenset({"output", "reasoning"}): "reasoning_output_tokens",
}
"""What the names on the way to a number say together → the count that it is."""

_SAME: Final = {"prompt": "input", "completion": "output"}
_NOTHING: Final = frozenset({"tokens", "token", "details", "count", "total", "usage"})
"""Words in names that do not tell counts apart."""

_DEEPEST: Final = 3
_LONGEST_NUMBER: Final = 19


def usual_counts(value: Any) -> dict[str, int] | None:
    """The counts that a value says, by their usual names: an object, numbers in texts, a text of JSON; else None."""
    if isinstance(value, str):
        value = _decoded(value)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    value = respelled(value)
    if not isinstance(value, dict):
        return None
    counts = {name: count for name in (*_COUNTS, _ALSO) if (count := _number(value.get(name))) is not None}
    if not counts.keys() >= set(_COUNTS):
        counts = _by_words(value)
    return counts if counts.keys() >= set(_COUNTS) else None


def counts_within(value: Any) -> dict[str, int] | None:
    """The counts at the one place within an object that holds some; None if none or several do."""
    found = list(_places(value, "", 0))
    return found[0][1] if len(found) == 1 else None


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


def _by_words(value: dict[str, Any]) -> dict[str, int]:
    """The counts by the words in the names of numbers and of the objects they are in; none that two numbers say."""
    counts: dict[str, int] = {}
    said_twice = set()
    for words, number in _numbers(value, frozenset(), 0):
        name = _MEANT.get(words)
        if name is not None and name in counts:
            said_twice.add(name)
        elif name is not None:
            counts[name] = number
    return {name: count for name, count in counts.items() if name not in said_twice}


def _numbers(value: dict[str, Any], outer: frozenset[str], depth: int) -> Iterator[tuple[frozenset[str], int]]:
    """Each number in an object, with the words of the names on the way to it."""
    for name, inner in value.items():
        words = outer | {_SAME.get(word, word) for word in name.lower().split("_")} - _NOTHING
        number = _number(inner)
        if number is not None:
            yield words, number
        elif isinstance(inner, dict) and depth < _DEEPEST:
            yield from _numbers(inner, words, depth + 1)


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
