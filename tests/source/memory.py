"""A recording that is a few events in memory: no directory, no file, nothing to watch."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path

import msgspec

from tests.reducer.recording import Recording
from tui.schema.damage import Damage
from tui.schema.decode import EventLine, TraceLine
from tui.schema.manifest import Manifest
from tui.schema.needs import always_needed
from tui.schema.parts import PartLists
from tui.schema.payloads import RawPayloadRef
from tui.source.batch import BatchLimits, TraceBatch
from tui.source.fault import PayloadFault
from tui.source.fragments import Fragments
from tui.source.lines import RawLine, decode_raw_line
from tui.source.pages import MemoryPages, PayloadPages
from tui.source.search import RecordFinder
from tui.source.source import Payloads
from tui.source.writer import LogWriter


class MemorySource:
    """The events and payloads of a `Recording`. Events that are added to it later are followed."""

    def __init__(self, recording: Recording, name: str = "in memory") -> None:
        self.name = name
        self.path: Path | None = None
        self.log_name = "the events"
        self.faults: tuple[Damage, ...] = ()
        self.manifest: Manifest = recording.manifest
        self.news = asyncio.Event()
        """To be set when events were added."""
        self.recording = recording

    @property
    def lines(self) -> list[bytes]:
        """The events as a log would hold them."""
        return [_as_json(line) for line in self.recording.lines]

    def open_payloads(self) -> MemoryPayloads:
        return MemoryPayloads(self.recording.bodies)

    def open_reader(self, payloads: Payloads, limits: BatchLimits | None = None) -> MemoryReader:
        return MemoryReader(lambda: self.lines, payloads)

    async def follow(
        self, payloads: Payloads, stop: asyncio.Event, again: asyncio.Event
    ) -> AsyncGenerator[TraceBatch, None]:
        reader = self.open_reader(payloads)
        while not stop.is_set():
            batch = reader.next()
            if batch is None:
                await asyncio.wait(
                    [asyncio.create_task(one.wait()) for one in (stop, self.news)],
                    return_when=asyncio.FIRST_COMPLETED,
                )
                self.news.clear()
            else:
                yield batch

    def open_lines(self) -> MemoryLines:
        return MemoryLines(self.lines)

    def line_pages(self) -> PayloadPages | PayloadFault:
        return MemoryPages(b"".join(line + b"\n" for line in self.lines))

    def waiting_lines(self, offset: int) -> Waiting:
        return Waiting(lambda: self.lines, offset)

    def writer(self) -> LogWriter:
        return LogWriter("gone")


class MemoryPayloads:
    """Bodies by id."""

    def __init__(self, bodies: dict[str, bytes]) -> None:
        self._bodies = bodies

    def read(self, ref: RawPayloadRef, limit: int | None = None) -> bytes | PayloadFault:
        body = self._bodies.get(ref.raw_payload_id)
        if body is None:
            return PayloadFault("missing", f"{ref.label}: is not in memory")
        if limit is not None and len(body) > limit:
            return PayloadFault("too-large", f"{ref.label}: has {len(body):,} bytes")
        return body

    read_once = read

    def read_joined(self, ref: RawPayloadRef, separator: str, limit: int | None = None) -> bytes | PayloadFault:
        return self.read(ref, limit)

    def read_fragments(self, ref: RawPayloadRef) -> Fragments | PayloadFault:
        body = self.read(ref)
        return body if isinstance(body, PayloadFault) else Fragments((body,), ref.parts)

    def fragment_starts(self, ref: RawPayloadRef) -> Sequence[int] | None:
        return [0]

    def bulk_counts(self, finder: RecordFinder) -> NoCounts:
        return NoCounts()

    def size(self, ref: RawPayloadRef) -> int | PayloadFault:
        body = self.read(ref)
        return body if isinstance(body, PayloadFault) else len(body)

    def pages(self, ref: RawPayloadRef) -> PayloadPages | PayloadFault:
        body = self.read(ref)
        return body if isinstance(body, PayloadFault) else MemoryPages(body)

    def forget(self) -> None:
        pass


class NoCounts:
    """Every body is searched by itself."""

    def is_nowhere_in(self, ref: RawPayloadRef) -> bool:
        return False

    def count(self, ref: RawPayloadRef) -> int | None:
        return None


class MemoryReader:
    """All lines that are there in one batch."""

    def __init__(self, lines: Callable[[], list[bytes]], payloads: Payloads) -> None:
        self.complete = False
        self._lines = lines
        self._payloads = payloads
        self._parts = PartLists()
        self._taken = 0
        self._asked = False

    def next(self) -> TraceBatch | None:
        lines = self._lines()
        raw = raw_lines(lines)[self._taken :]
        if self._asked and not raw:
            return None
        self._asked, self._taken = True, len(lines)
        decoded = [line for one in raw if (line := decode_raw_line(one, self._parts)) is not None]
        refs = [
            ref
            for line in decoded
            if isinstance(line, EventLine)
            for ref in always_needed(line.event.payload, line.event.schema_version)
        ]
        total = sum(len(line) + 1 for line in lines)
        return TraceBatch(
            lines=decoded,
            offsets=[one.offset for one in raw],
            lengths=[one.length for one in raw],
            payloads={ref.raw_payload_id: self._payloads.read_once(ref) for ref in refs},
            bytes_read=total,
            bytes_total=total,
        )

    def finish(self) -> TraceBatch | None:
        return None

    def close(self) -> None:
        pass


class MemoryLines:
    """The lines that were there when it was made."""

    def __init__(self, lines: list[bytes]) -> None:
        self._left = raw_lines(lines)

    def look(self) -> bool:
        return False

    def next_line(self) -> RawLine | None:
        return self._left.pop(0) if self._left else None

    def fill(self) -> bool:
        return False

    def close(self) -> None:
        pass


class Waiting:
    """Lines from an offset on."""

    def __init__(self, lines: Callable[[], list[bytes]], offset: int) -> None:
        self._lines = lines
        self._offset = offset

    def count(self) -> int:
        return sum(one.offset >= self._offset for one in raw_lines(self._lines()))


def raw_lines(lines: list[bytes]) -> list[RawLine]:
    """Lines with their numbers and places."""
    found: list[RawLine] = []
    offset = 0
    for number, data in enumerate(lines, 1):
        found.append(RawLine(number, offset, len(data), data))
        offset += len(data) + 1
    return found


def _as_json(line: TraceLine) -> bytes:
    assert isinstance(line, EventLine)
    event = line.event
    fields = {name: value for name in event.__struct_fields__ if (value := getattr(event, name)) is not None}
    return msgspec.json.encode(fields, enc_hook=list)
