"""Lines of a recording on their way to the store, with the payload bodies that they surely need."""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec

from tui.schema.damage import Damage
from tui.schema.decode import TraceLine
from tui.schema.manifest import Manifest
from tui.schema.until import Until
from tui.source.fault import PayloadFault
from tui.source.log_change import LogChange

LONGEST_LINE_BYTES = 256 << 20
"""A longer line is not kept: only its start is, so that an endless line cannot fill the memory."""

RestartReason = Literal["replaced", "cut short", "manifest", "other manifest", "corrected", "changed"]
"""Why a log is read from its start again: another one is there, it was cut and continues differently, a manifest came
late or another one is there, a payload came late, or files changed of which a reading was kept."""


class BatchLimits(msgspec.Struct, frozen=True):
    """How much one batch may hold. A batch ends at the first limit reached; it always holds at least one line.

    `first_lines` is small so that the first rows appear at once; each batch may hold twice as many lines as the one
    before, up to `lines`. `bytes` counts lines and payload bodies together. A body above `body_bytes` is not read
    ahead. A line above `line_bytes` is not decoded but reported as malformed.
    """

    first_lines: int = 50
    lines: int = 1_000
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


class BatchReader(Protocol):
    """Reads one recording as far as it is written, and on when asked again. For one thread at a time."""

    complete: bool
    """Whether the recording says itself that nothing follows, and all of it was read."""

    def next(self) -> TraceBatch | None:
        """What comes next, or None if there is nothing new; the first call always returns a batch."""
        ...

    def finish(self) -> TraceBatch | None:
        """The last line although its end is missing, for a recording that grows no more; None if there is none."""
        ...

    def close(self) -> None:
        """Give back what reading needs."""
        ...


def cut_behind(batch: TraceBatch, until: Until) -> bool:
    """Leave out of a batch what lies behind a moment; whether nothing did, so that more may follow."""
    kept = next((number for number, line in enumerate(batch.lines) if until.is_before(line)), None)
    if kept is None:
        return True
    del batch.lines[kept:], batch.offsets[kept:], batch.lengths[kept:]
    return False
