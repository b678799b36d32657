"""What is compared, as the comparison screen needs it: two stores that may grow, or two requests of one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from itertools import islice
from typing import Any

from tui.analysis.compare.comparison import AgentComparison
from tui.analysis.compare.items import ItemReader
from tui.analysis.compare.recordings import Comparer
from tui.analysis.compare.stream import StreamItem, side_of
from tui.analysis.state.outcome import outcome_of
from tui.model.ids import ItemId
from tui.model.noderef import NodeRef
from tui.schema.rules import SUPPORTED_SCHEMA_VERSIONS, rules_for
from tui.source.source import Source
from tui.store import TraceStore
from tui.viewmodel.compare.model import ComparedSide
from tui.viewmodel.folder.row import shortened
from tui.viewmodel.text.clean import format_duration, format_tokens
from tui.viewmodel.text.percent import percent_done
from tui.viewmodel.text.spans import Line, Span
from tui.viewmodel.timeline.outcome_words import OUTCOME_SIGNS, OUTCOME_STYLES


class ComparedRecordings:
    """Two recordings, one of which, or both, may still be read or written.

    While they are read for the first time, their items are read along (see `Comparer.read_along`).
    """

    def __init__(self, a: TraceStore, b: TraceStore) -> None:
        self.stores = (a, b)
        self._has_begun = False
        self._begin()

    def _begin(self) -> None:
        self._generations = self._now
        self._comparer = Comparer(*(side_of(store.trace, store.index, store.payloads) for store in self.stores))
        for number, store in enumerate(self.stores):
            store.on_bodies = self._comparer.read_along(number) if store.is_loading else None

    def stop(self) -> None:
        """Read no more items along."""
        for store in self.stores:
            store.on_bodies = None

    def waits_for(self) -> str:
        """Which of the two is being read, and how much of it has been."""
        waiting = [
            f"{name} {percent_done(store.bytes_read / store.bytes_total if store.bytes_total else 0)}"
            for name, store in zip(("A", "B"), self.stores, strict=True)
            if store.state == "loading"
        ]
        return f"Reading {' and '.join(waiting)}" if waiting else ""

    def moment(self) -> Hashable:
        """Changes with every line that is reduced."""
        return tuple((store.generation, len(store.event_log)) for store in self.stores)

    def is_outdated(self) -> bool:
        """Whether one of the graphs was replaced after it was compared."""
        return self._has_begun and self._generations != self._now

    @property
    def _now(self) -> tuple[int, ...]:
        return tuple(store.generation for store in self.stores)

    def steps(self) -> Iterator[AgentComparison | None]:
        """Compare what there is; what was read of an item is kept for the next time."""
        if not self._has_begun:
            if self._generations != self._now:  # a reading that was kept has taken the place of the one at first
                self._begin()
            self._has_begun = True
            self.stop()
        yield from self._comparer.steps()


def compared_sides(
    a: TraceStore, b: TraceStore, visit_a: Callable[[NodeRef], None], visit_b: Callable[[NodeRef], None]
) -> tuple[ComparedSide, ComparedSide]:
    """Both recordings for the screen. `visit_a` and `visit_b` go to an object in its own recording."""
    names = _names(a.source, b.source)
    return _side(a, names[0], visit_a), _side(b, names[1], visit_b)


NEAREST_FOLDERS = 3
"""Folders around two recordings among which is the one that says which is which."""


def _names(a: Source, b: Source) -> tuple[str, str]:
    """The names of the recordings, with the nearest folders that differ where these say more.

    That is where both have one name, or names that a recorder made of ids.
    """
    ours, theirs = shortened(a.name), shortened(b.name)
    if a.path is None or b.path is None or (ours != theirs and (ours, theirs) == (a.name, b.name)):
        return ours, theirs
    around = zip(a.path.absolute().parents, b.path.absolute().parents, strict=False)
    for far, (left, right) in enumerate(islice(around, NEAREST_FOLDERS)):
        if left.name != right.name:
            between = "/…/" if far else "/"
            return f"{left.name}{between}{ours}", f"{right.name}{between}{theirs}"
    return ours, theirs


def _side(store: TraceStore, name: str, visit: Callable[[NodeRef], None]) -> ComparedSide:
    def fields(item: StreamItem) -> dict[str, Any]:
        return ItemReader(side_of(store.trace, store.index, store.payloads)).fields(item.item_id)

    return ComparedSide(
        name=name,
        fields=fields,
        seq_of=lambda item_id: seq_of(store, item_id),
        headline=_Headline(store),
        may_grow=lambda: not store.recording.is_over,
        visit=visit,
        request_of=lambda item_id: request_of(store, item_id),
        unread=lambda: store.reading.note if store.state != "loading" else None,
        recorder=lambda: _recorder(store.reading.schema_version),
    )


def _recorder(schema_version: int) -> str:
    known = schema_version in SUPPORTED_SCHEMA_VERSIONS
    return rules_for(schema_version).codex_releases if known else f"of schema {schema_version}"


def seq_of(store: TraceStore, item_id: ItemId) -> int | None:
    """The event that brought an item first."""
    source = store.trace.evidence.item_sources.get(item_id)
    origin = None if source is None else store.event_log.payload_origin(source.raw_payload_id)
    return None if origin is None else origin.seq


def request_of(store: TraceStore, item_id: ItemId) -> int | None:
    """The number, among those of its agent, of the request that the model answered with an item."""
    call = store.index.returning_inferences.first(item_id)
    return None if call is None else store.index.ordinal("inference", call)


class _Headline:
    """How a recording came out, how long it took, how many tokens it used; counted again when it has grown."""

    def __init__(self, store: TraceStore) -> None:
        self._store = store
        self._counted: Hashable = None
        self._line: Line = ()

    def __call__(self) -> Line:
        store = self._store
        now = (store.generation, len(store.event_log), store.state)
        if now != self._counted:
            self._counted, self._line = now, self._count()
        return self._line

    def _count(self) -> Line:
        store = self._store
        if store.state == "loading":
            return (Span("◔ reading", "dim"),)
        word = outcome_of(store.trace, store.index, store.recording).word
        took = format_duration(max(0, store.index.newest_unix_ms - store.trace.started_at_unix_ms))
        usages = [call.known_usage for call in store.trace.inference_calls.values() if call.known_usage is not None]
        tokens = format_tokens(sum(one.input_tokens + one.output_tokens for one in usages)) if usages else "? tok"
        return (Span(OUTCOME_SIGNS[word], OUTCOME_STYLES[word]), Span(f" {took} {tokens}", "dim"))
