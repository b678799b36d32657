"""What a row worked at, cell by cell of its bar: the model, tools, waiting, failure; idle time is blank.

    /root     ▓▓▒▒░░░░▓▓▒✗    ▓▓▓     a turn or an agent shows its requests and calls
    $ pytest      ▒▒▒▒▒▒✗             a request or a call shows itself

The bars of turns and agents are worked out when they are shown, for the part of the time and the width that is shown,
and kept. Each knows how far each part of it reaches: a part that ends sooner than it seemed to, or turns out to be
work of another kind, leaves the cells to the others. What is open reaches until now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.kinds.lost_end import known_window_of_call
from tui.analysis.kinds.timing import TimeSpan, span_of, span_of_window
from tui.analysis.messages.brief import is_wait
from tui.model.conversation import ConversationItem
from tui.model.delta import TraceDelta
from tui.model.execution import ExecutionWindow
from tui.model.ids import CodexTurnId, ToolCallId
from tui.model.kinds import NodeKind
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
from tui.named_tuple import NamedTuple
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


class _Painted(NamedTuple):
    """The cells of a stretch, from `first` to before `end`; `failed_cell` shows its failure."""

    first: int
    end: int
    work: Work
    failed_cell: int | None


class _OpenParts:
    """Open parts of one kind, which all last until now: the oldest and the newest paint for all that have begun."""

    def __init__(self) -> None:
        self._starts: dict[NodeRef, int] = {}
        self._ends: tuple[int, int] | None = None

    def __bool__(self) -> bool:
        return bool(self._starts)

    def add(self, ref: NodeRef, start_ms: int) -> None:
        self._starts[ref], self._ends = start_ms, None

    def remove(self, ref: NodeRef) -> None:
        del self._starts[ref]
        self._ends = None

    def starts(self, now_ms: int) -> Iterable[int]:
        """When those began that are to be painted; all of them if a clock went back behind the newest."""
        if self._ends is None:
            self._ends = min(self._starts.values()), max(self._starts.values())
        return self._ends if self._ends[1] <= now_ms else self._starts.values()


class _Equal:
    """Parts that are over and show the same, and how many they are."""

    __slots__ = ("painted", "times")

    def __init__(self, painted: _Painted) -> None:
        self.painted = painted
        self.times = 0


class _Bar:
    """The bar of a turn or an agent: which cells each part that is over paints, and what is open."""

    def __init__(self, width: int) -> None:
        self.turns: set[CodexTurnId] = set()
        """The turns whose parts it holds."""
        self._width = width
        self._cells: list[Work] | None = ["idle"] * width
        """What those parts show that are over; None after one of them left cells that only it had painted."""
        self._over: defaultdict[NodeKind, dict[str, _Equal]] = defaultdict(dict)
        """Those parts, by kind and id: ids that the graph holds anyway cost no more memory."""
        self._equal: dict[_Painted, _Equal] = {}
        self._open: dict[tuple[Work, bool], _OpenParts] = {}
        self._kinds: dict[NodeRef, tuple[Work, bool]] = {}
        """The kinds of the open parts."""

    def note(self, ref: NodeRef, stretch: Stretch, axis: TimeAxis) -> None:
        """A part came, or may be otherwise than it was."""
        if ref in self._kinds:
            self._open[self._kinds.pop(ref)].remove(ref)
        if stretch.span.is_open:
            kind = self._kinds[ref] = (stretch.work, stretch.has_failed)
            self._open.setdefault(kind, _OpenParts()).add(ref, stretch.span.start_ms)
        painted = None if stretch.span.is_open else _painted(stretch, axis, self._width)
        over = self._over[ref.kind]
        before = over.get(ref.id)
        if before is not None and before.painted != painted:
            del over[ref.id]
            self._take_out(before)
        if painted is not None and (before is None or before.painted != painted):
            over[ref.id] = self._put_in(painted)

    def shown(self, now_ms: int, axis: TimeAxis) -> Sequence[Work]:
        """The cells at a time: what is open has lasted until then."""
        if self._cells is None:
            self._cells = ["idle"] * self._width
            for painted in self._equal:
                _paint(self._cells, painted)
        cells = self._cells.copy()
        for (work, has_failed), parts in self._open.items():
            for start in parts.starts(now_ms) if parts else ():
                span = TimeSpan(start, max(0, now_ms - start), is_open=True)
                _paint(cells, _painted(Stretch(span, work, has_failed), axis, self._width))
        return cells

    def _put_in(self, painted: _Painted) -> _Equal:
        equal = self._equal.get(painted)
        if equal is None:
            equal = self._equal[painted] = _Equal(painted)
            if self._cells is not None:
                _paint(self._cells, painted)
        equal.times += 1
        return equal

    def _take_out(self, equal: _Equal) -> None:
        equal.times -= 1
        if not equal.times:
            del self._equal[equal.painted]
            self._cells = None


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
        for turn in delta.codex_turns:
            self._join_agent(turn, axis)
        refs = [NodeRef("inference", name) for name in delta.inference_calls]
        refs += [NodeRef("tool_call", name) for name in {*delta.tool_calls, *self._calls_depending_on(delta)}]
        refs += [NodeRef("compaction_request", name) for name in delta.compaction_requests]
        for ref in refs:
            above = self._bars_above(ref)
            if above:
                self._note(above, ref, axis)

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
            stretch = self._own(node.ref)
            if stretch is not None:
                _paint(cells, _painted(stretch, axis, width))
        return cells

    def _together(self, ref: NodeRef, found: CodexTurn | Thread, axis: TimeAxis, width: int) -> Sequence[Work]:
        """The bar of a turn or an agent; what is open in it has lasted until now."""
        bar = self._known.get(ref)
        if bar is None:
            bar = self._known[ref] = _Bar(width)
            turns = [found.codex_turn_id] if isinstance(found, CodexTurn) else self._index.turns.of(found.thread_id)
            for turn in turns:
                self._add_turn(bar, turn, axis)
        return bar.shown(self._index.now_unix_ms - self._trace.started_at_unix_ms, axis)

    def _add_turn(self, bar: _Bar, turn: CodexTurnId, axis: TimeAxis) -> None:
        bar.turns.add(turn)
        for part in self._parts(turn):
            self._note([bar], part, axis)

    def _note(self, bars: list[_Bar], part: NodeRef, axis: TimeAxis) -> None:
        stretch = self._own(part)
        if stretch is None:
            return
        for bar in bars:
            bar.note(part, stretch, axis)

    def _join_agent(self, turn: CodexTurnId, axis: TimeAxis) -> None:
        """A turn that comes to its agent brings its parts, which may have come before it."""
        found = self._trace.codex_turns.get(turn)
        bar = None if found is None else self._known.get(NodeRef("thread", found.thread_id))
        if bar is not None and turn not in bar.turns:
            self._add_turn(bar, turn, axis)

    def _calls_depending_on(self, delta: TraceDelta) -> Iterator[ToolCallId]:
        """The calls whose time or kind of work another object of a delta tells: a script, a write to a process."""
        for operation_id in delta.terminal_operations:
            operation = self._trace.terminal_operations.get(operation_id)
            if operation is not None:
                yield operation.tool_call_id
        for cell_id in delta.code_cells:
            yield from self._index.cell_tools.of(cell_id)
            cell = self._trace.code_cells.get(cell_id)
            yield from () if cell is None else cell.wait_tool_call_ids

    def _parts(self, turn: CodexTurnId) -> Iterator[NodeRef]:
        yield from (NodeRef("inference", name) for name in self._index.inferences_of_turn.of(turn))
        yield from (NodeRef("tool_call", name) for name in self._index.tools_of_turn.of(turn))
        yield from (NodeRef("compaction_request", name) for name in self._index.attempts_of_turn.of(turn))

    def _bars_above(self, ref: NodeRef) -> list[_Bar]:
        """The known bars of the turn of a part, and of the agent of that turn."""
        found = find_object(self._trace, ref)
        if isinstance(found, (InferenceCall, CompactionRequest)):
            name: CodexTurnId | None = found.codex_turn_id
        else:
            name = found.started_by_codex_turn_id if isinstance(found, ToolCall) else None
        turn = None if name is None else self._trace.codex_turns.get(name)
        if turn is None:
            return []
        refs = (NodeRef("turn", turn.codex_turn_id), NodeRef("thread", turn.thread_id))
        return [bar for one in refs if (bar := self._known.get(one)) is not None]

    def _own(self, ref: NodeRef) -> Stretch | None:
        """What an object itself worked at."""
        found = find_object(self._trace, ref)
        match found:
            case InferenceCall(execution=execution) | CompactionRequest(execution=execution):
                return Stretch(self._span(execution), "model", execution.status in _BAD)
            case ToolCall():
                work: Work = "waiting" if is_wait(self._trace, self._index, found) else "tool"
                window = known_window_of_call(self._trace, found)
                return Stretch(self._span(window), work, found.execution.status in _BAD)
            case CodeCell(execution=execution, runtime_status=status):
                return Stretch(self._span(execution), "tool", status in _BAD)
            case Compaction() | ConversationItem() | InteractionEdge() | ProtocolEvent():
                return self._own_without_window(ref, "model" if isinstance(found, Compaction) else "moment")
            case Thread() | CodexTurn() | TerminalOperation() | TerminalSession() | RawPayloadRef() | None:
                return None  # what is made of others, and what has no row
            case other:
                assert_never(other)

    def _own_without_window(self, ref: NodeRef, work: Work) -> Stretch | None:
        span = span_of(self._trace, self._index, ref)
        if span is None:
            return None
        return Stretch(TimeSpan(span.start_ms) if work == "moment" else span, work)

    def _span(self, window: ExecutionWindow) -> TimeSpan:
        return span_of_window(self._trace, self._index, window)


def _painted(stretch: Stretch, axis: TimeAxis, width: int) -> _Painted | None:
    """The cells of a stretch, at least one; None outside of the visible time. A failure is the cell of its end."""
    bar = axis.bar(stretch.span)
    if bar is None:
        return None
    first = min(width - 1, int(bar[0] * width))
    end = max(first + 1, min(width, round(bar[1] * width)))
    has_end = stretch.has_failed and stretch.span.start_ms + stretch.span.duration_ms <= axis.end
    return _Painted(first, end, stretch.work, end - 1 if has_end else None)


def _paint(cells: list[Work], painted: _Painted | None) -> None:
    """Show a stretch where nothing of more importance is."""
    if painted is None:
        return
    for cell in range(painted.first, painted.end):
        if _RANK[painted.work] > _RANK[cells[cell]]:
            cells[cell] = painted.work
    if painted.failed_cell is not None:
        cells[painted.failed_cell] = "failed"
