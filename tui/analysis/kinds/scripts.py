"""Scripts of code mode: the cell that runs one, and the call that dispatched it, are one work.

Older recorders write no call for a script (schema 1 notes), newer ones a call that ends when the script has yielded.
The script's own time and outcome are the cell's in both.
"""

from __future__ import annotations

import msgspec

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.argument_texts import string_arguments
from tui.model.execution import ExecutionWindow
from tui.model.objects import CodeCell, ToolCall
from tui.model.trace import RolloutTrace
from tui.schema.events import GenericSummary


def cell_run_by(trace: RolloutTrace, tool: ToolCall) -> CodeCell | None:
    """The script that a call ran; None for other calls, and while the script is not in the graph."""
    if tool.started_code_cell_id is msgspec.UNSET:
        return None
    return trace.code_cells.get(tool.started_code_cell_id)


def cell_waited_by(trace: RolloutTrace, index: TraceIndex, tool: ToolCall) -> CodeCell | None:
    """The script that a `wait` waits for; None for other calls, and for a script that the recording does not hold.

    Since schema 3 the recording says only at the end of a wait which script that was: before, the number in its
    arguments is that of a script of the same turn.
    """
    cell_id = index.cells_waited_by.first(tool.tool_call_id)
    if cell_id is not None:
        return trace.code_cells.get(cell_id)
    asked = _asked_number(tool)
    if asked is None or tool.started_by_codex_turn_id is None:
        return None
    cells = (trace.code_cells[name] for name in index.cells_of_turn.newest_first(tool.started_by_codex_turn_id))
    return next((cell for cell in cells if cell.runtime_cell_id == asked), None)


def _asked_number(tool: ToolCall) -> str | None:
    if tool.kind.name != "wait" or not isinstance(tool.summary, GenericSummary):
        return None
    return string_arguments(tool.summary.input_preview or "").get("cell_id")


def window_of_call(trace: RolloutTrace, tool: ToolCall) -> ExecutionWindow:
    """When the work of a call ran: of one that dispatched a script, when the script did."""
    cell = cell_run_by(trace, tool)
    return tool.execution if cell is None else cell.execution


def yielded_after_ms(cell: CodeCell) -> int | None:
    """After how long the model got a first answer while the script went on; None if it never yielded."""
    if cell.yielded_at_unix_ms is None:
        return None
    return max(0, cell.yielded_at_unix_ms - cell.execution.started_at_unix_ms)
