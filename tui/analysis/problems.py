"""What went wrong, object by object. It is asked for every row, so it is answered in constant time."""

from __future__ import annotations

from typing import Literal, NamedTuple

from tui.analysis.lookup import find_object
from tui.analysis.scripts import cell_run_by
from tui.analysis.truncation import Cut, cut_of_item
from tui.model.execution import ExecutionWindow
from tui.model.noderef import NodeRef
from tui.model.objects import CodeCell, CodexTurn, CompactionRequest, InferenceCall, Thread, ToolCall
from tui.model.protocol import ProtocolEvent
from tui.model.trace import RolloutTrace

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


class Problem(NamedTuple):
    """Something that a person looking for the cause of a bad run should see."""

    code: ProblemCode
    text: str
    node: NodeRef


def problem_of(trace: RolloutTrace, node: NodeRef) -> Problem | None:
    """The problem of one object, or None.

    A terminal operation's problem is that of its tool call, and a call has that of the script which it ran. Edges,
    items and payloads have none.
    """
    match find_object(trace, node):
        case ToolCall() as tool:
            return _problem_of_tool(trace, tool, node)
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
        case _:
            return None


def reason_of_turn(trace: RolloutTrace, turn: CodexTurn) -> str:
    """Why a turn has no answer, in the agent program's words; empty if it said nothing."""
    facts = trace.evidence.turn_facts.get(turn.codex_turn_id)
    return "" if facts is None else facts.error or facts.abort_reason or ""


def _problem_of_turn(trace: RolloutTrace, turn: CodexTurn, node: NodeRef) -> Problem | None:
    """A turn that ended badly. Older recorders call one completed that ended with an error and no answer."""
    facts = trace.evidence.turn_facts.get(turn.codex_turn_id)
    if turn.execution.status == "completed" and facts is not None and facts.error is not None:
        return Problem("failed", f"failed: {facts.error}", node)
    return _ended_badly(turn.execution, node, reason_of_turn(trace, turn))


_EVENT_PROBLEMS: dict[str, ProblemCode] = {
    "error": "session-error",
    "warning": "session-warning",
    "thread_rolled_back": "rolled-back",
}


def _problem_of_event(event: ProtocolEvent, node: NodeRef) -> Problem | None:
    code = _EVENT_PROBLEMS.get(event.event_type)
    return None if code is None else Problem(code, event.message or event.event_type.replace("_", " "), node)


def exit_code_of(trace: RolloutTrace, tool: ToolCall) -> int | None:
    """The exit code of the command that a tool call ran; None while it runs and for other tools."""
    if tool.terminal_operation_id is None:
        return None
    operation = trace.terminal_operations.get(tool.terminal_operation_id)
    return operation.result.exit_code if operation is not None and operation.result is not None else None


def is_left_running(trace: RolloutTrace, tool: ToolCall) -> bool:
    """Whether the turn that a still running tool call belongs to is over (viewer notes §8)."""
    if not tool.execution.is_open or tool.started_by_codex_turn_id is None:
        return False
    turn = trace.codex_turns.get(tool.started_by_codex_turn_id)
    return turn is not None and not turn.execution.is_open


def output_cut(trace: RolloutTrace, tool: ToolCall) -> Cut | None:
    """What the model did not see of what the tool put out. Looks at the texts: ask when the outputs changed."""
    for item_id in reversed(tool.model_visible_output_item_ids):
        item = trace.conversation_items.get(item_id)
        cut = cut_of_item(trace, item) if item is not None else None
        if cut is not None:
            return cut
    return None


def _problem_of_tool(trace: RolloutTrace, tool: ToolCall, node: NodeRef) -> Problem | None:
    exit_code = exit_code_of(trace, tool)
    if exit_code:
        return Problem("exit-code", f"exit code {exit_code}", node)
    if is_left_running(trace, tool):
        return Problem("left-running", "still running when its turn ended", node)
    cell = cell_run_by(trace, tool)
    return _ended_badly(tool.execution, node, "") or (None if cell is None else _problem_of_cell(cell, node))


def _problem_of_cell(cell: CodeCell, node: NodeRef) -> Problem | None:
    if cell.runtime_status == "failed":
        return Problem("cell-failed", "the script failed", node)
    if cell.runtime_status == "terminated":
        return Problem("cell-terminated", "the script was terminated", node)
    return None


def _ended_badly(execution: ExecutionWindow, node: NodeRef, reason: str) -> Problem | None:
    status = execution.status
    if status in ("failed", "cancelled", "aborted"):
        return Problem(status, f"{status}: {reason}" if reason else status, node)
    return None
