"""Counts a text that few payloads hold, without reading the log: only what names those few is looked up in it.

A log names every item of every prompt again, so reading it for its references takes longer than searching all bodies.
This answers only where the answer is surely that of the long way, and says so otherwise (`None`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from mmap import ACCESS_READ, mmap
from typing import Final, NamedTuple, Protocol

from tui.bundle.catalog.numbered_files import NumberedFiles
from tui.bundle.disk.confine import ConfinedDirectory, RefusedPathError
from tui.bundle.files import BundleFiles
from tui.bundle.payloads.shards.runs import RecordRun, ShardRuns
from tui.schema.decode import EventLine, decode_line
from tui.schema.payloads import NO_PARTS, RawPayloadRef
from tui.schema.rules import rules_for
from tui.source.search import RecordFinder

_MOST_FOUND: Final = 16
"""Payloads that are looked up in the log; where more hold the text, reading it is quicker."""

_LOOKED_AT_END: Final = 1 << 20
"""Bytes at the end of the log that must name no payload that is not there."""

_PREFIX: Final = b"raw_payload:"


class _Found(NamedTuple):
    """A payload that holds the text, or may hold it; in a file of its own if it has no shard."""

    number: int
    shard: int | None

    @property
    def place(self) -> bytes:
        """What the log says of where it is."""
        return b'"shard":%d' % self.shard if self.shard is not None else b'"path":"payloads/%d.json"' % self.number


def payloads_with(bundle: BundleFiles, finder: RecordFinder) -> list[RawPayloadRef] | None:
    """The payloads that can hold the text, in the order in which the log names them; None if that takes reading it."""
    if finder.is_regex or not finder.is_verbatim or bundle.faults or bundle.joined is not None:
        return None
    directory = ConfinedDirectory(bundle.path)
    has_shards = rules_for(bundle.manifest.schema_version).has_shards
    records: _Searched = _Records(finder) if has_shards else _Files(finder)
    if not records.read(directory):
        return None
    try:
        descriptor, status = directory.open_file(bundle.log_name)
    except RefusedPathError:
        return None
    try:
        if not status.st_size:
            return None
        with mmap(descriptor, 0, access=ACCESS_READ) as log:
            return _Log(log).references(records) if _ends_within(log, records.count) else None
    except (OSError, ValueError):
        return None
    finally:
        os.close(descriptor)


class _Searched(Protocol):
    """The payloads of a bundle, searched: how many there are, and those that may hold the text."""

    @property
    def count(self) -> int: ...

    @property
    def found(self) -> Sequence[_Found]: ...

    def read(self, directory: ConfinedDirectory) -> bool:
        """Search all of them; False if that cannot answer."""
        ...


class _Files:
    """The payload files of a bundle of an older schema."""

    def __init__(self, finder: RecordFinder) -> None:
        self._files = NumberedFiles(finder, _MOST_FOUND)

    @property
    def count(self) -> int:
        return self._files.count

    @property
    def found(self) -> list[_Found]:
        return [_Found(number, None) for number in self._files.found]

    def read(self, directory: ConfinedDirectory) -> bool:
        """As `NumberedFiles.read`."""
        return self._files.read(directory)


class _Records:
    """The records of all shards of a bundle, which must be numbered 1, 2, 3 … without a gap."""

    def __init__(self, finder: RecordFinder) -> None:
        self.count = 0
        self.found: list[_Found] = []
        self._finder = finder

    def read(self, directory: ConfinedDirectory) -> bool:
        """Search all shards; False if one is not as recorders write them, or too many records may hold the text."""
        number, is_open = 1, False
        while True:
            runs = ShardRuns(directory, number, self._finder.window)
            try:
                is_usual = all(self._search(run, number) for run in runs)
            except RefusedPathError as refusal:
                return refusal.code == "missing" and number > 1
            except OSError:
                return False
            if is_open or not is_usual or not runs.is_whole:  # an open shard must be the last one
                return False
            number, is_open = number + 1, runs.is_open

    def _search(self, run: RecordRun, shard: int) -> bool:
        first = self.count + 1
        self.count += len(run.ids)
        if run.is_left_out or b"\n".join(run.ids) != _ids(first, self.count):
            return False
        counts = self._finder.counts(run.data, run.spans)
        held = set() if counts is None else {place for place, count in enumerate(counts) if count}
        # What is written of fragments with escapes in them may not be what they say.
        held.update(run.escaped_fragments())
        self.found += [_Found(first + place, shard) for place in sorted(held)]
        return len(self.found) <= _MOST_FOUND


def _ids(first: int, last: int) -> bytes:
    """The ids of records as recorders number them, on a line each."""
    return ("raw_payload:" + "\nraw_payload:".join(map(str, range(first, last + 1)))).encode()


class _Log:
    """Looks up single payloads in the bytes of a log."""

    def __init__(self, data: mmap) -> None:
        self._data = data

    def references(self, records: _Searched) -> list[RawPayloadRef] | None:
        """What names the records first, in the order of the log; None if one is not named as recorders do."""
        placed: list[tuple[int, int, RawPayloadRef]] = []
        for found in records.found:
            reference = self._first(found)
            if reference is None:
                return None
            placed.append(reference)
        return [ref for _, _, ref in sorted(placed, key=lambda one: one[:2])]

    def _first(self, found: _Found) -> tuple[int, int, RawPayloadRef] | None:
        """Where the first line begins that names a record, the place of its reference there, and that."""
        data, name = self._data, b'"raw_payload:%d"' % found.number
        at = data.find(name)
        if at < 0:
            return None
        start, end = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at)
        line = None if end < 0 else decode_line(data[start:end], 2)
        if not isinstance(line, EventLine) or line.oddities:
            return None
        wanted = f"raw_payload:{found.number}"
        for place, ref in enumerate(_walk(line.event.payload.payload_refs())):
            if ref.raw_payload_id == wanted:
                is_sure = ref.shard == found.shard and self._is_always_named_so(ref, found, name, at)
                return (start, place, ref) if is_sure else None
        return None

    def _is_always_named_so(self, ref: RawPayloadRef, found: _Found, name: bytes, at: int) -> bool:
        """Whether all the log says of a payload is the same: then it is one body."""
        data = self._data
        if ref.parts is not NO_PARTS:
            return data.find(name, at + 1) < 0
        said = name + b',"kind":{"type":"%b"},%b}' % (ref.kind.type.encode(), found.place)
        while at >= 0:
            if data[at : at + len(said)] != said:
                return False
            at = data.find(name, at + len(said))
        return True


def _walk(refs: Sequence[RawPayloadRef]) -> Iterator[RawPayloadRef]:
    """References and their parts, each before its parts."""
    for ref in refs:
        yield ref
        yield from _walk(list(ref.parts))


def _ends_within(log: mmap, count: int) -> bool:
    """Whether the end of the log is whole, and names the last record and none behind it."""
    end = log[max(0, len(log) - _LOOKED_AT_END) :]
    numbers = [piece.partition(b'"')[0] for piece in end.split(b'"' + _PREFIX)[1:]]
    named = {int(number) for number in numbers if number.isdigit()}
    return end.endswith(b"\n") and len(named) > 0 and max(named) == count
