"""Which calls took longest: one rule for the statistics and for the summary.

Requests, compactions, tool calls and scripts without a recorded call count once they have ended, also those that only
wait: a poll that ran for seconds took these seconds. Milliseconds by the recorder's clock; 0 where it went back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.scripts import window_of_call
from tui.analysis.links.provenance import dispatch_of_cell
from tui.model.execution import ExecutionWindow
from tui.model.ids import ThreadId
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace


class Slow(NamedTuple):
    """A call that has ended. The smallest is the longest, and of equal ones the earliest."""

    negative_ms: int
    started_seq: int
    node: NodeRef
    thread_id: ThreadId

    @property
    def duration_ms(self) -> int:
        """How long it took."""
        return -self.negative_ms


def slow_call(node: NodeRef, thread_id: ThreadId, window: ExecutionWindow) -> Slow | None:
    """A call with its duration; None while it is open."""
    end = window.ended_at_unix_ms
    if window.is_open or end is None:
        return None
    return Slow(-max(0, end - window.started_at_unix_ms), window.started_seq, node, thread_id)


def calls_with_windows(trace: RolloutTrace, index: TraceIndex) -> Iterator[tuple[NodeRef, ThreadId, ExecutionWindow]]:
    """Every call that may be among the slowest. The graph must not grow meanwhile."""
    for name, request in trace.inference_calls.items():
        yield NodeRef("inference", name), request.thread_id, request.execution
    for attempt_id, attempt in trace.compaction_requests.items():
        yield NodeRef("compaction_request", attempt_id), attempt.thread_id, attempt.execution
    for tool_id, tool in trace.tool_calls.items():
        yield NodeRef("tool_call", tool_id), tool.thread_id, window_of_call(trace, tool)
    for cell_id, cell in trace.code_cells.items():
        if dispatch_of_cell(index, cell_id) is None:
            yield NodeRef("code_cell", cell_id), cell.thread_id, cell.execution
