"""Calls whose own end was not recorded, though their command's was: some releases write none for a review's calls.

Such a call did not run until the end of the recording. What is known is when its command ran.
"""

from __future__ import annotations

from tui.analysis.kinds.scripts import window_of_call
from tui.model.execution import ExecutionWindow
from tui.model.objects import CodexTurn, TerminalOperation, ToolCall
from tui.model.trace import RolloutTrace


def command_without_end_of_call(trace: RolloutTrace, tool: ToolCall) -> TerminalOperation | None:
    """The command of a call that is open in the graph, if it had ended when the turn of the call did; else None."""
    if not tool.execution.is_open or tool.terminal_operation_id is None or tool.started_by_codex_turn_id is None:
        return None
    operation = trace.terminal_operations.get(tool.terminal_operation_id)
    turn = trace.codex_turns.get(tool.started_by_codex_turn_id)
    return operation if operation is not None and turn is not None and had_ended(operation, turn) else None


def had_ended(operation: TerminalOperation, turn: CodexTurn) -> bool:
    """Whether a command had ended when a turn did."""
    ended, over = operation.execution.ended_seq, turn.execution.ended_seq
    return ended is not None and over is not None and ended < over


def known_window_of_call(trace: RolloutTrace, tool: ToolCall) -> ExecutionWindow:
    """When the work of a call ran; of one whose end was not recorded, when its command did."""
    command = command_without_end_of_call(trace, tool)
    return window_of_call(trace, tool) if command is None else command.execution
