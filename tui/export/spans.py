"""What ran, as spans: turns, requests and tool calls with their parents, and the links that edges make between them.

| object | operation | parent |
|---|---|---|
| turn | `invoke_agent` | the call of another agent that spawned the agent, or gave it this task |
| request to the model, compaction request | `chat` | its turn |
| tool call, script that no call dispatched | `execute_tool` | its turn; the call that ran the script which made it |
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple, assert_never

from tui.analysis.kinds.scripts import window_of_call
from tui.analysis.links.provenance import dispatch_of_cell
from tui.export.format import Subject
from tui.export.moments import Moments
from tui.model.conversation import ConversationItem
from tui.model.execution import ExecutionWindow
from tui.model.ids import CodexTurnId, ItemId, ThreadId
from tui.model.kinds import GRAPH_KINDS, KINDS, GraphKind
from tui.model.lookup import find_object, window_of
from tui.model.noderef import NodeRef
from tui.model.objects import (
    CodeCell,
    CodeCellCaller,
    CodexTurn,
    Compaction,
    CompactionRequest,
    InferenceCall,
    InteractionEdge,
    ItemAnchor,
    TerminalOperation,
    TerminalSession,
    Thread,
    ToolCall,
    ToolCallAnchor,
    TraceAnchor,
)
from tui.model.protocol import ProtocolEvent
from tui.schema.payloads import RawPayloadRef

Operation = Literal["invoke_agent", "chat", "execute_tool"]

SpanObject = CodexTurn | InferenceCall | CompactionRequest | ToolCall | CodeCell

_TASK_EDGES = ("spawn_agent", "assign_agent_task")


class SpanLink(NamedTuple):
    """An edge that led to a span, and the span that it came from."""

    edge: InteractionEdge
    source: NodeRef


class WorkSpan(NamedTuple):
    """Something that ran. `parent` is None for what a user started, and if it is unknown."""

    node: NodeRef
    operation: Operation
    found: SpanObject
    window: ExecutionWindow
    thread_id: ThreadId
    parent: NodeRef | None


class Spans:
    """The spans of the part of a recording that is exported."""

    def __init__(self, subject: Subject) -> None:
        self._scope = subject.scope
        self._trace = subject.store.trace
        self._index = subject.store.index
        self.moments = Moments(self._windows())
        self._links: dict[NodeRef, list[SpanLink]] = {}
        for edge in self._trace.interaction_edges.values():
            target, source = self._span_at(edge.target, is_target=True), self._span_at(edge.source, is_target=False)
            if target is not None and source is not None:
                self._links.setdefault(target, []).append(SpanLink(edge, source))

    def links(self, node: NodeRef) -> list[SpanLink]:
        """The edges that led to a span."""
        return self._links.get(node, [])

    def in_order(self) -> Iterator[WorkSpan]:
        """All spans, in the order of the events that began them."""
        starts = sorted((window.started_seq, place) for place, (_, _, window) in enumerate(self._objects()))
        objects = [NodeRef(kind, name) for kind, name, _ in self._objects()]
        for _, place in starts:
            span = self._span(objects[place])
            if span is not None:
                yield span

    def _windows(self) -> Iterator[ExecutionWindow]:
        """Those of the graph; times are the same whether or not protocol events were read."""
        for kind in (one for one in GRAPH_KINDS if one != "event"):
            for found in KINDS[kind].objects(self._trace).values():
                window = window_of(found)
                if window is not None:
                    yield window

    def _objects(self) -> Iterator[tuple[GraphKind, str, ExecutionWindow]]:
        trace = self._trace
        yield from (("turn", name, one.execution) for name, one in trace.codex_turns.items())
        yield from (("inference", name, one.execution) for name, one in trace.inference_calls.items())
        yield from (("compaction_request", name, one.execution) for name, one in trace.compaction_requests.items())
        yield from (("tool_call", name, window_of_call(trace, one)) for name, one in trace.tool_calls.items())
        for name, cell in trace.code_cells.items():
            if dispatch_of_cell(self._index, name) is None:
                yield "code_cell", name, cell.execution

    def _span(self, node: NodeRef) -> WorkSpan | None:
        match find_object(self._trace, node):
            case CodexTurn() as turn:
                return self._within(node, "invoke_agent", turn, turn.execution, turn.codex_turn_id, self._cause(turn))
            case InferenceCall() | CompactionRequest() as call:
                return self._within(node, "chat", call, call.execution, call.codex_turn_id)
            case ToolCall() as tool:
                window, script = window_of_call(self._trace, tool), self._script(tool)
                return self._within(node, "execute_tool", tool, window, tool.started_by_codex_turn_id, script)
            case CodeCell() as cell:
                return self._within(node, "execute_tool", cell, cell.execution, cell.codex_turn_id)
            case Thread() | TerminalOperation() | TerminalSession() | Compaction() | InteractionEdge():
                return None
            case ConversationItem() | RawPayloadRef() | ProtocolEvent() | None:
                return None
            case other:
                assert_never(other)

    def _within(
        self,
        node: NodeRef,
        operation: Operation,
        found: SpanObject,
        window: ExecutionWindow,
        turn_id: CodexTurnId | None,
        parent: NodeRef | None = None,
    ) -> WorkSpan | None:
        scope = self._scope
        if scope.turn not in (None, turn_id) or scope.agent not in (None, found.thread_id):
            return None
        if parent is None and operation != "invoke_agent" and turn_id in self._trace.codex_turns:
            parent = NodeRef("turn", str(turn_id))
        return WorkSpan(node, operation, found, window, found.thread_id, parent)

    def _cause(self, turn: CodexTurn) -> NodeRef | None:
        """The call of another agent by which a turn came about: the last task that its agent had been given."""
        cause: NodeRef | None = None
        if self._scope.is_whole:
            for name in self._index.edges_into_thread.of(turn.thread_id):
                edge = self._trace.interaction_edges[name]
                if edge.kind in _TASK_EDGES and isinstance(edge.source, ToolCallAnchor):
                    tool = self._trace.tool_calls.get(edge.source.tool_call_id)
                    if tool is not None and tool.execution.started_seq < turn.execution.started_seq:
                        cause = NodeRef("tool_call", tool.tool_call_id)
        return cause

    def _script(self, tool: ToolCall) -> NodeRef | None:
        """The span of the script that made a call."""
        if not isinstance(tool.requester, CodeCellCaller):
            return None
        return self._script_span(tool.requester)

    def _script_span(self, requester: CodeCellCaller) -> NodeRef | None:
        dispatch = dispatch_of_cell(self._index, requester.code_cell_id)
        if dispatch is not None and dispatch in self._trace.tool_calls:
            return NodeRef("tool_call", dispatch)
        return (
            NodeRef("code_cell", requester.code_cell_id) if requester.code_cell_id in self._trace.code_cells else None
        )

    def _span_at(self, anchor: TraceAnchor, *, is_target: bool) -> NodeRef | None:
        """The span at one end of an edge: of an item, the request that sent it or that it answers."""
        match anchor:
            case ToolCallAnchor(tool_id):
                return NodeRef("tool_call", tool_id) if tool_id in self._trace.tool_calls else None
            case ItemAnchor(item_id):
                return self._span_of_item(item_id, is_target=is_target)
            case _:
                turns = self._index.turns.of(anchor.thread_id)
                return NodeRef("turn", turns[0] if is_target else turns[-1]) if turns else None

    def _span_of_item(self, item_id: ItemId, *, is_target: bool) -> NodeRef | None:
        index = self._index
        sent, returned = index.first_senders.first(item_id), index.returning_inferences.first(item_id)
        request = sent or returned if is_target else returned or sent
        if request is not None:
            return NodeRef("inference", request)
        item = self._trace.conversation_items.get(item_id)
        turn_id = None if item is None else item.codex_turn_id
        return NodeRef("turn", turn_id) if turn_id is not None and turn_id in self._trace.codex_turns else None
