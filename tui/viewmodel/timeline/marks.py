"""Matches of a search in the rows of the timeline."""

from __future__ import annotations

import re

from tui.viewmodel.text.spans import Line, Span, line_text

CUT_SIGN = "…"


def mark_label(line: Line, label: Line, cells: int, pattern: re.Pattern[str]) -> Line:
    """A row with the matches in its label marked; `cells` is how many of the line the label may have.

    The columns behind it are numbers that nobody searched for. Where the label matches only in what it had no room
    for, the sign of the cut is marked.
    """
    if pattern.search(line_text(label)) is None:
        return line
    shown = line_text(line)[:cells]
    places = [match.span() for match in pattern.finditer(shown) if match.end() > match.start()]
    if not places:
        places = [(at, at + 1) for at, character in enumerate(shown) if character == CUT_SIGN][:1]
    return _marked(line, places)


def _marked(line: Line, places: list[tuple[int, int]]) -> Line:
    """The line with characters `start` to `end` of each place in style `match`."""
    spans: list[Span] = []
    position = 0
    for span in line:
        at = 0
        for start, end in places:
            first, last = max(at, start - position), min(len(span.text), end - position)
            if first >= last:
                continue
            if first > at:
                spans.append(Span(span.text[at:first], span.style))
            spans.append(Span(span.text[first:last], "match"))
            at = last
        if at < len(span.text):
            spans.append(Span(span.text[at:], span.style))
        position += len(span.text)
    return tuple(spans)
