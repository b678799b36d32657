"""A graph that can be brought to any place of a chronicle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from tui.analysis.as_of.chronicle import ABSENT, COUNTS, HEARD, TRACE, Change, Chronicle
from tui.analysis.as_of.versions import shown
from tui.analysis.as_of.watched import EVIDENCE_MAPS
from tui.model.delta import TraceDelta
from tui.model.diagnostic import Diagnostic
from tui.model.evidence import TraceEvidence
from tui.model.trace import GRAPH_MAPS, RolloutTrace


class PastGraph:
    """`trace` and `diagnostics` stay the same objects wherever the graph is brought to."""

    def __init__(self, chronicle: Chronicle) -> None:
        self.trace = RolloutTrace(**chronicle.start, evidence=TraceEvidence())
        self.diagnostics: list[Diagnostic] = []
        self.place = 0
        self._chronicle = chronicle
        self._maps: dict[str, dict[Any, Any]] = {
            **{name: getattr(self.trace, name) for name in GRAPH_MAPS},
            **{name: getattr(self.trace.evidence, name) for name in EVIDENCE_MAPS},
        }

    def delta_to(self, place: int) -> TraceDelta:
        """What `go` to that place will change; objects in it may be gone afterwards."""
        delta = TraceDelta()
        first, last = sorted((self.place, place))
        for change in self._between(range(first + 1, last + 1)):
            if change.where in _NAMED:
                getattr(delta, change.where).add(change.key)
            else:
                delta.trace = True
        delta.diagnostics = max(0, self._chronicle.findings(place) - len(self.diagnostics))
        return delta

    def go(self, place: int) -> None:
        """Bring the graph to a place."""
        if place > self.place:
            self._find_diagnostics(place)
            for change in self._between(range(self.place + 1, place + 1)):
                self._set(change, change.after)
        else:
            for number in range(self.place, place, -1):
                for change in reversed(self._chronicle.changes(number)):
                    self._set(change, change.before)
            self._find_diagnostics(place)
        self.place = place

    def _between(self, places: Iterable[int]) -> Iterator[Change]:
        for number in places:
            yield from self._chronicle.changes(number)

    def _set(self, change: Change, value: Any) -> None:
        where, key = change.where, change.key
        if where == TRACE:
            setattr(self.trace, key, value)
        elif where == HEARD:
            self.trace.evidence.newest_in_turn_unix_ms = value
        elif where == COUNTS:
            self.diagnostics[key].count = value
        elif value is ABSENT:
            self._maps[where].pop(key, None)
        elif change.after is ABSENT:
            _put_back(self._maps[where], change.rank, key, shown(value))
        else:
            self._maps[where][key] = shown(value)

    def _find_diagnostics(self, place: int) -> None:
        """Have the findings of a place; how often they were made is set by changes."""
        known, wanted = len(self.diagnostics), self._chronicle.findings(place)
        del self.diagnostics[wanted:]
        came = self._chronicle.diagnostics[known:wanted]
        self.diagnostics.extend(msgspec.structs.replace(found, count=1) for found in came)


_NAMED: Final = frozenset({*GRAPH_MAPS, "protocol_events"})
"""Maps whose objects a delta names."""


def _put_back(entries: dict[Any, Any], rank: int, key: Any, value: Any) -> None:
    """Give a map an entry back that was taken out of it, at its old place in the order."""
    ordered = list(entries.items())
    ordered.insert(rank, (key, value))
    entries.clear()
    entries.update(ordered)
