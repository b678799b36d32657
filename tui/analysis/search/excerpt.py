"""A match with what is around it. Alone, since a search of payloads needs no graph."""

from __future__ import annotations

from tui.named_tuple import NamedTuple

EXCERPT_BEFORE = 24
"""Characters shown before a match."""

EXCERPT_LENGTH = 120
"""Characters of an excerpt."""


class Excerpt(NamedTuple):
    """A match and the text around it, as recorded."""

    before: str
    match: str
    after: str


def excerpt(text: str, start: int, end: int) -> Excerpt:
    """A match in `text` with some characters around it; a long match is cut."""
    match = text[start : min(end, start + EXCERPT_LENGTH)]
    rest = max(0, EXCERPT_LENGTH - EXCERPT_BEFORE - len(match))
    return Excerpt(text[max(0, start - EXCERPT_BEFORE) : start], match, text[end : end + rest])
