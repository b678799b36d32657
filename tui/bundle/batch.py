"""From a bundle on disk to batches of decoded lines with the payload bodies that they surely need."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tui.bundle.identity import inferred_manifest, is_nameless
from tui.bundle.lines import LONGEST_LINE_BYTES, RawLine, decode_raw_line
from tui.bundle.log import LogReader
from tui.bundle.open import Bundle, bundle_with, read_manifest
from tui.bundle.payloads import PayloadFault, PayloadStore
from tui.schema.damage import Damage
from tui.schema.decode import EventLine, TraceLine
from tui.schema.events import RecordingCompleted
from tui.schema.manifest import MANIFEST_FILE_NAME, Manifest, ManifestError
from tui.schema.needs import always_needed
from tui.schema.payloads import RawPayloadRef

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
    """Bytes of the log that are done with, the torn tail included: all of them when it equals `bytes_total`."""
    bytes_total: int
    """Bytes of the log when the batch was made."""
    torn_tail: int = 0
    """Bytes held back at the end of the log: a line without its newline."""
    restarted: bool = False
    """Another recording stands here now: everything from earlier batches is void."""
    manifest: Manifest | None = None
    """With `restarted`: the manifest of what is read from here on."""
    fault: str | None = None
    """Why the log cannot be read at present, in one line."""
    faults: tuple[Damage, ...] = ()
    """What is wrong with the bundle as a whole at present: a manifest may still come."""
    modified_ns: int = 0
    """When the log was written last, in nanoseconds since the Unix epoch."""


class BatchReader:
    """Reads one bundle as far as it is written, and on when asked again. For one thread at a time."""

    def __init__(self, bundle: Bundle, payloads: PayloadStore, limits: BatchLimits | None = None) -> None:
        self.complete = False
        """Whether `recording_completed` was read: the recorder will write nothing more."""
        self._bundle = bundle
        self._manifest = bundle.manifest
        self._faults = bundle.faults
        self._payloads = payloads
        self._limits = limits or BatchLimits()
        self._log = LogReader(bundle.log_path, longest_line=self._limits.line_bytes)
        self._manifest_stamp: tuple[int, int, int] | None = None
        self._line_limit = self._limits.first_lines
        self._reported: tuple[int, int, int, str | None, tuple[Damage, ...]] | None = None

    def next(self) -> TraceBatch | None:
        """Return what comes next, or None if there is nothing new.

        The first call always returns a batch, so that the reader of an empty log learns that it is empty. A batch
        without lines reports progress, a torn tail, a new fault or a restart.
        """
        restarted = self._look()
        before = self._reported
        builder = _BatchBuilder(self._payloads, self._limits, self._line_limit)
        while builder.wants_more and (line := self._next_line()):
            if not builder.add(line):
                self._log.put_back(line)
                break
        batch = self._batch(builder, restarted)
        if not (batch.lines or restarted) and self._reported == before:
            return None
        self._line_limit = min(self._limits.lines, self._line_limit * 2)
        return batch

    def finish(self) -> TraceBatch | None:
        """Return the last line although its newline is missing, if it is an event; for a log that grows no more."""
        line = self._log.finish()
        if line is None:
            return None
        builder = _BatchBuilder(self._payloads, self._limits, 1)
        builder.add(line)
        return self._batch(builder, restarted=False)

    def close(self) -> None:
        """Give the log's descriptor back."""
        self._log.close()

    def _start_over(self) -> None:
        self.complete = False
        self._line_limit = self._limits.first_lines
        self._reported = None

    def _look(self) -> bool:
        """See what became of the files; return whether another recording stands there now."""
        replaced = self._manifest_replaced() or self._learned_whose()
        if replaced:
            self._log.restart()
        elif not self._log.look():
            return False
        self._start_over()
        self._payloads.forget()
        return True

    def _next_line(self) -> RawLine | None:
        line = self._log.next_line()
        start = self._log.offset
        while line is None and self._log.offset - start < self._limits.bytes and self._log.fill():
            line = self._log.next_line()
        return line

    def _batch(self, builder: _BatchBuilder, restarted: bool) -> TraceBatch:
        self.complete = self.complete or builder.complete
        self._reported = (self._log.taken, self._log.offset, self._log.size, self._log.fault, self._faults)
        return TraceBatch(
            lines=builder.lines,
            offsets=builder.offsets,
            lengths=builder.lengths,
            payloads=builder.payloads,
            bytes_read=self._log.taken,
            bytes_total=self._log.size,
            torn_tail=self._log.held,
            restarted=restarted,
            manifest=self._manifest if restarted else None,
            fault=self._log.fault,
            faults=self._faults,
            modified_ns=self._log.modified_ns,
        )

    def _manifest_replaced(self) -> bool:
        stamp = self._stamp_of_manifest()
        if stamp == self._manifest_stamp or stamp is None:
            return False
        self._manifest_stamp = stamp
        try:
            manifest = read_manifest(self._bundle.path)
        except (OSError, ManifestError):
            self._manifest_stamp = None  # being written, perhaps: look again next time
            return False
        replaced = manifest.trace_id != self._manifest.trace_id
        self._manifest = manifest
        self._faults = bundle_with(self._bundle.path, manifest).faults
        return replaced

    def _learned_whose(self) -> bool:
        """Where no manifest told it: see whether the log has its first events by now."""
        if not is_nameless(self._manifest):
            return False
        try:
            inferred = inferred_manifest(self._bundle.log_path)
        except OSError:
            return False
        self._manifest = inferred or self._manifest
        return inferred is not None

    def _stamp_of_manifest(self) -> tuple[int, int, int] | None:
        try:
            status = (self._bundle.path / MANIFEST_FILE_NAME).stat()
        except OSError:
            return None
        return status.st_ino, status.st_size, status.st_mtime_ns


class _BatchBuilder:
    """One batch while it is being filled."""

    def __init__(self, payloads: PayloadStore, limits: BatchLimits, line_limit: int) -> None:
        self.lines: list[TraceLine] = []
        self.offsets: list[int] = []
        self.lengths: list[int] = []
        self.payloads: dict[str, bytes | PayloadFault] = {}
        self.complete = False
        self._store = payloads
        self._limits = limits
        self._room_lines = line_limit
        self._room_bytes = limits.bytes
        self._paths: dict[str, str] = {}

    @property
    def wants_more(self) -> bool:
        return self._room_lines > 0 and self._room_bytes > 0

    def add(self, raw: RawLine) -> bool:
        """Take a line; return False if it belongs into the next batch."""
        line = decode_raw_line(raw)
        if line is None:
            self._room_bytes -= raw.length + _COST_OF_BLANK_BYTES
            return True
        if isinstance(line, EventLine):
            for ref in always_needed(line.event.payload):
                if self._paths.get(ref.raw_payload_id, ref.path) != ref.path:
                    return False  # an id used again for another file: a batch can only carry one of them
                self._fetch(ref)
            self.complete = self.complete or isinstance(line.event.payload, RecordingCompleted)
        self.lines.append(line)
        self.offsets.append(raw.offset)
        self.lengths.append(raw.length)
        self._room_lines -= 1
        self._room_bytes -= len(raw.data)
        return True

    def _fetch(self, ref: RawPayloadRef) -> None:
        if ref.raw_payload_id in self._paths:
            return
        self._paths[ref.raw_payload_id] = ref.path
        body = self._store.read_once(ref, self._limits.body_bytes)
        if isinstance(body, bytes):
            self._room_bytes -= len(body)
        elif body.code == "too-large":
            return
        self.payloads[ref.raw_payload_id] = body


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
