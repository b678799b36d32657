"""JSON values as lines for people: keys without quotes, strings with their line breaks, nothing lost but the syntax."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tui.viewmodel.text.clean import clean, clean_lines
from tui.viewmodel.text.colours import output_styler
from tui.viewmodel.text.spans import Line, Span

_INLINE_CELLS = 72
"""A list or object of scalars this short stays on one line."""

_ESCAPE = "\x1b"

_DEPTH = 24
"""Containers nested deeper than this are not opened."""


def readable_lines(value: Any, indent: str = "", *, as_written: bool = False) -> Iterator[Line]:
    """The lines of a decoded JSON value; colours in its strings are shown as such unless `as_written`."""
    if isinstance(value, dict) and value:
        for key, member in value.items():
            yield from _member(Span(f"{indent}{clean(str(key))}:", "json.key"), member, indent, as_written)
    elif isinstance(value, list) and value:
        for member in value:
            yield from _member(Span(f"{indent}-", "json.punct"), member, indent, as_written)
    elif isinstance(value, str) and "\n" in value:
        yield from ((Span(indent), *line) for line in _string_lines(value, as_written))
    elif isinstance(value, str) and _ESCAPE in value:
        yield (Span(indent), *next(_string_lines(value, as_written)))
    else:
        yield (Span(indent), scalar_span(value))


def _string_lines(value: str, as_written: bool) -> Iterator[Line]:
    """The lines of a string, harmless."""
    if as_written or _ESCAPE not in value:
        yield from ((Span(line, "json.string"),) for line in clean_lines(value))
    else:
        yield from map(output_styler("json.string"), value.removesuffix("\n").replace("\r\n", "\n").split("\n"))


def _member(label: Span, value: Any, indent: str, as_written: bool) -> Iterator[Line]:
    inline = _inline(value)
    if inline is not None and isinstance(value, str) and _ESCAPE in value:
        yield (label, Span(" "), *next(_string_lines(value, as_written)))
    elif inline is not None:
        yield (label, Span(" "), inline)
    elif len(indent) >= 2 * _DEPTH:
        yield (label, Span(" …", "dim"))
    else:
        yield (label,)
        yield from readable_lines(value, indent + "  ", as_written=as_written)


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
