"""Search in the timeline: rows by what they say, folded ones too."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tui.model.noderef import NodeRef
from tui.viewmodel.spans import line_text
from tui.viewmodel.timeline import TimelineModel

SLICE = 500
"""Rows looked at between two pauses: about a millisecond each hundred."""


def rows_matching(model: TimelineModel, pattern: re.Pattern[str], *, forward: bool) -> Iterator[NodeRef | None]:
    """Yield the rows whose label matches, from the row after the cursor around to the cursor itself.

    Yields None after every slice without a match, so that whoever asks can do something else in between. Rows that a
    filter hides do not count. The tree may change between slices; rows that came since are not looked at.
    """
    nodes = [node for node in model.tree.rows.walk() if node.is_shown]
    start = next((number for number, node in enumerate(nodes) if node is model.focus), -1)
    step = 1 if forward else -1
    for distance in range(1, len(nodes) + 1):
        ref = nodes[(start + step * distance) % len(nodes)].ref
        if pattern.search(line_text(model.face(ref).label)):
            yield ref
        elif distance % SLICE == 0:
            yield None
