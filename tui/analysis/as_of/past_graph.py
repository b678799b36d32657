"""A graph that can be brought to any place of a chronicle.

It shares with the graph of now every object that no later line changed, and has copies of the others, in which the
fields have their earlier values again. Those are few wherever one goes: objects that were at work then.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Container, Iterable, Iterator, Sequence
from copy import copy
from functools import cache, partial
from itertools import islice, repeat, starmap
from typing import Any, Final, NamedTuple, get_args, get_origin

import msgspec

from tui.analysis.as_of.chronicle import TRACE_FIELDS, Chronicle
from tui.analysis.as_of.late_map import LateMap
from tui.analysis.as_of.later_changes import Field, NotedField, restore
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

COPY_PART = 1 / 20
"""Copying a map costs this part of putting its entries into another one by one."""

TAKE_PART = 2 / 3
"""Taking entries out of a map costs this part of putting them in."""

_FEW_LATE = 1_000
"""So many entries such a map takes in or gives up at once: a fraction of a millisecond."""

_LATE_AT_ONCE = 5_000
"""Entries that it takes in or gives up in one step of what is done later: some milliseconds."""

_KEYED_APART: Final = frozenset({"turn_facts", "session_facts", "deliveries"})
"""Maps of objects that do not hold their own key in their first field."""


class _Version(NamedTuple):
    """An object as it was at the place: `original` is as it is now, or a value that was replaced since."""

    original: Any
    then: Any
    fields: dict[str, NotedField]
    """What of it was changed behind the place."""
    name: str
    """The map that holds it under `key`; empty for a diagnostic, whose key is its number."""
    key: Any


class PastGraph:
    """`trace` and `diagnostics` stay the same objects wherever the graph is brought to."""

    def __init__(self, chronicle: Chronicle) -> None:
        self.place = 0
        self._chronicle = chronicle
        now = chronicle.trace
        evidence = now.evidence
        payloads = LateMap(now.raw_payloads, partial(self._complete_now, "raw_payloads"))
        sources = LateMap(evidence.item_sources, partial(self._complete_now, "item_sources"))
        self._late: dict[str, LateMap[Any, Any]] = {"raw_payloads": payloads, "item_sources": sources}
        """Long maps that are laid later, from far away: they are asked for what an object names, and hardly walked."""
        self.trace = RolloutTrace(
            **chronicle.start, evidence=TraceEvidence(item_sources=sources), raw_payloads=payloads
        )
        self.diagnostics: list[Diagnostic] = []
        self._maps: dict[str, dict[Any, Any]] = {
            **{name: getattr(self.trace, name) for name in GRAPH_MAPS},
            **{name: getattr(self.trace.evidence, name) for name in EVIDENCE_MAPS},
        }
        self._now: dict[str, RecordedMap[Any, Any]] = {
            **{name: getattr(now, name) for name in GRAPH_MAPS},
            **{name: getattr(now.evidence, name) for name in EVIDENCE_MAPS},
        }
        self._laid_to = dict.fromkeys(self._now, 0)
        """The place of each map."""
        self._own: dict[int, _Version] = {}
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
        behind = self._by_object(self._chronicle.later.behind(place))
        self._share_again(behind)
        for name in self._now:
            if name not in self._late:
                self._lay(name, place)
        for name in self._late:
            self._lay_late(name, place)
        self._lay_diagnostics(place)
        self._put_versions()
        now = self._chronicle.trace
        for field in TRACE_FIELDS:
            setattr(self.trace, field, getattr(now, field))
        for owner, fields in behind.values():
            self._take_version(owner, fields)
        self.trace.evidence.newest_event_unix_ms = self._chronicle.heard(place)
        self.place = place
        self._noted = len(self._chronicle.changes)

    def keep(self) -> Iterator[tuple[str, Any]]:
        """Stay as it was although the graph of now has changed since: what it shared till then becomes its own.

        Yields the maps and keys of such objects.
        """
        changes = self._chronicle.changes
        fresh = self._by_object(self._chronicle.later.since(self._noted)) if len(changes) > self._noted else {}
        self._noted = len(changes)
        for ident, (owner, fields) in fresh.items():
            if owner is not self._chronicle.trace and ident not in self._own:
                version = self._take_version(owner, fields)
                if version is not None and version.name:
                    yield version.name, version.key

    def unlike_now(self) -> Iterator[tuple[str, Any]]:
        """The maps and keys of objects that later lines changed or took out of the graph."""
        yield from ((version.name, version.key) for version in self._own.values() if version.name)
        for name in GRAPH_MAPS:
            entries, kept = self._now[name], self._maps[name]
            gone = (one.key for one in entries.removed)
            replaced = entries.replaced.behind(self.place)
            yield from ((name, key) for key in {*gone, *replaced} if key in kept)

    def _by_object(self, behind: dict[Field, NotedField]) -> dict[int, tuple[Any, dict[str, NotedField]]]:
        owners = self._chronicle.changes.owners
        found: dict[int, tuple[Any, dict[str, NotedField]]] = {}
        for (ident, field), noted in behind.items():
            found.setdefault(ident, (owners[noted.number], {}))[1][field] = noted
        return found

    # Copies

    def _share_again(self, behind: dict[int, tuple[Any, dict[str, NotedField]]]) -> None:
        """Put the objects of now back where they are as they were, or where another copy is needed."""
        for ident, version in list(self._own.items()):
            if ident not in behind or behind[ident][1] != version.fields:
                del self._own[ident]
                self._put(version, version.original)

    def _put(self, version: _Version, found: Any) -> bool:
        """Let the graph hold an object instead of the other of both; whether it holds one of them."""
        kept: Any = self._maps[version.name] if version.name else self.diagnostics
        is_there = version.key in kept if version.name else version.key < len(kept)
        if not is_there or (kept[version.key] is not version.then and kept[version.key] is not version.original):
            return False
        kept[version.key] = found
        return True

    def _put_versions(self) -> None:
        for ident, version in list(self._own.items()):
            if not self._put(version, version.then):
                del self._own[ident]

    def _take_version(self, owner: Any, fields: dict[str, NotedField]) -> _Version | None:
        """Have a copy of an object in which fields are as they were, if the graph holds it."""
        changes = self._chronicle.changes
        if owner is self._chronicle.trace:
            for field, noted in fields.items():
                restore(self.trace, owner, field, noted, changes)
            return None
        known = self._own.get(id(owner))
        if known is not None:
            return known
        found = self._find(owner)
        if found is None:
            return None
        then, (name, key) = _copy(owner, fields), found
        for field, noted in fields.items():
            restore(then, owner, field, noted, changes)
        version = self._own[id(owner)] = _Version(owner, then, fields, name, key)
        if name:
            self._maps[name][key] = then
        else:
            self.diagnostics[key] = then
        return version

    def _find(self, owner: Any) -> tuple[str, Any] | None:
        """The map and the key by which this graph holds an object of now; None if it does not."""
        if isinstance(owner, Diagnostic):
            number = self._chronicle.number_of(owner)
            return ("", number) if number < len(self.diagnostics) else None
        name = _MAP_OF_TYPE[type(owner)]
        kept = self._maps[name]
        return next(((name, key) for key in self._keys_of(name, owner) if kept.get(key) is owner), None)

    def _keys_of(self, name: str, owner: Any) -> Iterable[Any]:
        """The keys that an object may have in its map."""
        if name not in _KEYED_APART:
            return (getattr(owner, type(owner).__struct_fields__[0]),)
        if name == "deliveries":
            return (owner.edge_id,)
        return (key for key, value in self._now[name].items() if value is owner)

    # Maps

    def _lay(self, name: str, place: int) -> None:
        """Give a map the entries that it had at a place, as objects of now."""
        entries, kept, here = self._now[name], self._maps[name], self._laid_to[name]
        self._laid_to[name] = place
        if _lost_some(entries, *sorted((here, place))):
            self._lay_out(name, place)
            return
        first, last = bisect_right(entries.births, here), bisect_right(entries.births, place)
        is_fresh = name not in self._late and _starts_again(kept, entries, first, last)
        if is_fresh:
            first = len(kept)
        if last > first:
            kept.update(islice(entries.items(), first, last))
        elif last < first:
            deque(starmap(kept.popitem, repeat((), first - last)), maxlen=0)  # a third less than in a loop
        if is_fresh:
            kept.update((key, before) for key, before in entries.replaced.behind(place).items() if key in kept)
        elif entries.replaced:
            _lay_replaced(entries, kept, here, place)

    def _lay_late(self, name: str, place: int) -> None:
        """There are as many payloads as objects of all other kinds: from far away they come later."""
        entries, late = self._now[name], self._late[name]
        if late.is_late:
            late.clear()
            self._laid_to[name] = 0
        here = self._laid_to[name]
        distance = abs(bisect_right(entries.births, place) - bisect_right(entries.births, here))
        late.is_late = distance > _FEW_LATE and not entries.removed and not entries.replaced
        if not late.is_late:
            self._lay(name, place)

    def complete(self) -> Iterator[None]:
        """Let the late maps hold what they held at the place, in steps; the graph must stay there meanwhile."""
        for name in self._late:
            yield from self._complete(name)

    def _complete(self, name: str) -> Iterator[None]:
        late, births = self._late[name], self._now[name].births
        place = self.place
        while late.is_late:
            here = self._laid_to[name]
            first, last = bisect_right(births, here), bisect_right(births, place)
            step = min(last, first + _LATE_AT_ONCE) if last > first else max(last, first - _LATE_AT_ONCE)
            goal = place if step == last else births[step]
            self._lay(name, place if goal == here else goal)
            late.is_late = self._laid_to[name] != place
            yield

    def _complete_now(self, name: str) -> None:
        for _ in self._complete(name):
            pass

    def _lay_out(self, name: str, place: int) -> None:
        """Give a map the entries that it had at a place, in their order, some of which were taken out later."""
        entries, kept = self._now[name], self._maps[name]
        laid = list(islice(entries.items(), bisect_right(entries.births, place)))
        for gone in reversed(_between(entries.removed, place, None)):
            if gone.born <= place:
                laid.insert(gone.rank, (gone.key, gone.value))
        before = entries.replaced.behind(place)
        kept.clear()
        kept.update((key, before.get(key, value)) for key, value in laid)

    def _lay_diagnostics(self, place: int) -> None:
        count = self._chronicle.findings(place)
        del self.diagnostics[count:]
        self.diagnostics += self._chronicle.diagnostics[len(self.diagnostics) : count]


def _starts_again(kept: dict[Any, Any], entries: RecordedMap[Any, Any], first: int, last: int) -> bool:
    """Let a map that has the first `first` entries have none, or all of now, if `last` is reached sooner from there.

    Whether it was done.
    """
    total = len(entries)
    from_here = last - first if last > first else (first - last) * TAKE_PART
    from_none, from_all = last, total * COPY_PART + (total - last) * TAKE_PART
    if from_here <= min(from_none, from_all):
        return False
    kept.clear()
    if from_all < from_none:
        kept.update(entries)
    return True


def _lay_replaced(entries: RecordedMap[Any, Any], kept: dict[Any, Any], here: int, place: int) -> None:
    first, last = sorted((here, place))
    keys = entries.replaced.keys_between(first, last).union(_born(entries, first, last))
    before = entries.replaced.behind(place) if keys else {}
    for key in keys:
        if key in kept:
            kept[key] = before[key] if key in before else entries[key]


def _born(entries: RecordedMap[Any, Any], first: int, last: int | None) -> Iterator[Any]:
    """The keys that came into a map behind one place and up to another one, as far as they are still there."""
    births = entries.births
    start, end = bisect_right(births, first), len(births) if last is None else bisect_right(births, last)
    return iter(()) if start == end else islice(entries, start, end)


def _lost_some(entries: RecordedMap[Any, Any], first: int, last: int) -> bool:
    """Whether entries that were taken out at some time came, or were taken out, between two places."""
    return any(first < gone.line <= last or first < gone.born <= last for gone in entries.removed)


def _changed(entries: RecordedMap[Any, Any], first: int, last: int) -> Iterator[Any]:
    """The keys whose value was replaced or taken out, or that came and were taken out since."""
    yield from entries.replaced.keys_between(first, last)
    yield from (one.key for one in entries.removed if first < one.line <= last or first < one.born <= last)


def _between(noted: Sequence[Any], first: int, last: int | None) -> Sequence[Any]:
    """What was noted behind one place and up to another one."""
    start = bisect_right(noted, first, key=_line)
    return noted[start : len(noted) if last is None else bisect_right(noted, last, key=_line)]


def _line(noted: Any) -> int:
    line: int = noted.line
    return line


def prepare_copies() -> None:
    """Look ahead which fields of objects are copied: that costs milliseconds once."""
    for kind in _MAP_OF_TYPE:
        _changeable(kind)


def _copy(found: Any, restored: Container[str]) -> Any:
    """A copy of an object of the graph whose lists and window can be changed; lists in `restored` are set anyway."""
    if not isinstance(found, Recorded):
        return found
    version = copy(found)
    for name in _changeable(type(found)):
        if name not in restored or name == "execution":
            setattr(version, name, copy(getattr(version, name)))
    return version


@cache
def _changeable(kind: type[Recorded]) -> tuple[str, ...]:
    """The fields of an object that hold a list, or the window, which change without being set again."""
    fields = msgspec.structs.fields(kind)
    return tuple(field.name for field in fields if field.name == "execution" or _may_be_list(field.type))


def _may_be_list(kind: Any) -> bool:
    return get_origin(kind) is list or any(map(_may_be_list, get_args(kind)))
