"""The pages of the help as lines of a list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tui.viewmodel.lists.picker import PickEntry
from tui.viewmodel.text.spans import Line, Span

_MARKED = re.compile(r"(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s][^*]*\*)")
"""Code, strong and emphasised words of a page."""


def topic_entries(topics: Mapping[str, str]) -> list[PickEntry]:
    """A line a page: its topic, and what it is about."""
    width = max(map(len, topics))
    return [
        PickEntry((Span(f"   {topic:<{width}}  ", "chrome.key"), Span(about)), topic) for topic, about in topics.items()
    ]


def page_entries(lines: Iterable[str]) -> list[PickEntry]:
    """The lines of a page, each with its number as its value, so that the cursor can read along."""
    entries: list[PickEntry] = []
    is_code = False
    for number, line in enumerate(lines):
        if line.startswith("```"):
            is_code = not is_code
            continue
        entries.append(PickEntry(_page_line(line, is_code=is_code), number))
    return entries


def _page_line(line: str, *, is_code: bool) -> Line:
    if is_code or line.startswith("    "):
        return (Span(f" {line}"),)
    if line.startswith("#"):
        return (Span(f" {line.lstrip('# ')}", "title"),)
    return (Span(" "), *map(_piece, filter(None, _MARKED.split(line))))


def _piece(text: str) -> Span:
    if _MARKED.fullmatch(text):
        return Span(text.strip("`*"), "chrome.key" if text.startswith("`") else "title")
    return Span(text)
