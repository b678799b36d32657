"""From a bundle on disk to batches of decoded lines with the payload bodies that they surely need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from tui.bundle.awaited import Patience, is_unfinished
from tui.bundle.lines import LONGEST_LINE_BYTES, RawLine, decode_raw_line
from tui.bundle.log import LogChange
from tui.bundle.open import Bundle
from tui.bundle.payloads import PayloadFault, PayloadStore
from tui.bundle.whose import BundleIdentity
from tui.schema.damage import Damage
from tui.schema.decode import EventLine, TraceLine
from tui.schema.events import RecordingCompleted
from tui.schema.manifest import Manifest
from tui.schema.needs import always_needed
from tui.schema.parts import PartLists
from tui.schema.payloads import RawPayloadRef
from tui.schema.until import Until

RestartReason = Literal["replaced", "cut short", "manifest", "other manifest", "corrected"]
"""Why a log is read from its start again: another one stands there, it was cut and goes on otherwise, a manifest came
late or another one stands there, or a payload came late."""

_COST_OF_BLANK_BYTES = 64


class BatchLimits(msgspec.Struct, frozen=True):
    """How much one batch may hold. A batch ends at the first limit reached; it always holds at least one line.

    `first_lines` is small so that the first rows appear at once; each batch may hold twice as many lines as the one
    before, up to `lines`. `bytes` counts lines and payload bodies together. A body above `body_bytes` is not read
    ahead. A line above `line_bytes` is not decoded but reported as malformed.
    """

    first_lines: int = 50
    lines: int = 500
    bytes: int = 4 << 20
    body_bytes: int = 64 << 20
    line_bytes: int = LONGEST_LINE_BYTES


class TraceBatch(msgspec.Struct, kw_only=True):
    """Lines that follow those of the batch before, blank ones left out, and where they stand in the log."""

    lines: list[TraceLine]
    offsets: list[int]
    """Byte place of each line's first byte."""
    lengths: list[int]
    """Bytes of each line, without its newline."""
    payloads: dict[str, bytes | PayloadFault]
    """Bodies by raw payload id. One that is not here is read on demand."""
    bytes_read: int
    """Bytes of the log that are done with, the torn tail included; more than `bytes_total` if the log was cut."""
    bytes_total: int
    """Bytes of the log when the batch was made."""
    torn_tail: int = 0
    """Bytes held back at the end of the log: a line without its newline."""
    restarted: bool = False
    """The log is read from its start again: everything from earlier batches is void."""
    restart_reason: RestartReason = "replaced"
    manifest: Manifest | None = None
    """With `restarted`: the manifest of what is read from here on."""
    fault: str | None = None
    """Why the log cannot be read at present, in one line."""
    change: LogChange | None = None
    """What became of the log while everything from earlier batches still counts; None if nothing did."""
    faults: tuple[Damage, ...] = ()
    """What is wrong with the bundle as a whole at present: a manifest may still come."""
    modified_ns: int = 0
    """When the log was written last, in nanoseconds since the Unix epoch."""
    awaited: tuple[str, ...] = ()
    """Labels of payloads that the next line names and that are still being written."""
    polling: str | None = None
    """Why the log is looked at all the time instead of being watched, in one line; None while it is watched."""


class BatchReader:
    """Reads one bundle as far as it is written, and on when asked again. For one thread at a time."""

    def __init__(
        self,
        bundle: Bundle,
        payloads: PayloadStore,
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
        return _BatchBuilder(self._payloads, self._parts, self._limits, line_limit, patience)

    def _start_over(self) -> None:
        self.complete = False
        self._parts = PartLists()
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
        self, payloads: PayloadStore, parts: PartLists, limits: BatchLimits, line_limit: int, patience: Patience
    ) -> None:
        self.lines: list[TraceLine] = []
        self.offsets: list[int] = []
        self.lengths: list[int] = []
        self.payloads: dict[str, bytes | PayloadFault] = {}
        self.complete = False
        self.awaited: tuple[str, ...] = ()
        self._store = payloads
        self._parts = parts
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
            for ref in always_needed(line.event.payload, line.event.schema_version):
                known = self._refs.get(ref.raw_payload_id, ref)
                if known.place != ref.place or known.parts != ref.parts:
                    return False  # an id used again for another body: a batch can only carry one of them
                if not self._fetch(ref, raw.offset):
                    self.awaited = (ref.label,)
                    return False
            self.complete = self.complete or isinstance(line.event.payload, RecordingCompleted)
        self.lines.append(line)
        self.offsets.append(raw.offset)
        self.lengths.append(raw.length)
        self._room_lines -= 1
        self._room_bytes -= len(raw.data)
        return True

    def _fetch(self, ref: RawPayloadRef, offset: int) -> bool:
        """Read a body ahead, for the line at `offset`; return whether the line need not wait for it."""
        if ref.raw_payload_id in self._refs:
            return True
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


def cut_behind(batch: TraceBatch, until: Until) -> bool:
    """Leave out of a batch what lies behind a moment; whether nothing did, so that more may follow."""
    kept = next((number for number, line in enumerate(batch.lines) if until.is_before(line)), None)
    if kept is None:
        return True
    del batch.lines[kept:], batch.offsets[kept:], batch.lengths[kept:]
    return False


def read_batches(bundle: Bundle, payloads: PayloadStore, limits: BatchLimits | None = None) -> Iterator[TraceBatch]:
    """Read the bundle as it is now, from beginning to end, and stop: for scripts and tests."""
    reader = BatchReader(bundle, payloads, limits)
    try:
        while batch := reader.next():
            yield batch
        if batch := reader.finish():
            yield batch
    finally:
        reader.close()
