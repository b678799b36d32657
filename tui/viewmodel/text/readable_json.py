"""JSON values as lines for people: keys without quotes, strings with their line breaks, nothing lost but the syntax."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tui.viewmodel.text.clean import clean, clean_lines
from tui.viewmodel.text.spans import Line, Span

_INLINE_CELLS = 72
"""A list or object of scalars this short stays on one line."""

_DEPTH = 24
"""Containers nested deeper than this are not opened."""


def readable_lines(value: Any, indent: str = "") -> Iterator[Line]:
    """The lines of a decoded JSON value."""
    if isinstance(value, dict) and value:
        for key, member in value.items():
            yield from _member(Span(f"{indent}{clean(str(key))}:", "json.key"), member, indent)
    elif isinstance(value, list) and value:
        for member in value:
            yield from _member(Span(f"{indent}-", "json.punct"), member, indent)
    elif isinstance(value, str) and "\n" in value:
        yield from ((Span(f"{indent}{line}", "json.string"),) for line in clean_lines(value))
    else:
        yield (Span(indent), scalar_span(value))


def _member(label: Span, value: Any, indent: str) -> Iterator[Line]:
    inline = _inline(value)
    if inline is not None:
        yield (label, Span(" "), inline)
    elif len(indent) >= 2 * _DEPTH:
        yield (label, Span(" …", "dim"))
    else:
        yield (label,)
        yield from readable_lines(value, indent + "  ")


def _inline(value: Any) -> Span | None:
    if isinstance(value, str):
        return None if "\n" in value.rstrip("\n") else scalar_span(value)
    if not isinstance(value, (dict, list)) or not value:
        return scalar_span(value)
    if isinstance(value, list) and all(isinstance(member, (int, float)) for member in value[:_INLINE_CELLS]):
        text = ", ".join(map(str, value[:_INLINE_CELLS]))
        if len(value) <= _INLINE_CELLS and len(text) <= _INLINE_CELLS:
            return Span(f"[{text}]", "json.number")
    return None


def scalar_span(value: Any) -> Span:
    """One line for a scalar or an empty container."""
    if isinstance(value, str):
        return Span(clean(value) if value else '""', "json.string")
    if value is None:
        return Span("null", "json.null")
    if isinstance(value, bool):
        return Span(str(value).lower(), "json.bool")
    if isinstance(value, (int, float)):
        return Span(str(value), "json.number")
    return Span("{}" if isinstance(value, dict) else "[]", "json.punct")
