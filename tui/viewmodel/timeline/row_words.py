"""The words of an object's row in the timeline, for a search that looks at what is on the screen."""

from __future__ import annotations

from collections.abc import Callable

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.requests.server_work import is_server_work
from tui.model.ids import ItemId
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace
from tui.viewmodel.timeline.labels.faces import Labels
from tui.viewmodel.timeline.labels.words import own_text
from tui.viewmodel.timeline.row_kinds import ROW_KINDS


def row_words(trace: RolloutTrace, index: TraceIndex) -> Callable[[NodeRef], str]:
    """A function that gives the label of an object's row; empty for what has no row."""
    labels = Labels(trace, index)

    def words(node: NodeRef) -> str:
        return own_text(labels.face(node).label) if _has_row(trace, node) else ""

    return words


def _has_row(trace: RolloutTrace, node: NodeRef) -> bool:
    """Of items only those have a row that are work of the provider."""
    if node.kind != "item":
        return ROW_KINDS[node.kind] is not None
    item = trace.conversation_items.get(ItemId(node.id))
    return item is not None and is_server_work(item)
