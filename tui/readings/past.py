"""A second reading of a log that can stand behind any line of it: the program as it was then.

The log is read again from its start, as far as somebody wants to look. What each line changes is kept
(`tui.analysis.as_of`), so that a graph of its own, with its links and the rows of a timeline, goes back and forth line
by line. The graph behind a line is what the reducer made of the lines up to it, and of no other.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping

from tui.analysis.as_of.chronicle import Chronicle
from tui.analysis.as_of.past_graph import PastGraph
from tui.analysis.as_of.watched import watched_evidence
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.recording.event_log import EventLog
from tui.analysis.recording.reading import Reading, reading_of
from tui.model.delta import TraceDelta
from tui.model.diagnostic import Diagnostic
from tui.model.kinds import MAP_OF_KIND
from tui.model.noderef import NodeRef
from tui.model.trace import RolloutTrace
from tui.readings.growing import is_closed
from tui.reducer.reducer import UNREAD_BODY_CODES, TraceReducer
from tui.schema.decode import EventLine, TraceLine
from tui.schema.payloads import RawPayloadRef
from tui.schema.until import Until
from tui.source.batch import BatchLimits, TraceBatch
from tui.source.fault import PayloadFault
from tui.source.source import Payloads, Source
from tui.viewmodel.timeline.model import TimelineModel

SMALL_BATCHES = BatchLimits(first_lines=20, lines=40, bytes=1 << 20)
"""A batch is read and reduced between two keys."""

LINES_AT_ONCE = 100
"""Lines that the graph goes in one step: some milliseconds."""

LINES_BETWEEN_YIELDS = 10
"""Lines that are reduced between two looks at the clock."""


class Past:
    """Reads a log again and is at a *place*: behind that many lines. It begins at place 0, with an empty graph."""

    def __init__(self, source: Source, payloads: Payloads, read_so_far: Callable[[], int]) -> None:
        """`read_so_far`: how many bytes of the log the reading that is followed has taken in; no more is read here."""
        self.manifest = source.manifest
        self._payloads = payloads
        self._read_so_far = read_so_far
        self._reader = source.open_reader(payloads, SMALL_BATCHES)
        self._batch: TraceBatch | None = None
        self._next_line = 0
        self._reducer = TraceReducer(source.manifest, reads_protocol_events=True, evidence=watched_evidence())
        self._chronicle = Chronicle(self._reducer.trace, self._reducer.diagnostics)
        self._graph = PastGraph(self._chronicle)
        self._log = EventLog()
        self._rows = array("Q", [0])
        self._numbers: dict[int, int] = {}
        """Identity of a finding → its number."""
        self.index = TraceIndex(self._graph.trace)
        self.model = TimelineModel(self._graph.trace, self.index, self._graph.diagnostics)
        self._log_here = (0, EventLog())
        self._is_of_other_lines = False
        self._is_complete = False
        self._read_to = 0
        self._line_at_work: Iterator[None] | None = None
        self._lost_fields: Mapping[str, Diagnostic] = {}

    @property
    def is_outdated(self) -> bool:
        """Whether other lines are in the log than those that were read, or lines behind what seemed to be its end."""
        return self._is_of_other_lines or (self._is_complete and self._read_so_far() > self._read_to)

    @property
    def trace(self) -> RolloutTrace:
        """The graph as it was."""
        return self._graph.trace

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What had been found wrong."""
        return self._graph.diagnostics

    @property
    def event_log(self) -> EventLog:
        """The lines up to here."""
        if self._log_here[0] != self.place:
            self._log_here = (self.place, self._log.first(self._rows[self.place], self.place))
        return self._log_here[1]

    @property
    def reading(self) -> Reading:
        """How much of the recording could be read up to here."""
        unread = sum(found.code in UNREAD_BODY_CODES for found in self.diagnostics)
        fields = self._lost_fields if self._is_complete else self._reducer.lost_fields
        lost = {name: count for name, found in fields.items() if (count := self._times_found(found))}
        return reading_of(self.event_log.counts, unread, lost, self.manifest.schema_version)

    @property
    def place(self) -> int:
        """How many lines there were."""
        return self._graph.place

    @property
    def last_place(self) -> int:
        """The last place that was read so far."""
        return len(self._chronicle)

    def close(self) -> None:
        """Give the log back."""
        self._reader.close()

    # Where to

    def place_of(self, until: Until) -> int:
        """The place of a moment, as far as the log was read; see `read`."""
        return self._chronicle.place_of(until)

    def reaches(self, until: Until) -> bool:
        """Whether enough was read to know the place of a moment."""
        return self._chronicle.reaches(until)

    def birth(self, node: NodeRef) -> int | None:
        """The place at which an object came into the graph, None if no line that was read made it."""
        return None if node.kind == "diagnostic" else self._chronicle.birth(MAP_OF_KIND[node.kind], node.id)

    def place_of_line(self, line: int) -> int:
        """The place behind a physical line of the log, from 1; the last one that was read if it was not read."""
        row = self._log.row_of_line(line)
        return self.last_place if row is None else bisect_left(self._rows, row.row + 1)

    def turn_from(self, step: int, *, is_now: bool = False) -> int:
        """The place at which the next turn began, `step` turns on or back; counted from the end of all if `is_now`.

        Behind the last turn that is a place behind all, before the first one the first place.
        """
        turns, place = self._chronicle.turns(), self.last_place + 1 if is_now else self.place
        number = bisect_right(turns, place) + step - 1 if step > 0 else bisect_left(turns, place) + step
        if number >= len(turns):
            return self.last_place + 1
        return turns[number] if number >= 0 else 1

    # Reading

    def read(self, is_enough: Callable[[], bool]) -> Iterator[None]:
        """Read on in steps until it is enough, or there is no more to read."""
        while self._line_at_work is not None or (not is_enough() and self._has_line()):
            for _ in range(LINES_BETWEEN_YIELDS):
                if self._line_at_work is None:
                    if not self._has_line():
                        break
                    self._line_at_work = self._take_line()
                for _step in self._line_at_work:  # kept, so that the next reader can end a line that was left half done
                    yield
                self._line_at_work = None
            yield
        if not self._is_complete and not self._has_line() and is_closed(self._reducer.trace):
            self._let_go()

    def _let_go(self) -> None:
        """Nothing more will be read: give back what only reading on needs, about half of the memory."""
        self._is_complete = True
        self._lost_fields = self._reducer.lost_fields
        self._chronicle.let_go()
        self._reducer = TraceReducer(self.manifest)
        self._reader.close()

    def _has_line(self) -> bool:
        """Whether there is a line to take that the other reading has taken."""
        if self._is_complete:
            return False
        batch = self._batch
        if batch is None or self._next_line >= len(batch.lines):
            batch = self._batch = self._reader.next() or self._reader.finish()
            self._next_line = 0
            while batch is not None and not batch.lines and not batch.restarted:
                batch = self._batch = self._reader.next()
        if batch is None:
            return False
        self._is_of_other_lines = self._is_of_other_lines or (batch.restarted and self.last_place > 0)
        if self._is_of_other_lines or self._next_line >= len(batch.lines):
            return False
        has_line = batch.offsets[self._next_line] < self._read_so_far()
        if not has_line:
            batch.payloads.clear()  # they may have been read too early
        return has_line

    def _take_line(self) -> Iterator[None]:
        batch, number = self._batch, self._next_line
        if batch is None:
            return
        self._next_line += 1
        line, reducer = batch.lines[number], self._reducer
        bodies = {ref.raw_payload_id: self._body(ref, batch) for ref in reducer.needs(line)}
        yield from reducer.steps(line, bodies)
        self._log.append(line, batch.offsets[number], batch.lengths[number])
        self._read_to = batch.offsets[number] + batch.lengths[number] + 1
        self._rows.append(len(self._log))
        self._chronicle.note(reducer.take_delta(), *_moment(line))

    def _body(self, ref: RawPayloadRef, batch: TraceBatch) -> bytes | PayloadFault:
        ready = batch.payloads.get(ref.raw_payload_id)
        return self._payloads.read_once(ref) if ready is None else ready

    # Going

    def go(self, place: int) -> Iterator[TraceDelta]:
        """Go to a place that was read, in steps; each says what it changed, and leaves all of it as it was there."""
        place = max(0, min(place, self.last_place))
        while self.place != place:
            yield self._go_at_once(max(self.place - LINES_AT_ONCE, min(place, self.place + LINES_AT_ONCE)))

    def _go_at_once(self, place: int) -> TraceDelta:
        graph, index, model = self._graph, self.index, self.model
        delta = graph.delta_to(place)
        if place >= graph.place:
            graph.go(place)
            index.update(delta)
            model.apply(delta)
            model.forget_bars()
        else:
            depending = model.tree.depending_on(delta)
            graph.go(place)
            index.go_back(delta, self._chronicle.newest(place))
            model.go_back(delta, depending)
        return delta

    def _times_found(self, finding: Diagnostic) -> int:
        """How often a finding of the whole reading had been made by now."""
        for number in range(len(self._numbers), len(self._chronicle.diagnostics)):
            self._numbers[id(self._chronicle.diagnostics[number])] = number
        number = self._numbers[id(finding)]
        return self.diagnostics[number].count if number < len(self.diagnostics) else 0


def _moment(line: TraceLine) -> tuple[int | None, int | None]:
    """Number and time of the event in a line."""
    return (line.event.seq, line.event.wall_time_unix_ms) if isinstance(line, EventLine) else (None, None)
