"""Columns for people on standard output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

GAP = "  "


def table_lines(heads: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> Iterator[str]:
    """Lines with their cells below each other: the first `left` columns to the left, the others (numbers) right."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for cells in (heads, *rows):
        padded = [
            cell.ljust(width) if place < left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        yield GAP.join(padded).rstrip()
