"""Cells that a frame writes beside each other."""

from __future__ import annotations

from collections.abc import Sequence

from tui.named_tuple import NamedTuple
from tui.ui.terminal.cells import Cell


class Run(NamedTuple):
    """Cells that are to be written, what is known to be there, and where their line ends.

    `columns`: how many a line of the terminal has, 0 if that is not known.
    """

    x: int
    y: int
    cells: list[Cell]
    before: Sequence[Cell | None]
    line_end: int
    columns: int = 0


def erased(run: Run, x: int, count: int) -> str:
    """What erases this many cells from a column on, without a move of the cursor."""
    return "\x1b[K" if x + count == run.columns else f"\x1b[{count}X"
