"""The tables of the statistics as a list to choose from: headings, and rows that lead to an object.

Columns that have no room are left out from the right; the last column of a table of texts is cut instead.
"""

from __future__ import annotations

from collections.abc import Sequence

from tui.viewmodel.lists.picker import PickEntry
from tui.viewmodel.lists.statistics_tables import Table, TableRow
from tui.viewmodel.text.clean import Measure, elide
from tui.viewmodel.text.spans import Line, Span

GAP = "  "

DOWNWARDS, UPWARDS = "▼", "▲"
"""Signs of the column that sorts: the largest on top, or the smallest."""

LEAST_TEXT_CELLS = 12
"""A text that would get less is left out."""


def statistics_entries(tables: Sequence[Table], width: int, measure: Measure) -> list[PickEntry]:
    """The tables below each other, in `width` cells; a legend is above the heading that stays in view."""
    entries: list[PickEntry] = []
    for table in tables:
        grid = _grid(table)
        widths = _widths(grid, table.left, width - 2, measure)
        lines = _lines(grid, table.left, widths, measure)
        if table.legend:
            entries.append(PickEntry((Span(f" {table.legend}", "dim"),)))
        entries.append(PickEntry((Span(f" {lines[0][0]}", "title"), Span(lines[0][1], "dim"))))
        for row, (name, rest) in zip(table.rows, lines[1:], strict=True):
            line: Line = (Span(f" {name}"), Span(rest, "dim"))
            hidden = " ".join((table.title, *table.heads, *row.cells))
            entries.append(PickEntry(line, row.node, hidden=hidden, more=_left_out(table, row, widths, measure)))
    return entries


def _left_out(table: Table, row: TableRow, widths: Sequence[int], measure: Measure) -> str:
    """The name of a row and the cells of it that are cut or have no room, each behind the name of its column."""
    whole = [place < len(widths) and measure(cell) <= widths[place] for place, cell in enumerate(row.cells)]
    parts = [
        f"{head}: {cell.strip()}" if place else cell
        for place, (head, cell) in enumerate(zip(table.heads, row.cells, strict=True))
        if cell and (not place or not whole[place])
    ]
    return " · ".join(parts) if len(parts) > 1 or not whole[0] else ""


def hidden_columns(tables: Sequence[Table], width: int, measure: Measure) -> dict[str, int]:
    """How many columns of which tables have no room in `width` cells; tables that lose none are left out."""
    hidden = {
        table.title: len(table.heads) - len(_widths(_grid(table), table.left, width - 2, measure)) for table in tables
    }
    return {title: count for title, count in hidden.items() if count}


def cells_for_all_columns(tables: Sequence[Table], measure: Measure) -> int:
    """The least width in which no column is hidden."""
    return max((_cells_for_all(table, measure) for table in tables), default=0)


def _cells_for_all(table: Table, measure: Measure) -> int:
    widths = [max(map(measure, column)) for column in zip(*_grid(table), strict=True)]
    if 1 < len(widths) <= table.left:  # the last one is a text
        widths[-1] = min(widths[-1], LEAST_TEXT_CELLS)
    return sum(widths) + len(GAP) * (len(widths) - 1) + 2


def _grid(table: Table) -> list[Sequence[str]]:
    """Heads and rows; the first column is named by the title of the table, the one that sorts has a sign."""
    sign = UPWARDS if table.is_upwards else DOWNWARDS
    heads = [head + sign * (place == table.sorted_by) for place, head in enumerate(table.heads)]
    return [(table.title, *heads[1:]), *(row.cells for row in table.rows)]


def _widths(grid: Sequence[Sequence[str]], left: int, width: int, measure: Measure) -> list[int]:
    return _fitting([max(map(measure, column)) for column in zip(*grid, strict=True)], left, width)


def _lines(grid: Sequence[Sequence[str]], left: int, widths: Sequence[int], measure: Measure) -> list[tuple[str, str]]:
    """Each row as its first cell and the rest, the cells below each other."""
    lines = []
    for cells in grid:
        padded = [
            _padded(cell, cells_wide, measure, to_right=place >= left)
            for place, (cell, cells_wide) in enumerate(zip(cells, widths, strict=False))
        ]
        lines.append((padded[0], "".join(GAP + cell for cell in padded[1:])))
    return lines


def _fitting(widths: Sequence[int], left: int, room: int) -> list[int]:
    """The widths of the columns that fit; a column of texts may be narrowed."""
    found: list[int] = []
    for place, width in enumerate(widths):
        free = room - sum(found) - len(GAP) * place
        if width > free and (place >= left or free < LEAST_TEXT_CELLS) and place:
            break
        found.append(min(width, free))
    return found


def _padded(text: str, cells: int, measure: Measure, *, to_right: bool) -> str:
    text = elide(text, cells, measure)
    blanks = " " * (cells - measure(text))
    return blanks + text if to_right else text + blanks
