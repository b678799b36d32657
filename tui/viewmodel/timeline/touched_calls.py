"""Which tool calls are to be looked at again because something else changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.links.provenance import CausingRequest, dispatch_of_cell, request_of_cell
from tui.analysis.messages.arrival import brought_by
from tui.analysis.problems.own import LeftProcesses
from tui.model.delta import TraceDelta
from tui.model.ids import CodeCellId, CodexTurnId, EdgeId, InferenceCallId, ItemId, ToolCallId
from tui.model.objects import ToolCallAnchor
from tui.model.trace import RolloutTrace

_Above: TypeAlias = "tuple[ToolCallId | None, CausingRequest | None, bool]"
"""What a script's calls may stand below: the call that ran it, the request that asked for it, the script itself."""


class TouchedCalls:
    """Finds the tool calls whose place or problem depends on another object of a delta.

    A response may ask for tens of thousands of calls and change with each of them. So what was seen of a request and
    of a script is remembered, and only what is new of it counts.
    """

    def __init__(self, trace: RolloutTrace, index: TraceIndex) -> None:
        self._trace = trace
        self._index = index
        self._asked: dict[InferenceCallId, tuple[int, list[ItemId]]] = {}
        """Request → how many of its calls were seen, and its response, which is replaced as a whole."""
        self._scripts: dict[CodeCellId, _Above] = {}
        self._left_processes = LeftProcesses(trace, index)

    def of(self, delta: TraceDelta) -> set[ToolCallId]:
        """The calls that a delta touches; those that it names itself only if something else of it touches them, too."""
        tools: set[ToolCallId] = set()
        for inference_id in delta.inference_calls:
            tools.update(self._asked_by(inference_id))
        for cell_id in delta.code_cells:
            tools.update(self._run_by(cell_id))
        for turn_id in delta.codex_turns:
            tools.update(self._left_open_by(turn_id))
        tools.update(self._left_processes.of(delta))
        for operation_id in delta.terminal_operations:
            operation = self._trace.terminal_operations.get(operation_id)
            if operation is not None:
                tools.add(operation.tool_call_id)
        tools.update(self._sent_what_came(delta))
        return tools

    def senders_of(self, edges: Iterable[EdgeId]) -> Iterator[ToolCallId]:
        """The calls that edges begin at: their rows say whether what they sent arrived."""
        for name in edges:
            edge = self._trace.interaction_edges.get(name)
            if edge is not None and isinstance(edge.source, ToolCallAnchor):
                yield edge.source.tool_call_id

    def _sent_what_came(self, delta: TraceDelta) -> Iterator[ToolCallId]:
        """The calls whose messages came as plain text, which no edge links with them."""
        for waiting in brought_by(self._trace, delta.conversation_items):
            if isinstance(waiting.source, ToolCallAnchor):
                yield waiting.source.tool_call_id

    def _asked_by(self, inference_id: InferenceCallId) -> Iterator[ToolCallId]:
        """Calls that a request was linked with since the last look, or whose call items came with its response."""
        inference = self._trace.inference_calls.get(inference_id)
        if inference is None:
            return
        linked, returned = inference.tool_call_ids_started_by_response, inference.response_item_ids
        known, seen = self._asked.get(inference_id, (0, None))
        self._asked[inference_id] = (len(linked), returned)
        yield from linked[known:]
        if returned is not seen:
            yield from self._index.tools_called_by_item.of_all(returned)

    def _run_by(self, cell_id: CodeCellId) -> Iterator[ToolCallId]:
        """The call that ran a script; and the calls of the script, if what they may stand below is not what it was."""
        dispatch = dispatch_of_cell(self._index, cell_id)
        if dispatch is not None:
            yield dispatch
        request = request_of_cell(self._trace, self._index, cell_id)
        above = (dispatch, request, cell_id in self._trace.code_cells)
        if self._scripts.get(cell_id) != above:
            self._scripts[cell_id] = above
            yield from self._index.nested_tools.of(cell_id)

    def _left_open_by(self, turn_id: CodexTurnId) -> Iterator[ToolCallId]:
        """The calls that still run although their turn is over."""
        turn = self._trace.codex_turns.get(turn_id)
        if turn is None or turn.execution.is_open:
            return
        for name in self._index.tools_of_turn.of(turn_id):
            if self._trace.tool_calls[name].execution.is_open:
                yield name
