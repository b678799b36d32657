"""What went wrong, object by object. It is asked for every row, so it is answered in constant time."""

from __future__ import annotations

from typing import Literal, assert_never, get_args

from tui.analysis.kinds.lost_end import had_ended
from tui.analysis.kinds.scripts import cell_run_by
from tui.analysis.requests.truncation import Cut, cut_of_item
from tui.late_pattern import late_pattern
from tui.model.conversation import ConversationItem
from tui.model.execution import ExecutionWindow
from tui.model.kinds import KINDS, ByGraphKind, GraphKind
from tui.model.lookup import find_object
from tui.model.noderef import NodeRef
from tui.model.objects import (
    CodeCell,
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
from tui.model.protocol import EventWeight, ProtocolEvent, weight_of
from tui.model.trace import RolloutTrace
from tui.named_tuple import NamedTuple
from tui.schema.events import ExecutionStatus
from tui.schema.payloads import RawPayloadRef

ProblemCode = Literal[
    "exit-code",
    "failed",
    "cancelled",
    "aborted",
    "cell-failed",
    "cell-terminated",
    "left-running",
    "session-error",
    "session-warning",
    "rolled-back",
]

_STATUSES: frozenset[str] = frozenset(get_args(ExecutionStatus))

NO_FAILURES: frozenset[ProblemCode] = frozenset({"session-warning", "rolled-back"})
"""Problems of things that did not end badly."""

STOPPED: frozenset[ProblemCode] = frozenset({"cancelled", "aborted", "cell-terminated", "left-running"})
"""Problems of things that did not come to their end, which is not a failure of theirs."""

CAN_FAIL: ByGraphKind[bool] = {
    "turn": True,
    "inference": True,
    "tool_call": True,
    "code_cell": True,
    "thread": True,
    "compaction_request": True,
    "event": True,
    "terminal_operation": False,  # its tool call says what went wrong
    "terminal_session": False,
    "compaction": False,
    "edge": False,
    "item": False,
    "payload": False,
}
"""Kinds of which `problem_of` may find a problem."""


class ObjectProblem(NamedTuple):
    """Something that a person looking for the cause of a bad run should see."""

    code: ProblemCode
    text: str
    node: NodeRef


BAD_ENDS: frozenset[ExecutionStatus] = frozenset({"failed", "cancelled", "aborted"})
"""How anything may end badly; what a request ended in is its only problem."""


def problem_of(trace: RolloutTrace, node: NodeRef) -> ObjectProblem | None:
    """The problem of one object, or None.

    A terminal operation's problem is that of its tool call, and a call has that of the script which it ran. Edges,
    items and payloads have none.
    """
    match find_object(trace, node):
        case ToolCall() as tool:
            return problem_of_tool(trace, tool)
        case CodeCell() as cell:
            return _problem_of_cell(cell, node)
        case InferenceCall(inference_call_id=name, execution=execution):
            return _ended_badly(execution, node, trace.evidence.failure_texts.get(name, ""))
        case CompactionRequest(compaction_request_id=name, execution=execution):
            return _ended_badly(execution, node, trace.evidence.failure_texts.get(name, ""))
        case CodexTurn() as turn:
            return _problem_of_turn(trace, turn, node)
        case Thread(execution=execution):
            return _ended_badly(execution, node, "")
        case ProtocolEvent() as event:
            return _problem_of_event(event, node)
        case TerminalOperation() | TerminalSession() | Compaction() | InteractionEdge():
            return None
        case ConversationItem() | RawPayloadRef() | None:
            return None
        case other:
            assert_never(other)


def is_unclear(trace: RolloutTrace, kind: GraphKind, name: str) -> bool:
    """Whether an object is over, and nothing that could be read says whether it failed."""
    found = KINDS[kind].objects(trace).get(name)
    execution = getattr(found, "execution", None)
    if execution is None or execution.status in _STATUSES:
        return False
    return not (isinstance(found, ToolCall) and exit_code_of(trace, found) is not None)


def reason_of_turn(trace: RolloutTrace, turn: CodexTurn) -> str:
    """Why a turn has no answer, in the agent program's words; empty if it said nothing."""
    facts = trace.evidence.turn_facts.get(turn.codex_turn_id)
    return "" if facts is None else facts.error or facts.abort_reason or ""


def _problem_of_turn(trace: RolloutTrace, turn: CodexTurn, node: NodeRef) -> ObjectProblem | None:
    """A turn that ended badly. Older recorders call one completed that ended with an error and no answer."""
    facts = trace.evidence.turn_facts.get(turn.codex_turn_id)
    if turn.execution.status == "completed" and facts is not None and facts.error is not None:
        return ObjectProblem("failed", f"failed: {facts.error}", node)
    return _ended_badly(turn.execution, node, reason_of_turn(trace, turn))


_EVENT_PROBLEMS: dict[EventWeight, ProblemCode] = {
    "error": "session-error",
    "warning": "session-warning",
    "rollback": "rolled-back",
}


def _problem_of_event(event: ProtocolEvent, node: NodeRef) -> ObjectProblem | None:
    code = _EVENT_PROBLEMS.get(weight_of(event.event_type))
    return None if code is None else ObjectProblem(code, event.message or event.event_type.replace("_", " "), node)


_STOPPED_CODES = frozenset({-1, 130, 137, 143})
"""Exit codes of a process that something outside stopped: the runtime's own for that, and those of signals."""

_TOLD_EXIT = late_pattern(r"Process exited with code (-?\d{1,10})")
_FRAME_END = "Output:"
_FRAME_CHARACTERS = 500


def exit_code_of(trace: RolloutTrace, tool: ToolCall) -> int | None:
    """The exit code of the command that a tool call ran, or that a poll reported.

    None while it runs, for other tools, and for a process that the end of its turn or session stopped: such a code is
    not its own.
    """
    operation = _operation_of(trace, tool)
    return None if operation is None else _exit_code(trace, tool, operation)


def _exit_code(trace: RolloutTrace, tool: ToolCall, operation: TerminalOperation) -> int | None:
    if operation.result is None or _was_stopped(trace, tool, operation):
        return None
    code = operation.result.exit_code
    return _told_exit_code(trace, operation) if code is None and operation.kind == "write_stdin" else code


def _operation_of(trace: RolloutTrace, tool: ToolCall) -> TerminalOperation | None:
    return None if tool.terminal_operation_id is None else trace.terminal_operations.get(tool.terminal_operation_id)


def _told_exit_code(trace: RolloutTrace, poll: TerminalOperation) -> int | None:
    """The code in the lines that the runtime puts before the output of a poll; the command's own record may deny it."""
    frame = "" if poll.result is None else poll.result.stdout[:_FRAME_CHARACTERS].partition(f"\n{_FRAME_END}")[0]
    told = next((found for line in frame.split("\n") if (found := _TOLD_EXIT.fullmatch(line))), None)
    if told is None:
        return None
    session = trace.terminal_sessions.get(poll.terminal_id) if poll.terminal_id is not None else None
    creator = None if session is None else trace.terminal_operations.get(session.created_by_operation_id)
    known = None if creator is None or creator.result is None else creator.result.exit_code
    return int(told[1]) if known in (None, int(told[1])) else None


def _went_well(operation: TerminalOperation) -> bool:
    """Whether a command has ended with the code 0."""
    result = operation.result
    return result is not None and result.exit_code == 0 and operation.execution.status == "completed"


def _was_stopped(trace: RolloutTrace, tool: ToolCall, operation: TerminalOperation) -> bool:
    """Whether a process ended after its turn had, by a code that is not its own."""
    if operation.result is None or operation.result.exit_code not in _STOPPED_CODES:
        return False
    turn = trace.codex_turns.get(tool.started_by_codex_turn_id) if tool.started_by_codex_turn_id is not None else None
    if turn is None:
        return False
    over, ended = turn.execution.ended_seq, operation.execution.ended_seq
    return over is not None and ended is not None and ended > over


def is_left_running(trace: RolloutTrace, tool: ToolCall) -> bool:
    """Whether the turn of a call is over that still runs, or whose process had to be stopped (viewer notes §8).

    Older recorders do not say that the end of a session stopped a process: one that still runs then was stopped, too.
    """
    return _is_left_running(trace, tool, _operation_of(trace, tool))


def _is_left_running(trace: RolloutTrace, tool: ToolCall, operation: TerminalOperation | None) -> bool:
    if operation is not None and (_was_stopped(trace, tool, operation) or _outlives_agent(trace, operation)):
        return True
    if not tool.execution.is_open or tool.started_by_codex_turn_id is None:
        return False
    turn = trace.codex_turns.get(tool.started_by_codex_turn_id)
    if turn is None or turn.execution.is_open:
        return False
    return operation is None or not had_ended(operation, turn)


def _outlives_agent(trace: RolloutTrace, operation: TerminalOperation) -> bool:
    """Whether no event ends a process whose agent has ended."""
    if operation.kind != "exec_command" or not operation.execution.is_open:
        return False
    tool = trace.tool_calls.get(operation.tool_call_id)
    thread = None if tool is None else trace.threads.get(tool.thread_id)
    return thread is not None and not thread.execution.is_open


def output_cut(trace: RolloutTrace, tool: ToolCall) -> Cut | None:
    """What the model did not see of what the tool put out. Looks at the texts: ask when the outputs changed."""
    for item_id in reversed(tool.model_visible_output_item_ids):
        item = trace.conversation_items.get(item_id)
        cut = cut_of_item(trace, item) if item is not None else None
        if cut is not None:
            return cut
    return None


def problem_of_tool(trace: RolloutTrace, tool: ToolCall) -> ObjectProblem | None:
    """The problem of a tool call, or None."""
    operation, cell = _operation_of(trace, tool), cell_run_by(trace, tool)
    if cell is None and tool.execution.status == "completed" and (operation is None or _went_well(operation)):
        return None  # as most calls: what follows takes three times as long
    exit_code = None if operation is None else _exit_code(trace, tool, operation)
    is_left = not exit_code and _is_left_running(trace, tool, operation)
    if not (exit_code or is_left) and cell is None and tool.execution.status == "completed":
        return None
    node = NodeRef("tool_call", tool.tool_call_id)
    if exit_code:
        return ObjectProblem("exit-code", f"exit code {exit_code}", node)
    if is_left:
        is_stopped = operation is not None and _was_stopped(trace, tool, operation)
        text = "still running when its turn ended"
        return ObjectProblem("left-running", f"{text}, and stopped later" if is_stopped else text, node)
    return _ended_badly(tool.execution, node, "") or (None if cell is None else _problem_of_cell(cell, node))


def _problem_of_cell(cell: CodeCell, node: NodeRef) -> ObjectProblem | None:
    if cell.runtime_status == "failed":
        return ObjectProblem("cell-failed", "the script failed", node)
    if cell.runtime_status == "terminated":
        return ObjectProblem("cell-terminated", "the script was terminated", node)
    return None


def _ended_badly(execution: ExecutionWindow, node: NodeRef, reason: str) -> ObjectProblem | None:
    status = execution.status
    if status in ("failed", "cancelled", "aborted"):
        return ObjectProblem(status, f"{status}: {reason}" if reason else status, node)
    return None
