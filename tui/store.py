"""The single owner of a recording in memory: batches in, graph changes out. Needs no terminal.

The reader of the recording calls `enqueue`; the owner's loop calls `advance` in short slices between key presses, so
only one place ever changes the graph and nothing needs a lock. Scripts call `load_all`.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.recording.event_log import EventLog
from tui.analysis.recording.reading import Reading
from tui.analysis.state.recording import RecordingFacts, RecordingState, RecordingWord, recording_state
from tui.model.delta import TraceDelta
from tui.model.diagnostic import Diagnostic
from tui.model.kinds import whole_delta
from tui.model.trace import RolloutTrace
from tui.readings.growing import GrowingReading, NextReading, have_agents_ended, is_closed
from tui.readings.pulse import LogPulse
from tui.schema.damage import Damage
from tui.schema.decode import TraceLine
from tui.schema.manifest import Manifest
from tui.schema.payloads import RawPayloadRef
from tui.schema.until import Until
from tui.source.batch import RestartReason, TraceBatch, cut_behind
from tui.source.fault import PayloadFault
from tui.source.late import LatePayloads, is_unfinished
from tui.source.log_change import fewer_lines, log_damage
from tui.source.reading import read_batches
from tui.source.source import Source
from tui.source.writer import LogWriter

if TYPE_CHECKING:
    from tui.readings.past import Past

_Bodies = Mapping[str, bytes | PayloadFault]
_NO_BODIES: Final[_Bodies] = {}

SLICE_SECONDS = 0.008
"""How long one `advance` may keep the loop: a key press waits no longer than this and a frame."""

REDUCING_PART = 0.75
"""How much of a slice lines may be reduced; what is left is for letting the index know, nearly always enough."""


class TraceStore:
    """The graph of one recording, what was wrong with it, and the way to its payloads.

    `generation` counts how often the graph was replaced by another one; views built on `trace` and `index` of another
    generation must be built again. A log that only became shorter changes nothing. When it is read from its start
    again (its lines changed, a payload came late), the graph so far stays until the new one says something
    else, or as much, and two recordings are never mixed.
    """

    def __init__(
        self,
        source: Source,
        *,
        keeps_history: bool = False,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """`keeps_history`: whether earlier moments may be looked at; see `GrowingReading`.

        `clock` gives seconds from any fixed point, `wall_clock` seconds since the Unix epoch.
        """
        self.source = source
        self.payloads = source.open_payloads()
        self.bytes_read = 0
        self.bytes_total = 0
        self.torn_tail = 0
        self.fault: str | None = None
        """Why the log cannot be read at present, in one line."""
        self._clock = clock
        self._pulse = LogPulse(clock, wall_clock)
        self._batches: deque[TraceBatch] = deque()
        self._next_line = 0
        self._half_done: Iterator[None] | None = None
        """What is left of the line that is being reduced."""
        self._settling: Iterator[None] | None = None
        """What is left of letting the index know."""
        self.polling: str | None = None
        """Why the log is looked at all the time instead of being watched, in one line."""
        self.awaited: tuple[str, ...] = ()
        """Labels of payloads that the next line waits for."""
        self.late = LatePayloads(self.payloads)
        """Payloads that the graph lacks and that may still come."""
        self.reduced_to = 0
        """Where in the log the first line begins that is not reduced yet, in bytes."""
        self._begun_to = 0
        """Where the last line ends of which something was reduced."""
        self.is_same_recording = True
        """Whether the present generation is the recording of the one before, read again."""
        self.restart_reason: RestartReason | None = None
        """Why it was read again."""
        self.is_held = False
        """Whether lines that were read are to wait: nothing is reduced meanwhile."""
        self.waiting_lines = 0
        """How many lines wait in the log while it is so, as far as that was counted."""
        self._is_cut = False
        """Whether only what was there at an earlier moment was read."""
        self._past: Past | None = None
        self._missed = TraceDelta()
        """What changed while an earlier moment was looked at."""
        self.on_bodies: Callable[[Mapping[str, bytes | PayloadFault]], None] | None = None
        """Gets the bodies that a line needed, by id, once its items are in the graph and before those are dropped."""
        self._source_faults = source.faults
        self._log_damage: Damage | None = None
        self._told_state = RecordingState("loading", "the log has not been read to its end yet")
        """Where the recording is by what the index knows, too."""
        self._next: NextReading | None = None
        self._keeps_history = keeps_history
        self._shown = GrowingReading(source.manifest, keeps_history=keeps_history)
        self.generation = 1

    @property
    def _viewed(self) -> GrowingReading | Past:
        """The reading that is looked at: the newest one, or that of an earlier moment."""
        return self._past or self._shown

    @property
    def manifest(self) -> Manifest:
        """The manifest by which the graph was made."""
        return self._viewed.manifest

    @property
    def index(self) -> TraceIndex:
        """The links of the graph."""
        return self._viewed.index

    @property
    def event_log(self) -> EventLog:
        """The lines behind the graph."""
        return self._viewed.event_log

    @property
    def trace(self) -> RolloutTrace:
        """The graph so far, or as it was at the moment that is looked at."""
        return self._viewed.trace

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What was wrong so far, in the order of the log."""
        return self._viewed.diagnostics

    @property
    def reading(self) -> Reading:
        """How much of the recording could be read."""
        return self._viewed.reading

    # An earlier moment

    def new_past(self) -> Past:
        """A second reading, which can stand at any event that this one has come to."""
        from tui.readings.past import Past

        return Past(self.source, self.payloads, lambda: self._shown, lambda: self.reduced_to)

    def look_at(self, past: Past) -> None:
        """Answer from now on as things were where `past` is; the recording is read on underneath."""
        self._past = past
        self.generation += 1

    def note_return(self) -> None:
        """`past` went back: what was worked out of its graph may not be so yet."""
        self.generation += 1

    def look_at_now(self) -> TraceDelta:
        """Answer as things are now; return what changed meanwhile."""
        self._past = None
        self.generation += 1
        missed, self._missed = self._missed, TraceDelta()
        return missed

    @property
    def past(self) -> Past | None:
        """The earlier moment that is looked at; None while that is now."""
        return self._past

    @property
    def is_as_of_earlier(self) -> bool:
        """Whether what is shown is not all that there is, but what was there at an earlier moment."""
        return self._is_cut or self._past is not None

    @property
    def has_pending(self) -> bool:
        """Whether lines wait to be reduced, or are half done."""
        return bool(self._batches) or self.is_amid_line

    @property
    def is_amid_line(self) -> bool:
        """Whether the last line is so much work that `advance` has done only a part of it."""
        return self._half_done is not None or self._settling is not None

    @property
    def is_ahead_of_index(self) -> bool:
        """Whether the graph that is looked at holds a part of a line, or what the index does not know yet."""
        return self._past is None and self.is_amid_line

    @property
    def state(self) -> RecordingWord:
        """The word for the present of the recording."""
        return self.recording.word

    @property
    def recording(self) -> RecordingState:
        """The state of the recording, and the evidence for it."""
        if self.is_as_of_earlier and not is_closed(self.trace):
            return RecordingState("earlier", f"as of event {self.event_log.newest_seq}: more events follow")
        return self._newest_state if self._past is None else recording_state(self._recording_facts(self._past))

    @property
    def is_loading(self) -> bool:
        """Whether the log is being read for the first time, or from its start again, whatever is looked at."""
        if not self._pulse.is_caught_up and self._told_state.word == "loading":
            return True  # the verdict would be the same, and is asked for several times a slice
        return self._newest_state.word == "loading"

    @property
    def _newest_state(self) -> RecordingState:
        """Amid a line the graph is ahead of the index: until its end, things are as they were before it.

        Else the end of a recording would be told beside the outcome of a turn or request before its last one.
        """
        if not self.is_amid_line:
            self._told_state = recording_state(self._recording_facts(self._shown))
        return self._told_state

    @property
    def quiet_ms(self) -> int:
        """Milliseconds since the log grew."""
        return self._pulse.quiet_ms

    @property
    def lag_ms(self) -> int | None:
        """Milliseconds from the newest event to its arrival here; None until the log grows."""
        return self._pulse.lag_ms

    def note_writer(self, writer: LogWriter, looked_at_ns: int) -> bool:
        """Take in who can write the log, and when that was found out, in nanoseconds since the Unix epoch.

        Returns whether that is news.
        """
        return self._pulse.note_writer(writer, looked_at_ns)

    @property
    def wants_writer(self) -> bool:
        """Whether it is worth finding out who can write the log: it has no end, and has not grown lately."""
        return self._pulse.wants_writer and not is_closed(self._shown.trace)

    @property
    def faults(self) -> tuple[Damage, ...]:
        """What is wrong with the recording as a whole at present."""
        log = () if self._log_damage is None else (self._log_damage,)
        return (*self._source_faults, *log)

    @property
    def aside(self) -> str | None:
        """What happened to the log while its graph stays, in one line; None if nothing did."""
        if self._log_damage is not None:
            return str(self._log_damage)
        if self._next is None or not self._pulse.is_caught_up:
            return None
        return str(fewer_lines(self.source.log_name))

    @property
    def is_reading_again(self) -> bool:
        """Whether the log is read again from its start, and what is shown is from before."""
        return self._next is not None and not self._pulse.is_caught_up

    def note_failure(self, error: Exception) -> None:
        """Reading failed in a way that nobody foresaw, and is over: `fault` says so."""
        where = f"{self.source.log_name}: reading failed at byte {self.reduced_to:,}"
        what = f"{type(error).__name__}: {error}"
        self.fault = f"{where} ({what}); what was read stays; opening the bundle again may help"

    def hold(self) -> None:
        """Let new lines wait; a caller of `advance` asks `is_held` before."""
        self.is_held = True

    def release(self) -> None:
        """Let the lines be reduced that have waited."""
        self.is_held = False
        self.waiting_lines = 0

    def enqueue(self, batch: TraceBatch) -> None:
        """Take in what was read; nothing is reduced yet."""
        if batch.restarted:
            self._batches.clear()
            self._next_line = 0
        self._batches.append(batch)
        self.bytes_total = batch.bytes_total
        self.torn_tail = batch.torn_tail
        self.fault = batch.fault
        self._source_faults = batch.faults
        self._log_damage = log_damage(batch.change, self.source.log_name, batch.bytes_total)
        self.polling = batch.polling
        self.awaited = batch.awaited

    @property
    def shown(self) -> GrowingReading:
        """The reading that is shown, to be written to a cache."""
        return self._shown

    @property
    def is_sound_and_over(self) -> bool:
        """Whether the recording is finished, and everything of it was read: it will be the same tomorrow."""
        is_whole = not (self.late or self.faults or self.fault or self.awaited or self.torn_tail or self.has_pending)
        is_read = self._pulse.is_caught_up and self._next is None and not self._is_cut
        return is_read and is_whole and is_closed(self._shown.trace) and not self._shown.reducer.unread_bodies

    def show_restored(self, reading: GrowingReading, bytes_total: int) -> TraceDelta:
        """Show a reading that was written down, of a log of that size, instead of what was read so far."""
        self._batches.clear()
        self._next_line, self._half_done, self._settling, self._next = 0, None, None, None
        self._shown = reading
        self.generation += 1
        self.is_same_recording, self.restart_reason = True, None
        self.bytes_read = self.bytes_total = self.reduced_to = bytes_total
        self.torn_tail, self.fault, self.awaited, self._log_damage = 0, None, (), None
        self.late.forget()
        self._pulse.note_end(reading.event_log.newest_time_unix_ms)
        delta = whole_delta(reading.reducer.trace)
        if self._past is None:
            return delta
        self._missed.merge(delta)
        return TraceDelta()

    def advance(self, budget_seconds: float = SLICE_SECONDS) -> TraceDelta:
        """Reduce waiting lines until the budget is spent; return what changed.

        At least one line is reduced, or one step of a line that brings very much. While such a line is half done,
        nothing is reported: its objects come into the graph before the index knows them, and are reported at its end.
        """
        try:
            return self._advance(budget_seconds)
        finally:
            if self._past is not None:
                self._past.keep()

    def _advance(self, budget_seconds: float) -> TraceDelta:
        started = self._clock()
        deadline = started + budget_seconds
        if self._half_done is not None and not self._go_on(self._half_done, deadline):
            return TraceDelta()
        if self._settling is None:
            self._reduce_until(started + budget_seconds * REDUCING_PART)
            if self._half_done is not None or not self._is_showable:
                return TraceDelta()
            self._settling = (self._next or self._shown).settle()
        for _ in self._settling:
            if self._clock() >= deadline:
                return TraceDelta()
        self._settling = None
        if self._past is None:
            return self._changes()
        self._missed.merge(self._changes())
        return TraceDelta()

    def load_all(self, until: Until | None = None) -> None:
        """Read and reduce everything that is there now, or what was there at a moment: then the recording goes on."""
        for batch in read_batches(self.source, self.payloads):
            self._is_cut = until is not None and not cut_behind(batch, until)
            self.enqueue(batch)
            while self.has_pending:
                self.advance()
            if self._is_cut:
                self._pulse.is_caught_up = True
                return
        if not is_closed(self._shown.trace):
            self.note_writer(self.source.writer(), time.time_ns())

    @property
    def _is_showable(self) -> bool:
        """Whether what was reduced is to be shown; the index need not know of a reading before that."""
        return self._next is None or self._next.may_be_shown(self._shown)

    def _read_again(self, batch: TraceBatch) -> None:
        for _ in self._shown.settle():
            pass  # a line that was half done when this came: what is shown stays whole
        manifest = batch.manifest or self._shown.manifest
        self._next = NextReading(manifest, batch.restart_reason, keeps_history=self._keeps_history)
        self._pulse.is_caught_up = False
        self.reduced_to = self.bytes_read = 0
        self.late.forget()

    def _changes(self) -> TraceDelta:
        following = self._next
        if following is None:
            return self._shown.take_delta()
        self.is_same_recording = not following.is_of_other(self._shown)
        self.restart_reason = following.reason
        self._shown, self._next = following, None
        self.generation += 1
        return following.take_delta()

    def _reduce_until(self, deadline: float) -> None:
        while self._batches:
            batch = self._batches[0]
            if batch.restarted and self._next_line == 0:
                self._read_again(batch)
            if not self._reduce_batch(batch, deadline):
                break

    def _reduce_batch(self, batch: TraceBatch, deadline: float) -> bool:
        """Reduce lines of the first batch; whether it is done and time is left."""
        event_log = (self._next or self._shown).event_log
        try:
            is_done = self._reduce_lines(batch, deadline)
        finally:
            event_log.settle()
        if not is_done:
            return False
        self._batches.popleft()
        self._next_line = 0
        self.bytes_read = batch.bytes_read
        was_loading = not self._pulse.is_caught_up
        self._pulse.note_batch(batch, event_log.newest_time_unix_ms)
        if was_loading and self._pulse.is_caught_up:
            self.payloads.forget()  # what reading through kept is tens of megabytes, and looking needs little of it
        return self._clock() < deadline

    def _reduce_lines(self, batch: TraceBatch, deadline: float) -> bool:
        """Reduce lines of a batch until the deadline; whether those were all of them."""
        reading, clock, count = self._next or self._shown, self._clock, len(batch.lines)
        for position in range(self._next_line, count):
            self._next_line = position + 1
            line, offset, length = batch.lines[position], batch.offsets[position], batch.lengths[position]
            steps = self._begin_line(reading, line, offset, length, batch)
            if steps is not None and not self._go_on(steps, deadline):
                return False
            if clock() >= deadline and position + 1 < count:
                return False
        return True

    def _go_on(self, steps: Iterator[None], deadline: float) -> bool:
        """Take steps of a line until the deadline; whether that was all of them."""
        for _ in steps:
            if self._clock() >= deadline:
                self._half_done = steps
                return False
        self._half_done = None
        return True

    def _begin_line(
        self, reading: GrowingReading, line: TraceLine, offset: int, length: int, batch: TraceBatch
    ) -> Iterator[None] | None:
        """Reduce a line; what is left of it to do in steps, None for nearly all lines: that was all."""
        reducer = reading.reducer
        refs = reducer.needs(line)
        bodies = self._bodies_for(refs, batch) if refs else _NO_BODIES
        known = len(reducer.diagnostics) if refs else 0
        reading.event_log.append_soon(line, offset, length)
        steps = reducer.steps(line, bodies)
        self._begun_to = offset + length + 1
        if steps:
            return self._rest_of_line(steps, refs, bodies, known)
        self._end_line(refs, bodies, known)
        return None

    def _rest_of_line(
        self, steps: Iterable[None], refs: Sequence[RawPayloadRef], bodies: _Bodies, known: int
    ) -> Iterator[None]:
        yield from steps
        self._end_line(refs, bodies, known)

    def _end_line(self, refs: Sequence[RawPayloadRef], bodies: _Bodies, known: int) -> None:
        """Note that a line was reduced, which needed `bodies`; before it there were `known` findings."""
        reading = self._next or self._shown
        if reading.chronicle is not None:
            reading.chronicle.end_line()
        self.reduced_to = self._begun_to
        if refs:
            if self.on_bodies is not None and reading is self._shown:
                self.on_bodies(bodies)
            if len(reading.reducer.diagnostics) > known:
                self.late.note(ref for ref in refs if is_unfinished(ref, bodies[ref.raw_payload_id]))
        if self._next is not None:
            self._next.event_log.settle()  # rare enough to be done for each line
            self._next.compare(self._shown)

    def _bodies_for(self, refs: Sequence[RawPayloadRef], batch: TraceBatch) -> _Bodies:
        bodies: dict[str, bytes | PayloadFault] = {}
        for ref in refs:
            name = ref.raw_payload_id
            ready = batch.payloads.get(name)
            bodies[name] = self.payloads.read_once(ref) if ready is None else ready
        return bodies

    def _recording_facts(self, reading: GrowingReading | Past) -> RecordingFacts:
        writer = self._pulse.writer
        return RecordingFacts(
            is_caught_up=self._pulse.is_caught_up,
            is_closed=is_closed(reading.trace),
            quiet_ms=self.quiet_ms,
            writer=writer.evidence,
            writer_name=writer.name,
            held_bytes=self.torn_tail,
            is_end_unread=reading.event_log.ends_unread,
            awaited=self.awaited,
            fault=self.fault or self.aside,
            has_events=len(reading.event_log) > 0,
            newest_unix_ms=reading.event_log.newest_time_unix_ms,
            is_session_over=reading.trace.status != "running",
            have_agents_ended=have_agents_ended(reading.trace),
            schema_version=reading.trace.schema_version,
        )
