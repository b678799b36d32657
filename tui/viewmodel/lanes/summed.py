"""A long time as sums of what filled it: its cells are drawn without a walk through all that filled them."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import floor
from operator import sub

from tui.analysis.time.critical_path import PathPiece, PieceKind
from tui.analysis.time.waiting_table import State, StateStretch
from tui.viewmodel.lanes.bars import FAILED, GAP, PATH_TEXTURES, TEXTURES, Cell, heaviest
from tui.viewmodel.lanes.scale import Scale

MANY = 2_000
"""Stretches from which on the sums are worth their memory: some 30 bytes a stretch."""


class SummedTime:
    """What filled a time, in order and without overlaps; each cell takes a few looks into sorted numbers."""

    def __init__(self, began_ms: int) -> None:
        """`began_ms`: the start of the recording, from which a scale counts; all other times are since 1970."""
        self._began = began_ms
        self._sums: dict[Cell, _Sum] = {}
        self._failed = array("q")
        """Ends of what ended badly."""

    @classmethod
    def of_life(cls, stretches: Sequence[StateStretch], began_ms: int) -> SummedTime:
        """What fills an agent's life; `began_ms` is the start of the recording."""
        summed = cls(began_ms)
        columns: dict[State, tuple[list[int], list[int]]] = {state: ([], []) for state in TEXTURES}
        for state, start, end, _, has_failed in stretches:
            starts, ends = columns[state]
            starts.append(start)
            ends.append(end)
            if has_failed:
                summed._failed.append(end)
        summed._sums = {TEXTURES[state]: _Sum(*found) for state, found in columns.items() if found[0]}
        return summed

    @classmethod
    def of_path(cls, pieces: Sequence[PathPiece], began_ms: int) -> SummedTime:
        """What fills the path."""
        summed = cls(began_ms)
        columns: dict[PieceKind, tuple[list[int], list[int]]] = {kind: ([], []) for kind in PATH_TEXTURES}
        for one in pieces:
            starts, ends = columns[one.kind]
            starts.append(one.start.ms)
            ends.append(one.end.ms)
        summed._sums = {PATH_TEXTURES[kind]: _Sum(*found) for kind, found in columns.items() if found[0]}
        return summed

    def cells(self, scale: Scale) -> list[Cell]:
        """For each cell the texture that covers most of it; a failure is shown wherever it is."""
        weights: list[dict[Cell, float]] = [{} for _ in range(scale.width)]
        parts = list(scale.parts())
        for texture, found in self._sums.items():
            known = found.before(scale.start + self._began)
            for cell, end_ms, cells_per_ms in parts:
                until = found.before(end_ms + self._began)
                if until != known:
                    weight = weights[cell]
                    weight[texture] = weight.get(texture, 0.0) + (until - known) * cells_per_ms
                    known = until
        cells = [heaviest(weight) for weight in weights]
        for cell in self._failed_cells(scale):
            cells[cell] = FAILED
        for cell in scale.gap_cells():
            cells[cell] = GAP
        return cells

    def _failed_cells(self, scale: Scale) -> Iterable[int]:
        ends, began = self._failed, self._began
        # Whole milliseconds: a fraction would be rounded when the time since 1970 is added.
        place, end = bisect_right(ends, floor(scale.start) + began), bisect_right(ends, floor(scale.end) + began)
        while place < end:
            cell = scale.cell_of(ends[place] - began - 1)
            yield cell
            place = max(place + 1, bisect_left(ends, scale.time_of(cell + 1) + began + 1))


class _Sum:
    """How much time before a moment was of one kind."""

    def __init__(self, starts: Sequence[int], ends: Sequence[int]) -> None:
        self._starts = array("q", starts)
        self._ends = array("q", ends)
        self._totals = array("q", accumulate(map(sub, ends, starts), initial=0))
        """The time of all stretches before each."""

    def before(self, ms: float) -> float:
        place = bisect_right(self._starts, ms) - 1
        if place < 0:
            return 0
        total: float = self._totals[place] + min(ms, self._ends[place]) - self._starts[place]
        return total
