"""A record of every change to a growing graph, from which the graph after any line of the log can be made.

After each line the reducer says what it touched. The chronicle keeps of each touched object the copy from before and
the copy from after the line. Undoing the changes of a line gives exactly the graph before it: nothing is derived, so
nothing that a later event wrote can remain.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Collection, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from tui.analysis.as_of.versions import version_of
from tui.analysis.as_of.watched import EVIDENCE_MAPS, WatchedMap
from tui.analysis.index.newest import Newest
from tui.model.delta import TraceDelta
from tui.model.diagnostic import COUNTED_CODES, Diagnostic
from tui.model.trace import GRAPH_MAPS, RolloutTrace
from tui.schema.until import Until

ABSENT: Final = None
"""Represents the value of a key that a map does not have; no map of the graph holds it as a value."""

TRACE_FIELDS: Final = tuple(name for name in RolloutTrace.__struct_fields__ if name not in (*GRAPH_MAPS, "evidence"))
"""The fields of the trace itself."""


_TIMED_MAPS: Final = frozenset(GRAPH_MAPS) - {"raw_payloads", "terminal_sessions"}
"""Maps whose objects say when something happened."""

_LARGEST = 2**63 - 1
"""The largest number that a column holds; damaged logs may say anything."""


class Change(NamedTuple):
    """What one line did to one entry: `where` is a map of the graph or of the evidence, `TRACE`, `HEARD` or `COUNTS`.

    `before` and `after` are copies that stay as they are (`tui.analysis.as_of.versions`). `rank` is where in the order
    of its map an entry was that the line took out.
    """

    where: str
    key: Any
    before: Any
    after: Any
    rank: int = 0


TRACE: Final = "trace"
"""A field of the trace itself; the key is its name."""

HEARD: Final = "newest_in_turn_unix_ms"
"""The one field of the evidence that is not a map."""

COUNTS: Final = "diagnostics"
"""How often a finding was made; the key is its number."""


class Chronicle:
    """The changes of each line. A *place* is a number of lines: place 0 is before the first one."""

    def __init__(self, trace: RolloutTrace, diagnostics: Sequence[Diagnostic]) -> None:
        """`trace` must still be empty, and its evidence watched."""
        self.diagnostics = diagnostics
        """All findings so far; each place has the first of them."""
        self._trace = trace
        self._watched: dict[str, WatchedMap] = {name: getattr(trace.evidence, name) for name in EVIDENCE_MAPS}
        self._copies: dict[str, dict[Any, Any]] = {name: {} for name in (*GRAPH_MAPS, *EVIDENCE_MAPS)}
        """The newest copy of each object."""
        self.start = {name: getattr(trace, name) for name in TRACE_FIELDS}
        """The fields of the trace before the first line."""
        self._fields = dict(self.start)
        self._heard = trace.evidence.newest_in_turn_unix_ms
        self._changes: list[tuple[Change, ...]] = []
        self._findings = array("q", [0])
        self._newest_seqs = array("q", [0])
        self._newest_times = array("q", [0])
        self._newest = Newest(trace.started_at_unix_ms)
        self._newest_in_graph = (array("q", [trace.started_at_unix_ms]), array("q", [0]))
        self._turns: list[int] = []
        self._countable: list[int] = []
        """Numbers of the findings that may be made again."""
        self._counts: list[int] = []

    def __len__(self) -> int:
        """How many lines were noted; the last place."""
        return len(self._changes)

    def note(self, delta: TraceDelta, seq: int | None, unix_ms: int | None) -> None:
        """Take in what a line changed: `delta` must name all of it. `seq` and `unix_ms` are those of its event."""
        changes: list[Change] = []
        for name in GRAPH_MAPS:
            if touched := getattr(delta, name):
                self._compare_all(changes, name, touched, getattr(self._trace, name))
        self._watched["protocol_events"].touched.update(dict.fromkeys(delta.protocol_events))
        for name, watched in self._watched.items():
            if watched.touched:
                self._compare_all(changes, name, watched.touched, watched)
                watched.touched.clear()
        self._note_fields(changes, has_changed=delta.trace)
        self._note_counts(changes)
        self._note_newest(changes)
        self._changes.append(tuple(changes))
        self._findings.append(len(self.diagnostics))
        self._newest_seqs.append(min(max(self._newest_seqs[-1], seq or 0), _LARGEST))
        self._newest_times.append(min(max(self._newest_times[-1], unix_ms or 0), _LARGEST))

    def _compare_all(self, changes: list[Change], name: str, touched: Collection[Any], entries: dict[Any, Any]) -> None:
        """Compare the entries of a map that may have changed; new ones in the order of the map."""
        known, came = self._copies[name], 0
        for key in touched:
            before = known.get(key, ABSENT)
            if before is not ABSENT:
                changes.append(_compare(known, name, key, before, dict.get(entries, key, ABSENT)))
            elif key in entries:
                came += 1
        if came:
            for key in [*islice(reversed(entries), came)][::-1]:
                known[key] = version = version_of(dict.get(entries, key))
                changes.append(Change(name, key, ABSENT, version))

    def _note_fields(self, changes: list[Change], *, has_changed: bool) -> None:
        for name, before in self._fields.items() if has_changed else ():
            now = getattr(self._trace, name)
            if now is not before and now != before:
                changes.append(Change(TRACE, name, before, now))
                self._fields[name] = now
        heard = self._trace.evidence.newest_in_turn_unix_ms
        if heard != self._heard:
            changes.append(Change(HEARD, "", self._heard, heard))
            self._heard = heard

    def _note_counts(self, changes: list[Change]) -> None:
        for number in range(self._findings[-1], len(self.diagnostics)):
            if self.diagnostics[number].code in COUNTED_CODES:
                self._countable.append(number)
                self._counts.append(1)
        for place, number in enumerate(self._countable):
            count = self.diagnostics[number].count
            if count != self._counts[place]:
                changes.append(Change(COUNTS, number, self._counts[place], count))
                self._counts[place] = count

    def _note_newest(self, changes: list[Change]) -> None:
        for change in changes:
            if change.where in _TIMED_MAPS and change.after is not ABSENT:
                self._newest.see(change.after)
            if change.where == "codex_turns" and change.before is ABSENT:
                self._turns.append(len(self) + 1)
        self._newest.hear(self._heard)
        times, seqs = self._newest_in_graph
        times.append(min(self._newest.unix_ms, _LARGEST))
        seqs.append(min(self._newest.seq, _LARGEST))

    def let_go(self) -> None:
        """Nothing more will be noted: forget what only that needs."""
        self._trace = RolloutTrace(**self.start)
        self._watched.clear()
        self._copies.clear()

    # What it reports

    def changes(self, place: int) -> tuple[Change, ...]:
        """What line number `place`, from 1, changed."""
        return self._changes[place - 1]

    def findings(self, place: int) -> int:
        """How many findings there were at a place."""
        return self._findings[place]

    def newest(self, place: int) -> Newest:
        """The newest time and event that the graph knew of at a place."""
        times, seqs = self._newest_in_graph
        newest = Newest(times[place])
        newest.seq = seqs[place]
        return newest

    def place_of(self, until: Until) -> int:
        """The last place before the first line behind a moment; the last of all if no line so far is behind it."""
        places = [len(self)]
        if until.seq is not None:
            places.append(bisect_right(self._newest_seqs, until.seq) - 1)
        if until.unix_ms is not None:
            places.append(bisect_right(self._newest_times, until.unix_ms) - 1)
        return max(0, min(places))

    def reaches(self, until: Until) -> bool:
        """Whether a line behind the moment was noted, so that `place_of` is final."""
        is_behind_seq = until.seq is not None and self._newest_seqs[-1] > until.seq
        return is_behind_seq or (until.unix_ms is not None and self._newest_times[-1] > until.unix_ms)

    def birth(self, name: str, key: Any) -> int | None:
        """The first place at which a map of the graph has an entry, None if no line noted so far made it."""
        return next((number for number in range(1, len(self) + 1) if self._makes(number, name, key)), None)

    def _makes(self, place: int, name: str, key: Any) -> bool:
        return any(one.where == name and one.key == key and one.before is ABSENT for one in self.changes(place))

    def turns(self) -> Sequence[int]:
        """The places at which a turn began, in order."""
        return self._turns


def _compare(known: dict[Any, Any], name: str, key: Any, before: Any, found: Any) -> Change:
    """Put the copy of what was found in place of the one that is known."""
    if found is not ABSENT:
        known[key] = version = version_of(found, before)
        return Change(name, key, before, version)
    rank = list(known).index(key)
    del known[key]
    return Change(name, key, before, ABSENT, rank)
