"""The notes of what each line changed, as columns of numbers and lists of values, and back.

They let an earlier moment be shown (`tui.analysis.as_of`). Nobody waits for them when a recording is opened, so they
are the last pieces of a reading.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin

import msgspec

from tui.analysis.as_of.chronicle import Chronicle
from tui.analysis.recording.event_log import EventLog
from tui.cache.names import NameColumn, Names, Numbering, numbers_of, runs
from tui.model.diagnostic import Diagnostic
from tui.model.evidence import EVIDENCE_MAPS, TraceEvidence
from tui.model.recorded import Changes, Recorded, RecordedMap, Removal
from tui.model.trace import GRAPH_MAPS, RolloutTrace
from tui.schema.events import ExecutionStatus
from tui.schema.sequence import SharedSequence

_CHANGES_IN_RUN: Final = 5_000
_VALUES_IN_RUN: Final = 1_000
_OWNERS_PER_STEP: Final = 10_000

_NONE, _UNSET, _NUMBER, _NO_ITEMS, _FIRST_GROUP = range(5)
"""What a value from before is: none, unset, a whole number, an empty shared list, or the next one of a group."""

_End = tuple[int | None, int | None, ExecutionStatus]
"""What is noted of an execution window that had ended before."""


def _types_of_maps() -> dict[str, Any]:
    fields = (*msgspec.structs.fields(RolloutTrace), *msgspec.structs.fields(TraceEvidence))
    return {one.name: get_args(one.type)[1] for one in fields if get_origin(one.type) is dict}


_VALUES: Final = _types_of_maps()
"""Name of a map → the type of what it holds."""

_OWNING: Final = tuple(name for name, kind in _VALUES.items() if isinstance(kind, type) and issubclass(kind, Recorded))
"""Maps whose objects note their changes."""

_OWNERS: Final[dict[str, type[Recorded]]] = {
    kind.__name__: kind for kind in (RolloutTrace, Diagnostic, *(_VALUES[name] for name in _OWNING))
}
"""Types of all that notes its changes, by name."""


class HistoryFrame(msgspec.Struct, array_like=True, tag="history"):
    """What the notes have once. `start` has the fields of the trace before the first line, `groups` type and field."""

    start: RolloutTrace
    columns: dict[str, bytes]
    field_names: list[str]
    groups: list[tuple[str, str]]


class BirthsRecord(msgspec.Struct, array_like=True, tag="births"):
    """The lines with which the entries of a map came, and what was replaced in it and taken out of it."""

    name: str
    births: bytes
    replaced_in: bytes
    replaced: NameColumn
    before: msgspec.Raw
    removals: list[tuple[int, int, int]]
    removed: NameColumn
    removed_values: msgspec.Raw


class ValuesRun(msgspec.Struct, array_like=True, tag="values"):
    """Some values from before, of one group."""

    group: int
    values: msgspec.Raw


class ChangesRun(msgspec.Struct, array_like=True, tag="changes"):
    """Some changes: numbers of owners and of field names, what each value is, and those that are numbers."""

    owners: bytes
    fields: bytes
    codes: bytes
    numbers: list[int]


HistoryRecord = HistoryFrame | BirthsRecord | ValuesRun | ChangesRun


def shared_values(chronicle: Chronicle) -> Iterator[SharedSequence[Any]]:
    """The shared lists among the values from before; they are written with those of the graph."""
    for value in chronicle.changes.before:
        if isinstance(value, SharedSequence) and len(value):
            yield value


# Writing


def history_records(
    chronicle: Chronicle, numbering: Numbering, place: Callable[[Any], Any]
) -> Iterator[HistoryRecord | None]:
    """The notes in their order; None after a step that gives none. `place` is that of the graph's shared lists.

    Raises `ValueError` or `KeyError` for notes that cannot be written down as they are.
    """
    encoder = msgspec.msgpack.Encoder(enc_hook=place)
    changes, trace = chronicle.changes, chronicle.trace
    numbers: dict[int, int] = {}
    for number, owner in enumerate(_owners(trace, chronicle.diagnostics)):
        if numbers.setdefault(id(owner), number) != number:
            raise ValueError("an object is in the graph twice: its notes could not be told apart")
    yield None
    groups: dict[tuple[str, str], int] = {}
    values: list[list[Any]] = []
    runs_of_changes: list[ChangesRun] = []
    for start in range(0, len(changes), _CHANGES_IN_RUN):
        runs_of_changes.append(_changes_run(changes, slice(start, start + _CHANGES_IN_RUN), numbers, groups, values))
        yield None
    columns = {name: column.tobytes() for name, column in chronicle.columns().items()}
    yield HistoryFrame(RolloutTrace(**chronicle.start), columns, list(changes.field_numbers), list(groups))
    for name, entries in _maps(trace).items():
        yield _births_record(name, entries, numbering, encoder)
    for group, several in enumerate(values):
        for run in runs(several, _VALUES_IN_RUN):
            yield ValuesRun(group, msgspec.Raw(encoder.encode(run)))
    yield from runs_of_changes


def _changes_run(
    changes: Changes,
    part: slice,
    numbers: Mapping[int, int],
    groups: dict[tuple[str, str], int],
    values: list[list[Any]],
) -> ChangesRun:
    owners, fields, befores = changes.owners[part], changes.fields[part], changes.before[part]
    codes, whole = array("H"), list[int]()
    names = list(changes.field_numbers)
    for owner, field, before in zip(owners, fields, befores, strict=True):
        code = _code_of(before)
        if code == _NUMBER:
            whole.append(before)
        elif code == _FIRST_GROUP:
            group = groups.setdefault((type(owner).__name__, names[field]), len(groups))
            if group == len(values):
                values.append([])
            values[group].append(before)
            code += group
        codes.append(code)
    numbered = array("I", [numbers[id(owner)] for owner in owners])
    return ChangesRun(numbered.tobytes(), fields.tobytes(), codes.tobytes(), whole)


def _code_of(before: Any) -> int:
    if before is None:
        return _NONE
    if before is msgspec.UNSET:
        return _UNSET
    if type(before) is int:
        return _NUMBER
    return _NO_ITEMS if isinstance(before, SharedSequence) and not len(before) else _FIRST_GROUP


def _births_record(
    name: str, entries: RecordedMap[Any, Any], numbering: Numbering, encoder: msgspec.msgpack.Encoder
) -> BirthsRecord:
    replaced, removed = list(entries.replaced), entries.removed
    if len(entries.births) != len(entries):
        raise ValueError(f"{name}: not every entry is noted")
    return BirthsRecord(
        name,
        entries.births.tobytes(),
        array("I", [one.line for one in replaced]).tobytes(),
        numbering.column([one.key for one in replaced]),
        msgspec.Raw(encoder.encode([one.before for one in replaced])),
        [(one.line, one.rank, one.born) for one in removed],
        numbering.column([one.key for one in removed]),
        msgspec.Raw(encoder.encode([one.value for one in removed])),
    )


# Reading


def noting_maps(trace: RolloutTrace) -> Changes:
    """Give a trace without objects maps that can hold notes; return where those of its objects are to be."""
    changes = Changes()
    for struct, names in ((trace, GRAPH_MAPS), (trace.evidence, EVIDENCE_MAPS)):
        for name in names:
            setattr(struct, name, RecordedMap(changes))
    return changes


class HistoryReader:
    """Makes the notes of a graph of their records, one at a time, in their order."""

    def __init__(
        self,
        trace: RolloutTrace,
        diagnostics: Sequence[Diagnostic],
        event_log: EventLog,
        names: Names,
        shared: Callable[[type, Any], Any],
    ) -> None:
        """`trace` has the maps of `noting_maps`, all filled; `shared` gives the graph's shared lists."""
        self._trace = trace
        self._diagnostics = diagnostics
        self._event_log = event_log
        self._names = names
        self._shared = shared
        self._changes: Changes = trace.threads.changes  # type: ignore[attr-defined]  # one of `noting_maps`
        self._frame: HistoryFrame | None = None
        self._owners: list[Any] = []
        self._values: list[list[Any]] = []
        self._taken: list[Iterator[Any]] = []

    def take(self, record: HistoryRecord) -> Iterator[None]:
        """Take the next record, in steps. Raises `LookupError`, `ValueError` or `TypeError` for what does not fit."""
        match record:
            case HistoryFrame():
                self._frame = record
                self._values = [[] for _ in record.groups]
                for name in record.field_names:
                    _ = self._changes.field_numbers[name]
            case BirthsRecord():
                self._take_births(record)
            case ValuesRun():
                kind = _value_type(*self._known().groups[record.group])
                decoder = msgspec.msgpack.Decoder(list[kind], dec_hook=self._shared)  # type: ignore[valid-type]
                self._values[record.group] += decoder.decode(record.values)
            case ChangesRun():
                if not self._owners:
                    yield from self._list_owners()
                self._take_changes(record)
        yield

    def chronicle(self) -> Chronicle | None:
        """The notes, once all records were taken; None if there were none."""
        frame = self._frame
        if frame is None:
            return None
        columns = {name: numbers_of(data, "q" if name == "heard" else "I") for name, data in frame.columns.items()}
        about = (self._trace, self._diagnostics, self._changes, self._event_log)
        chronicle = Chronicle.restored(*about, frame.start, columns)
        self._changes.line = len(chronicle) + 1
        return chronicle

    def _known(self) -> HistoryFrame:
        if self._frame is None:
            raise ValueError("the frame of the notes is missing")
        return self._frame

    def _take_births(self, record: BirthsRecord) -> None:
        entries, kind = _maps(self._trace)[record.name], _VALUES[record.name]
        decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(list[kind], dec_hook=self._shared)  # type: ignore[valid-type]
        entries.births = numbers_of(record.births)
        if len(entries.births) != len(entries):
            raise ValueError(f"{record.name}: not every entry is noted")
        replaced = (numbers_of(record.replaced_in), self._names.of(record.replaced), decoder.decode(record.before))
        for line, key, before in zip(*replaced, strict=True):
            entries.replaced.note(line, key, before)
        removed = (record.removals, self._names.of(record.removed), decoder.decode(record.removed_values))
        for (line, rank, born), key, value in zip(*removed, strict=True):
            entries.removed.append(Removal(line, rank, key, value, born))

    def _list_owners(self) -> Iterator[None]:
        ahead = _owners(self._trace, self._diagnostics)
        while part := list(islice(ahead, _OWNERS_PER_STEP)):
            self._owners += part
            yield
        self._taken = [iter(values) for values in self._values]

    def _take_changes(self, record: ChangesRun) -> None:
        changes, known, numbers = self._changes, self._owners.__getitem__, iter(record.numbers)
        owners, fields, codes = numbers_of(record.owners), numbers_of(record.fields, "H"), numbers_of(record.codes, "H")
        if not len(owners) == len(fields) == len(codes) or max(fields, default=0) >= len(changes.field_numbers):
            raise ValueError("the columns of the notes do not fit")
        changes.owners += map(known, owners)
        changes.fields += fields
        for code in codes:
            changes.before.append(self._before(code, numbers))

    def _before(self, code: int, numbers: Iterator[int]) -> Any:
        if code >= _FIRST_GROUP:
            found = next(self._taken[code - _FIRST_GROUP], msgspec.UNSET)
        elif code == _NUMBER:
            found = next(numbers, msgspec.UNSET)
        else:
            return None if code == _NONE else msgspec.UNSET if code == _UNSET else SharedSequence()
        if found is msgspec.UNSET:
            raise ValueError("values of the notes are missing")
        return found


def _maps(trace: RolloutTrace) -> dict[str, RecordedMap[Any, Any]]:
    graph = {name: getattr(trace, name) for name in GRAPH_MAPS}
    return graph | {name: getattr(trace.evidence, name) for name in EVIDENCE_MAPS}


def _owners(trace: RolloutTrace, diagnostics: Iterable[Diagnostic]) -> Iterator[Any]:
    """All that notes its changes, in an order that reading and writing share."""
    yield trace
    yield from diagnostics
    maps = _maps(trace)
    for name in _OWNING:
        entries = maps[name]
        yield from entries.values()
        yield from (one.before for one in entries.replaced)
        yield from (one.value for one in entries.removed)


def _value_type(owner: str, field: str) -> Any:
    """What a value from before of a field may be, but for none, unset and numbers.

    Raises `KeyError` for a field that there is not.
    """
    if field == "execution":
        return _End
    hint = {one.name: one.type for one in msgspec.structs.fields(_OWNERS[owner])}[field]
    if get_origin(hint) not in (Union, UnionType):
        return hint
    return Union[tuple(one for one in get_args(hint) if one not in (NoneType, msgspec.UnsetType))]  # noqa: UP007  (made of parts)
