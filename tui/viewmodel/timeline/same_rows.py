"""Whether two rows show the same: label, sign and what is below them. What costs nothing is compared first."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from tui.analysis.kinds.naming import tool_name
from tui.model.lookup import find_object, window_of
from tui.model.noderef import NodeRef
from tui.model.objects import InferenceCall, InteractionEdge, ToolCall
from tui.model.protocol import ProtocolEvent
from tui.model.trace import RolloutTrace
from tui.viewmodel.rows.branch import RowNode
from tui.viewmodel.timeline.face import Face
from tui.viewmodel.timeline.row_kinds import ROW_KINDS

MOST_BELOW = 20
"""Rows with more rows below them are not compared: that would cost too much to be asked for each change."""


class SameRows:
    """Compares rows of one graph; `face` gives what a row shows."""

    def __init__(self, trace: RolloutTrace, face: Callable[[NodeRef], Face]) -> None:
        self._trace = trace
        self._face = face

    def __call__(self, first: RowNode, second: RowNode) -> bool:
        """Whether two rows beside each other show the same."""
        one, other = first.ref, second.ref
        kind = ROW_KINDS[one.kind]
        if one.kind != other.kind or kind is None or not kind.folds:
            return False
        return self._may_be_same(one, other) and self._have_same_below(first, second) and self._look_same(one, other)

    def _may_be_same(self, one: NodeRef, other: NodeRef) -> bool:
        """False for most rows that differ, at the cost of a look at their fields."""
        first, second = find_object(self._trace, one), find_object(self._trace, other)
        window, second_window = window_of(first), window_of(second)
        if (
            window is not None
            and second_window is not None
            and (window.is_open or window.status != second_window.status)
        ):
            return False
        if isinstance(first, ToolCall) and isinstance(second, ToolCall):
            return self._may_be_same_calls(first, second)
        if isinstance(first, InferenceCall) and isinstance(second, InferenceCall):
            return len(first.response_item_ids) == len(second.response_item_ids)
        if isinstance(first, InteractionEdge) and isinstance(second, InteractionEdge):
            return first.kind == second.kind
        if isinstance(first, ProtocolEvent) and isinstance(second, ProtocolEvent):
            return first.message == second.message
        return True

    def _may_be_same_calls(self, first: ToolCall, second: ToolCall) -> bool:
        if first.kind != second.kind or (first.terminal_operation_id is None) != (second.terminal_operation_id is None):
            return False
        if first.terminal_operation_id is None or second.terminal_operation_id is None:
            return tool_name(first) == tool_name(second)
        operations = self._trace.terminal_operations
        one, other = operations.get(first.terminal_operation_id), operations.get(second.terminal_operation_id)
        return one is None or other is None or one.request == other.request

    def _have_same_below(self, first: RowNode, second: RowNode) -> bool:
        if first.children is None and second.children is None:
            return True
        below = [list(islice(node.all_children(), MOST_BELOW + 1)) for node in (first, second)]
        if len(below[0]) != len(below[1]) or len(below[0]) > MOST_BELOW:
            return False
        return all(self(one, other) for one, other in zip(*below, strict=True))

    def _look_same(self, one: NodeRef, other: NodeRef) -> bool:
        face, second = self._face(one), self._face(other)
        if (face.status, face.glyph) != (second.status, second.glyph):
            return False
        numbered = 1 if one.kind == "inference" else 0
        return face.label[numbered:] == second.label[numbered:]
