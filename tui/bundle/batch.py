"""From a bundle on disk to batches of decoded lines with the payload bodies that they surely need."""

from __future__ import annotations

from tui.bundle.catalog.whose import BundleIdentity
from tui.bundle.files import BundleFiles
from tui.bundle.log.clock import LogClock
from tui.bundle.payloads.awaited import Patience
from tui.schema.decode import EventLine, TraceLine
from tui.schema.events import RecordingCompleted
from tui.schema.needs import always_needed
from tui.schema.parts import PartLists
from tui.schema.payloads import RawPayloadRef
from tui.source.batch import BatchLimits, RestartReason, TraceBatch
from tui.source.fault import PayloadFault
from tui.source.late import is_unfinished
from tui.source.lines import RawLine, decode_raw_line
from tui.source.source import Payloads

_COST_OF_BLANK_BYTES = 64


class BundleBatchReader:
    """Reads one bundle as far as it is written, and on when asked again. For one thread at a time."""

    def __init__(
        self,
        bundle: BundleFiles,
        payloads: Payloads,
        limits: BatchLimits | None = None,
        patience: Patience | None = None,
    ) -> None:
        """Without `patience`, no line waits for its payload."""
        self.complete = False
        """Whether `recording_completed` was read: the recorder will write nothing more."""
        self.awaited: tuple[str, ...] = ()
        """Labels of payloads that the next line waits for."""
        self._identity = BundleIdentity(bundle)
        self._payloads = payloads
        self._limits = limits or BatchLimits()
        self._patience = patience or Patience(0.0)
        self._log = bundle.open_log(self._limits.line_bytes)
        self._line_limit = self._limits.first_lines
        self._parts = PartLists()
        self._clock = LogClock(self._identity.manifest)
        self._reported: tuple[object, ...] | None = None
        self._restart: RestartReason | None = None

    def next(self) -> TraceBatch | None:
        """Return what comes next, or None if there is nothing new.

        The first call always returns a batch, so that the reader of an empty log learns that it is empty. A batch
        without lines reports progress, a torn tail, a new fault, a payload that is waited for or a restart.
        """
        reason = self._look()
        self._patience.note_size(self._log.size)
        before = self._reported
        builder = self._builder(self._line_limit, self._patience)
        while builder.wants_more and (line := self._next_line()):
            if not builder.add(line):
                self._log.put_back(line)
                break
        self.awaited = builder.awaited
        batch = self._batch(builder, reason)
        if not (batch.lines or reason) and self._reported == before:
            return None
        self._line_limit = min(self._limits.lines, self._line_limit * 2)
        return batch

    def begin_again(self) -> None:
        """Read the log from its start with the next call: a payload is there now that was missing before."""
        self._restart = "corrected"

    def report(self) -> TraceBatch:
        """A batch without lines, which says how things stand."""
        return self._batch(self._builder(0, self._patience), None)

    def finish(self) -> TraceBatch | None:
        """Return the last line although its newline is missing, if it is an event; for a log that grows no more."""
        line = self._log.finish()
        if line is None:
            return None
        builder = self._builder(1, Patience(0.0))
        builder.add(line)
        return self._batch(builder, None)

    def close(self) -> None:
        """Give the log's descriptor back."""
        self._log.close()

    def _builder(self, line_limit: int, patience: Patience) -> _BatchBuilder:
        return _BatchBuilder(self._payloads, self._parts, self._clock, self._limits, line_limit, patience)

    def _start_over(self) -> None:
        self.complete = False
        self._parts = PartLists()
        self._clock = LogClock(self._identity.manifest)
        self._line_limit = self._limits.first_lines
        self._reported = None

    def _look(self) -> RestartReason | None:
        """See what became of the files; return why the log is read from its start again, if it is."""
        reason, self._restart = self._restart, None
        if self._identity.look():
            reason = "other manifest" if self._identity.was_replaced else "manifest"
        if reason is not None:
            self._log.restart()
        elif self._log.look():
            reason = "cut short" if self._log.was_cut else "replaced"
        else:
            return None
        self._start_over()
        self._patience.forget()
        self._payloads.forget()
        return reason

    def _next_line(self) -> RawLine | None:
        line = self._log.next_line()
        start = self._log.offset
        while line is None and self._log.offset - start < self._limits.bytes and self._log.fill():
            line = self._log.next_line()
        return line

    def _batch(self, builder: _BatchBuilder, restart: RestartReason | None) -> TraceBatch:
        self.complete = self.complete or builder.complete
        log, identity = self._log, self._identity
        self._reported = (log.taken, log.offset, log.size, log.fault, log.change, identity.faults, self.awaited)
        return TraceBatch(
            lines=builder.lines,
            offsets=builder.offsets,
            lengths=builder.lengths,
            payloads=builder.payloads,
            bytes_read=log.taken,
            bytes_total=log.size,
            torn_tail=log.held,
            restarted=restart is not None,
            restart_reason=restart or "replaced",
            manifest=None if restart is None else identity.manifest,
            fault=log.fault,
            change=log.change,
            faults=identity.faults,
            modified_ns=log.modified_ns,
            awaited=self.awaited,
        )


class _BatchBuilder:
    """One batch while it is being filled."""

    def __init__(
        self,
        payloads: Payloads,
        parts: PartLists,
        clock: LogClock,
        limits: BatchLimits,
        line_limit: int,
        patience: Patience,
    ) -> None:
        self.lines: list[TraceLine] = []
        self.offsets: list[int] = []
        self.lengths: list[int] = []
        self.payloads: dict[str, bytes | PayloadFault] = {}
        self.complete = False
        self.awaited: tuple[str, ...] = ()
        self._store = payloads
        self._parts = parts
        self._clock = clock
        self._limits = limits
        self._patience = patience
        self._room_lines = line_limit
        self._room_bytes = limits.bytes
        self._refs: dict[str, RawPayloadRef] = {}

    @property
    def wants_more(self) -> bool:
        return self._room_lines > 0 and self._room_bytes > 0

    def add(self, raw: RawLine) -> bool:
        """Take a line; return False if it belongs into the next batch."""
        line = decode_raw_line(raw, self._parts)
        if line is None:
            self._room_bytes -= raw.length + _COST_OF_BLANK_BYTES
            return True
        if isinstance(line, EventLine):
            if not self._clock.is_usual:
                line = self._clock.since_1970(line)
            payload = line.event.payload
            for ref in always_needed(payload, line.event.schema_version):
                known = self._refs.get(ref.raw_payload_id)
                if known is None:
                    if not self._fetch(ref, raw.offset):
                        self.awaited = (ref.label,)
                        return False
                elif known is not ref and (known.place != ref.place or known.parts != ref.parts):
                    return False  # an id used again for another body: a batch can only carry one of them
            if type(payload) is RecordingCompleted:
                self.complete = True
        self.lines.append(line)
        self.offsets.append(raw.offset)
        self.lengths.append(raw.length)
        self._room_lines -= 1
        self._room_bytes -= len(raw.data)
        return True

    def _fetch(self, ref: RawPayloadRef, offset: int) -> bool:
        """Read a body ahead, for the line at `offset`; return whether the line need not wait for it."""
        body = self._store.read_once(ref, self._limits.body_bytes)
        if self._patience.may_wait(offset) and is_unfinished(ref, body):
            return False
        self._refs[ref.raw_payload_id] = ref
        if isinstance(body, bytes):
            self._room_bytes -= len(body)
        elif body.code == "too-large":
            return True
        self.payloads[ref.raw_payload_id] = body
        return True
