"""Links of what ran: tool calls, code cells, terminal operations and their processes (viewer notes §§1–4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from tui.analysis.links.provenance import dispatch_of_cell, requests_of_cell, requests_of_tool
from tui.analysis.links.relation import Claim, Evidence
from tui.analysis.links.rule import Graph, Rule, claim_rule, field_rule
from tui.model.ids import CodeCellId, InferenceCallId, ItemId, OperationId, TerminalId, ToolCallId
from tui.model.noderef import NodeRef
from tui.model.objects import CodeCell, CodeCellCaller, TerminalOperation, ToolCall


def _requests_of_tool(graph: Graph, tool: ToolCall) -> Iterator[Claim]:
    for request in requests_of_tool(graph.trace, graph.index, tool):
        yield Claim(NodeRef("inference", request.inference_id), request.evidence, request.certainty)


def _requests_of_cell(graph: Graph, cell: CodeCell) -> Iterator[Claim]:
    for request in requests_of_cell(graph.trace, graph.index, cell.code_cell_id):
        yield Claim(NodeRef("inference", request.inference_id), request.evidence, request.certainty)


def _tools_maybe_asked(graph: Graph, node: NodeRef) -> Iterator[ToolCallId]:
    """The tool calls that a request may have led to: its own, those of its turn by time, those of their cells."""
    own = list(_own_tools_maybe_asked(graph, InferenceCallId(node.id)))
    yield from own
    for cell_id in _cells_maybe_asked(graph, node):
        yield from graph.index.nested_tools.of(cell_id)


def _own_tools_maybe_asked(graph: Graph, inference_id: InferenceCallId) -> Iterator[ToolCallId]:
    trace, index = graph.trace, graph.index
    yield from index.tools_of_inference(inference_id)
    call = trace.inference_calls[inference_id]
    later = [
        trace.inference_calls[name].execution.started_seq for name in index.inferences_of_turn.of(call.codex_turn_id)
    ]
    start = call.execution.started_seq
    end = min((seq for seq in later if seq > start), default=None)
    for name in index.tools_of_turn.of(call.codex_turn_id):
        seq = trace.tool_calls[name].execution.started_seq
        if start < seq and (end is None or seq <= end):
            yield name


def _cells_maybe_asked(graph: Graph, node: NodeRef) -> Iterator[CodeCellId]:
    trace, index = graph.trace, graph.index
    for item_id in trace.inference_calls[InferenceCallId(node.id)].response_item_ids:
        yield from index.cells_of_source.of(item_id)
    for item_id in index.items_of_producer.of(node):
        yield from index.cells_of_source.of(item_id)
    for name in _own_tools_maybe_asked(graph, InferenceCallId(node.id)):
        yield from _cells_of_dispatch(trace.tool_calls.get(name))


def _cells_of_dispatch(tool: ToolCall | None) -> Iterator[CodeCellId]:
    if tool is not None and tool.started_code_cell_id is not msgspec.UNSET:
        yield tool.started_code_cell_id
    elif tool is not None and tool.model_visible_call_id is not None:
        yield CodeCellId(f"code_cell:{tool.model_visible_call_id}")


def _dispatches(graph: Graph, cell: CodeCell) -> Iterator[Claim]:
    tool_id = dispatch_of_cell(graph.index, cell.code_cell_id)
    if tool_id is None:
        return
    target = NodeRef("tool_call", tool_id)
    if graph.index.cell_tools.count(cell.code_cell_id):
        yield Claim(target, Evidence(target, "started_code_cell_id"))
    else:
        note = "the same as the model_visible_call_id of the cell"
        yield Claim(target, Evidence(target, "model_visible_call_id", note), "derived")


def _value_carriers(graph: Graph, tool: ToolCall) -> Iterator[Claim]:
    """The output of the cell, where the value of a nested call ended: the call has no output item of its own."""
    if not isinstance(tool.requester, CodeCellCaller) or tool.model_visible_output_item_ids:
        return
    cell = graph.trace.code_cells.get(tool.requester.code_cell_id)
    if cell is not None:
        note = "the call has no output item of its own"
        evidence = Evidence(NodeRef("code_cell", cell.code_cell_id), "output_item_ids", note)
        for item_id in cell.output_item_ids:
            yield Claim(NodeRef("item", item_id), evidence, "derived")


def _nested_in_answering_cells(graph: Graph, node: NodeRef) -> Iterator[ToolCallId]:
    for cell_id in graph.index.cells_answering_item.of(ItemId(node.id)):
        yield from graph.index.nested_tools.of(cell_id)


# Processes: the creator and the uses in order


def _creator(graph: Graph, tool: ToolCall) -> Iterator[Claim]:
    operation = _operation_of(graph, tool)
    session = graph.trace.terminal_sessions.get(_session_id(operation))
    if operation is None or session is None or session.created_by_operation_id == operation.operation_id:
        return
    creator = graph.trace.terminal_operations.get(session.created_by_operation_id)
    if creator is not None:
        evidence = Evidence(NodeRef("terminal_session", session.terminal_id), "created_by_operation_id")
        yield Claim(NodeRef("tool_call", creator.tool_call_id), evidence)


def _users_of_created(graph: Graph, node: NodeRef) -> Iterator[ToolCallId]:
    for operation_id in graph.index.operations_of_tool.of(ToolCallId(node.id)):
        for terminal_id in graph.index.sessions_created_by.of(operation_id):
            for user in graph.index.operations_of_session.of(terminal_id):
                yield graph.trace.terminal_operations[user].tool_call_id


def _next_use(graph: Graph, tool: ToolCall) -> Iterator[Claim]:
    yield from _neighbour(graph, tool, 1)


def _use_before(graph: Graph, node: NodeRef) -> Iterator[ToolCallId]:
    tool = graph.trace.tool_calls.get(ToolCallId(node.id))
    for claim in () if tool is None else _neighbour(graph, tool, -1):
        yield ToolCallId(claim.target.id)


def _neighbour(graph: Graph, tool: ToolCall, step: int) -> Iterator[Claim]:
    """The call that used the process before (-1) or after (1) this one."""
    operation = _operation_of(graph, tool)
    session = graph.trace.terminal_sessions.get(_session_id(operation))
    if operation is None or session is None or operation.operation_id not in session.operation_ids:
        return
    place = session.operation_ids.index(operation.operation_id) + step
    if 0 <= place < len(session.operation_ids):
        other = graph.trace.terminal_operations.get(session.operation_ids[place])
        if other is not None:
            evidence = Evidence(NodeRef("terminal_session", session.terminal_id), "operation_ids", "by their order")
            yield Claim(NodeRef("tool_call", other.tool_call_id), evidence, "derived")


def _operation_of(graph: Graph, tool: ToolCall) -> TerminalOperation | None:
    name = tool.terminal_operation_id
    return None if name is None else graph.trace.terminal_operations.get(name)


def _session_id(operation: TerminalOperation | None) -> TerminalId:
    return TerminalId("") if operation is None or operation.terminal_id is None else operation.terminal_id


def _used_session(graph: Graph, operation: TerminalOperation) -> Iterator[Claim]:
    """The process that an operation used; not for the one that created it."""
    session = graph.trace.terminal_sessions.get(_session_id(operation))
    if session is not None and session.created_by_operation_id != operation.operation_id:
        evidence = Evidence(NodeRef("terminal_operation", operation.operation_id), "terminal_id")
        yield Claim(NodeRef("terminal_session", session.terminal_id), evidence)


def _users_of_session(graph: Graph, node: NodeRef) -> Iterable[OperationId]:
    """In the order of use, then any that the session does not list."""
    session = graph.trace.terminal_sessions[TerminalId(node.id)]
    return [*session.operation_ids, *graph.index.operations_of_session.of(TerminalId(node.id))]


def _requester_cell(tool: ToolCall) -> Iterator[str]:
    if isinstance(tool.requester, CodeCellCaller):
        yield tool.requester.code_cell_id


_TERMINAL_OUTPUT = "model_observations[].output_item_ids"

WORK_RULES: tuple[Rule, ...] = (
    field_rule(
        "issued by",
        "tool_call",
        "code_cell",
        "requester.code_cell_id",
        _requester_cell,
        lambda index, name: index.nested_tools.of(name),
    ),
    claim_rule("asked for by", "tool_call", ["inference"], _requests_of_tool, _tools_maybe_asked),
    claim_rule("asked for by", "code_cell", ["inference"], _requests_of_cell, _cells_maybe_asked),
    field_rule(
        "called in",
        "tool_call",
        "item",
        "model_visible_call_item_ids",
        lambda tool: tool.model_visible_call_item_ids,
        lambda index, name: index.tools_called_by_item.of(name),
    ),
    field_rule(
        "called in",
        "terminal_operation",
        "item",
        "model_observations[].call_item_ids",
        lambda one: [item for seen in one.model_observations for item in seen.call_item_ids],
        lambda index, name: index.operations_asked_in.of(name),
    ),
    field_rule(
        "written in",
        "code_cell",
        "item",
        "source_item_id",
        lambda cell: [cell.source_item_id],
        lambda index, name: index.cells_of_source.of(name),
    ),
    claim_rule(
        "run by",
        "code_cell",
        ["tool_call"],
        _dispatches,
        lambda graph, node: _cells_of_dispatch(graph.trace.tool_calls.get(ToolCallId(node.id))),
    ),
    field_rule(
        "run by",
        "terminal_operation",
        "tool_call",
        "tool_call_id",
        lambda operation: [operation.tool_call_id],
        lambda index, name: index.operations_of_tool.of(name),
    ),
    field_rule(
        "waited for by",
        "code_cell",
        "tool_call",
        "wait_tool_call_ids",
        lambda cell: cell.wait_tool_call_ids,
        lambda index, name: index.cells_waited_by.of(name),
    ),
    field_rule(
        "created by",
        "terminal_session",
        "terminal_operation",
        "created_by_operation_id",
        lambda session: [session.created_by_operation_id],
        lambda index, name: index.sessions_created_by.of(name),
    ),
    claim_rule("used", "terminal_operation", ["terminal_session"], _used_session, _users_of_session),
    claim_rule("process started by", "tool_call", ["tool_call"], _creator, _users_of_created),
    claim_rule("goes on in", "tool_call", ["tool_call"], _next_use, _use_before),
    field_rule(
        "answered with",
        "tool_call",
        "item",
        "model_visible_output_item_ids",
        lambda tool: reversed(tool.model_visible_output_item_ids),
        lambda index, name: index.tools_answering_item.of(name),
    ),
    field_rule(
        "answered with",
        "code_cell",
        "item",
        "output_item_ids",
        lambda cell: cell.output_item_ids,
        lambda index, name: index.cells_answering_item.of(name),
    ),
    field_rule(
        "seen by the model as",
        "terminal_operation",
        "item",
        _TERMINAL_OUTPUT,
        lambda one: [item for seen in one.model_observations for item in seen.output_item_ids],
        lambda index, name: index.operations_observing.of(name),
    ),
    claim_rule("reached the model through", "tool_call", ["item"], _value_carriers, _nested_in_answering_cells),
)
"""Rules for tool calls, code cells, terminal operations and terminal sessions."""
