"""A search of the whole recording: the graph on the loop, payload files beside it, results as they come."""

from __future__ import annotations

import asyncio
from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import islice

from tui.analysis.kinds.naming import name_of
from tui.analysis.search.byte_pattern import BytePattern
from tui.analysis.search.excerpt import Excerpt, excerpt
from tui.analysis.search.graph_search import GraphSearch, Hit, LabelOf, text_of_hit
from tui.analysis.search.pattern import Pattern
from tui.bundle.payloads.body_search import BodyCount, count_in_bodies, match_at
from tui.bundle.payloads.searched_body import WholePlaces, searched_body
from tui.bundle.payloads.time_limit import MATCHING_SECONDS, time_limit
from tui.model.delta import TraceDelta
from tui.model.noderef import NodeRef
from tui.schema.payloads import RawPayloadRef
from tui.source.fault import PayloadFault
from tui.store import TraceStore
from tui.ui.scheduler import sliced, take
from tui.viewmodel.lists.found import FoundGroup, FoundList, FoundPlace
from tui.viewmodel.lists.found_lines import FoundFacts, heading_line, place_line
from tui.viewmodel.text.excerpts import byte_excerpt
from tui.viewmodel.text.spans import Line

LOOP_SECONDS = 0.004
"""How long a slice keeps the loop; a key waits no longer."""

THREAD_SECONDS = 0.03
"""How long the thread searches before it reports what it found."""

OBJECTS_PER_LOOK = 20
"""Objects of the graph between two looks at the clock."""

BODIES_KEPT = 16
"""Payloads whose matches are remembered while one looks at them."""

MOST_SLOW_TEXTS = 20
"""Texts on which an expression may take too long before the search gives up: each of them holds up the keys."""


class EverywhereSearch:
    """One pattern, what was found so far, and how far the search has come."""

    def __init__(self, store: TraceStore, pattern: Pattern, label_of: LabelOf) -> None:
        """Raises `PatternError` for what cannot be looked for in bytes."""
        self.pattern = pattern
        self.found = FoundList()
        self.is_running = False
        self.is_stopped = False
        self.unreadable = 0
        """Payloads that could not be read."""
        self.on_change: Callable[[], None] = lambda: None
        self._store = store
        self._generation = store.generation
        self._label_of = label_of
        self._finder = BytePattern(pattern)
        self._graph = self._new_graph()
        self._is_early = False
        """Whether objects were looked at before the log was read to its end: what they say came later."""
        self._second: GraphSearch | None = None
        """The second look at all of these, while it is under way."""
        self._payloads_done = 0
        self._slow = 0
        self._places: OrderedDict[str, array[int]] = OrderedDict()
        self._seq: int | None = None

    # Searching

    async def run(self) -> None:
        """Search all that is there now and was not searched yet; what comes in meanwhile, too."""
        if self.is_running:
            return
        self.is_running, self.is_stopped = True, False
        try:
            while self._has_more:
                await asyncio.gather(self._search_graph(), self._search_payloads())
                await self._look_again()
            self._seq = self._store.event_log.newest_seq
        finally:
            self.is_running = False
            self.on_change()

    def stop(self) -> None:
        """Search no further; what was found stays."""
        self.is_stopped = True

    @property
    def is_current(self) -> bool:
        """Whether the search belongs to the recording that is shown."""
        return self._generation == self._store.generation

    @property
    def _has_more(self) -> bool:
        has_more = not self._graph.is_done or self._payloads_done < len(self._store.trace.raw_payloads)
        return (has_more or self._is_outdated) and not self.is_stopped and self.is_current

    @property
    def _is_outdated(self) -> bool:
        """Whether objects are to be looked at again. While the log is being read nearly all would be, over and over."""
        return not self._store.is_loading and (self._is_early or self._graph.has_changed)

    def note_changes(self, delta: TraceDelta) -> None:
        """The recording grew."""
        graph = self._second or self._graph
        if not self._store.is_loading and (self._second is not None or not self._is_early):
            graph.note_changes(delta)

    def _new_graph(self) -> GraphSearch:
        store = self._store
        return GraphSearch(store.trace, store.diagnostics, self.pattern, label_of=self._label_of, limited=self._limited)

    async def _look_again(self) -> None:
        """Look once more at what has changed since it was looked at; at all that was looked at too early."""
        if not self._is_outdated:
            return
        self._second = self._new_graph() if self._is_early else None
        graph, found = self._second or self._graph, {}
        try:
            async for batch in sliced(self._again_steps(graph), seconds=LOOP_SECONDS, rest=0):
                for hits_of in batch:
                    found.update(hits_of)
        finally:
            self._second = None
        if not (self.is_stopped and self._is_early) and self.is_current:
            self.found.replace_hits(found, is_whole=self._is_early)
            self._graph, self._is_early = graph, False
            self.on_change()

    def _again_steps(self, graph: GraphSearch) -> Iterator[dict[NodeRef, list[Hit]]]:
        count = 1 if self.pattern.is_regex else OBJECTS_PER_LOOK
        while graph is not self._graph and not (graph.is_done or self.is_stopped):
            hits_of: dict[NodeRef, list[Hit]] = {}
            for hit in graph.advance(count):
                hits_of.setdefault(hit.node, []).append(hit)
            yield hits_of
            self._give_up_if_slow(graph.skipped)
        while graph is self._graph and graph.has_changed and not self.is_stopped:
            yield dict(graph.look_again(count))
            self._give_up_if_slow()

    async def _search_graph(self) -> None:
        self._is_early = self._is_early or self._store.is_loading
        async for batch in sliced(self._graph_steps(), seconds=LOOP_SECONDS, rest=0):
            for hits in batch:
                self.found.add_hits(hits)
            self._give_up_if_slow()
            self.on_change()

    def _graph_steps(self) -> Iterator[list[Hit]]:
        while not (self._graph.is_done or self.is_stopped):
            yield self._graph.advance(1 if self.pattern.is_regex else OBJECTS_PER_LOOK)

    async def _search_payloads(self) -> None:
        refs = list(islice(self._store.trace.raw_payloads.values(), self._payloads_done, None))
        parts = count_in_bodies(self._store.payloads, refs, self._finder, self._limited)
        while not self.is_stopped:
            if self._finder.is_regex:
                # Only here can an expression be stopped; reading ahead in a thread keeps the disk from holding this up.
                await asyncio.to_thread(self._read_ahead, refs)
                batch = take(parts, LOOP_SECONDS)
            else:
                is_first = not self.found.place_count
                batch = await asyncio.to_thread(take, parts, LOOP_SECONDS if is_first else THREAD_SECONDS)
            if not batch or not self.is_current:
                return
            self._take(batch)
            self.on_change()

    def _read_ahead(self, refs: list[RawPayloadRef]) -> None:
        done = self._payloads_done - (len(self._store.trace.raw_payloads) - len(refs))
        for ref in refs[max(0, done) : max(0, done) + 8]:
            searched_body(self._store.payloads, ref, self._finder.window)

    def _take(self, batch: list[BodyCount]) -> None:
        for part in batch:
            self._payloads_done += part.passed + part.is_done
            self.found.add_matches(part.ref.raw_payload_id, part.found, part.starts)
            if part.fault is not None and part.fault.code == "too-slow":
                self._slow += 1
            else:
                self.unreadable += part.fault is not None
        self._give_up_if_slow()

    def _give_up_if_slow(self, skipped_again: int = 0) -> None:
        if self.slow_texts + skipped_again >= MOST_SLOW_TEXTS:
            self.stop()

    def _limited(self) -> AbstractContextManager[None]:
        return time_limit(MATCHING_SECONDS) if self.pattern.is_regex else nullcontext()

    # What is reported

    @property
    def slow_texts(self) -> int:
        """Texts on which the expression took too long; they were left out."""
        return self._slow + self._graph.skipped

    @property
    def may_grow(self) -> bool:
        """Whether more is still being looked for."""
        return not self.is_stopped and (self.is_running or self._store.is_loading)

    def facts(self) -> FoundFacts:
        """What the title of the list says."""
        payloads = len(self._store.trace.raw_payloads)
        return FoundFacts(
            pattern=self.pattern.typed,
            matches=self.found.matches,
            groups=self.found.group_count,
            payloads=self.found.payload_count,
            in_payloads=self.found.matches_in_payloads,
            is_running=self.is_running,
            is_stopped=self.is_stopped,
            is_loading=self._store.is_loading,
            progress=(self._graph.progress + self._payloads_done / max(1, payloads)) / 2,
            searched_to_seq=self._seq if self._store.state in ("live", "waiting") else None,
            unreadable=self.unreadable,
            slow=self.slow_texts,
            places=self.found.place_count,
        )

    def line(self, row: int) -> Line:
        """A line of the list; what it shows of payloads and texts is read now."""
        shown = self.found.row_at(row)
        if shown is None:
            return ()
        group = shown.group
        if shown.number is None:
            return heading_line(self._name(group), group.matches)
        place = FoundPlace(group, shown.number)
        return place_line(
            self._where(place), self._excerpt(place), self._name(group) if shown.is_alone else "", self._more(place)
        )

    def _name(self, group: FoundGroup) -> str:
        return name_of(self._store.trace, self._store.index, group.node)

    def _where(self, place: FoundPlace) -> str:
        if place.group.hits:
            return place.group.hits[place.number].where
        span, ref = self.span_of(place), self._ref(place.group)
        if span is None or ref is None:
            return ""
        return f"byte {span[0]:,}{' of the fragments' if len(ref.parts) else ''}"

    def _more(self, place: FoundPlace) -> int:
        return place.group.hits[place.number].matches if place.group.hits else 1

    def _excerpt(self, place: FoundPlace) -> Excerpt:
        if place.group.hits:
            hit = place.group.hits[place.number]
            text = text_of_hit(self._store.trace, self._store.diagnostics, hit, self._label_of)
            return excerpt(text, hit.start, hit.end)
        span, ref = self.span_of(place), self._ref(place.group)
        match = None if span is None or ref is None else match_at(self._store.payloads, ref, *span)
        if match is None or isinstance(match, PayloadFault):
            return Excerpt("", "", "")
        return byte_excerpt(match.before, match.match, match.after)

    # Where matches are

    def span_of(self, place: FoundPlace) -> tuple[int, int] | None:
        """Start and end of a match in its payload, in bytes; None if the file is another one by now."""
        ref = self._ref(place.group)
        if ref is None:
            return None
        if place.group.starts is not None:
            return self._span_at(ref, place.group.starts[place.number])
        spans = self._places.get(ref.raw_payload_id)
        if spans is None:
            spans = self._places[ref.raw_payload_id] = self._look_up(ref)
            if len(self._places) > BODIES_KEPT:
                self._places.popitem(last=False)
        at = 2 * place.number
        return (spans[at], spans[at + 1]) if at + 1 < len(spans) else None

    def start_in_whole(self, place: FoundPlace) -> int | None:
        """Where a match begins in the whole body of its payload, in bytes; None if that is not known."""
        span, ref = self.span_of(place), self._ref(place.group)
        return None if span is None or ref is None else WholePlaces(self._store.payloads, ref).of(span[0])

    def _look_up(self, ref: RawPayloadRef) -> array[int]:
        body = searched_body(self._store.payloads, ref, self._finder.window)
        if not isinstance(body, bytes):
            return array("Q")
        try:
            with self._limited():
                return array("Q", (end for span in self._finder.spans(body) for end in span))
        except TimeoutError:
            return array("Q")

    def _span_at(self, ref: RawPayloadRef, start: int) -> tuple[int, int] | None:
        around = match_at(self._store.payloads, ref, start, start + self._finder.reach)
        if isinstance(around, PayloadFault):
            return None
        body = around.before + around.match
        found = next(self._finder.spans(body, len(around.before)), None)
        return None if found is None else (start, start + found[1] - found[0])

    def _ref(self, group: FoundGroup) -> RawPayloadRef | None:
        return self._store.trace.raw_payloads.get(group.node.id)  # type: ignore[call-overload,no-any-return]  # the schema has plain ids
