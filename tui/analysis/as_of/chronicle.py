"""What each line of a log changed in a growing graph, from which the graph after any line can be made.

The objects and maps of the graph note the values that they had before (`tui.model.recorded`); the chronicle notes line
by line how far those notes go. Undoing the changes behind a line gives exactly the graph that there was: nothing is
derived, so nothing that a later event wrote can remain.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, islice
from typing import Any, Final, Protocol

from tui.analysis.as_of.later_changes import LaterChanges
from tui.analysis.as_of.newest_by_line import NewestByLine
from tui.analysis.index.newest import Newest
from tui.model.diagnostic import Diagnostic
from tui.model.evidence import EVIDENCE_MAPS
from tui.model.recorded import Changes, RecordedMap
from tui.model.trace import GRAPH_MAPS, RolloutTrace
from tui.schema.until import Until

TRACE_FIELDS: Final = tuple(name for name in RolloutTrace.__struct_fields__ if name not in (*GRAPH_MAPS, "evidence"))
"""The fields of the trace itself."""

_UNCHANGED = frozenset(("raw_payloads",))
"""Maps of objects that never change."""

_LARGEST = 2**63 - 1
"""The largest number that a column holds; damaged logs may say anything."""

_LEAST = -(2**63)
"""The least one."""

_NEVER_HEARD = _LEAST
"""Stands for the time of the newest event while there was none."""

ROWS_PER_STEP = 10_000
"""Rows of the log that are looked at in one step: a millisecond."""


class LoggedRows(Protocol):
    """The rows of the log that is read: numbers and times of events are among the columns, as `seqs` and `times`."""

    def __len__(self) -> int:
        """How many rows there are so far."""

    def columns(self) -> Mapping[str, array[int]]:
        """The numbers of all rows by what they are."""


class Chronicle:
    """How far the changes of each line go. A *place* is a number of lines: place 0 is before the first one."""

    def __init__(
        self,
        trace: RolloutTrace,
        diagnostics: Sequence[Diagnostic],
        changes: Changes,
        event_log: LoggedRows,
        start: RolloutTrace | None = None,
    ) -> None:
        """`trace` must still be empty, and note its changes in `changes`; else `start` is what it was then."""
        self.trace = trace
        """The graph as it is now."""
        self.start = {name: getattr(start or trace, name) for name in TRACE_FIELDS}
        """The fields of the trace before the first line."""
        self.diagnostics = diagnostics
        """All findings so far; each place has the first of them."""
        self.changes = changes
        self._event_log = event_log
        self._starts = array("I", [0])
        self._findings = array("I", [0])
        self._rows = array("I", [0])
        self._heard = array("q", [_NEVER_HEARD])
        self._newest = NewestByLine(start or trace, trace, changes, self._starts, self._heard)
        self.later = LaterChanges(changes, self._starts)
        """What was changed behind each place."""
        self._numbers: dict[int, int] = {}
        """Identity of a finding → its number."""
        self._known: tuple[list[int], list[int]] = ([], [])
        """The newest seq and time up to each row, as far as they are known."""

    @classmethod
    def restored(
        cls,
        trace: RolloutTrace,
        diagnostics: Sequence[Diagnostic],
        changes: Changes,
        event_log: LoggedRows,
        start: RolloutTrace,
        columns: Mapping[str, array[int]],
    ) -> Chronicle:
        """A chronicle that was written down: `start` is the trace before the first line, `columns` as they were.

        Raises `KeyError` or `ValueError` for columns that are missing, or do not fit what they are about.
        """
        chronicle = cls(trace, diagnostics, changes, event_log, start)
        for name, column in chronicle.columns().items():
            del column[:]
            column.extend(columns[name])
        if len({len(column) for column in columns.values()}) != 1:
            raise ValueError("the columns of the chronicle differ in length")
        ends = (chronicle._starts[-1], chronicle._findings[-1], chronicle._rows[-1])
        if ends != (len(changes), len(diagnostics), len(event_log)):
            raise ValueError("the chronicle is of another graph")
        return chronicle

    def columns(self) -> dict[str, array[int]]:
        """How many there were of each at each place, to be written to a cache."""
        return {"starts": self._starts, "findings": self._findings, "rows": self._rows, "heard": self._heard}

    def __len__(self) -> int:
        """How many lines were noted; the last place."""
        return len(self._starts) - 1

    def end_line(self) -> None:
        """A line was reduced, and all that it changed is noted."""
        changes, heard = self.changes, self.trace.evidence.newest_event_unix_ms
        self._starts.append(len(changes.owners))
        self._findings.append(len(self.diagnostics))
        self._rows.append(len(self._event_log))
        if heard is None:
            heard = _NEVER_HEARD
        elif not -_LARGEST <= heard <= _LARGEST:
            heard = _LARGEST if heard > 0 else -_LARGEST
        self._heard.append(heard)
        changes.end_line()

    def prepare(self) -> Iterator[None]:
        """Make going to any place quick, in steps; nothing if it was done lately."""
        yield from self.work_out_newest()
        yield from self._find_newest_of_rows()
        for entries in self._maps():
            yield from entries.replaced.prepare()
        if not self.later.is_prepared:
            maps = [getattr(self.trace, name) for name in GRAPH_MAPS if name not in _UNCHANGED]
            evidence = self.trace.evidence
            maps += [evidence.protocol_events, evidence.turn_facts, evidence.session_facts, evidence.deliveries]
            findings = ((found, bisect_right(self._findings, number)) for number, found in enumerate(self.diagnostics))
            yield from self.later.prepare(maps, findings)

    def _maps(self) -> Iterator[RecordedMap[Any, Any]]:
        yield from (getattr(self.trace, name) for name in GRAPH_MAPS)
        yield from (getattr(self.trace.evidence, name) for name in EVIDENCE_MAPS)

    # What was there

    def number_of(self, finding: Diagnostic) -> int:
        """The number of a finding, from 0; behind all of them if it is none of them."""
        for number in range(len(self._numbers), len(self.diagnostics)):
            self._numbers[id(self.diagnostics[number])] = number
        return self._numbers.get(id(finding), len(self.diagnostics))

    def changes_to(self, place: int) -> int:
        """How many changes were noted up to a place."""
        return self._starts[place]

    def findings(self, place: int) -> int:
        """How many findings there were at a place."""
        return self._findings[place]

    def rows(self, place: int) -> int:
        """How many rows the event log had at a place."""
        return self._rows[place]

    def heard(self, place: int) -> int | None:
        """When the newest event came, at a place, as `TraceEvidence.newest_event_unix_ms` has it."""
        heard = self._heard[place]
        return None if heard == _NEVER_HEARD else heard

    def newest(self, place: int) -> Newest:
        """The newest time and event that the graph knew of at a place."""
        return self._newest.at(place)

    def work_out_newest(self) -> Iterator[None]:
        """Find in steps what `newest` needs: for all lines so far, when it is asked for the first time."""
        return self._newest.work_out(len(self))

    # Where something was

    def place_of(self, until: Until) -> int:
        """The last place before the first line behind a moment; the last of all if no line so far is behind it."""
        seqs, times = self._newest_of_rows()
        rows = len(seqs)
        if until.seq is not None:
            rows = min(rows, bisect_right(seqs, until.seq))
        if until.unix_ms is not None:
            rows = min(rows, bisect_right(times, until.unix_ms))
        return len(self) if rows == len(seqs) else self.place_of_row(rows) - 1

    def place_of_row(self, row: int) -> int:
        """The place behind a row of the event log, from 0."""
        return bisect_right(self._rows, row)

    def reaches(self, until: Until) -> bool:
        """Whether a line behind the moment was noted, so that `place_of` is final."""
        seqs, times = self._newest_of_rows()
        is_behind_seq = until.seq is not None and bool(seqs) and seqs[-1] > until.seq
        return is_behind_seq or (until.unix_ms is not None and bool(times) and times[-1] > until.unix_ms)

    def _newest_of_rows(self) -> tuple[Sequence[int], Sequence[int]]:
        for _ in self._find_newest_of_rows():
            pass
        return self._known

    def _find_newest_of_rows(self) -> Iterator[None]:
        """Find for each row the newest seq and time up to it, in steps; what is known is kept while the log grows."""
        count = self._rows[-1]
        columns = self._event_log.columns()
        while (known := len(self._known[0])) < count:
            part = slice(known, min(count, known + ROWS_PER_STEP))
            for newest, name in zip(self._known, ("seqs", "times"), strict=True):
                newest += islice(
                    accumulate(columns[name][part], max, initial=newest[-1] if newest else _LEAST), 1, None
                )
            yield

    def birth(self, name: str, key: Any) -> int | None:
        """The first place at which a map of the graph has an entry, None if no line noted so far made it."""
        entries: RecordedMap[Any, Any] = getattr(self.trace, name, None) or getattr(self.trace.evidence, name)
        places = [gone.born for gone in entries.removed if gone.key == key]
        if key in entries:
            places.append(entries.births[next(rank for rank, one in enumerate(entries) if one == key)])
        place = min(places, default=None)
        return place if place is not None and place <= len(self) else None

    def turns(self) -> Sequence[int]:
        """The places at which a turn began, in order."""
        turns: Any = self.trace.codex_turns
        return turns.births[: bisect_right(turns.births, len(self))]  # type: ignore[no-any-return]
