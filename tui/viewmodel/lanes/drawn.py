"""The bars of the lanes and of the path, drawn once for the time that is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tui.analysis.time.critical_path import PathPiece
from tui.model.ids import ThreadId
from tui.viewmodel.lanes.bars import Cell, life_cells, path_cells
from tui.viewmodel.lanes.lane import Lane
from tui.viewmodel.lanes.scale import Scale
from tui.viewmodel.lanes.summed import MANY, SummedTime


class DrawnBars:
    """Keeps what was drawn until another time is shown, and the sums of long lives until there are other ones."""

    def __init__(self, began_ms: int) -> None:
        """`began_ms`: the start of the recording."""
        self._began = began_ms
        self._shown: tuple[float, float, int] | None = None
        """The time and the width for which `_cells` holds what was drawn."""
        self._cells: dict[ThreadId | None, list[Cell]] = {}
        self._sums: dict[ThreadId | None, SummedTime] = {}

    def life(self, lane: Lane, scale: Scale) -> Sequence[Cell]:
        """The cells of an agent's life."""
        stretches = lane.life.stretches

        def draw() -> list[Cell]:
            if len(stretches) < MANY:
                return life_cells(stretches, lane.ends, scale, self._began)
            return self._summed(lane.agent, lambda: SummedTime.of_life(stretches, self._began)).cells(scale)

        return self._drawn(lane.agent, scale, draw)

    def path(self, pieces: Sequence[PathPiece], scale: Scale) -> Sequence[Cell]:
        """The cells of the path."""

        def draw() -> list[Cell]:
            if len(pieces) < MANY:
                return path_cells(pieces, scale, self._began)
            return self._summed(None, lambda: SummedTime.of_path(pieces, self._began)).cells(scale)

        return self._drawn(None, scale, draw)

    def _drawn(self, agent: ThreadId | None, scale: Scale, draw: Callable[[], list[Cell]]) -> list[Cell]:
        shown = (scale.start, scale.end, scale.width)
        if shown != self._shown:
            self._shown = shown
            self._cells.clear()
        if agent not in self._cells:
            self._cells[agent] = draw()
        return self._cells[agent]

    def _summed(self, agent: ThreadId | None, make: Callable[[], SummedTime]) -> SummedTime:
        """What fills the time of an agent, or of the path, added up once."""
        if agent not in self._sums:
            self._sums[agent] = make()
        return self._sums[agent]
