"""The words of an object's row in the timeline, for a search that looks at what is on the screen."""

from __future__ import annotations

from collections.abc import Callable

from tui.analysis.index import TraceIndex
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace
from tui.viewmodel.row_kinds import ROW_KINDS
from tui.viewmodel.spans import line_text
from tui.viewmodel.timeline_labels import Labels


def row_words(trace: RolloutTrace, index: TraceIndex) -> Callable[[NodeRef], str]:
    """A function that gives the label of an object's row; empty for what has no row."""
    labels = Labels(trace, index)
    return lambda node: line_text(labels.face(node).label) if ROW_KINDS[node.kind] is not None else ""
