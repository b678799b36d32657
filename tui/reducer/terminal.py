"""Terminal operations and the processes they share (reducer rules §9)."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from tui.late_decoder import late_decoder
from tui.model.ids import OperationId, RawPayloadId, TerminalId
from tui.model.objects import (
    ExecRequest,
    StdinRequest,
    TerminalOperation,
    TerminalOperationKind,
    TerminalResult,
    TerminalSession,
    ToolCall,
)
from tui.model.recorded import note_inside
from tui.reducer import jsontext
from tui.reducer.bodies import decode_body, json_of
from tui.reducer.problem import Problem
from tui.reducer.repeated_calls import call_meant
from tui.reducer.state import ReducerState
from tui.reducer.terminal_result import is_usual_end, parse_result
from tui.reducer.tool_links import observe_terminal
from tui.schema.events import ExecutionStatus, StdinTargetResolved, TerminalSummary
from tui.schema.payloads import RawPayloadRef

_NO_OPERATION = "the call has no terminal operation in the graph"
_NO_RESULT = "exit code and output of the operation are unknown"
_Unsigned = Annotated[int, msgspec.Meta(ge=0)]
_LARGEST_UNSIGNED = 2**64 - 1


class _RuntimeStart(msgspec.Struct, frozen=True, gc=False):
    command: list[str]
    cwd: str
    process_id: str | None = None
    interaction_input: str | None = None


class _Dispatch(msgspec.Struct, frozen=True, gc=False):
    type: str
    arguments: str | None = None


class _Invocation(msgspec.Struct, frozen=True, gc=False):
    tool_name: str
    payload: _Dispatch
    tool_namespace: str | None = None


class _StdinArguments(msgspec.Struct, frozen=True, gc=False):
    session_id: msgspec.Raw
    chars: str = ""
    yield_time_ms: _Unsigned | None = None
    max_output_tokens: _Unsigned | None = None


_runtime_start_decoder = late_decoder(_RuntimeStart)
_invocation_decoder = late_decoder(_Invocation)
_arguments_decoder = late_decoder(_StdinArguments)


def start_from_runtime(state: ReducerState, tool: ToolCall, ref: RawPayloadRef) -> None:
    """Create the operation that a runtime start reports (reducer rules §9.1)."""
    kind: TerminalOperationKind
    if tool.kind.type == "exec_command":
        kind = "exec_command"
    elif tool.kind.type == "write_stdin":
        kind = "write_stdin"
    else:
        return
    if tool.terminal_operation_id is not None:
        message = f"tool runtime start would create a second terminal operation for {tool.tool_call_id}"
        raise Problem("second-operation", message, "the first operation counts", tool.tool_call_id)
    start: _RuntimeStart = decode_body(state, ref, _runtime_start_decoder, _NO_OPERATION)
    request: ExecRequest | StdinRequest
    if kind == "exec_command":
        request = ExecRequest(start.command, " ".join(start.command), start.cwd)
    else:
        request = StdinRequest(start.interaction_input or "")
    _add_operation(state, tool, kind, request, RawPayloadId(ref.raw_payload_id), start.process_id)


def start_from_invocation(state: ReducerState, tool: ToolCall, ref: RawPayloadRef) -> None:
    """Create the operation of a `write_stdin` call, which has no runtime start of its own (reducer rules §9.2)."""
    invocation: _Invocation = decode_body(state, ref, _invocation_decoder, _NO_OPERATION)
    if invocation.tool_namespace is not None:
        return
    problem = _unfit_dispatch(invocation)
    if problem is not None:
        message = f"parse terminal invocation payload {ref.raw_payload_id} as dispatch payload: {problem}"
        raise Problem("payload-invalid", message, _NO_OPERATION, tool.tool_call_id)
    arguments = _stdin_arguments(invocation.payload.arguments or "")
    if arguments is None:
        if state.rules.stdin_arguments_must_fit:
            message = f"parse write_stdin dispatch function arguments of payload {ref.raw_payload_id}"
            raise Problem("payload-invalid", message, _NO_OPERATION, tool.tool_call_id)
        return
    process_id, request = arguments
    _add_operation(state, tool, "write_stdin", request, RawPayloadId(ref.raw_payload_id), process_id)


def end_operation(state: ReducerState, tool: ToolCall, status: ExecutionStatus, ref: RawPayloadRef | None) -> None:
    """End a tool's operation, with its result if there is a payload (reducer rules §9.4)."""
    if tool.terminal_operation_id is None:
        return
    operation = state.trace.terminal_operations[tool.terminal_operation_id]
    state.delta.terminal_operations.add(operation.operation_id)
    try:
        if ref is not None:
            process_id, result = _result(state, operation.kind, ref)
            state.append_missing(operation, "raw_payload_ids", RawPayloadId(ref.raw_payload_id))
            operation.result = result
            _learn_process(state, tool, operation, process_id)
    finally:
        state.end(operation, status)


def _result(state: ReducerState, kind: TerminalOperationKind, ref: RawPayloadRef) -> tuple[str | None, TerminalResult]:
    payload = json_of(state, ref, _NO_RESULT)
    if isinstance(payload, dict) and not is_usual_end(payload):
        from tui.reducer.foreign_bodies import result_by_fields  # late: hardly any recording needs it

        found = result_by_fields(state, ref, payload)
        if found is not None:
            return found
    return parse_result(kind, payload, ref.raw_payload_id)


def resolve_stdin_target(state: ReducerState, event: StdinTargetResolved) -> None:
    """Move a write to the session of the command that it really reached (reducer rules §9.5)."""
    writer = _known_tool(state, event.tool_call_id, "stdin target referenced unknown call")
    command = _known_tool(state, event.exec_tool_call_id, "stdin target referenced unknown exec")
    operations = state.trace.terminal_operations
    if writer.terminal_operation_id is None or command.terminal_operation_id is None:
        return
    operation, target = operations[writer.terminal_operation_id], operations[command.terminal_operation_id]
    if target.terminal_id is None:
        return
    state.process_of_operation[operation.operation_id] = state.process_of_operation[target.operation_id]
    if operation.terminal_id == target.terminal_id:
        return
    _leave_session(state, operation)
    operation.terminal_id = target.terminal_id
    state.append(state.trace.terminal_sessions[target.terminal_id], "operation_ids", operation.operation_id)
    state.delta.terminal_sessions.add(target.terminal_id)
    state.delta.terminal_operations.add(operation.operation_id)


def _known_tool(state: ReducerState, tool_id: str, otherwise: str) -> ToolCall:
    tool = call_meant(state, tool_id, lambda one: one.execution.is_open)
    if tool is None:
        message = f"{otherwise} {tool_id}"
        raise Problem("unknown-tool-call", message, "which command the write reached is not shown", tool_id)
    return tool


def _unfit_dispatch(invocation: _Invocation) -> str | None:
    if invocation.tool_name != "write_stdin":
        return f"dispatch terminal request is for {invocation.tool_name}, not write_stdin"
    if invocation.payload.type != "function":
        return f"write_stdin dispatch payload used unsupported {invocation.payload.type} payload"
    if invocation.payload.arguments is None:
        return "write_stdin dispatch payload omitted function arguments"
    return None


def _stdin_arguments(text: str) -> tuple[str, StdinRequest] | None:
    """Process id and request, or None for arguments that the tool itself would have refused."""
    try:
        arguments = _arguments_decoder.decode(text)
        session: Any = jsontext.parse(arguments.session_id)
        if jsontext.repeats_key(text, _StdinArguments.__struct_fields__):
            return None
    except jsontext.BAD_JSON:
        return None
    if max(arguments.yield_time_ms or 0, arguments.max_output_tokens or 0) > _LARGEST_UNSIGNED:
        return None
    if isinstance(session, jsontext.NumberToken) or (isinstance(session, int) and not isinstance(session, bool)):
        process_id = jsontext.compact(session).decode()
    elif isinstance(session, str) and session:
        process_id = session
    else:
        return None
    return process_id, StdinRequest(arguments.chars, arguments.yield_time_ms, arguments.max_output_tokens)


def _add_operation(
    state: ReducerState,
    tool: ToolCall,
    kind: TerminalOperationKind,
    request: ExecRequest | StdinRequest,
    payload_id: RawPayloadId,
    process_id: str | None,
) -> None:
    operation_id = OperationId(f"terminal_operation:{state.next_operation}")
    state.next_operation += 1
    operation = TerminalOperation(
        operation_id=operation_id,
        terminal_id=None,
        tool_call_id=tool.tool_call_id,
        kind=kind,
        execution=state.window(),
        request=request,
        result=None,
        model_observations=[],
        raw_payload_ids=[payload_id],
    )
    state.trace.terminal_operations[operation_id] = operation
    state.process_of_operation[operation_id] = None
    state.delta.terminal_operations.add(operation_id)
    tool.terminal_operation_id = operation_id
    tool.summary = TerminalSummary(operation_id)
    state.touch_tool(tool)
    _learn_process(state, tool, operation, process_id)
    observe_terminal(state, tool)


def _learn_process(state: ReducerState, tool: ToolCall, operation: TerminalOperation, process_id: str | None) -> None:
    """Bind an operation to its process, and so to a session (reducer rules §9.3)."""
    known = state.process_of_operation[operation.operation_id]
    if process_id is None or process_id == known:
        return
    if known is not None:
        message = f"terminal operation {operation.operation_id} changed process id from {known} to {process_id}"
        raise Problem("process-changed", message, "it stays with the process it began with", operation.operation_id)
    state.process_of_operation[operation.operation_id] = process_id
    _join_session(state, tool, operation, process_id)


def _join_session(state: ReducerState, tool: ToolCall, operation: TerminalOperation, process_id: str) -> None:
    sessions = state.session_of_process.setdefault(tool.thread_id, {})
    terminal_id = sessions.get(process_id)
    if terminal_id is None or operation.kind == "exec_command":
        terminal_id = TerminalId(f"terminal_session:{operation.operation_id}")
        sessions[process_id] = terminal_id
    session = state.trace.terminal_sessions.get(terminal_id)
    if session is None:
        session = TerminalSession(
            terminal_id=terminal_id,
            thread_id=tool.thread_id,
            created_by_operation_id=operation.operation_id,
            operation_ids=[],
            execution=type(operation.execution)(
                operation.execution.started_at_unix_ms, operation.execution.started_seq
            ),
        )
        state.trace.terminal_sessions[terminal_id] = session
    state.append(session, "operation_ids", operation.operation_id)
    operation.terminal_id = terminal_id
    state.delta.terminal_sessions.add(terminal_id)


def _leave_session(state: ReducerState, operation: TerminalOperation) -> None:
    if operation.terminal_id is None:
        return
    session = state.trace.terminal_sessions[operation.terminal_id]
    note_inside(session, "operation_ids")
    session.operation_ids.remove(operation.operation_id)
    if not session.operation_ids:
        del state.trace.terminal_sessions[operation.terminal_id]
    state.delta.terminal_sessions.add(operation.terminal_id)
