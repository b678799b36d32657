"""When things ran, measured from the start of the recording; what is open has lasted until now."""

from __future__ import annotations

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.clock import clock_ms, measured
from tui.analysis.kinds.lost_end import known_window_of_call
from tui.model.conversation import ConversationItem
from tui.model.execution import ExecutionWindow
from tui.model.lookup import find_object, window_of
from tui.model.noderef import NodeRef
from tui.model.objects import Compaction, InteractionEdge, ToolCall
from tui.model.trace import RolloutTrace
from tui.named_tuple import NamedTuple


class TimeSpan(NamedTuple):
    """Start and length in milliseconds, the start counted from the start of the recording.

    An open span has no end yet: its length is what is known of it. Clocks may go back, so both may be negative.
    `clock` is what the recording's clock tells at least (`clock_ms`).
    """

    start_ms: int
    duration_ms: int = 0
    is_open: bool = False
    clock: int | None = 1

    @property
    def known_ms(self) -> int | None:
        """The length, if the recording's clock could measure it."""
        return measured(self.duration_ms, self.clock)


def span_of(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> TimeSpan | None:
    """When `node` ran; None for what has no time (payloads, diagnostics) or is not in the graph."""
    found = find_object(trace, node)
    match found:
        case None:
            return None
        case Compaction(installed_at_unix_ms=at):
            return _compaction_span(trace, index, found, at)
        case InteractionEdge(started_at_unix_ms=start, ended_at_unix_ms=end):
            return TimeSpan(start - trace.started_at_unix_ms, 0 if end is None else end - start, clock=clock_ms(trace))
        case ConversationItem(first_seen_at_unix_ms=seen_at):
            return TimeSpan(seen_at - trace.started_at_unix_ms)
        case ToolCall():
            return span_of_window(trace, index, known_window_of_call(trace, found))
        case other:
            window = window_of(other)
            return None if window is None else span_of_window(trace, index, window)


def went_wrong_at(trace: RolloutTrace, index: TraceIndex, node: NodeRef) -> int | None:
    """When something went wrong: when it ended, or began if it was left open; None of what has no time.

    A call that left its command running ended before the command did, whose end says how it came out.
    """
    found = find_object(trace, node)
    if not isinstance(found, ToolCall):
        span = span_of(trace, index, node)
        return None if span is None else span.start_ms + (0 if span.is_open else span.duration_ms)
    window = known_window_of_call(trace, found)
    ended = _end_or_start(window)
    command_id = found.terminal_operation_id
    command = None if command_id is None else trace.terminal_operations.get(command_id)
    if command is not None and not command.execution.is_open:
        ended = max(ended, _end_or_start(command.execution))
    return ended - trace.started_at_unix_ms


def _end_or_start(window: ExecutionWindow) -> int:
    end = window.ended_at_unix_ms
    return window.started_at_unix_ms if end is None or window.is_open else end


def span_of_window(trace: RolloutTrace, index: TraceIndex, window: ExecutionWindow) -> TimeSpan:
    """The span of an execution window."""
    start = window.started_at_unix_ms
    end = window.ended_at_unix_ms
    is_open = window.is_open or end is None
    length = max(0, index.now_unix_ms - start) if end is None else end - start
    return TimeSpan(start - trace.started_at_unix_ms, length, is_open, clock_ms(trace))


def whole_duration_ms(trace: RolloutTrace, index: TraceIndex) -> int:
    """From the start of the recording until now, or to the newest thing that happened in it."""
    return max(0, index.now_unix_ms - trace.started_at_unix_ms)


def known_whole_ms(trace: RolloutTrace, index: TraceIndex) -> int | None:
    """The same, if the recording's clock could measure it."""
    return measured(whole_duration_ms(trace, index), clock_ms(trace))


def _compaction_span(trace: RolloutTrace, index: TraceIndex, compaction: Compaction, installed_at: int) -> TimeSpan:
    """From the first attempt to the installation."""
    attempts = index.compaction_attempts.of(compaction.compaction_id)
    starts = [trace.compaction_requests[name].execution.started_at_unix_ms for name in attempts]
    start = min([installed_at, *starts])
    return TimeSpan(start - trace.started_at_unix_ms, installed_at - start, clock=clock_ms(trace))
