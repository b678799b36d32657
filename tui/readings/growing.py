"""The reading of a log that goes as far as the log does."""

from __future__ import annotations

from collections.abc import Iterator

from tui.analysis.as_of.chronicle import Chronicle
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.recording.event_log import EventLog
from tui.analysis.recording.reading import Reading, reading_of
from tui.model.delta import TraceDelta
from tui.model.diagnostic import Diagnostic
from tui.model.recorded import Changes
from tui.model.trace import RolloutTrace
from tui.reducer.reducer import TraceReducer
from tui.schema.manifest import Manifest
from tui.source.batch import RestartReason

_UNKNOWN_ID = "unknown"
"""Represents a trace id while it is not known from a manifest or an event."""


class GrowingReading:
    """One reading of the log from its start: the graph, the lines behind it, and what changed in it."""

    def __init__(self, manifest: Manifest, *, keeps_history: bool = False) -> None:
        """`keeps_history`: whether what every line changes is to be noted, so that earlier moments can be shown."""
        self.manifest = manifest
        changes = Changes() if keeps_history else None
        self.reducer = TraceReducer(manifest, reads_protocol_events=True, changes=changes)
        self.index = TraceIndex(self.reducer.trace)
        self.event_log = EventLog()
        trace, diagnostics = self.reducer.trace, self.reducer.diagnostics
        self.chronicle = None if changes is None else Chronicle(trace, diagnostics, changes, self.event_log)
        """What each line changed; None if that is not kept."""
        self.lines_in_index = 0
        """How many lines of the chronicle the index knows."""
        self._settled = TraceDelta()
        self._notes: Iterator[Chronicle | None] = iter(())

    @classmethod
    def restored(
        cls,
        reducer: TraceReducer,
        index: TraceIndex,
        event_log: EventLog,
        manifest: Manifest,
        notes: Iterator[Chronicle | None],
    ) -> GrowingReading:
        """A reading that was written down: complete, and not to be gone on with. `notes` are for `take_notes`."""
        reading = cls(manifest)
        reading.reducer, reading.index, reading.event_log = reducer, index, event_log
        reading._notes = notes
        return reading

    def take_notes(self) -> Iterator[None]:
        """Take in, in steps, what each line changed, where that was written down: then there is a `chronicle`.

        A second caller goes on where the first one stopped.
        """
        for chronicle in self._notes:
            if chronicle is not None:
                self.chronicle, self.lines_in_index = chronicle, len(chronicle)
            yield

    @property
    def trace(self) -> RolloutTrace:
        """The graph so far."""
        return self.reducer.trace

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What was wrong so far."""
        return self.reducer.diagnostics

    @property
    def reading(self) -> Reading:
        """How much of the recording could be read."""
        lost = {name: found.count for name, found in self.reducer.lost_fields.items()}
        return reading_of(
            self.event_log.counts, self.reducer.unread_bodies, lost, self.manifest.schema_version, self.trace
        )

    def settle(self) -> Iterator[None]:
        """Let the index know in steps what changed; no line may be reduced before the last of them."""
        delta = self.reducer.take_delta()
        yield from self.index.update_in_steps(delta)
        self.lines_in_index = 0 if self.chronicle is None else len(self.chronicle)
        self._settled.merge(delta)

    def take_delta(self) -> TraceDelta:
        """What changed, as far as the index knows it, since the last call."""
        delta, self._settled = self._settled, TraceDelta()
        return delta


class NextReading(GrowingReading):
    """A reading that is to take the place of the one that is shown."""

    def __init__(self, manifest: Manifest, reason: RestartReason, *, keeps_history: bool = False) -> None:
        super().__init__(manifest, keeps_history=keeps_history)
        self.reason = reason
        self.differs = False

    def compare(self, shown: GrowingReading) -> None:
        """Look whether the line that came last is another one than in the reading that is shown."""
        row = len(self.event_log) - 1
        if not self.differs and row < len(shown.event_log):
            self.differs = self.is_of_other(shown) or not self.event_log.agrees(shown.event_log, row)

    def is_of_other(self, shown: GrowingReading) -> bool:
        """Whether another recording was read, by the log's word; by the manifest's where the log has none."""
        return len({self.reducer.trace.trace_id, shown.reducer.trace.trace_id} - {_UNKNOWN_ID}) > 1

    def may_be_shown(self, shown: GrowingReading) -> bool:
        """Whether it differs from what is shown, or everything that is shown."""
        return self.differs or len(self.event_log) >= len(shown.event_log)


def is_closed(trace: RolloutTrace) -> bool:
    """Whether nothing more will be recorded, by the word of the recording."""
    if trace.schema_version > 1:
        return trace.was_closed is True
    # Schema 1 has no word for the end of a recording: the session and every agent of it have ended.
    return trace.status != "running" and have_agents_ended(trace)


def have_agents_ended(trace: RolloutTrace) -> bool:
    """Whether no agent is at work or waits any more."""
    return not any(thread.execution.is_open for thread in trace.threads.values())
