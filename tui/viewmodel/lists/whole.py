"""What the line under the cursor of a list has no room for, said in full below the list."""

from __future__ import annotations

from collections.abc import Iterable

from tui.viewmodel.lists.picker import PickEntry
from tui.viewmodel.text.clean import Measure, break_points, elide
from tui.viewmodel.text.spans import Line, Span

WHOLE_ROWS = 2
"""Lines below a list for what has no room in it."""

_INDENT = "  "


def whole_text(entry: PickEntry | None, width: int, measure: Measure) -> str:
    """What the line of an entry leaves out in `width` cells, with what it belongs to; empty where it says all."""
    if entry is None:
        return ""
    is_elided = bool(entry.whole) and "…" in entry.text
    if is_elided or measure(entry.text) > width:
        return entry.whole or entry.text.strip()
    return entry.more


def leaves_out(entries: Iterable[PickEntry], width: int, measure: Measure) -> bool:
    """Whether a line that can be chosen says less than there is to say."""
    return any(entry.value is not None and whole_text(entry, width, measure) for entry in entries)


def whole_lines(text: str, width: int, measure: Measure, *, rows: int = WHOLE_ROWS) -> list[Line]:
    """A text in `rows` lines, blank ones where it needs fewer."""
    room = max(1, width - len(_INDENT))
    pieces = [text[start:end] for start, end in break_points(text, room, measure)] if text else []
    if len(pieces) > rows:
        rest = " ".join(pieces[rows - 1 :])
        pieces[rows - 1 :] = [elide(rest, room, measure)]
    lines: list[Line] = [(Span(f"{_INDENT}{piece}"),) for piece in pieces]
    return [*lines, *[()] * rows][:rows]
