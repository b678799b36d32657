"""A table of Markdown in columns, narrowed to the pane."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.viewmodel.text.clean import Measure
from tui.viewmodel.text.spans import Line, Span, line_text

_GAP = "  "
_LEAST_CELLS = 6
"""A column is not made narrower than this."""


def table_lines(rows: Sequence[Sequence[Line]], width: int, measure: Measure) -> Iterator[Line]:
    """The rows below each other, a rule under the first; where it does not fit, a row becomes a line a cell.

    `rows` may be of different length; missing cells are empty.
    """
    count = max(map(len, rows), default=0)
    if not count:
        return
    widths = [max(measure(line_text(row[place])) for row in rows if place < len(row)) for place in range(count)]
    if sum(widths) + len(_GAP) * (count - 1) > max(width, _LEAST_CELLS * count):
        yield from _as_entries(rows)
        return
    for number, row in enumerate(rows):
        yield tuple(_padded(row, widths, measure))
        if number == 0:
            yield (Span(_GAP.join("─" * cells for cells in widths), "dim"),)


def _padded(row: Sequence[Line], widths: Sequence[int], measure: Measure) -> Iterator[Span]:
    for place, cell in enumerate(row):
        yield from cell
        if place + 1 < len(row):
            yield Span(" " * (widths[place] - measure(line_text(cell))) + _GAP)


def _as_entries(rows: Sequence[Sequence[Line]]) -> Iterator[Line]:
    """Each row as its cells with the heads before them."""
    heads, *body = rows
    for number, row in enumerate(body):
        if number:
            yield ()
        for place, cell in enumerate(row):
            head = line_text(heads[place]) if place < len(heads) else ""
            yield (Span(f"{head}: " if head else "", "dim"), *cell)
