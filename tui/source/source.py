"""The seam: what a reader of recordings must offer, so that the rest of the program can show what it reads."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tui.schema.damage import Damage
from tui.schema.manifest import Manifest
from tui.schema.payloads import RawPayloadRef
from tui.source.batch import BatchLimits, BatchReader, TraceBatch
from tui.source.fault import PayloadFault
from tui.source.fragments import Fragments
from tui.source.lines import RawLine
from tui.source.pages import PayloadPages
from tui.source.search import BulkCounts, RecordFinder
from tui.source.writer import LogWriter

if TYPE_CHECKING:
    import asyncio  # scripts that read once do without


class Payloads(Protocol):
    """The payloads of one recording. May be used by several threads; nothing here raises for what was recorded."""

    def read(self, ref: RawPayloadRef, limit: int | None = None) -> bytes | PayloadFault:
        """The whole body, parts put in, or `too-large` if it has more than `limit` bytes. It may be kept."""
        ...

    def read_once(self, ref: RawPayloadRef, limit: int | None = None) -> bytes | PayloadFault:
        """Like `read`, for reading a recording through: nothing is kept."""
        ...

    def read_joined(self, ref: RawPayloadRef, separator: str, limit: int | None = None) -> bytes | PayloadFault:
        """The body with a separator in the place of each part."""
        ...

    def read_fragments(self, ref: RawPayloadRef) -> Fragments | PayloadFault:
        """What the body is made of, without its parts."""
        ...

    def fragment_starts(self, ref: RawPayloadRef) -> Sequence[int] | None:
        """Where each text of the body begins in the whole of it, parts put in; None if that cannot be assembled."""
        ...

    def bulk_counts(self, finder: RecordFinder) -> BulkCounts:
        """A search through many bodies at once, as far as that is possible."""
        ...

    def size(self, ref: RawPayloadRef) -> int | PayloadFault:
        """Bytes of the body, parts put in."""
        ...

    def pages(self, ref: RawPayloadRef) -> PayloadPages | PayloadFault:
        """Random access to the body, however large it is."""
        ...

    def forget(self) -> None:
        """Drop all that is kept."""
        ...


class RawLines(Protocol):
    """The lines as they are recorded, from the first on. For one thread at a time."""

    def look(self) -> bool:
        """See what became of the recording; whether its lines come from the first on again."""
        ...

    def next_line(self) -> RawLine | None:
        """The next line that was read; None if there is none yet."""
        ...

    def fill(self) -> bool:
        """Read on; whether there was anything."""
        ...

    def close(self) -> None:
        """Give back what reading needs."""
        ...


class WaitingLines(Protocol):
    """Counts the lines that wait while nobody takes them in. For one thread at a time."""

    def count(self) -> int:
        """How many lines there are now."""
        ...


class Source(Protocol):
    """One recording, which may still grow. Opening one reads no more than its identity."""

    @property
    def name(self) -> str:
        """What people call it: short, on one line."""
        ...

    @property
    def path(self) -> Path | None:
        """The directory that it is, into which nothing is ever written; None if it is none."""
        ...

    @property
    def manifest(self) -> Manifest:
        """Whose recording it is, as it was when it was opened."""
        ...

    @property
    def faults(self) -> tuple[Damage, ...]:
        """What is wrong with the recording as a whole."""
        ...

    @property
    def log_name(self) -> str:
        """What people call that which holds its lines."""
        ...

    def open_payloads(self) -> Payloads:
        """The way to its payloads, for as long as it is open."""
        ...

    def open_reader(self, payloads: Payloads, limits: BatchLimits | None = None) -> BatchReader:
        """A reader of its lines, from the first on."""
        ...

    def follow(self, payloads: Payloads, stop: asyncio.Event, again: asyncio.Event) -> AsyncGenerator[TraceBatch, None]:
        """Its lines, then what is added, until `stop` is set; `again` makes it begin from the first."""
        ...

    def open_lines(self) -> RawLines:
        """Its lines as they are recorded."""
        ...

    def line_pages(self) -> PayloadPages | PayloadFault:
        """The bytes in which the lines are, at the offsets that batches name."""
        ...

    def waiting_lines(self, offset: int) -> WaitingLines:
        """A counter of the lines from an offset on."""
        ...

    def writer(self) -> LogWriter:
        """Who can still write it. Never raises, and takes a fraction of a second at most."""
        ...
