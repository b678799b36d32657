"""How an output reached the model: as it was, through a code cell, a terminal, an agent's notice (viewer notes §2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, assert_never

import msgspec

from tui.analysis.index.ends import producer_node
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.requests.sent import requests_sending
from tui.analysis.requests.truncation import Cut, answer_of, cut_of_item, is_other_than_output
from tui.model.conversation import OUTPUT_KINDS, ConversationItem
from tui.model.ids import InferenceCallId, ItemId, ThreadId, ToolCallId
from tui.model.lookup import find_object
from tui.model.noderef import NodeRef
from tui.model.objects import (
    CodeCell,
    CodeCellCaller,
    CodexTurn,
    Compaction,
    CompactionRequest,
    InferenceCall,
    InteractionEdge,
    TerminalOperation,
    TerminalSession,
    Thread,
    ToolCall,
)
from tui.model.protocol import ProtocolEvent
from tui.model.trace import RolloutTrace
from tui.schema.payloads import RawPayloadRef

RouteWord = Literal[
    "direct",
    "terminal",
    "code cell",
    "agent notice",
    "compaction",
    "model",
    "transcript only",
    "error",
    "interrupted",
    "not seen",
    "unproven",
]
"""`direct`: the result of a tool as the tool gave it. `terminal`: the model's view of a terminal operation. `code
cell`: only what the script made of it. `agent notice`: an item that another agent's message or result became.
`error`: the call failed, and its error is all that there is. `interrupted`: the runtime answered in place of the tool.
`not seen`: no item of the conversation holds it. `unproven`: the recording does not say."""

_TEXTS: dict[RouteWord, str] = {
    "direct": "reached the model as the tool's own output",
    "terminal": "reached the model as the terminal showed it",
    "code cell": "reached the model through a script: only what it passed on",
    "agent notice": "reached the model as another agent's message",
    "compaction": "was put into the history by a compaction",
    "model": "came from the model itself",
    "transcript only": "is in the transcript; no tool call of this recording gave it",
    "error": "reached the model as the error of the call",
    "interrupted": "did not reach the model, which got the message that the call was interrupted",
    "not seen": "is not known to have reached the model: no recorded item of the conversation holds it",
    "unproven": "may have reached the model through a script that is not in the graph",
}
_REACHED = "reached the model"
_KEPT = "is in the history, in no recorded request,"
"""What takes the place of `_REACHED` for an output that was taken into the history and never seen to be sent."""

_PROVEN = ("compared", "earlier", "unseen")
"""Cuts that the output itself proves; a mark alone may be the tool's own text."""


class SeenItem(NamedTuple):
    """An item that holds an output: in which requests the model saw it, and what had been cut from it.

    `is_other_text`: the output of a terminal is recorded, and the item does not hold it.
    """

    item_id: ItemId
    thread_id: ThreadId
    requests: Sequence[InferenceCallId]
    cut: Cut | None
    is_other_text: bool = False


class OutputRoute(NamedTuple):
    """The way of an output. `via` are the objects on it, the nearest first; `items` what the model got.

    More than one item of a cell were given out one after the other. More than one of a tool mean that the content
    changed between requests, or that another agent has a copy: the newest comes first.
    """

    route: RouteWord
    via: tuple[NodeRef, ...]
    items: tuple[SeenItem, ...]

    @property
    def text(self) -> str:
        """The way in words, to follow the name of the object."""
        said = self._way
        if self.route != "terminal":
            return said
        cuts = {item.cut.certainty for item in self.items if item.cut is not None}
        if cuts.intersection(_PROVEN):
            return f"{said}, but not all of it"
        if any(item.is_other_text for item in self.items):
            return f"{self._reached} as a text that differs from the output recorded"
        return said if cuts else f"{said}; no cut is known"

    @property
    def _way(self) -> str:
        return _TEXTS[self.route].replace(_REACHED, self._reached)

    @property
    def _reached(self) -> str:
        """What is claimed: that a request sent it is what the recording must show."""
        return _REACHED if any(item.requests for item in self.items) else _KEPT


def route_of(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> OutputRoute | None:
    """How the output of a tool call, code cell or terminal operation, or an item itself, reached the model.

    None for what has no output, and for items that are input: a prompt, or context.
    """
    match find_object(trace, node):
        case ToolCall() as tool:
            return _route_of_tool(trace, index, tool)
        case CodeCell() as cell:
            route: RouteWord = "code cell" if cell.output_item_ids else "not seen"
            return OutputRoute(route, (), _seen(trace, index, cell.output_item_ids))
        case TerminalOperation() as operation:
            tool_call = trace.tool_calls.get(operation.tool_call_id)
            return None if tool_call is None else _route_of_tool(trace, index, tool_call)
        case ConversationItem() as item:
            return _route_of_item(trace, index, item)
        case Thread() | CodexTurn() | InferenceCall() | TerminalSession() | Compaction() | CompactionRequest():
            return None
        case InteractionEdge() | RawPayloadRef() | ProtocolEvent() | None:
            return None
        case other:
            assert_never(other)


def _route_of_tool(trace: RolloutTrace, index: TraceIndex, tool: ToolCall) -> OutputRoute:
    operation_id = tool.terminal_operation_id
    via = () if operation_id is None else (NodeRef("terminal_operation", operation_id),)
    started = tool.started_code_cell_id
    if started is not msgspec.UNSET and started in trace.code_cells:
        return _through_cell(trace, index, via, trace.code_cells[started])
    if tool.model_visible_output_item_ids:
        seen = _seen(trace, index, reversed(tool.model_visible_output_item_ids))
        return OutputRoute(_route_of_answer(trace, tool, seen), via, seen)
    if not isinstance(tool.requester, CodeCellCaller):
        return OutputRoute("not seen", via, ())
    cell = trace.code_cells.get(tool.requester.code_cell_id)
    return OutputRoute("unproven", via, ()) if cell is None else _through_cell(trace, index, via, cell)


def _route_of_answer(trace: RolloutTrace, tool: ToolCall, seen: Sequence[SeenItem]) -> RouteWord:
    """What the model's answer is: the tool's, its view of a terminal, or the runtime's word in place of both."""
    operation = (
        None if tool.terminal_operation_id is None else trace.terminal_operations.get(tool.terminal_operation_id)
    )
    if tool.execution.status == "failed" and not _has_output(operation):
        return "error"
    if operation is None:
        return "direct"
    if answer_of(trace, operation) != "instead" or operation.result is None:
        return "terminal"
    is_unseen = all(item.cut is not None and item.cut.certainty == "unseen" for item in seen)
    return "interrupted" if is_unseen or not operation.result.stdout else "terminal"


def _has_output(operation: TerminalOperation | None) -> bool:
    """Whether a command came so far that it ended or wrote something; the result of one that did not is the error."""
    found = None if operation is None else operation.result
    return found is not None and (found.exit_code is not None or bool(found.stdout))


def _through_cell(trace: RolloutTrace, index: TraceIndex, via: tuple[NodeRef, ...], cell: CodeCell) -> OutputRoute:
    route: RouteWord = "code cell" if cell.output_item_ids else "not seen"
    on_the_way = (*via, NodeRef("code_cell", cell.code_cell_id))
    return OutputRoute(route, on_the_way, _seen(trace, index, cell.output_item_ids))


def _route_of_item(trace: RolloutTrace, index: TraceIndex, item: ConversationItem) -> OutputRoute | None:
    node = NodeRef("item", item.item_id)
    seen = _seen(trace, index, [item.item_id])
    edges = index.edges_to.of(node)
    if edges or item.agent_message is not msgspec.UNSET:
        return OutputRoute("agent notice", tuple(NodeRef("edge", edge) for edge in edges), seen)
    if item.produced_by:
        producer = producer_node(item.produced_by[0])
        return OutputRoute(_route_from(trace, producer, seen), _behind(trace, producer), seen)
    return OutputRoute("transcript only", (), seen) if item.kind in OUTPUT_KINDS else None


def _route_from(trace: RolloutTrace, producer: NodeRef, seen: Sequence[SeenItem]) -> RouteWord:
    if producer.kind == "tool_call":
        tool = trace.tool_calls.get(ToolCallId(producer.id))
        return "direct" if tool is None else _route_of_answer(trace, tool, seen)
    if producer.kind == "code_cell":
        return "code cell"
    return "compaction" if producer.kind == "compaction" else "model"


def _behind(trace: RolloutTrace, producer: NodeRef) -> tuple[NodeRef, ...]:
    tool = trace.tool_calls.get(ToolCallId(producer.id)) if producer.kind == "tool_call" else None
    if tool is None or tool.terminal_operation_id is None:
        return (producer,)
    return (NodeRef("terminal_operation", tool.terminal_operation_id), producer)


def _seen(trace: RolloutTrace, index: TraceIndex, items: Iterable[ItemId]) -> tuple[SeenItem, ...]:
    found = []
    for item_id in items:
        item = trace.conversation_items.get(item_id)
        if item is not None:
            requests = requests_sending(trace, index, item_id)
            is_other = is_other_than_output(trace, item)
            found.append(SeenItem(item_id, item.thread_id, requests, cut_of_item(trace, item), is_other))
    return tuple(found)
