"""What a row worked at, cell by cell of its bar: the model, tools, waiting, failure; idle time is blank.

    /root     ▓▓▒▒░░░░▓▓▒✗    ▓▓▓     a turn or an agent shows its requests and calls
    $ pytest      ▒▒▒▒▒▒✗             a request or a call shows itself

The bars of turns and agents are worked out when they are shown, for the part of the time and the width that is shown,
and kept: what comes in later is painted over, and what is open goes on.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, assert_never

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.timing import TimeSpan, span_of
from tui.analysis.messages.brief import is_wait
from tui.model.conversation import ConversationItem
from tui.model.delta import TraceDelta
from tui.model.ids import CodexTurnId, ThreadId
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
from tui.model.protocol import ProtocolEvent
from tui.model.trace import RolloutTrace
from tui.schema.payloads import RawPayloadRef
from tui.viewmodel.rows.branch import RowNode
from tui.viewmodel.timeline.row import Work
from tui.viewmodel.timeline.time_axis import TimeAxis

_RANK: dict[Work, int] = {"idle": 0, "moment": 1, "waiting": 2, "model": 3, "tool": 4, "failed": 5}

_BAD = frozenset({"failed"})


class Stretch(NamedTuple):
    """Work of one kind, which may have ended in failure."""

    span: TimeSpan
    work: Work
    has_failed: bool = False


class _Bar:
    """The cells of a turn or an agent, and what of its work was open when it was painted, by kind, oldest first."""

    def __init__(self, width: int) -> None:
        self.cells: list[Work] = ["idle"] * width
        self._open: dict[Work, dict[NodeRef, None]] = {}
        self._painted_to_ms = 0

    def note(self, ref: NodeRef, stretch: Stretch) -> None:
        """A stretch was painted."""
        if stretch.span.is_open:
            self._open.setdefault(stretch.work, {})[ref] = None
            self._painted_to_ms = max(self._painted_to_ms, _end_of(stretch.span))

    def is_beyond(self, stretch: Stretch) -> bool:
        """Whether open work was painted further than it lasts.

        While a recording may go on, it lasts until the time of the clock; once nobody writes, until the newest event.
        """
        return _end_of(stretch.span) < self._painted_to_ms

    def open_parts(self, is_open: Callable[[NodeRef], bool]) -> Iterator[NodeRef]:
        """One open part of each kind: all that are open last until now, so one of a kind paints for all of them."""
        for parts in self._open.values():
            while parts and not is_open(next(iter(parts))):
                del parts[next(iter(parts))]
            yield from itertools.islice(parts, 1)


def _end_of(span: TimeSpan) -> int:
    return span.start_ms + (span.duration_ms or 0)


class WorkBars:
    """Makes the bars of one graph for one part of the time and one width at a time."""

    def __init__(self, trace: RolloutTrace, index: TraceIndex) -> None:
        self._trace = trace
        self._index = index
        self._shown: tuple[float, float, int] = (0.0, 0.0, 0)
        self._known: dict[NodeRef, _Bar] = {}

    def forget(self) -> None:
        """The graph is another one, or went back."""
        self._known.clear()

    def apply(self, delta: TraceDelta, axis: TimeAxis) -> None:
        """Paint what came or changed over the bars that are known."""
        if not self._known:
            return
        if self._shown[:2] != (axis.start, axis.end):
            self._known.clear()
            return
        refs = [NodeRef("inference", name) for name in delta.inference_calls]
        refs += [NodeRef("tool_call", name) for name in delta.tool_calls]
        refs += [NodeRef("compaction_request", name) for name in delta.compaction_requests]
        for ref in refs:
            for above in self._bars_above(ref):
                self._paint_part(self._known[above], ref, axis)

    def cells(self, nodes: Iterator[RowNode], axis: TimeAxis, width: int) -> Sequence[Work]:
        """The bar of a row, or of the rows of a run, in `width` cells."""
        if self._shown != (axis.start, axis.end, width):
            self._shown = (axis.start, axis.end, width)
            self._known.clear()
        cells: list[Work] = ["idle"] * width
        for node in nodes:
            found = find_object(self._trace, node.ref)
            if isinstance(found, (CodexTurn, Thread)):
                return self._together(node.ref, found, axis, width)
            self._paint(cells, self._own(node.ref), axis)
        return cells

    def _together(self, ref: NodeRef, found: CodexTurn | Thread, axis: TimeAxis, width: int) -> Sequence[Work]:
        """The bar of a turn or an agent; what is open in it has lasted until now."""
        bar = self._known.get(ref)
        if bar is not None:
            still_open = [(part, self._own(part)) for part in bar.open_parts(self._is_open)]
            if not any(stretch is not None and bar.is_beyond(stretch) for _, stretch in still_open):
                for part, _ in still_open:
                    self._paint_part(bar, part, axis)
                return bar.cells
        bar = self._known[ref] = _Bar(width)
        for part in self._parts(found):
            self._paint_part(bar, part, axis)
        return bar.cells

    def _is_open(self, ref: NodeRef) -> bool:
        span = span_of(self._trace, self._index, ref)
        return span is not None and span.is_open

    def _paint_part(self, bar: _Bar, ref: NodeRef, axis: TimeAxis) -> None:
        stretch = self._own(ref)
        if stretch is not None:
            bar.note(ref, stretch)
            self._paint(bar.cells, stretch, axis)

    def _parts(self, found: CodexTurn | Thread) -> Iterator[NodeRef]:
        turns = [found.codex_turn_id] if isinstance(found, CodexTurn) else self._index.turns.of(found.thread_id)
        for turn in turns:
            yield from (NodeRef("inference", name) for name in self._index.inferences_of_turn.of(turn))
            yield from (NodeRef("tool_call", name) for name in self._index.tools_of_turn.of(turn))
            yield from (NodeRef("compaction_request", name) for name in self._index.attempts_of_turn.of(turn))

    def _bars_above(self, ref: NodeRef) -> Iterator[NodeRef]:
        found = find_object(self._trace, ref)
        if isinstance(found, (InferenceCall, CompactionRequest)):
            yield from self._of_known(found.codex_turn_id, found.thread_id)
        elif isinstance(found, ToolCall) and found.started_by_codex_turn_id is not None:
            yield from self._of_known(found.started_by_codex_turn_id, found.thread_id)

    def _of_known(self, turn: CodexTurnId, thread: ThreadId) -> Iterator[NodeRef]:
        refs = (NodeRef("turn", turn), NodeRef("thread", thread))
        return (ref for ref in refs if ref in self._known)

    def _own(self, ref: NodeRef) -> Stretch | None:
        """What an object itself worked at."""
        span = span_of(self._trace, self._index, ref)
        if span is None:
            return None
        match find_object(self._trace, ref):
            case InferenceCall(execution=execution) | CompactionRequest(execution=execution):
                return Stretch(span, "model", execution.status in _BAD)
            case ToolCall() as tool:
                return Stretch(
                    span,
                    "waiting" if is_wait(self._trace, self._index, tool) else "tool",
                    tool.execution.status in _BAD,
                )
            case CodeCell(runtime_status=status):
                return Stretch(span, "tool", status in _BAD)
            case Compaction():
                return Stretch(span, "model")
            case ConversationItem() | InteractionEdge() | ProtocolEvent():
                return Stretch(TimeSpan(span.start_ms), "moment")
            case Thread() | CodexTurn() | TerminalOperation() | TerminalSession() | RawPayloadRef() | None:
                return None  # what is made of others, and what has no row
            case other:
                assert_never(other)

    def _paint(self, cells: list[Work], stretch: Stretch | None, axis: TimeAxis) -> None:
        """Paint a stretch where nothing of more importance is; a failure is the cell of its end."""
        bar = None if stretch is None else axis.bar(stretch.span)
        if stretch is None or bar is None:
            return
        width = len(cells)
        first = min(width - 1, int(bar[0] * width))
        end = max(first + 1, min(width, round(bar[1] * width)))
        for cell in range(first, end):
            if _RANK[stretch.work] > _RANK[cells[cell]]:
                cells[cell] = stretch.work
        if stretch.has_failed and stretch.span.start_ms + stretch.span.duration_ms <= axis.end:
            cells[end - 1] = "failed"
