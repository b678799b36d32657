"""Reads a log again that was read before, noting what each line changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tui.analysis.as_of.chronicle import Chronicle
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.recording.event_log import EventLog
from tui.model.diagnostic import Diagnostic
from tui.model.recorded import Changes
from tui.readings.growing import is_closed
from tui.reducer.reducer import TraceReducer
from tui.schema.payloads import RawPayloadRef
from tui.source.batch import BatchLimits, TraceBatch
from tui.source.fault import PayloadFault
from tui.source.source import Payloads, Source

SMALL_BATCHES = BatchLimits(first_lines=20, lines=40, bytes=1 << 20)
"""A batch is read and reduced between two keys."""

LINES_BETWEEN_YIELDS = 10
"""Lines that are reduced between two looks at the clock."""


class ReadAgain:
    """A second reading of a log, as far as somebody wants to look."""

    def __init__(self, source: Source, payloads: Payloads, read_so_far: Callable[[], int]) -> None:
        """`read_so_far`: how many bytes of the log the first reading has taken in; no more is read here."""
        self._manifest = source.manifest
        self._payloads = payloads
        self._read_so_far = read_so_far
        self._reader = source.open_reader(payloads, SMALL_BATCHES)
        self._batch: TraceBatch | None = None
        self._next_line = 0
        changes, log = Changes(), EventLog()
        self._reducer = TraceReducer(source.manifest, reads_protocol_events=True, changes=changes)
        self.chronicle = Chronicle(self._reducer.trace, self._reducer.diagnostics, changes, log)
        self.index = TraceIndex(self._reducer.trace)
        """The links of what was read so far."""
        self.event_log = log
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
    def lost_fields(self) -> Mapping[str, Diagnostic]:
        """Fields that could not be read, as in the reducer."""
        return self._lost_fields if self._is_complete else self._reducer.lost_fields

    def close(self) -> None:
        """Give the log back."""
        self._reader.close()

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
        """Nothing more will be read: give back what only reading on needs."""
        self._is_complete = True
        self._lost_fields = self._reducer.lost_fields
        self._reducer = TraceReducer(self._manifest)
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
        self._is_of_other_lines = self._is_of_other_lines or (batch.restarted and len(self.chronicle) > 0)
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
        self.event_log.append(line, batch.offsets[number], batch.lengths[number])
        yield from reducer.steps(line, bodies)
        yield from self.index.update_in_steps(reducer.take_delta())
        self._read_to = batch.offsets[number] + batch.lengths[number] + 1
        self.chronicle.end_line()

    def _body(self, ref: RawPayloadRef, batch: TraceBatch) -> bytes | PayloadFault:
        ready = batch.payloads.get(ref.raw_payload_id)
        return self._payloads.read_once(ref) if ready is None else ready
