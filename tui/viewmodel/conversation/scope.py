"""Which conversation belongs to a selected node: the request it came from, or the thread it is in.

| selected | shown |
|---|---|
| inference call | its request and response |
| turn | the last request of the turn |
| thread | the thread so far |
| tool call, code cell, terminal operation | the request whose response asked for it, at the call |
| item | the request whose response it is in, else the first request that sent it, else the thread, at the item |
| compaction | the first request after it, which shows what is gone; before there is one, the thread at the marker |
| edge | what its target shows, else what its source shows |
"""

from __future__ import annotations

from typing import assert_never

import msgspec

from tui.analysis.index.ends import anchor_node
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.requests.compared import requests_showing
from tui.model.ids import (
    CodeCellId,
    CodexTurnId,
    CompactionId,
    CompactionRequestId,
    EdgeId,
    InferenceCallId,
    ItemId,
    OperationId,
    ThreadId,
    ToolCallId,
)
from tui.model.noderef import NodeRef
from tui.model.objects import CodeCellCaller
from tui.model.trace import RolloutTrace


class ConversationScope(msgspec.Struct, frozen=True):
    """The items of one request and its response, or of a thread so far if `inference_id` is None.

    `focus` is the item to stand on; without one, a request is shown at what is new in it, a thread at its end.
    `lists_gone`: what the request no longer holds is listed, and was on: that is what a compaction is looked at for.
    """

    thread_id: ThreadId
    inference_id: InferenceCallId | None = None
    focus: ItemId | None = None
    lists_gone: bool = False


def scope_of(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> ConversationScope | None:
    """The conversation for a selected node; None if it has none (payloads, diagnostics, unknown ids)."""
    finder = _ScopeFinder(trace, index)
    try:
        return finder.find(node)
    except KeyError:
        # An id that the graph does not hold (yet): there is nothing to show.
        return None


def scope_of_root(trace: RolloutTrace) -> ConversationScope | None:
    """What is shown beside a row that has no conversation of its own, whatever was shown before: the root agent's."""
    root = ThreadId(trace.root_thread_id)
    return ConversationScope(root) if root in trace.threads else None


def scope_in_request(trace: RolloutTrace, item: NodeRef, request: InferenceCallId) -> ConversationScope | None:
    """The conversation as a request sent it, at an item of it; None if the graph has no such request."""
    call = trace.inference_calls.get(request)
    return None if call is None else ConversationScope(call.thread_id, request, ItemId(item.id))


class _ScopeFinder:
    """Looks one node up. Unknown ids end in a KeyError."""

    def __init__(self, trace: RolloutTrace, index: TraceIndex) -> None:
        self._trace = trace
        self._index = index

    def find(self, node: NodeRef) -> ConversationScope | None:
        match node.kind:
            case "thread":
                return ConversationScope(self._trace.threads[ThreadId(node.id)].thread_id)
            case "turn":
                return self._turn(CodexTurnId(node.id))
            case "inference":
                return self._inference(InferenceCallId(node.id))
            case "tool_call":
                return self._tool(ToolCallId(node.id))
            case "code_cell":
                return self._item(self._trace.code_cells[CodeCellId(node.id)].source_item_id)
            case "terminal_operation":
                return self._tool(self._trace.terminal_operations[OperationId(node.id)].tool_call_id)
            case "compaction":
                return self._compaction(CompactionId(node.id))
            case "compaction_request":
                return self._attempt(CompactionRequestId(node.id))
            case "item":
                return self._item(ItemId(node.id))
            case "edge":
                return self._edge(EdgeId(node.id))
            case "terminal_session" | "payload" | "event" | "diagnostic":
                return None
            case other:
                assert_never(other)

    def _inference(self, inference_id: InferenceCallId, focus: ItemId | None = None) -> ConversationScope:
        return ConversationScope(self._trace.inference_calls[inference_id].thread_id, inference_id, focus)

    def _turn(self, turn_id: CodexTurnId) -> ConversationScope:
        last = self._index.inferences_of_turn.last(turn_id)
        if last is None:
            return ConversationScope(self._trace.codex_turns[turn_id].thread_id)
        return self._inference(last)

    def _tool(self, tool_id: ToolCallId) -> ConversationScope | None:
        tool = self._trace.tool_calls[tool_id]
        if isinstance(tool.requester, CodeCellCaller):
            cell = self._trace.code_cells.get(tool.requester.code_cell_id)
            return ConversationScope(tool.thread_id) if cell is None else self._item(cell.source_item_id)
        # The call may also be listed in other threads, which inherited the history.
        for item_id in tool.model_visible_call_item_ids:
            if self._index.returning_inferences.first(item_id) is not None:
                return self._item(item_id)
        asking = self._index.asking_inferences.first(tool_id)
        if asking is not None:
            return self._inference(asking, next(iter(tool.model_visible_call_item_ids), None))
        return ConversationScope(tool.thread_id, None, next(iter(tool.model_visible_call_item_ids), None))

    def _item(self, item_id: ItemId) -> ConversationScope:
        item = self._trace.conversation_items[item_id]
        returning = self._index.returning_inferences.first(item_id)
        if returning is not None:
            return self._inference(returning, item_id)
        calls = [self._trace.inference_calls[name] for name in self._index.inferences_of_thread.of(item.thread_id)]
        first = next(iter(requests_showing(calls, item_id)), None)
        if first is not None:
            return self._inference(first.inference_call_id, item_id)
        return ConversationScope(item.thread_id, None, item_id)

    def _compaction(self, compaction_id: CompactionId) -> ConversationScope:
        compaction = self._trace.compactions[compaction_id]
        for inference_id in self._index.inferences_of_thread.of(compaction.thread_id):
            started = self._trace.inference_calls[inference_id].execution.started_at_unix_ms
            if started >= compaction.installed_at_unix_ms:
                return ConversationScope(compaction.thread_id, inference_id, lists_gone=True)
        return ConversationScope(compaction.thread_id, None, compaction.marker_item_id)

    def _attempt(self, attempt_id: CompactionRequestId) -> ConversationScope:
        attempt = self._trace.compaction_requests[attempt_id]
        if attempt.compaction_id in self._trace.compactions:
            return self._compaction(attempt.compaction_id)
        return ConversationScope(attempt.thread_id)

    def _edge(self, edge_id: EdgeId) -> ConversationScope | None:
        edge = self._trace.interaction_edges[edge_id]
        for anchor in (edge.target, edge.source):
            try:
                return self.find(anchor_node(anchor))
            except KeyError:
                continue
        return None
