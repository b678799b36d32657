"""Search in the timeline: rows by what they say, folded ones too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tui.model.noderef import NodeRef
from tui.viewmodel.branch import RowNode
from tui.viewmodel.spans import line_text
from tui.viewmodel.timeline import TimelineModel

SLICE = 200
"""Rows looked at between two pauses: about two milliseconds."""


class FoundRow(NamedTuple):
    """A row that matches, its number among all a filter leaves, and whether the search turned over at an end for it."""

    row: NodeRef
    number: int
    has_wrapped: bool


def rows_matching(model: TimelineModel, pattern: re.Pattern[str], *, forward: bool) -> Iterator[FoundRow | None]:
    """Yield the rows whose label matches, from the row after the cursor around to the cursor itself.

    Yields None after every slice without a match, so that whoever asks can do something else in between. Rows that a
    filter hides do not count. The tree may change between slices; rows that came since are not looked at.
    """
    nodes = _rows(model)
    start = next((number for number, node in enumerate(nodes) if node is model.focus), -1)
    step = 1 if forward else -1
    for distance in range(1, len(nodes) + 1):
        number = start + step * distance
        node = nodes[number % len(nodes)]
        if _matches(model, node, pattern):
            yield FoundRow(node.ref, number % len(nodes), not 0 <= number < len(nodes))
        elif distance % SLICE == 0:
            yield None


def all_matching(model: TimelineModel, pattern: re.Pattern[str]) -> Iterator[int | None]:
    """Yield the number of every row that matches, and None after every slice of rows."""
    for number, node in enumerate(_rows(model)):
        if _matches(model, node, pattern):
            yield number
        if number % SLICE == SLICE - 1:
            yield None


def _rows(model: TimelineModel) -> list[RowNode]:
    return [node for node in model.tree.rows.walk() if node.is_shown]


def _matches(model: TimelineModel, node: RowNode, pattern: re.Pattern[str]) -> bool:
    return pattern.search(line_text(model.face(node.ref).label)) is not None
