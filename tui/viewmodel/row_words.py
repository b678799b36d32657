"""The words of an object's row in the timeline, for a search that looks at what is on the screen."""

from __future__ import annotations

from collections.abc import Callable

from tui.analysis.index import TraceIndex
from tui.model.noderef import NodeKind, NodeRef
from tui.model.trace import RolloutTrace
from tui.viewmodel.spans import line_text
from tui.viewmodel.timeline_labels import Labels

_KINDS_WITH_ROWS: frozenset[NodeKind] = frozenset(
    {"thread", "turn", "inference", "tool_call", "code_cell", "compaction", "compaction_request", "edge"}
)


def row_words(trace: RolloutTrace, index: TraceIndex) -> Callable[[NodeRef], str]:
    """A function that gives the label of an object's row; empty for what has no row."""
    labels = Labels(trace, index)
    return lambda node: line_text(labels.face(node).label) if node.kind in _KINDS_WITH_ROWS else ""
