"""Tool calls: dispatch, runtime, result (reducer rules §7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tui.model.conversation import CALL_KINDS, OUTPUT_KINDS
from tui.model.ids import CodeCellId, CodexTurnId, RawPayloadId, ThreadId, ToolCallId
from tui.model.objects import CodeCellCaller, ModelCaller, ToolCall
from tui.reducer import agent_tools, agents, jsontext, repeated_calls, terminal, tool_links
from tui.reducer.bodies import json_of
from tui.reducer.code_cell import cell_of_number, link_started_cell
from tui.reducer.context import infer_context
from tui.reducer.problem import Problem
from tui.reducer.state import ReducerState
from tui.schema.events import (
    CodeCellRequester,
    GenericSummary,
    McpToolCallCorrelationAssigned,
    ToolCallEnded,
    ToolCallKind,
    ToolCallRuntimeEnded,
    ToolCallRuntimeStarted,
    ToolCallStarted,
    ToolCallSummary,
)
from tui.schema.payloads import RawPayloadRef

_CALL_LOST = "the call is not in the graph"
_NO_MCP_KIND = "whether an MCP server ran the call is unknown"
_NO_WAIT_LINK = "which cell the call waited for is not shown"


def start_tool(state: ReducerState, event: ToolCallStarted) -> None:
    """Create a tool call and link it to everything that is known of it."""
    tool_id = ToolCallId(state.shared(event.tool_call_id))
    if tool_id in state.trace.tool_calls:
        repeated_calls.refuse_same_call(state, tool_id, event.invocation_payload)
        repeated = repeated_calls.name_of_repeated(state, tool_id)
        message = f"duplicate tool call start for {tool_id}"
        state.report("call-id-repeated", message, f"it is a call of its own, {repeated}", object_id=repeated)
        tool_id = repeated
    if state.moment.thread_id is None:
        infer_context(state, event.model_visible_call_id)
    thread_id, turn_id = _context(state, tool_id)
    tool = _new_call(state, tool_id, thread_id, turn_id, event.kind, event.summary)
    tool.model_visible_call_id = event.model_visible_call_id and state.shared(event.model_visible_call_id)
    tool.code_mode_runtime_tool_id = event.code_mode_runtime_tool_id
    tool.requester = _requester(state, event, thread_id)
    tool.raw_invocation_payload_id = _payload_id(event.invocation_payload)
    try:
        if event.invocation_payload is not None:
            _read_invocation(state, tool, event.invocation_payload)
    finally:
        _link_to_cell(state, tool)
        _link_items(state, tool)


def correlate_mcp(state: ReducerState, event: McpToolCallCorrelationAssigned) -> None:
    """Set the id under which an MCP server knows the call."""
    tool = _known(
        state, event.tool_call_id, "MCP correlation referenced unknown tool call", lambda one: one.mcp_call_id is None
    )
    if tool.mcp_call_id is not None:
        message = f"duplicate MCP correlation for tool call {tool.tool_call_id}"
        state.report("duplicate-start", message, "the later one counts", object_id=tool.tool_call_id)
    tool.mcp_call_id = event.mcp_call_id
    state.touch_tool(tool)


def start_runtime(state: ReducerState, event: ToolCallRuntimeStarted) -> None:
    """Record that the runtime began; its kind, where it is written, is better than that of the dispatch."""
    tool = _known_or_inferred(state, event)
    state.append_missing(tool, "raw_runtime_payload_ids", RawPayloadId(event.runtime_payload.raw_payload_id))
    state.touch_tool(tool)
    if state.rules.tells_mcp_by_payload:
        tool.kind = _mcp_kind(state, event.runtime_payload) or tool.kind
    elif event.kind is not None:
        tool.kind = event.kind
        link_started_cell(state, tool)
    terminal.start_from_runtime(state, tool, event.runtime_payload)
    agent_tools.begin(state, tool, event.runtime_payload)


def end_runtime(state: ReducerState, event: ToolCallRuntimeEnded) -> None:
    """Record that the runtime ended: the result of a terminal operation, what an agent tool did."""
    tool = _known(
        state,
        event.tool_call_id,
        "tool runtime end referenced unknown call",
        repeated_calls.awaits_runtime_end(state),
    )
    if event.tool_call_id in state.repeated_calls.calls_of_id:
        state.repeated_calls.ended_runtimes.add(tool.tool_call_id)
    state.append_missing(tool, "raw_runtime_payload_ids", RawPayloadId(event.runtime_payload.raw_payload_id))
    state.touch_tool(tool)
    terminal.end_operation(state, tool, event.status, event.runtime_payload)
    if tool.kind.type != "mcp" or state.rules.reads_mcp_ends:
        agent_tools.end(state, tool, event.runtime_payload)


def end_tool(state: ReducerState, event: ToolCallEnded) -> None:
    """Record the answer that the caller got."""
    tool = _known(state, event.tool_call_id, "tool call end referenced unknown call", repeated_calls.awaits_end)
    result = event.result_payload
    state.end(tool, event.status)
    tool.raw_result_payload_id = _payload_id(result)
    state.touch_tool(tool)
    try:
        if not tool.raw_runtime_payload_ids:
            terminal.end_operation(state, tool, event.status, result)
    finally:
        if result is not None:
            agents.attach_result(state, tool, RawPayloadId(result.raw_payload_id))


# Starts


def _context(state: ReducerState, tool_id: ToolCallId) -> tuple[ThreadId, CodexTurnId | None]:
    """Thread and turn of the event's envelope; the turn alone is enough to know the thread."""
    thread_id, turn_id = state.moment.thread_id, state.moment.codex_turn_id
    if thread_id is None:
        turn = state.trace.codex_turns.get(turn_id) if turn_id is not None else None
        if turn is None:
            known = "referenced unknown Codex turn" if turn_id else "did not include thread or Codex turn context"
            message = f"tool call start {tool_id} {known} {turn_id or ''}".rstrip()
            raise Problem("no-context", message, _CALL_LOST, tool_id)
        return turn.thread_id, turn_id
    state.thread(thread_id, f"tool call start {tool_id}")
    if turn_id is not None:
        state.turn(turn_id, thread_id, f"tool call start {tool_id}")
    return thread_id, turn_id


def _requester(state: ReducerState, event: ToolCallStarted, thread_id: ThreadId) -> ModelCaller | CodeCellCaller:
    if not isinstance(event.requester, CodeCellRequester):
        return ModelCaller()
    number = event.requester.runtime_cell_id
    cell_id = cell_of_number(state, thread_id, number)
    if cell_id is None:
        cell_id = CodeCellId(f"code_cell:unknown:{number}")
        message = f"code-mode nested tool referenced unknown runtime cell {number} in thread {thread_id}"
        consequence = "which cell made the call is not known"
        state.report("unknown-cell", message, consequence, object_id=event.tool_call_id)
    return CodeCellCaller(cell_id)


def _read_invocation(state: ReducerState, tool: ToolCall, ref: RawPayloadRef) -> None:
    if tool.kind.type == "write_stdin":
        terminal.start_from_invocation(state, tool, ref)
    if not state.rules.confirms_waits:
        _link_wait(state, tool, ref)


def _link_wait(state: ReducerState, tool: ToolCall, ref: RawPayloadRef) -> None:
    """Link a `wait` call to the cell that it waits for, if that has materialised (reducer rules §8.5)."""
    invocation = json_of(state, ref, _NO_WAIT_LINK)
    if not isinstance(invocation, dict) or invocation.get("tool_name") != "wait":
        return
    cell_id = cell_of_number(state, tool.thread_id, _waited_cell_number(invocation, ref))
    cell = state.trace.code_cells.get(cell_id) if cell_id is not None else None
    if cell is not None:
        state.append(cell, "wait_tool_call_ids", tool.tool_call_id)
        state.delta.code_cells.add(cell.code_cell_id)


def _waited_cell_number(invocation: dict[str, Any], ref: RawPayloadRef) -> str:
    where = f"wait tool request payload {ref.raw_payload_id}"
    payload = invocation.get("payload")
    arguments = payload.get("arguments") if isinstance(payload, dict) else None
    if not isinstance(arguments, str):
        raise Problem("payload-invalid", f"{where} did not contain function arguments", _NO_WAIT_LINK)
    try:
        decoded = jsontext.parse(arguments)
    except jsontext.BAD_JSON as error:
        raise Problem("payload-invalid", f"{where} had invalid JSON arguments: {error}", _NO_WAIT_LINK) from error
    number = decoded.get("cell_id") if isinstance(decoded, dict) else None
    if not isinstance(number, str):
        raise Problem("payload-invalid", f"{where} did not contain cell_id", _NO_WAIT_LINK)
    return number


def _link_to_cell(state: ReducerState, tool: ToolCall) -> None:
    if isinstance(tool.requester, CodeCellCaller):
        cell_id = tool.requester.code_cell_id
        state.nested_tools.setdefault(cell_id, []).append(tool.tool_call_id)
        cell = state.trace.code_cells.get(cell_id)
        if cell is not None:
            state.append(cell, "nested_tool_call_ids", tool.tool_call_id)
            state.delta.code_cells.add(cell_id)
    link_started_cell(state, tool)


def _link_items(state: ReducerState, tool: ToolCall) -> None:
    """Attach the items of the tool's thread that have its call id; those of others when they are seen again."""
    call_id = tool.model_visible_call_id
    if call_id is None:
        return
    if call_id in state.tool_by_call_id:
        if tool.tool_call_id not in state.repeated_calls.calls_of_id.get(ToolCallId(call_id), ()):
            message = f"duplicate tool call for model-visible call id {call_id}"
            consequence = "its items and those of the other call are kept apart by their order"
            state.report("call-id-repeated", message, consequence, object_id=tool.tool_call_id)
        items = repeated_calls.share_call_id(state, call_id, tool)
    else:
        state.tool_by_call_id[call_id] = tool.tool_call_id
        items = [item for item in state.items_with_call(call_id) if item.thread_id == tool.thread_id]
    tool.model_visible_call_item_ids = [item.item_id for item in items if item.kind in CALL_KINDS]
    tool_links.link_inferences(state, tool)
    for item in items:
        if item.kind in OUTPUT_KINDS:
            tool_links.attach_output(state, tool, item)
    tool_links.observe_terminal(state, tool)
    tool_links.await_sightings(state, call_id, tool)


# Look-ups


def _known(state: ReducerState, tool_id: str, otherwise: str, fits: Callable[[ToolCall], bool]) -> ToolCall:
    tool = repeated_calls.call_meant(state, tool_id, fits)
    if tool is None:
        message = f"{otherwise} {tool_id}"
        raise Problem("unknown-tool-call", message, "what this event says about the call is not in the graph", tool_id)
    return tool


def _known_or_inferred(state: ReducerState, event: ToolCallRuntimeStarted) -> ToolCall:
    """The call, or one inferred from its runtime where the dispatch was not recorded (as in a review's own thread)."""
    tool_id = ToolCallId(event.tool_call_id)
    known = repeated_calls.call_meant(state, tool_id, repeated_calls.awaits_runtime)
    if known is not None:
        return known
    message = f"tool runtime start referenced unknown call {tool_id}"
    thread_id, turn_id = _context(state, tool_id)
    consequence = "the call is shown from its runtime on; who asked for it, and with what, is unknown"
    state.report("unknown-tool-call", message, consequence, object_id=tool_id)
    kind = event.kind or _kind_from_runtime(state, event.runtime_payload)
    return _new_call(state, tool_id, thread_id, turn_id, kind, GenericSummary("(dispatch not recorded)"))


def _new_call(
    state: ReducerState,
    tool_id: ToolCallId,
    thread_id: ThreadId,
    turn_id: CodexTurnId | None,
    kind: ToolCallKind,
    summary: ToolCallSummary,
) -> ToolCall:
    """Create a running call of which no more than this is known: the model asked, no items, no payloads."""
    tool = ToolCall(
        tool_call_id=tool_id,
        mcp_call_id=None,
        model_visible_call_id=None,
        code_mode_runtime_tool_id=None,
        thread_id=thread_id,
        started_by_codex_turn_id=turn_id,
        execution=state.window(),
        requester=ModelCaller(),
        kind=kind,
        model_visible_call_item_ids=[],
        model_visible_output_item_ids=[],
        terminal_operation_id=None,
        summary=summary,
        raw_invocation_payload_id=None,
        raw_result_payload_id=None,
        raw_runtime_payload_ids=[],
    )
    state.trace.tool_calls[tool_id] = tool
    state.touch_tool(tool)
    return tool


def _mcp_kind(state: ReducerState, ref: RawPayloadRef) -> ToolCallKind | None:
    """The MCP server and tool that a schema 1 runtime start names, if it names any."""
    payload = json_of(state, ref, _NO_MCP_KIND)
    if not isinstance(payload, dict) or "invocation" not in payload:
        return None
    match payload["invocation"]:
        case {"server": str(server), "tool": str(tool)}:
            return ToolCallKind("mcp", server=server, tool=tool)
    raise Problem("payload-invalid", f"parse MCP runtime invocation in {ref.raw_payload_id}", _NO_MCP_KIND)


def _kind_from_runtime(state: ReducerState, ref: RawPayloadRef) -> ToolCallKind:
    """What ran, known from the runtime payload alone, for generations that do not write it."""
    try:
        payload = json_of(state, ref, "")
    except Problem:
        payload = None
    is_command = isinstance(payload, dict) and isinstance(payload.get("command"), list)
    return ToolCallKind("exec_command") if is_command else ToolCallKind("other", name="unknown")


def _payload_id(ref: RawPayloadRef | None) -> RawPayloadId | None:
    return RawPayloadId(ref.raw_payload_id) if ref is not None else None
