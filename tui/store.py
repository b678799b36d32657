"""The single owner of a recording in memory: batches in, graph changes out. Needs no terminal.

Whoever reads the bundle calls `enqueue`; the owner's loop calls `advance` in short slices between key presses, so only
one place ever changes the graph and nothing needs a lock. Scripts call `load_all`.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from tui.analysis.event_log import EventLog
from tui.analysis.index import TraceIndex
from tui.analysis.recording_state import LIVE_MS, RecordingFacts, RecordingState, RecordingWord, recording_state
from tui.bundle.batch import TraceBatch, read_batches
from tui.bundle.open import Bundle
from tui.bundle.payloads import PayloadFault, PayloadStore
from tui.bundle.writers import LogWriter, writer_of
from tui.model.delta import TraceDelta
from tui.model.diagnostic import Diagnostic
from tui.model.trace import RolloutTrace
from tui.reducer.reducer import TraceReducer
from tui.schema.decode import TraceLine
from tui.schema.manifest import Manifest

SLICE_SECONDS = 0.008
"""How long one `advance` may keep the loop: a key press waits no longer than this and a frame."""


class TraceStore:
    """The graph of one bundle, what was wrong with it, and the way to its payloads.

    `generation` counts how often the recording began anew (its log was replaced); views built on `trace` and `index`
    of another generation must be built again.
    """

    def __init__(
        self,
        bundle: Bundle,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """`clock` gives seconds from any fixed point, `wall_clock` seconds since the Unix epoch."""
        self.bundle = bundle
        self.payloads = PayloadStore(bundle.path)
        self.generation = 0
        self.bytes_read = 0
        self.bytes_total = 0
        self.torn_tail = 0
        self.fault: str | None = None
        """Why the log cannot be read at present, in one line."""
        self.faults = bundle.faults
        """What is wrong with the bundle as a whole at present."""
        self.lag_ms: int | None = None
        """Milliseconds from the newest event to its arrival here; None until the log grows."""
        self._clock = clock
        self._wall_clock = wall_clock
        self._batches: deque[TraceBatch] = deque()
        self._next_line = 0
        self._caught_up = False
        self._grew_at = 0.0
        self._writer: LogWriter | None = None
        self._writer_looked_at_ns = 0
        self._writes_in_passing = False
        """Whether the log grew after nobody had it open: its recorder opens it for each line, or writes elsewhere."""
        self._start_again(bundle.manifest)

    @property
    def trace(self) -> RolloutTrace:
        """The graph so far."""
        return self.reducer.trace

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What was wrong so far, in the order of the log."""
        return self.reducer.diagnostics

    @property
    def has_pending(self) -> bool:
        """Whether lines wait to be reduced."""
        return bool(self._batches)

    @property
    def state(self) -> RecordingWord:
        """The word for where the recording stands."""
        return self.recording.word

    @property
    def recording(self) -> RecordingState:
        """Where the recording stands, and the evidence for it."""
        return recording_state(self._recording_facts())

    @property
    def quiet_ms(self) -> int:
        """Milliseconds since the log grew."""
        return int((self._clock() - self._grew_at) * 1000)

    def note_writer(self, writer: LogWriter, looked_at_ns: int) -> None:
        """Take in who can write the log, and when that was found out, in nanoseconds since the Unix epoch."""
        self._writer = writer
        self._writer_looked_at_ns = looked_at_ns

    def enqueue(self, batch: TraceBatch) -> None:
        """Take in what was read; nothing is reduced yet."""
        if batch.restarted:
            self._batches.clear()
            self._next_line = 0
        self._batches.append(batch)
        self.bytes_total = batch.bytes_total
        self.torn_tail = batch.torn_tail
        self.fault = batch.fault
        self.faults = batch.faults

    def advance(self, budget_seconds: float = SLICE_SECONDS) -> TraceDelta:
        """Reduce waiting lines until the budget is spent; return what changed. At least one line is reduced."""
        deadline = self._clock() + budget_seconds
        while self._batches:
            batch = self._batches[0]
            if batch.restarted and self._next_line == 0:
                self._start_again(batch.manifest or self.bundle.manifest)
            if not self._reduce_batch(batch, deadline):
                break
        delta = self.reducer.take_delta()
        self.index.update(delta)
        return delta

    def load_all(self) -> None:
        """Read and reduce everything that is there now."""
        for batch in read_batches(self.bundle, self.payloads):
            self.enqueue(batch)
            while self.has_pending:
                self.advance()
        if not self._is_closed():
            self.note_writer(writer_of(self.bundle.log_path), time.time_ns())

    def _start_again(self, manifest: Manifest) -> None:
        self.reducer = TraceReducer(manifest)
        self.index = TraceIndex(self.reducer.trace)
        self.event_log = EventLog()
        self.generation += 1

    def _reduce_batch(self, batch: TraceBatch, deadline: float) -> bool:
        """Reduce lines of the first batch; whether it is done and time is left."""
        while self._next_line < len(batch.lines):
            self._reduce_line(batch, self._next_line)
            self._next_line += 1
            if self._clock() >= deadline and self._next_line < len(batch.lines):
                return False
        self._batches.popleft()
        self._next_line = 0
        self.bytes_read = batch.bytes_read
        self._note_growth(batch)
        return self._clock() < deadline

    def _reduce_line(self, batch: TraceBatch, position: int) -> None:
        line = batch.lines[position]
        self.event_log.append(line, batch.offsets[position], batch.lengths[position])
        self.reducer.apply(line, self._bodies_for(line, batch))

    def _bodies_for(self, line: TraceLine, batch: TraceBatch) -> dict[str, bytes | PayloadFault]:
        bodies: dict[str, bytes | PayloadFault] = {}
        for ref in self.reducer.needs(line):
            ready = batch.payloads.get(ref.raw_payload_id)
            bodies[ref.raw_payload_id] = self.payloads.read(ref) if ready is None else ready
        return bodies

    def _note_growth(self, batch: TraceBatch) -> None:
        if batch.lines:
            self._note_writing(batch.modified_ns)
        if self._caught_up and batch.lines:
            self._grew_at = self._clock()
            self.lag_ms = int(self._seconds_since_newest_event() * 1000)
        if not self._caught_up and batch.bytes_read >= batch.bytes_total:
            self._caught_up = True
            self._grew_at = self._clock() - self._seconds_since_newest_event()

    def _note_writing(self, written_at_ns: int) -> None:
        """The log grew: what was known of its writer is out of date, unless a process holds the log."""
        writer, self._writer = self._writer, None
        if writer is None or writer.evidence == "holds":
            self._writer = writer
        elif writer.evidence == "gone" and written_at_ns > self._writer_looked_at_ns:
            self._writes_in_passing = True

    def _recording_facts(self) -> RecordingFacts:
        writer = self._writer or LogWriter("unknown")
        if self._writes_in_passing and writer.evidence == "gone":
            writer = LogWriter("unknown", "the log is opened for each event")
        return RecordingFacts(
            is_caught_up=self._caught_up,
            is_closed=self._is_closed(),
            quiet_ms=self.quiet_ms,
            writer=writer.evidence,
            writer_name=writer.name,
            held_bytes=self.torn_tail,
            fault=self.fault,
            has_events=len(self.event_log) > 0,
            is_session_over=self.trace.status != "running",
            schema_version=self.trace.schema_version,
        )

    def _seconds_since_newest_event(self) -> float:
        """By the wall clock, for want of anything else when a log is opened; never negative."""
        newest = self.event_log.newest_time_unix_ms
        return LIVE_MS / 1000 if newest is None else max(0.0, self._wall_clock() - newest / 1000)

    def _is_closed(self) -> bool:
        trace = self.trace
        if trace.schema_version > 1:
            return trace.recording_complete is True
        # Schema 1 has no word for the end of a recording: the session and every agent of it have ended.
        return trace.status != "running" and not any(thread.execution.is_open for thread in trace.threads.values())
