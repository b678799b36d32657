"""A whole reading as pieces of bytes, and back, in steps: both run on the event loop, between the keys."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, Final

import msgspec

from tui.analysis.as_of.chronicle import Chronicle
from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.recording.event_log import EventLog
from tui.cache.graph import (
    FactRun,
    ItemLists,
    ObjectReader,
    ObjectRun,
    PartsRecord,
    RefRun,
    Shared,
    all_refs,
    bare_trace,
    fact_runs,
    object_runs,
    parts_record,
    ref_runs,
    restore_parts,
    restored_refs,
)
from tui.cache.history import (
    BirthsRecord,
    ChangesRun,
    HistoryFrame,
    HistoryReader,
    ValuesRun,
    history_records,
    noting_maps,
    shared_values,
)
from tui.cache.links import IndexRecord, LinksRecord, index_record, link_records, restore_links, restored_index
from tui.cache.names import Names, NamesRecord, Numbering, runs
from tui.cache.one_text import share_texts
from tui.cache.rows import RowsRecord, restored_rows, rows_record
from tui.model.diagnostic import Diagnostic
from tui.model.ids import RawPayloadId
from tui.model.trace import GRAPH_MAPS, RolloutTrace
from tui.readings.growing import GrowingReading
from tui.reducer.reducer import TraceReducer
from tui.schema.manifest import Manifest
from tui.schema.payloads import RawPayloadRef


class Frame(msgspec.Struct, array_like=True, tag="frame"):
    """What a reading has once: the trace without its maps, and the findings."""

    manifest: Manifest
    trace: RolloutTrace
    diagnostics: list[Diagnostic]
    finding_counts: dict[str, int]
    counted: list[tuple[str, str, int]]


_Piece = (
    Frame
    | ObjectRun
    | ItemLists
    | RefRun
    | PartsRecord
    | NamesRecord
    | FactRun
    | IndexRecord
    | LinksRecord
    | RowsRecord
    | HistoryFrame
    | BirthsRecord
    | ValuesRun
    | ChangesRun
)

_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final[msgspec.msgpack.Decoder[Any]] = msgspec.msgpack.Decoder(_Piece)

_REFS_PER_STEP: Final = 5_000

UNFIT: Final = (msgspec.DecodeError, ValueError, TypeError, LookupError, OverflowError, RecursionError)
"""What is raised for pieces that are not those of a reading."""


def pieces_of(reading: GrowingReading) -> Iterator[bytes | None]:
    """The pieces of a reading, which must not change meanwhile; None after a step that gives none.

    Raises one of `UNFIT` for a reading that cannot be written down as it is.
    """
    reducer, trace, chronicle = reading.reducer, reading.reducer.trace, reading.chronicle
    frame = Frame(
        reading.manifest, bare_trace(trace), reducer.diagnostics, dict(reducer.finding_counts), reducer.counted
    )
    yield _encoder.encode(frame)
    shared = Shared()
    for run in object_runs(trace, shared, () if chronicle is None else shared_values(chronicle)):
        yield _encoder.encode(run)
    refs = all_refs(list(trace.raw_payloads.values()), [one.payload for one in reading.event_log.notices])
    yield None
    number_of = {id(ref): number for number, ref in enumerate(refs)}
    for refs_run in ref_runs(refs):
        yield _encoder.encode(refs_run)
    yield _encoder.encode(parts_record(refs, number_of, len(trace.raw_payloads)))
    numbering = Numbering(_known_names(trace))
    later: list[bytes] = []  # the names come first, and are known last
    for record in _numbered(reading, numbering, number_of):
        later.append(_encoder.encode(record))
        yield None
    history: list[bytes] = []
    if chronicle is not None:
        yield from _history_pieces(chronicle, numbering, shared, history)
    yield _encoder.encode(numbering.record())
    yield from later
    yield from history


def _history_pieces(chronicle: Chronicle, numbering: Numbering, shared: Shared, pieces: list[bytes]) -> Iterator[None]:
    """Put what is noted of each line into `pieces`, in steps; nothing if it cannot be written down as it is."""
    try:
        for record in history_records(chronicle, numbering, shared.place):
            if record is not None:
                pieces.append(_encoder.encode(record))
            yield
    except UNFIT:
        pieces.clear()  # then earlier moments are found by reading the log again


def _numbered(reading: GrowingReading, numbering: Numbering, number_of: dict[int, int]) -> Iterator[msgspec.Struct]:
    yield index_record(reading.index, numbering)
    yield from fact_runs(reading.reducer.trace.evidence, numbering)
    yield from link_records(reading.index, numbering)
    yield rows_record(reading.event_log, numbering, number_of)


def _known_names(trace: RolloutTrace) -> Iterator[str]:
    """Ids that the graph holds, so that a record need not."""
    return chain.from_iterable(getattr(trace, name) for name in GRAPH_MAPS)


class ReadingReader:
    """Makes a reading of its pieces, one at a time, in their order. Raises one of `UNFIT` for any other pieces."""

    def __init__(self) -> None:
        self._frame: Frame | None = None
        self._objects: ObjectReader | None = None
        self._refs: list[RawPayloadRef] = []
        self._names: Names | None = None
        self._index: TraceIndex | None = None
        self._event_log: EventLog | None = None
        self._history: HistoryReader | None = None

    @property
    def is_complete(self) -> bool:
        """Whether the reading can be had. Only what is noted of each line comes later."""
        return self._event_log is not None

    def take(self, data: bytes | memoryview) -> Iterator[None]:
        """Take the next piece, in steps."""
        piece = _decoder.decode(data)
        match piece:
            case Frame():
                noting_maps(piece.trace)
                self._frame, self._objects = piece, ObjectReader(piece.trace)
            case ObjectRun():
                self._of_graph().take_objects(piece)
            case ItemLists():
                self._of_graph().take_lists(piece)
            case RefRun():
                self._refs += restored_refs(piece)
            case PartsRecord():
                yield from restore_parts(piece, self._refs)
                yield from self._register(piece.registered)
            case NamesRecord():
                self._names = Names(_known_names(self._trace), piece)
                yield from self._names.make()
            case FactRun():
                self._of_graph().take_facts(piece, self._known())
            case IndexRecord():
                self._index = restored_index(self._trace, piece, self._known())
            case LinksRecord() if self._index is not None:
                restore_links(self._index, piece, self._known())
            case RowsRecord():
                self._event_log = restored_rows(piece, self._known(), self._refs)
            case HistoryFrame() | BirthsRecord() | ValuesRun() | ChangesRun() if self._frame is not None:
                yield from self._notes().take(piece)
            case _:
                raise ValueError("the pieces are not in their order")
        yield

    def reading(self, notes: Iterator[Chronicle | None]) -> GrowingReading:
        """The reading, once it is complete. `notes` take the rest of the pieces and give `chronicle` in the end."""
        frame, index, event_log = self._frame, self._index, self._event_log
        if frame is None or index is None or event_log is None:
            raise ValueError("pieces are missing")
        reducer = TraceReducer.restored(
            frame.manifest, frame.trace, frame.diagnostics, frame.finding_counts, frame.counted
        )
        return GrowingReading.restored(reducer, index, event_log, frame.manifest, notes)

    def chronicle(self) -> Chronicle | None:
        """What is noted of each line, after the last piece; None if that was not written down."""
        return None if self._history is None else self._history.chronicle()

    def share_texts(self) -> Iterator[None]:
        """Let the graph hold each id once, in steps; what is shown of it stays as it is."""
        return share_texts(self._trace)

    @property
    def _trace(self) -> RolloutTrace:
        if self._frame is None:
            raise ValueError("the frame is missing")
        return self._frame.trace

    def _register(self, count: int) -> Iterator[None]:
        known = self._trace.raw_payloads
        for run in runs(islice(self._refs, count), _REFS_PER_STEP):
            dict.update(known, ((RawPayloadId(ref.raw_payload_id), ref) for ref in run))
            yield
        if len(known) != count:
            raise ValueError("payloads are missing")

    def _of_graph(self) -> ObjectReader:
        if self._objects is None:
            raise ValueError("the frame is missing")
        return self._objects

    def _known(self) -> Names:
        if self._names is None:
            raise ValueError("the names are missing")
        return self._names

    def _notes(self) -> HistoryReader:
        if self._history is None:
            if self._frame is None or self._event_log is None:
                raise ValueError("the notes come before the reading")
            about = (self._trace, self._frame.diagnostics, self._event_log, self._known())
            self._history = HistoryReader(*about, self._of_graph().shared)
        return self._history
