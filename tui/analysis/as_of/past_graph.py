"""A graph that can be brought to any place of a chronicle.

It shares with the graph of now every object that no later line changed, and has copies of the others. Going back
undoes what the lines in between changed; going forth takes the objects that they changed as they are now, and undoes
what came later still. Both cost what changed, and a look through the notes behind the place.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from itertools import islice
from typing import Any, Final, get_args, get_origin

import msgspec

from tui.analysis.as_of.chronicle import TRACE_FIELDS, Chronicle
from tui.model.delta import TraceDelta
from tui.model.diagnostic import Diagnostic
from tui.model.evidence import EVIDENCE_MAPS, TraceEvidence
from tui.model.recorded import Recorded, RecordedMap
from tui.model.trace import GRAPH_MAPS, RolloutTrace

TOLD_BY_EVIDENCE: Final[dict[str, tuple[str, ...]]] = {
    "item_sources": ("conversation_items",),
    "failure_texts": ("inference_calls", "compaction_requests"),
    "metadata_payloads": ("threads",),
    "warmup_payloads": ("inference_calls",),
    "changed_heads": ("inference_calls",),
    "newest_acceptances": ("threads",),
    "sent_digests": ("conversation_items",),
    "unrecorded_beginnings": ("inference_calls",),
    "protocol_events": ("protocol_events",),
    "turn_facts": ("codex_turns",),
    "session_facts": ("threads",),
    "agent_names": ("threads",),
    "deliveries": (),
    "edge_seqs": ("interaction_edges",),
}
"""Maps of the evidence, and the maps that hold the objects which their entries are about, by the same keys."""


def _types_of_maps(struct: type[msgspec.Struct]) -> dict[type, str]:
    found = {get_args(one.type)[1]: one.name for one in msgspec.structs.fields(struct) if get_origin(one.type) is dict}
    return {kind: name for kind, name in found.items() if isinstance(kind, type) and issubclass(kind, Recorded)}


_MAP_OF_TYPE: Final = {**_types_of_maps(RolloutTrace), **_types_of_maps(TraceEvidence)}
"""Type of an object → the map that holds it."""

_MAPS_OF_OBJECTS: Final = frozenset(_MAP_OF_TYPE.values())

_AsThen = Callable[[Any], Any]
"""Gives for an object of now itself, or a copy that is to be as the object was then."""

_KEYED_APART: Final = frozenset({"turn_facts", "session_facts", "deliveries"})
"""Maps of objects that do not hold their own key in their first field."""


class PastGraph:
    """`trace` and `diagnostics` stay the same objects wherever the graph is brought to."""

    def __init__(self, chronicle: Chronicle) -> None:
        self.place = 0
        self._chronicle = chronicle
        now = chronicle.trace
        self.trace = RolloutTrace(**chronicle.start, evidence=TraceEvidence())
        self.diagnostics: list[Diagnostic] = []
        self._maps: dict[str, dict[Any, Any]] = {
            **{name: getattr(self.trace, name) for name in GRAPH_MAPS},
            **{name: getattr(self.trace.evidence, name) for name in EVIDENCE_MAPS},
        }
        self._now: dict[str, RecordedMap[Any, Any]] = {
            **{name: getattr(now, name) for name in GRAPH_MAPS},
            **{name: getattr(now.evidence, name) for name in EVIDENCE_MAPS},
        }
        self._own: dict[int, Any] = {id(now): self.trace}
        """Identity of an object of now → the copy of it that is in this graph."""
        self._noted = len(chronicle.changes)
        """How many changes there were when the graph was brought to its place, or looked at last."""

    # Going

    def delta_to(self, place: int) -> TraceDelta:
        """What `go` to that place will change; objects in it may be gone afterwards."""
        delta, chronicle = TraceDelta(), self._chronicle
        first, last = sorted((self.place, place))
        for name, entries in self._now.items():
            keys = [*_born(entries, first, last), *_changed(entries, first, last)]
            if keys:
                self._tell(delta, name, keys)
        changes = chronicle.changes
        start, end = chronicle.changes_to(first), chronicle.changes_to(last)
        for owner in {id(one): one for one in changes.owners[start:end]}.values():
            if type(owner) in _MAP_OF_TYPE:
                kind = _MAP_OF_TYPE[type(owner)]
                self._tell(delta, kind, self._keys_of(kind, owner))
            else:
                delta.trace = True
        delta.trace = delta.trace or chronicle.heard(first) != chronicle.heard(last)
        delta.diagnostics = max(0, chronicle.findings(place) - len(self.diagnostics))
        return delta

    def _tell(self, delta: TraceDelta, name: str, keys: Iterable[Any]) -> None:
        if name in GRAPH_MAPS:
            getattr(delta, name).update(keys)
            return
        delta.trace = True
        for told in TOLD_BY_EVIDENCE[name]:
            known = self.trace.evidence.protocol_events if told == name else self._now[told]
            getattr(delta, told).update(keys if told == name else (key for key in keys if key in known))

    def go(self, place: int) -> None:
        """Bring the graph to a place."""
        self.keep()
        if place > self.place:
            self._go_on(place)
        elif place < self.place:
            self._go_back(place)
        self.trace.evidence.newest_event_unix_ms = self._chronicle.heard(place)
        self.place = place

    def keep(self) -> None:
        """Stay as it was although the graph of now has changed since: what it shared till then becomes its own."""
        changes, fresh, undoing = self._chronicle.changes, set[int](), _Undoing()
        for number in range(len(changes) - 1, self._noted - 1, -1):
            owner = changes.owners[number]
            if id(owner) not in self._own and self._find(owner) is not None:
                fresh.add(id(owner))
            if id(owner) in fresh:
                undoing.undo(self._own[id(owner)], changes.fields[number], changes.before[number])
        self._noted = len(changes)

    def _go_back(self, place: int) -> None:
        for name, entries in self._now.items():
            kept = self._maps[name]
            if _lost_some(entries, place, self.place):
                self._lay_out(name, place)
                continue
            for _ in _born(entries, place, self.place):
                kept.popitem()
            for replaced in reversed(_between(entries.replaced, place, self.place)):
                if replaced.key in kept:
                    kept[replaced.key] = self._own.get(id(replaced.before), replaced.before)
        changes, start, undoing = self._chronicle.changes, self._chronicle.changes_to, _Undoing()
        del self.diagnostics[self._chronicle.findings(place) :]
        for number in range(start(self.place) - 1, start(place) - 1, -1):
            target = self._find(changes.owners[number])
            if target is not None:
                undoing.undo(target, changes.fields[number], changes.before[number])

    def _go_on(self, place: int) -> None:
        chronicle, changes = self._chronicle, self._chronicle.changes
        end = chronicle.changes_to(place)
        # At place 0 there is nothing yet that a line could have changed.
        start = chronicle.changes_to(self.place) if self.place else end
        touched = {id(one): one for one in changes.owners[start:end]}
        touched[id(chronicle.trace)] = chronicle.trace
        findings = chronicle.diagnostics[len(self.diagnostics) : chronicle.findings(place)]
        taken = {*touched, *map(id, findings), *self._values_taken(place)}
        later = taken.intersection(map(id, islice(changes.owners, end, None)))
        to_undo: dict[int, Any] = {}

        def as_then(found: Any) -> Any:
            """An object of now, or the copy of it that is to be undone."""
            if id(found) not in later:
                self._own.pop(id(found), None)
                return found
            version = to_undo[id(found)] = self._own[id(found)] = _copy(found)
            return version

        self._share_on(place, as_then)
        for owner in touched.values():
            if owner is chronicle.trace:
                for field in TRACE_FIELDS:
                    setattr(self.trace, field, getattr(owner, field))
                to_undo[id(owner)] = self.trace
            elif id(owner) not in to_undo:
                self._put(owner, as_then)
        self.diagnostics += map(as_then, findings)
        fields, before, undoing = changes.fields, changes.before, _Undoing()
        behind = enumerate(islice(changes.owners, end, None), end)
        for number in [number for number, one in behind if id(one) in to_undo][::-1] if to_undo else ():
            undoing.undo(to_undo[id(changes.owners[number])], fields[number], before[number])

    def _values_taken(self, place: int) -> Iterator[int]:
        """The identities of objects that the maps may get on the way to a later place, and of some more."""
        for name in _MAPS_OF_OBJECTS:
            entries = self._now[name]
            first, last = bisect_right(entries.births, self.place), bisect_right(entries.births, place)
            if last > first:
                yield from map(id, islice(entries.values(), first, last))
            yield from (id(gone.value) for gone in entries.removed)
            yield from (id(replaced.before) for replaced in entries.replaced)
            yield from (id(entries[one.key]) for one in entries.replaced if one.key in entries)

    def _share_on(self, place: int, as_then: _AsThen) -> None:
        """Take entries and values into the maps that came up to a later place."""
        for name, entries in self._now.items():
            kept = self._maps[name]
            if _lost_some(entries, self.place, place):
                self._lay_out(name, place)
            else:
                self._lay_on(name, place)
            has_objects = name in _MAPS_OF_OBJECTS
            came = _born(entries, self.place, place) if has_objects or entries.replaced else ()
            again = [*came, *_changed(entries, self.place, place)]
            later = reversed(_between(entries.replaced, place, None)) if again else ()
            before = {one.key: one.before for one in later}
            for key in again:
                if key in kept:
                    found = before[key] if key in before else entries.get(key, kept[key])
                    kept[key] = as_then(found) if has_objects else found

    def _put(self, owner: Any, as_then: _AsThen) -> None:
        """Put an object that lines in between changed into its map again, as it was then."""
        if isinstance(owner, Diagnostic):
            known = self._own.get(id(owner), owner)
            for number, found in enumerate(self.diagnostics):
                if found is known:
                    self.diagnostics[number] = as_then(owner)
            return
        name = _MAP_OF_TYPE[type(owner)]
        kept = self._maps[name]
        for key in self._keys_of(name, owner):
            if key in kept and (kept[key] is owner or kept[key] is self._own.get(id(owner))):
                kept[key] = as_then(owner)

    # The order of a map

    def _lay_on(self, name: str, place: int) -> None:
        """Give a map the entries that came up to a place."""
        entries, kept = self._now[name], self._maps[name]
        first, last = bisect_right(entries.births, self.place), bisect_right(entries.births, place)
        if last > first:
            kept.update(islice(entries.items(), first, last))

    def _lay_out(self, name: str, place: int) -> None:
        """Give a map the entries that it had at a place, in their order, some of which were taken out later."""
        entries, kept, own = self._now[name], self._maps[name], self._own
        laid = list(islice(entries.items(), bisect_right(entries.births, place)))
        for gone in reversed(_between(entries.removed, place, None)):
            if gone.born <= place:
                laid.insert(gone.rank, (gone.key, gone.value))
        before = {one.key: one.before for one in reversed(_between(entries.replaced, place, None))}
        kept.clear()
        for key, value in laid:
            found = before.get(key, value)
            kept[key] = own.get(id(found), found)

    # Undoing

    def _find(self, owner: Any) -> Any:
        """The copy of an object of now that is in this graph; a new one where it is shared so far; else None."""
        own = self._own.get(id(owner))
        if own is not None:
            return own
        if isinstance(owner, Diagnostic):
            return self._find_diagnostic(owner)
        name = _MAP_OF_TYPE.get(type(owner))
        for key in () if name is None else self._keys_of(name, owner):
            if self._maps[name or ""].get(key) is owner:
                version = self._maps[name or ""][key] = self._own[id(owner)] = _copy(owner)
                return version
        return None

    def _find_diagnostic(self, owner: Diagnostic) -> Diagnostic | None:
        for number, found in enumerate(self.diagnostics):
            if found is owner:
                version: Diagnostic = _copy(owner)
                self.diagnostics[number] = self._own[id(owner)] = version
                return version
        return None

    def _keys_of(self, name: str, owner: Any) -> Iterator[Any]:
        """The keys that an object may have in its map."""
        if name not in _KEYED_APART:
            yield getattr(owner, owner.__struct_fields__[0])
        elif name == "deliveries":
            yield owner.edge_id
        else:
            yield from (key for key, value in self._now[name].items() if value is owner)


def _born(entries: RecordedMap[Any, Any], first: int, last: int) -> Iterator[Any]:
    """The keys that came into a map behind one place and up to another one, as far as they are still there."""
    births = entries.births
    start, end = bisect_right(births, first), bisect_right(births, last)
    return iter(()) if start == end else islice(entries, start, end)


def _lost_some(entries: RecordedMap[Any, Any], first: int, last: int) -> bool:
    """Whether entries that were taken out at some time came, or were taken out, between two places."""
    return any(first < gone.line <= last or first < gone.born <= last for gone in entries.removed)


def _changed(entries: RecordedMap[Any, Any], first: int, last: int) -> Iterator[Any]:
    """The keys whose value was replaced or taken out, or that came and were taken out since."""
    yield from (one.key for one in _between(entries.replaced, first, last))
    yield from (one.key for one in entries.removed if first < one.line <= last or first < one.born <= last)


def _between(noted: Sequence[Any], first: int, last: int | None) -> Sequence[Any]:
    """What was noted behind one place and up to another one."""
    start = bisect_right(noted, first, key=_line)
    return noted[start : len(noted) if last is None else bisect_right(noted, last, key=_line)]


def _line(noted: Any) -> int:
    line: int = noted.line
    return line


def _copy(found: Any) -> Any:
    """A copy of an object of the graph whose lists and window can be changed."""
    if not isinstance(found, Recorded):
        return found
    version = copy(found)
    for name in version.__struct_fields__:
        value = getattr(version, name)
        if type(value) is list:
            setattr(version, name, list(value))
        elif name == "execution":
            setattr(version, name, copy(value))
    return version


class _Undoing:
    """Gives fields back the values that changes took from them, the last change first; see `Changes`."""

    def __init__(self) -> None:
        self._unshared: set[tuple[int, str]] = set()
        """Lists that are of this graph alone; an index may still hold the others as they were."""

    def undo(self, target: Any, field: str, before: Any) -> None:
        """Undo one change in a copy."""
        value = getattr(target, field)
        if field == "execution":
            ended = (None, None, "running") if before is None else before
            value.ended_at_unix_ms, value.ended_seq, value.status = ended
        elif type(value) is list:
            self._undo_list(target, field, value, before)
        else:
            setattr(target, field, before)

    def _undo_list(self, target: Any, field: str, value: list[Any], before: int | list[Any]) -> None:
        if isinstance(before, list):
            setattr(target, field, list(before))
            self._unshared.add((id(target), field))
            return
        if (id(target), field) not in self._unshared:
            self._unshared.add((id(target), field))
            value = value[:before]
            setattr(target, field, value)
        del value[before:]
