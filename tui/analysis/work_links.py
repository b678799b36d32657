"""Links of what ran: tool calls, code cells, terminal operations (viewer notes §§1–4)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tui.analysis.index import TraceIndex
from tui.analysis.provenance import dispatch_of_cell, request_of_cell, request_of_tool
from tui.analysis.relation import Relation, nodes
from tui.model.noderef import NodeRef
from tui.model.objects import CodeCell, CodeCellCaller, TerminalOperation, ToolCall
from tui.model.trace import RolloutTrace


def tool_relations(trace: RolloutTrace, index: TraceIndex, tool: ToolCall) -> Iterator[Relation]:
    """Who asked for a tool call, what it ran, what the model got of it, and the evidence."""
    if isinstance(tool.requester, CodeCellCaller):
        yield Relation("issued by", "in", NodeRef("code_cell", tool.requester.code_cell_id))
    request = request_of_tool(trace, index, tool)
    if request is not None:
        words = "probably asked for by" if request.certainty == "guess" else "asked for by"
        yield Relation(words, "in", NodeRef("inference", request.inference_id))
    yield from nodes("called by", "in", "item", tool.model_visible_call_item_ids)
    cell_id = tool.started_code_cell_id
    yield from nodes("ran", "out", "code_cell", [] if cell_id is msgspec.UNSET else [cell_id])
    yield from nodes("waited for", "in", "code_cell", index.cells_waited_by.of(tool.tool_call_id))
    if tool.terminal_operation_id is not None:
        yield Relation("ran", "out", NodeRef("terminal_operation", tool.terminal_operation_id))
        operation = trace.terminal_operations.get(tool.terminal_operation_id)
        if operation is not None:
            yield from session_relations(trace, operation)
    yield from _answer_relations(trace, tool)
    payloads = [tool.raw_invocation_payload_id, *tool.raw_runtime_payload_ids, tool.raw_result_payload_id]
    yield from nodes("recorded in", "out", "payload", payloads)


def _answer_relations(trace: RolloutTrace, tool: ToolCall) -> Iterator[Relation]:
    """How the output reached the model: as an item of its own, or through the cell that made the call."""
    yield from nodes("answered with", "out", "item", reversed(tool.model_visible_output_item_ids))
    if not isinstance(tool.requester, CodeCellCaller) or tool.model_visible_output_item_ids:
        return
    cell = trace.code_cells.get(tool.requester.code_cell_id)
    if cell is not None:
        yield from nodes("reached the model through", "out", "item", cell.output_item_ids)


def session_relations(trace: RolloutTrace, operation: TerminalOperation) -> Iterator[Relation]:
    """The other calls that used the same process: its creator, the use before, the use after."""
    if operation.terminal_id is None:
        return
    session = trace.terminal_sessions.get(operation.terminal_id)
    if session is None:
        return
    creator = trace.terminal_operations.get(session.created_by_operation_id)
    if creator is not None and creator is not operation:
        yield Relation("process started by", "in", NodeRef("tool_call", creator.tool_call_id))
    uses = session.operation_ids
    if operation.operation_id not in uses:
        return
    place = uses.index(operation.operation_id)
    for words, direction, names in (
        ("used before by", "in", uses[max(0, place - 1) : place]),
        ("goes on in", "out", uses[place + 1 : place + 2]),
    ):
        found = [trace.terminal_operations[name].tool_call_id for name in names if name in trace.terminal_operations]
        yield from nodes(words, "in" if direction == "in" else "out", "tool_call", found)


def operation_relations(trace: RolloutTrace, operation: TerminalOperation) -> Iterator[Relation]:
    """The tool call of a terminal operation, and what the model saw of it."""
    yield Relation("part of", "in", NodeRef("tool_call", operation.tool_call_id))
    tool = trace.tool_calls.get(operation.tool_call_id)
    if tool is not None:
        yield from _answer_relations(trace, tool)
    yield from nodes("recorded in", "out", "payload", operation.raw_payload_ids)


def cell_relations(trace: RolloutTrace, index: TraceIndex, cell: CodeCell) -> Iterator[Relation]:
    """Who wrote a cell, the calls it made, the calls that waited for it, and what the model saw."""
    request = request_of_cell(trace, index, cell.code_cell_id)
    yield from nodes("asked for by", "in", "inference", [request.inference_id] if request is not None else [])
    yield from nodes("run by", "in", "tool_call", [dispatch_of_cell(index, cell.code_cell_id)])
    yield from nodes("written in", "in", "item", [cell.source_item_id])
    yield from nodes("issued", "out", "tool_call", _by_start(trace, cell))
    yield from nodes("waited for by", "out", "tool_call", cell.wait_tool_call_ids)
    yield from nodes("answered with", "out", "item", cell.output_item_ids)
    payloads = [cell.raw_initial_response_payload_id, cell.raw_result_payload_id]
    yield from nodes("recorded in", "out", "payload", payloads)


def _by_start(trace: RolloutTrace, cell: CodeCell) -> list[str]:
    tools = [trace.tool_calls[name] for name in cell.nested_tool_call_ids if name in trace.tool_calls]
    return [tool.tool_call_id for tool in sorted(tools, key=lambda one: one.execution.started_seq)]
