"""One search through a recording for `rtrace-tui grep`; the graph is loaded when something asks for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.analysis.kinds.plural import counted
from tui.analysis.search.byte_pattern import BytePattern
from tui.analysis.search.excerpt import Excerpt, excerpt
from tui.analysis.search.pattern import Pattern
from tui.bundle.catalog.references import referenced_payloads
from tui.bundle.open import Bundle
from tui.bundle.payloads.body_search import count_in_bodies, matches_in_body
from tui.bundle.payloads.store import PayloadStore
from tui.bundle.payloads.time_limit import time_limit
from tui.commands.grep_output import GrepOutput
from tui.model.noderef import NodeRef
from tui.schema.payloads import NamedPayload, RawPayloadRef, path_in_bundle
from tui.source.fault import PayloadFault
from tui.viewmodel.text.excerpts import byte_excerpt
from tui.viewmodel.timeline.conditions import TimelineFilter

if TYPE_CHECKING:
    from tui.analysis.recording.reading import Reading
    from tui.analysis.search.graph_search import Hit
    from tui.bundle.catalog.quick_counts import TextCount
    from tui.store import TraceStore  # what the graph needs is loaded with it

SECONDS_PER_TEXT = 5.0
"""A regular expression that computes longer on one text is stopped, and the text reported as left out."""

OBJECTS_PER_STEP = 1_000

_PATIENCE = 2_000
"""Payloads that are looked through one by one for the first match, which is a moment's work; then it must be rare."""


class Where(NamedTuple):
    """Where to look: in which of the two, and in which rows. `tells_users` if the objects that use a payload count."""

    in_graph: bool
    in_payloads: bool
    chosen: TimelineFilter
    tells_users: bool


class _Place(NamedTuple):
    """What is said of a match beside its text."""

    node: NodeRef
    where: str
    facts: dict[str, Any]


class Search:
    """Looks for one pattern. The payloads are found through the log alone, so that they can be searched at once."""

    def __init__(self, bundle: Bundle, pattern: Pattern, finder: BytePattern, where: Where) -> None:
        self.left_out: list[str] = []
        """Texts that could not be searched, one line each, those of a payload with its name first."""
        self._bundle = bundle
        self._payloads = PayloadStore(bundle.path)
        self._pattern = pattern
        self._finder = finder
        self._where = where
        self._has_matched = False
        """Whether a payload held the pattern so far."""

    @cached_property
    def _store(self) -> TraceStore:
        """The graph of the recording."""
        from tui.commands.loaded import load

        return load(self._bundle)

    @property
    def reading(self) -> Reading | None:
        """How much of the recording could be read; None if only payloads were searched."""
        return self._store.reading if "_store" in self.__dict__ else None

    @cached_property
    def _is_left(self) -> Callable[[NodeRef], bool]:
        """Whether the filter leaves the row of an object; without one, all are left, those without a row among them."""
        if not self._where.chosen:
            return lambda _node: True
        from tui.viewmodel.timeline.model import TimelineModel

        store = self._store
        timeline = TimelineModel(store.trace, store.index, store.diagnostics)
        timeline.labels.recording = store.recording
        return timeline.left_by(self._where.chosen)

    def left_out_summed(self) -> list[str]:
        """The lines of `left_out`, one for all the payloads that are left out for the same reason, as with a shard."""
        reasons = Counter(line.partition(": ")[2] for line in self.left_out)
        told: dict[str, str] = {}
        for line in self.left_out:
            reason = line.partition(": ")[2]
            is_shared = bool(reason) and reasons[reason] > 1
            told.setdefault(
                reason if is_shared else line, f"{reasons[reason]:,} payloads: {reason}" if is_shared else line
            )
        return list(told.values())

    def count(self, output: GrepOutput) -> int:
        """Tell how often each payload and each object holds the pattern; return the sum."""
        total = 0
        for ref, found in self._payload_counts():
            facts = {"name": " ".join(filter(None, (ref.kind.type, path_in_bundle(ref))))}
            if output.says_facts:
                facts.update(self._facts(ref))
            output.count(NodeRef("payload", ref.raw_payload_id), found, facts)
            total += found
        counts: dict[NodeRef, int] = {}
        for hit in self._graph_hits():
            counts[hit.node] = counts.get(hit.node, 0) + hit.matches
        if counts:
            from tui.analysis.kinds.naming import name_of
        for node, found in counts.items():
            output.count(node, found, {"name": name_of(self._store.trace, self._store.index, node)})
            total += found
        return total

    def print_matches(self, output: GrepOutput) -> int:
        """Tell every match as it is found; return how many there are."""
        total = 0
        for place, found in self._matches():
            output.match(place.node, place.where, found, place.facts)
            total += 1
        return total

    def _matches(self) -> Iterator[tuple[_Place, Excerpt]]:
        if self._where.in_graph:
            from tui.analysis.search.graph_search import text_of_hit
        for hit in self._graph_hits():
            text = text_of_hit(self._store.trace, self._store.diagnostics, hit, self._label_of)
            for start, end in self._pattern.spans(text):
                yield _Place(hit.node, hit.where, {"start": start, "end": end}), excerpt(text, start, end)
        for ref in self._likely_refs():
            node = NodeRef("payload", ref.raw_payload_id)
            for match in matches_in_body(self._payloads, ref, self._finder, self._limited):
                if isinstance(match, PayloadFault):
                    self.left_out.append(match.reason)
                    continue
                stop = None if match.start is None else match.start + len(match.match)
                place = _Place(node, "payload", {**self._facts(ref), "start": match.start, "end": stop})
                self._has_matched = True
                yield place, byte_excerpt(match.before, match.match, match.after)

    @cached_property
    def _label_of(self) -> Callable[[NodeRef], str]:
        from tui.viewmodel.timeline.row_words import row_words

        return row_words(self._store.trace, self._store.index)

    def _graph_hits(self) -> Iterator[Hit]:
        if not self._where.in_graph:
            return
        from tui.analysis.search.graph_search import GraphSearch

        store = self._store
        search = GraphSearch(
            store.trace, store.diagnostics, self._pattern, label_of=self._label_of, limited=self._limited
        )
        while not search.is_done:
            yield from (hit for hit in search.advance(OBJECTS_PER_STEP) if self._is_left(hit.node))
        if search.skipped:
            self.left_out.append(f"the expression takes too long on {counted(search.skipped, 'text')} of the graph")

    def _refs(self) -> Iterator[RawPayloadRef]:
        """The payloads to be searched, in the order in which the log names them."""
        for ref in referenced_payloads(self._bundle) if self._where.in_payloads else ():
            if self._is_left(NodeRef("payload", ref.raw_payload_id)):
                yield ref

    def _likely_refs(self) -> Iterator[RawPayloadRef]:
        """The payloads to be searched; if the first of them hold nothing, only those that are quickly found to hold it.

        That finds a rare text much sooner, and a common one later.
        """
        looked_at: set[str] = set()
        holding: set[str] | None = None
        for ref in self._refs():
            if holding is not None and ref.raw_payload_id not in holding:
                continue
            yield ref
            looked_at.add(ref.raw_payload_id)
            if len(looked_at) != _PATIENCE or self._has_matched:
                continue
            counts = self._quick_counts()
            if counts is None:
                continue
            whole = [one.ref for one in counts if isinstance(one.ref, RawPayloadRef)]
            if len(whole) == len(counts):
                yield from (one for one in whole if one.raw_payload_id not in looked_at)
                return
            holding = {one.ref.raw_payload_id for one in counts}

    def _payload_counts(self) -> Iterator[tuple[RawPayloadRef | NamedPayload, int]]:
        quick = self._quick_counts()
        if quick is None:
            yield from self._counted(self._refs())
            return
        for ref, found in quick:
            if found:
                yield ref, found
            elif found is None:
                whole = (
                    ref
                    if isinstance(ref, RawPayloadRef)
                    else RawPayloadRef(ref.raw_payload_id, ref.kind, ref.path, ref.shard)
                )
                yield from self._counted([whole])

    def _quick_counts(self) -> list[TextCount] | None:
        """The counts of the payloads that hold the pattern, where these are quickly found."""
        if not self._where.in_payloads or self._where.chosen:
            return None
        from tui.bundle.catalog.quick_counts import quick_counts
        from tui.commands.garbage import without_garbage_collection

        with without_garbage_collection():
            return quick_counts(self._bundle, self._finder)

    def _counted(self, refs: Iterable[RawPayloadRef]) -> Iterator[tuple[RawPayloadRef, int]]:
        """Search each of the payloads, and count."""
        found = 0
        for part in count_in_bodies(self._payloads, refs, self._finder, self._limited):
            found += part.found
            if part.fault is not None:
                self.left_out.append(part.fault.reason)
            if part.is_done and found:
                yield part.ref, found
            found = 0 if part.is_done else found

    def _facts(self, ref: RawPayloadRef | NamedPayload) -> dict[str, Any]:
        facts = {"raw_payload_id": ref.raw_payload_id, "path": path_in_bundle(ref), "shard": ref.shard}
        if not self._where.tells_users:
            return facts
        users = self._store.index.payload_users.of(ref.raw_payload_id)  # type: ignore[arg-type]  # the schema has plain ids
        return {**facts, "used_by": [{"kind": user.kind, "id": user.id} for user in users]}

    def _limited(self) -> AbstractContextManager[None]:
        return time_limit(SECONDS_PER_TEXT) if self._finder.is_regex else nullcontext()
