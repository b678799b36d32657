"""A match and its surroundings, in one harmless line."""

from __future__ import annotations

import re

from tui.analysis.search.excerpt import EXCERPT_BEFORE, EXCERPT_LENGTH, Excerpt
from tui.viewmodel.text.clean import clean
from tui.viewmodel.text.spans import Line, Span

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


def _one_line(text: str) -> str:
    return clean(_BLANKS.sub(" ", text))
