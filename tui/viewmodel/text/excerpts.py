"""A match and its surroundings, in one harmless line."""

from __future__ import annotations

import re

from tui.analysis.search.excerpt import EXCERPT_BEFORE, EXCERPT_LENGTH, Excerpt
from tui.viewmodel.text.clean import Measure, clean, elide, elide_start
from tui.viewmodel.text.spans import Line, Span

LEAST_NAME = 12
"""Cells at least of the names before a match."""

_BLANKS = re.compile(r"\s+")


def byte_excerpt(before: bytes, match: bytes, after: bytes) -> Excerpt:
    """The excerpt of bytes: characters cut at an end are left out, what is not UTF-8 is shown as �."""
    while before and before[0] & 0xC0 == 0x80:
        before = before[1:]
    return Excerpt(
        before.decode("utf-8", "replace"),
        match.decode("utf-8", "replace"),
        after.decode("utf-8", "replace").removesuffix("�"),
    )


def excerpt_line(found: Excerpt) -> Line:
    """The match marked within its surroundings; runs of blanks and line breaks are one blank.

    An ellipsis represents text left out before it; a list shows for itself where a line goes on.
    """
    before = _one_line(found.before[-EXCERPT_BEFORE:]).lstrip()
    if len(found.before) >= EXCERPT_BEFORE:
        before = f"…{before}"
    match = _one_line(found.match[:EXCERPT_LENGTH])
    after = _one_line(found.after)[: max(0, EXCERPT_LENGTH - len(match))]
    return (Span(before), Span(match, "match"), Span(after))


def match_in_view(line: Line, width: int, measure: Measure) -> Line:
    """The line with its first match inside of `width` cells: what is before gives way, the nearest text first."""
    place = next((place for place, span in enumerate(line) if span.style == "match"), 0)
    over = sum(measure(span.text) for span in line[: place + 1]) - width
    spans = list(line)
    for number in range(place - 1, -1, -1):
        if over <= 0:
            break
        text = spans[number].text
        if number == place - 1:
            shorter = elide_start(text, max(1, measure(text) - over), measure)
        else:
            gap = text[len(text.rstrip()) :]
            shorter = elide(text.rstrip(), max(LEAST_NAME, measure(text) - over) - len(gap), measure) + gap
        over -= measure(text) - measure(shorter)
        spans[number] = spans[number]._replace(text=shorter)
    return tuple(spans)


def _one_line(text: str) -> str:
    return clean(_BLANKS.sub(" ", text))
