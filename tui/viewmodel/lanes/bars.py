"""A stretch of time as cells: what an agent mostly did in each, shown by texture as well as by colour."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tui.analysis.time.critical_path import PathPiece, PieceKind
from tui.analysis.time.waiting_table import State, StateStretch
from tui.viewmodel.lanes.scale import Scale

Cell = tuple[str, str]
"""A character and its style."""

TEXTURES: dict[State, Cell] = {
    "model": ("▓", "bar"),
    "tool": ("▒", "role.tool"),
    "waiting": ("░", "dim"),
    "runtime": ("·", "dim"),
    "idle": (" ", ""),
}
"""How a cell of each state looks, and its style."""

FAILED = ("✗", "bar.failed")
GAP = ("┊", "dim")
CURSOR = ("╎", "cursor.blurred")

PATH_TEXTURES: dict[PieceKind, Cell] = {
    "model": ("▓", "bar"),
    "tool": ("▒", "role.tool"),
    "runtime": ("·", "dim"),
    "delivery": ("═", "dim"),
    "user": (" ", ""),
}


class Covered(NamedTuple):
    """What fills a time: a texture, a style, and whether it ended badly."""

    start_ms: int
    end_ms: int
    texture: tuple[str, str]
    has_failed: bool = False


def life_cells(stretches: Sequence[StateStretch], ends: Sequence[int], scale: Scale, began_ms: int) -> list[Cell]:
    """The cells of an agent's life. `ends` are those of the stretches; `began_ms` the start of the recording."""
    first = bisect_right(ends, scale.start + began_ms)
    last = bisect_left(stretches, scale.end + began_ms, first, key=lambda one: one.start_ms)
    return _cells(
        (
            Covered(one.start_ms - began_ms, one.end_ms - began_ms, TEXTURES[one.state], one.has_failed)
            for one in stretches[first:last]
        ),
        scale,
    )


def busy_times(stretches: Iterable[StateStretch]) -> Iterator[tuple[int, int]]:
    """When an agent was not idle, those times joined that follow each other."""
    start = end = None
    for one in stretches:
        if one.state == "idle":
            continue
        if one.start_ms != end:
            if start is not None and end is not None:
                yield start, end
            start = one.start_ms
        end = one.end_ms
    if start is not None and end is not None:
        yield start, end


def path_cells(pieces: Sequence[PathPiece], scale: Scale, began_ms: int) -> list[Cell]:
    """The cells of the path, whose pieces follow each other in time."""
    first = bisect_right(pieces, scale.start + began_ms, key=lambda one: one.end.ms)
    last = bisect_left(pieces, scale.end + began_ms, first, key=lambda one: one.start.ms)
    covered = (
        Covered(one.start.ms - began_ms, one.end.ms - began_ms, PATH_TEXTURES[one.kind]) for one in pieces[first:last]
    )
    return _cells(covered, scale)


def _cells(covered: Iterator[Covered], scale: Scale) -> list[Cell]:
    """For each cell the texture that covers most of it; a failure is shown wherever it is."""
    weights: list[dict[tuple[str, str], float]] = [{} for _ in range(scale.width)]
    failed: set[int] = set()
    known_ms, known = scale.start, scale.place_of(scale.start)
    for one in covered:
        start = known if one.start_ms == known_ms else scale.place_of(one.start_ms)
        known_ms, known = one.end_ms, scale.place_of(one.end_ms)  # most begin where the one before ended
        start, end = max(0.0, start), min(float(scale.width), known)
        cell, texture = int(start), one.texture
        while start < end:  # most stretches of a long session lie within one cell
            until = min(end, cell + 1.0)
            weight = weights[cell]
            weight[texture] = weight.get(texture, 0.0) + until - start
            start, cell = until, cell + 1
        if one.has_failed and one.end_ms <= scale.end:
            failed.add(scale.cell_of(one.end_ms - 1))
    cells = [heaviest(weight) for weight in weights]
    for cell in failed:
        cells[cell] = FAILED
    for cell in scale.gap_cells():
        cells[cell] = GAP
    return cells


def heaviest(weights: dict[Cell, float]) -> Cell:
    """What covers most of a cell; of several the first."""
    return max(weights.items(), key=lambda one: one[1])[0] if weights else (" ", "")
