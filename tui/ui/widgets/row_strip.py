"""From a `Line` of a view-model to a strip of exactly the width of a pane."""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.ui.theme import ON_CURSOR
from tui.viewmodel.text.spans import Line

StyleFor = Callable[[str], Style]
"""The style for a semantic name; the null style for a name it does not know."""

CURSOR_KEEPS = ("glyph.", "error", "agent.")
"""Meanings that keep their colour on the cursor row; everything else takes the cursor's, so that the row is one run."""

LOOKED_AT = 200
"""Characters behind the edge that are looked at for anything but blanks."""

MATCH = "match"
MATCH_ON_CURSOR = "match.current"
"""A match keeps its own ground on every row, or nobody could read it; on the cursor's row it is the current one."""


def line_strip(line: Line, width: int, base: Style, style_for: StyleFor, mark: str = "") -> Strip:
    """`line` cropped and padded to `width` cells; what is cropped ends in `…`, unless only blanks are lost.

    `base` is the pane's own style. `mark` names the style laid over the whole row: the cursor or a pinned line. The
    cost is bound by `width`, however long the line is.
    """
    runs: list[tuple[str, Style]] = []
    over = style_for(mark) if mark else None
    ground = base if over is None else base + over
    left = width
    for span in line:
        if left <= 0:
            if runs and not span.text[:LOOKED_AT].isspace() and span.text:
                runs[-1] = (_with_ellipsis(runs[-1][0]), runs[-1][1])
                break
            continue
        text, cells = _cropped(span.text, left)
        left -= cells
        style = ground
        if span.style == MATCH:
            style = base + _match_style(mark, over, style_for)
        elif span.style and (over is None or span.style.startswith(CURSOR_KEEPS)):
            style = base + style_for(span.style)
            if over is not None:
                style += style_for(f"{ON_CURSOR}{span.style}") + _ground_of(over)
        _add_run(runs, text, style)
    if left > 0:
        _add_run(runs, " " * left, ground)
    return Strip([Segment(text, style) for text, style in runs], width)


def _with_ellipsis(text: str) -> str:
    """The text with its last cells as a sign that more follows; as wide as before."""
    if text.endswith("…"):
        return text
    cells = cell_len(text)
    return f"{set_cell_size(text, cells - 1)}…" if cells else text


def _match_style(mark: str, over: Style | None, style_for: StyleFor) -> Style:
    """The look of a match; on a reversed row, a match that would be reversed is not: the two must differ."""
    style = style_for(MATCH_ON_CURSOR if mark.startswith("cursor") else MATCH)
    is_lost = over is not None and over.reverse and style.reverse
    return style + Style(reverse=False) if is_lost else style


def _ground_of(over: Style) -> Style:
    """What of the cursor's style a coloured span takes: its background and reversal, not its text colour."""
    return Style(bgcolor=over.bgcolor, reverse=over.reverse, bold=over.bold)


def _cropped(text: str, cells: int) -> tuple[str, int]:
    """As much of `text` as fits, and its width; a wide character at the edge becomes a blank."""
    if len(text) > cells:
        # A cell holds at least one character, marks of no width aside: enough to measure, little enough to be cheap.
        text = text[: cells * 2]
    size = cell_len(text)
    if size <= cells:
        return text, size
    kept = set_cell_size(text, cells)
    return (kept if text.rstrip() == kept.rstrip() else _with_ellipsis(kept)), cells


def _add_run(runs: list[tuple[str, Style]], text: str, style: Style) -> None:
    """Append `text`; one run with the last one if nobody could see a difference."""
    if not text:
        return
    if runs:
        last_text, last_style = runs[-1]
        if last_style == style or (_is_plain_ground(text, style) and _same_ground(style, last_style)):
            runs[-1] = (last_text + text, last_style)
            return
    runs.append((text, style))


def _is_plain_ground(text: str, style: Style) -> bool:
    return text.isspace() and not (style.underline or style.reverse or style.strike)


def _same_ground(style: Style, last: Style) -> bool:
    return style.bgcolor == last.bgcolor and not (last.underline or last.reverse or last.strike)
