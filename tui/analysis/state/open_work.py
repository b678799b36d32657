"""What keeps an agent's open turn open: the newest thing that its loop has to wait for, and the way down to it.

The loop of an agent waits for what it started itself: a request to the model, a compaction, the tool calls of the
answer. A call that runs a script, or waits for one, is as open as what the script called; that is followed (viewer
notes §§3, 4):

    exec (the model's call) ──▶ cell ──▶ exec_command (the script's call) ──▶ terminal operation
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.naming import PREVIEW_CHARACTERS, operation_argument, tool_argument, tool_name
from tui.model.execution import ExecutionWindow
from tui.model.ids import CodeCellId, CodexTurnId
from tui.model.noderef import NodeRef
from tui.model.objects import CompactionRequest, InferenceCall, ModelCaller, TerminalOperation, ToolCall
from tui.model.trace import RolloutTrace
from tui.named_tuple import NamedTuple
from tui.schema.events import GenericSummary, HistoryItemAccepted, WaitAgentSummary

WorkKind = Literal["model", "terminal", "agent", "tool", "script"]
"""`model`: a request is open. `terminal`: a command or a write to one. `agent`: a call that only waits for agents.
`script`: a cell that called nothing which is open. `tool`: any other call."""

TERMINAL_KINDS = frozenset({"exec_command", "write_stdin"})

APPROVED_KINDS = frozenset({"exec_command", "apply_patch"})
"""Calls for which a person may be asked."""

NEVER_ASKS = "never"
"""The approval policy under which nobody is asked."""


class _WaitArguments(msgspec.Struct, frozen=True, gc=False):
    cell_id: str


_wait_decoder = msgspec.json.Decoder(_WaitArguments)

OpenCall = InferenceCall | CompactionRequest | ToolCall


class OpenWork(NamedTuple):
    """One open thing. `what` names it, as recorded; `since_unix_ms` is when it began.

    `via`: the open objects between the agent's own call and `node`, outermost first. `process`: for a write to a
    command or a poll of it, the operation that started the command.
    """

    kind: WorkKind
    node: NodeRef
    since_unix_ms: int
    what: str
    via: tuple[NodeRef, ...] = ()
    process: NodeRef | None = None


def open_work(trace: RolloutTrace, index: TraceIndex, turn_id: CodexTurnId) -> OpenWork | None:
    """What the turn waits for: the newest of its open calls, one that only waits for agents last; None if none is open.

    Costs the calls of the turn.
    """
    works = [_work(trace, index, call) for call in _own_open_calls(trace, index, turn_id)]
    return _decisive(works)


def is_wait(tool: ToolCall) -> bool:
    """Whether a call does nothing but wait for other agents, by its kind or, where that is unknown, by its name."""
    if isinstance(tool.summary, WaitAgentSummary) or tool.kind.type == "wait_agent":
        return True
    return tool.kind.type == "other" and tool_name(tool) == "wait_agent"


def _decisive(works: list[OpenWork]) -> OpenWork | None:
    busy = [work for work in works if work.kind != "agent"] or works
    return busy[-1] if busy else None


def _own_open_calls(trace: RolloutTrace, index: TraceIndex, turn_id: CodexTurnId) -> list[OpenCall]:
    """What the agent itself has open, the newest last; calls of scripts are reached through the call of the script."""
    calls = [call for call in _calls(trace, index, turn_id) if call.execution.is_open]
    return sorted(calls, key=lambda call: call.execution.started_seq)


def _calls(trace: RolloutTrace, index: TraceIndex, turn_id: CodexTurnId) -> Iterator[OpenCall]:
    for inference_id in index.inferences_of_turn.of(turn_id):
        yield trace.inference_calls[inference_id]
    for tool_id in index.tools_of_turn.of(turn_id):
        tool = trace.tool_calls[tool_id]
        if isinstance(tool.requester, ModelCaller):
            yield tool
    for attempt_id in index.attempts_of_turn.of(turn_id):
        yield trace.compaction_requests[attempt_id]


def _work(trace: RolloutTrace, index: TraceIndex, call: OpenCall) -> OpenWork:
    if isinstance(call, InferenceCall):
        what = f"request {index.ordinal('inference', call.inference_call_id)}, {_answered(trace, call)}"
        return OpenWork("model", NodeRef("inference", call.inference_call_id), _start(call.execution), what)
    if isinstance(call, CompactionRequest):
        node = NodeRef("compaction_request", call.compaction_request_id)
        return OpenWork("model", node, _start(call.execution), "a compaction of its history")
    return _tool_work(trace, index, call, ())


def _answered(trace: RolloutTrace, call: InferenceCall) -> str:
    """Whether anything of the answer has come: items of it are accepted, and calls in it begin, before it is whole."""
    newest = trace.evidence.newest_acceptances.get(call.thread_id, 0)
    if newest > call.execution.started_seq:
        return f"its answer began to arrive (newest: event {newest})"
    is_noted = trace.schema_version >= HistoryItemAccepted.first_schema
    return "nothing of its answer is recorded" if is_noted else "no answer is recorded"


def _tool_work(trace: RolloutTrace, index: TraceIndex, tool: ToolCall, via: tuple[NodeRef, ...]) -> OpenWork:
    node = NodeRef("tool_call", tool.tool_call_id)
    since = _start(tool.execution)
    if is_wait(tool):
        return OpenWork("agent", node, since, tool_name(tool), via)
    cell_id = _cell_of(trace, index, tool)
    if cell_id is not None and node not in via:
        return _script_work(trace, index, cell_id, tool, (*via, node))
    operation_id = tool.terminal_operation_id
    operation = None if operation_id is None else trace.terminal_operations.get(operation_id)
    if operation is not None and operation.execution.is_open:
        return _terminal_work(trace, operation, (*via, node))
    return OpenWork("tool", node, since, _call_text(trace, tool, operation), via)


def _call_text(trace: RolloutTrace, tool: ToolCall, operation: TerminalOperation | None) -> str:
    name = f"{tool_name(tool)} {tool_argument(trace, tool)}".strip()
    if operation is not None:
        return f"{name}, which has ended but has not answered"
    if tool.raw_runtime_payload_ids:
        return name
    begun = ", which the runtime has not begun" if tool.kind.type in TERMINAL_KINDS else ""
    return f"{name}{begun}{_approval(trace, tool)}"


def _approval(trace: RolloutTrace, tool: ToolCall) -> str:
    """What a call may wait for that the runtime has not begun: no event says that a person is asked."""
    facts = trace.evidence.session_facts.get(tool.thread_id)
    policy = None if facts is None else facts.approval_policy
    if tool.kind.type not in APPROVED_KINDS or policy in (None, NEVER_ASKS):
        return ""
    return f"; perhaps waiting for an approval (policy: {policy})"


def _cell_of(trace: RolloutTrace, index: TraceIndex, tool: ToolCall) -> CodeCellId | None:
    """The cell that a call runs or waits for. It may not be in the graph yet, while calls of it are."""
    if tool.started_code_cell_id is not msgspec.UNSET:
        return tool.started_code_cell_id
    waited = index.cells_waited_by.first(tool.tool_call_id) or _asked_cell(trace, tool)
    if waited is not None:
        return waited
    named = CodeCellId(f"code_cell:{tool.model_visible_call_id}")
    return named if index.nested_tools.count(named) else None


def _asked_cell(trace: RolloutTrace, tool: ToolCall) -> CodeCellId | None:
    """The cell that a `wait` asks for: since schema 3 the recording says only at its end which one it waited for."""
    if tool.kind.name != "wait" or not isinstance(tool.summary, GenericSummary):
        return None
    try:
        asked = _wait_decoder.decode(tool.summary.input_preview or "")
    except (msgspec.DecodeError, RecursionError):
        return None
    for cell in reversed(trace.code_cells.values()):
        if (cell.thread_id, cell.runtime_cell_id) == (tool.thread_id, asked.cell_id):
            return cell.code_cell_id
    return None


def _script_work(
    trace: RolloutTrace, index: TraceIndex, cell_id: CodeCellId, tool: ToolCall, via: tuple[NodeRef, ...]
) -> OpenWork:
    """What a script waits for: its newest open call, else it works itself."""
    cell = trace.code_cells.get(cell_id)
    path = via if cell is None else (*via, NodeRef("code_cell", cell_id))
    nested = [trace.tool_calls[name] for name in index.nested_tools.of(cell_id)]
    open_calls = sorted(
        (call for call in nested if call.execution.is_open), key=lambda call: call.execution.started_seq
    )
    works = [_tool_work(trace, index, call, path) for call in open_calls]
    found = _decisive(works)
    if found is not None:
        return found
    since = _start(tool.execution if cell is None else cell.execution)
    if cell is not None and not cell.execution.is_open:
        return OpenWork("tool", via[-1], since, f"{tool_name(tool)}, whose script is over", via[:-1])
    source = tool_argument(trace, tool) if cell is None else cell.source_js[:PREVIEW_CHARACTERS].strip()
    return OpenWork("script", path[-1], since, f"a script: {source}", path[:-1])


def _terminal_work(trace: RolloutTrace, operation: TerminalOperation, via: tuple[NodeRef, ...]) -> OpenWork:
    node = NodeRef("terminal_operation", operation.operation_id)
    since = _start(operation.execution)
    if operation.kind == "exec_command":
        return OpenWork("terminal", node, since, f"$ {operation_argument(operation)}", via)
    creator = _creator(trace, operation)
    command = "a command that is not recorded" if creator is None else f"$ {operation_argument(creator)}"
    argument = operation_argument(operation)
    what = f"a poll of {command}" if argument == "(poll)" else f"input {argument!r} to {command}"
    process = None if creator is None else NodeRef("terminal_operation", creator.operation_id)
    return OpenWork("terminal", node, since, what, via, process)


def _creator(trace: RolloutTrace, operation: TerminalOperation) -> TerminalOperation | None:
    """The operation that started the command which `operation` writes to."""
    session = trace.terminal_sessions.get(operation.terminal_id) if operation.terminal_id is not None else None
    creator = trace.terminal_operations.get(session.created_by_operation_id) if session is not None else None
    return creator if creator is not None and creator.kind == "exec_command" else None


def _start(window: ExecutionWindow) -> int:
    return window.started_at_unix_ms
