"""The tables of the statistics as a list to choose from: headings, and rows that lead to an object.

Columns that have no room are left out from the right, but the one that sorts stays in view; the last column of a table
of texts is cut instead.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import NamedTuple

from tui.viewmodel.lists.picker import PickEntry
from tui.viewmodel.lists.statistics_tables import ROWS_PER_STEP, Table, TableRow
from tui.viewmodel.text.clean import Measure, elide
from tui.viewmodel.text.spans import Line, Span

GAP = "  "

DOWNWARDS, UPWARDS = "▼", "▲"
"""Signs of the column that sorts: the largest on top, or the smallest."""

LEAST_TEXT_CELLS = 12
"""A text that would get less is left out."""


class Laid(NamedTuple):
    """The tables below each other.

    `hidden`: how many columns of which tables had no room, by title. `all_columns`: the least cells for all of them.
    """

    entries: list[PickEntry]
    hidden: dict[str, int]
    all_columns: int


def lay_out(tables: Sequence[Table], width: int, measure: Measure) -> Generator[None, None, Laid]:
    """The tables below each other, in `width` cells; a legend is above the heading that stays in view.

    In steps: a table may have thousands of rows.
    """
    laid = Laid([], {}, 0)
    for given in tables:
        table, grid = given, _grid(given)
        wanted = [max(map(measure, column)) for column in zip(*grid, strict=True)]
        yield
        widths = _fitting(wanted, table.left, width - 2)
        if table.sorted_by is not None and table.sorted_by >= len(widths):
            table = _sorted_first(table, table.sorted_by)
            grid = _grid(table)
            wanted = [max(map(measure, column)) for column in zip(*grid, strict=True)]
            widths = _fitting(wanted, table.left, width - 2)
        if len(widths) < len(wanted):
            laid.hidden[table.title] = len(wanted) - len(widths)
        laid = laid._replace(all_columns=max(laid.all_columns, _cells_for_all(wanted, table.left)))
        if table.legend:
            laid.entries.append(PickEntry((Span(f" {table.legend}", "dim"),)))
        name, rest = _line(grid[0], table.left, widths, measure)
        laid.entries.append(PickEntry((Span(f" {name}", "title"), Span(rest, "dim"))))
        for number, row in enumerate(table.rows, 1):
            name, rest = _line(row.cells, table.left, widths, measure)
            line: Line = (Span(f" {name}"), Span(rest, "dim"))
            hidden = " ".join((table.title, *table.heads, *row.cells))
            laid.entries.append(PickEntry(line, row.node, hidden=hidden, more=_left_out(table, row, widths, measure)))
            if number % ROWS_PER_STEP == 0:
                yield
    return laid


def _sorted_first(table: Table, column: int) -> Table:
    """The same table with the column that sorts as the first of its numbers."""

    def moved(cells: tuple[str, ...]) -> tuple[str, ...]:
        return (*cells[: table.left], cells[column], *cells[table.left : column], *cells[column + 1 :])

    rows = tuple(row._replace(cells=moved(row.cells)) for row in table.rows)
    return table._replace(heads=moved(table.heads), rows=rows, sorted_by=table.left)


def _left_out(table: Table, row: TableRow, widths: Sequence[int], measure: Measure) -> str:
    """The name of a row and the cells of it that are cut or have no room, each behind the name of its column."""
    whole = [place < len(widths) and measure(cell) <= widths[place] for place, cell in enumerate(row.cells)]
    parts = [
        f"{head}: {cell.strip()}" if place else cell
        for place, (head, cell) in enumerate(zip(table.heads, row.cells, strict=True))
        if cell and (not place or not whole[place])
    ]
    return " · ".join(parts) if len(parts) > 1 or not whole[0] else ""


def _cells_for_all(wanted: Sequence[int], left: int) -> int:
    """The least width in which no column is hidden."""
    widths = [*wanted]
    if 1 < len(widths) <= left:  # the last one is a text
        widths[-1] = min(widths[-1], LEAST_TEXT_CELLS)
    return sum(widths) + len(GAP) * (len(widths) - 1) + 2


def _grid(table: Table) -> list[Sequence[str]]:
    """Heads and rows; the first column is named by the title of the table, the one that sorts has a sign."""
    sign = UPWARDS if table.is_upwards else DOWNWARDS
    heads = [head + sign * (place == table.sorted_by) for place, head in enumerate(table.heads)]
    return [(table.title, *heads[1:]), *(row.cells for row in table.rows)]


def _line(cells: Sequence[str], left: int, widths: Sequence[int], measure: Measure) -> tuple[str, str]:
    """A row as its first cell and the rest, below those of the row before."""
    name, *others = (
        _padded(cell, cells_wide, measure, to_right=place >= left)
        for place, (cell, cells_wide) in enumerate(zip(cells, widths, strict=False))
    )
    return name, "".join(GAP + cell for cell in others)


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
