"""A long time as sums of what filled it: its cells are drawn without a walk through all that filled them."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, compress
from operator import sub

from tui.analysis.time.critical_path import PathPiece
from tui.analysis.time.waiting_table import StateStretch
from tui.viewmodel.lanes.bars import FAILED, GAP, PATH_TEXTURES, TEXTURES, Cell, heaviest
from tui.viewmodel.lanes.scale import Scale

MANY = 2_000
"""Stretches from which on the sums are worth their memory: some 30 bytes a stretch."""


class SummedTime:
    """What filled a time, in order and without overlaps; each cell takes a few looks into sorted numbers."""

    def __init__(
        self, starts: Sequence[int], ends: Sequence[int], textures: Sequence[Cell], failed: Iterable[int]
    ) -> None:
        """Columns of what filled the time, in milliseconds since its start; `failed` are ends of what ended badly."""
        self._sums: dict[Cell, _Sum] = {}
        for texture in dict.fromkeys(textures):
            chosen = [one is texture for one in textures]
            self._sums[texture] = _Sum(array("q", compress(starts, chosen)), array("q", compress(ends, chosen)))
        self._failed = array("q", failed)

    @classmethod
    def of_life(cls, stretches: Sequence[StateStretch], began_ms: int) -> SummedTime:
        """What fills an agent's life; `began_ms` is the start of the recording."""
        return cls(
            [one.start_ms - began_ms for one in stretches],
            [one.end_ms - began_ms for one in stretches],
            [TEXTURES[one.state] for one in stretches],
            [one.end_ms - began_ms for one in stretches if one.has_failed],
        )

    @classmethod
    def of_path(cls, pieces: Sequence[PathPiece], began_ms: int) -> SummedTime:
        """What fills the path."""
        starts = [one.start.ms - began_ms for one in pieces]
        ends = [one.end.ms - began_ms for one in pieces]
        return cls(starts, ends, [PATH_TEXTURES[one.kind] for one in pieces], ())

    def cells(self, scale: Scale) -> list[Cell]:
        """For each cell the texture that covers most of it; a failure is shown wherever it is."""
        weights: list[dict[Cell, float]] = [{} for _ in range(scale.width)]
        parts = list(scale.parts())
        for texture, found in self._sums.items():
            known = found.before(scale.start)
            for cell, end_ms, cells_per_ms in parts:
                until = found.before(end_ms)
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
        ends = self._failed
        place, end = bisect_right(ends, scale.start), bisect_right(ends, scale.end)
        while place < end:
            cell = scale.cell_of(ends[place] - 1)
            yield cell
            place = max(place + 1, bisect_left(ends, scale.time_of(cell + 1) + 1))


class _Sum:
    """How much time before a moment was of one kind."""

    def __init__(self, starts: array[int], ends: array[int]) -> None:
        self._starts = starts
        self._ends = ends
        self._totals = array("q", accumulate(map(sub, ends, starts), initial=0))
        """The time of all stretches before each."""

    def before(self, ms: float) -> float:
        place = bisect_right(self._starts, ms) - 1
        if place < 0:
            return 0
        total: float = self._totals[place] + min(ms, self._ends[place]) - self._starts[place]
        return total
