"""A script's row: the commands and tools that it called, and where it had answered before its end, after how long.

script  $ cat src/parser.py · apply_patch src/parser.py
script  yielded at 304ms  $ sleep 2; echo slept
wait for script  $ sleep 2; echo slept
"""

from __future__ import annotations

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.scripts import yielded_after_ms
from tui.analysis.messages.brief import CallWords, work_of_cell, works_text
from tui.model.objects import CodeCell
from tui.model.trace import RolloutTrace
from tui.viewmodel.text.clean import format_duration
from tui.viewmodel.text.spans import Line, Span
from tui.viewmodel.timeline.labels.words import ANSWER, plain

SCRIPT = "script"


def script_spans(trace: RolloutTrace, index: TraceIndex, cell: CodeCell | None, source: str, failure: Line) -> Line:
    """The row of a script; `failure` says why it failed. `source` represents a script that is not in the graph yet."""
    after_ms = None if cell is None else yielded_after_ms(cell)
    yielded = () if after_ms is None else (Span(f"  yielded at {format_duration(after_ms)}", "dim"),)
    ran = plain(f"  {source}") if cell is None else script_span(trace, index, cell)
    return (Span(SCRIPT, "node.cell"), *yielded, *failure, ran)


def script_span(trace: RolloutTrace, index: TraceIndex, cell: CodeCell) -> Span:
    """What a script called, a summary of the rows below it; of one that called nothing, its first statement."""
    has_rows = any(name in trace.tool_calls for name in cell.nested_tool_call_ids)
    return plain(f"  {_script_text(trace, index, cell)}", ANSWER if has_rows else "")


def _script_text(trace: RolloutTrace, index: TraceIndex, cell: CodeCell) -> str:
    works = work_of_cell(trace, index, cell)
    return works_text(CallWords("", work.argument) if work.verb == SCRIPT else work for work in works)
