"""The index of a reading as columns of numbers, and back."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from tui.analysis.index.reverse import ReverseLinks
from tui.analysis.index.trace_index import TraceIndex
from tui.cache.names import NameColumn, Names, Numbering, numbers_of, runs
from tui.model.trace import RolloutTrace

_LINKS_IN_RUN = 5_000
"""Links in one piece: a few milliseconds to write or read."""


class MapRecord(msgspec.Struct, array_like=True):
    """A map from names to one name, or to several: those with one, then those with `lengths` of `several`."""

    keys: NameColumn
    values: NameColumn
    long_keys: NameColumn
    lengths: bytes
    several: NameColumn


class LinksRecord(msgspec.Struct, array_like=True, tag="links"):
    """Some links of one kind: who links to a target, or what an owner links to.

    What an owner has stated of a list that grows is left out: of a finished recording, none does.
    """

    name: str
    owners: MapRecord | None = None
    targets: MapRecord | None = None


class IndexRecord(msgspec.Struct, array_like=True, tag="index"):
    """What an index holds beside its links."""

    ordinals_of: NameColumn
    ordinals: bytes
    requests_to_new_model: NameColumn
    newest: tuple[int, int]


def link_records(index: TraceIndex, numbering: Numbering) -> Iterator[LinksRecord]:
    """All links of an index, some of one kind a step."""
    for name, links in index.links().items():
        for run in runs(links.owner_map.items(), _LINKS_IN_RUN):
            yield LinksRecord(name, owners=_map_record(dict(run), numbering))
        if isinstance(links, ReverseLinks):
            for run in runs(links.target_map.items(), _LINKS_IN_RUN):
                yield LinksRecord(name, targets=_map_record(dict(run), numbering))


def index_record(index: TraceIndex, numbering: Numbering) -> IndexRecord:
    """What an index holds beside its links."""
    ordinals = index.ordinals
    numbers = array("I", ordinals.values()).tobytes()
    changed = numbering.column(sorted(index.requests_to_new_model))
    newest = index.newest_unix_ms, index.newest_seq
    return IndexRecord(numbering.column(list(ordinals)), numbers, changed, newest)


def restored_index(trace: RolloutTrace, record: IndexRecord, names: Names) -> TraceIndex:
    """The index of a graph, without its links."""
    ordinals = dict(zip(names.of(record.ordinals_of), numbers_of(record.ordinals), strict=True))
    return TraceIndex.restored(trace, ordinals, names.of(record.requests_to_new_model), record.newest)


def restore_links(index: TraceIndex, record: LinksRecord, names: Names) -> None:
    """Give some links back to an index. Raises `KeyError` for a kind that it does not have."""
    links = index.links()[record.name]
    if record.owners is not None:
        links.restore_owners(_map(record.owners, names))
    if isinstance(links, ReverseLinks) and record.targets is not None:
        links.restore_targets(_map(record.targets, names))


def _map_record(links: Mapping[Any, Any], numbering: Numbering) -> MapRecord:
    one = {key: value for key, value in links.items() if type(value) not in (tuple, dict, list)}
    long = {key: value for key, value in links.items() if type(value) in (tuple, dict, list)}
    return MapRecord(
        numbering.column(list(one)),
        numbering.column(list(one.values())),
        numbering.column(list(long)),
        array("I", map(len, long.values())).tobytes(),
        numbering.column([name for several in long.values() for name in several]),
    )


def _map(record: MapRecord, names: Names) -> dict[Any, Any]:
    links: dict[Any, Any] = dict(zip(names.of(record.keys), names.of(record.values), strict=True))
    several, start = names.of(record.several), 0
    for key, length in zip(names.of(record.long_keys), numbers_of(record.lengths), strict=True):
        links[key] = tuple(several[start : start + length])
        start += length
    return links
