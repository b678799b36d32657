"""One screen line of a pane of rows: what is on it, how it is painted, and which lines carry the scroll position."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.style import Style
from textual.strip import Strip

from tui.named_tuple import NamedTuple
from tui.ui.widgets.row_strip import StyleFor, line_strip
from tui.viewmodel.text.spans import Line, Span

THUMB: Line = (Span("▐", "scroll.thumb"),)
"""The mark in the last column that says where in the rows the screen is. Lines without it spend nothing on it."""


class FrameLine(NamedTuple):
    """What is on one line of the screen. `mark` names the style laid over it; `thumb` is the scroll position."""

    line: Line
    mark: str
    thumb: bool


def frame_strip(shown: FrameLine, width: int, base: Style, style_for: StyleFor) -> Strip:
    """A line of `width` cells as it is painted over `base`; the mark of the scroll position takes its last cell."""
    if not shown.thumb:
        return line_strip(shown.line, width, base, style_for, shown.mark)
    strip = line_strip(shown.line, width - 1, base, style_for, shown.mark)
    return Strip.join([strip, line_strip(THUMB, 1, base, style_for, shown.mark)])


def thumb_lines(height: int, count: int, top: int) -> tuple[int, int]:
    """First and last screen line of the mark for a screen of `height` lines that begins with row `top` of `count`.

    An empty range when everything is visible.
    """
    if count <= height:
        return (0, -1)
    length = max(1, height * height // count)
    first = round((height - length) * top / (count - height))
    return (first, first + length - 1)


def adjoining(lines: Sequence[int]) -> Iterator[list[int]]:
    """Ascending numbers of lines in groups without gaps: each is drawn as one region."""
    for _, group in groupby(enumerate(lines), key=lambda pair: pair[1] - pair[0]):
        yield [line for _, line in group]
