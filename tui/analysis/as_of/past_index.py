"""The index of a graph as it was, without a second one being made: a lens over the index of now.

An index of a long recording takes seconds to make. What an object links to follows from the object, so that the links
of now hold for every object that was there and is the same; the few others say theirs again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tui.analysis.as_of.past_links import PastLinks
from tui.analysis.index.items_by_time import ItemsByTime
from tui.analysis.index.newest import Newest
from tui.analysis.index.reverse import ReverseLinks
from tui.analysis.index.stated_links import LINKS_STATED_BY
from tui.analysis.index.trace_index import TraceIndex
from tui.model.delta import TraceDelta
from tui.model.ids import InferenceCallId, ThreadId
from tui.model.kinds import GRAPH_KINDS, KINDS, MAP_OF_KIND, GraphKind, NodeKind, entries
from tui.model.objects import InferenceCall
from tui.model.trace import RolloutTrace

_KIND_OF_MAP: dict[str, GraphKind] = {name: kind for kind, name in MAP_OF_KIND.items()}


class PastIndex(TraceIndex):
    """`trace` is a graph that is brought from place to place; `now` the index of the graph that it shares objects with.

    `begin_again` is to be called when the graph was brought somewhere, `keep` when objects of now changed.
    """

    def __init__(self, trace: RolloutTrace, now: TraceIndex) -> None:
        super().__init__(trace, is_told_later=True)
        self._now = now
        self._unlike_now: dict[GraphKind, set[Any]] = {kind: set() for kind in GRAPH_KINDS}
        self._links: list[PastLinks[Any, Any]] = []
        for kind, names in entries(LINKS_STATED_BY):
            was_there, unlike_now = KINDS[kind].objects(trace).__contains__, self._unlike_now[kind]
            for name in names:
                self._look_through(name, was_there, unlike_now)
        # Which items a request was the first to send was worked out when it came, and stays.
        self._look_through("first_senders", self._had_sent, frozenset())
        self.payload_users = now.payload_users.seen_in(self.payload_users.targets)
        self.items_of_producer = now.items_of_producer.seen_in(self.items_of_producer.targets)

    def _look_through(self, name: str, was_there: Callable[[Any], bool], unlike_now: Any) -> None:
        links: PastLinks[Any, Any] = PastLinks(getattr(self._now, name), was_there, unlike_now)
        setattr(self, name, links)
        self._links.append(links)

    def _had_sent(self, name: InferenceCallId) -> bool:
        call = self._trace.inference_calls.get(name)
        return call is not None and len(call.request_item_ids) > 0

    def ordinal(self, kind: NodeKind, object_id: str) -> int:
        """Number from 1 in its thread: it is that of now."""
        return self._now.ordinal(kind, object_id)

    def _number(self, kind: NodeKind, object_id: str, thread_id: ThreadId, links: ReverseLinks[Any, ThreadId]) -> None:
        """Nothing: it has its number."""

    def _add_first_sent(self, inference: InferenceCall) -> Iterator[None]:  # noqa: ARG002  # it is not asked
        """Nothing: what a request was the first to send is known of now."""
        return iter(())

    def _add_to_thread(self, inference: InferenceCall) -> None:
        """Only the link: whether the model changed is known of now, and finding the request before takes long."""
        self.inferences_of_thread.state_one(inference.inference_call_id, inference.thread_id)

    def begin_again(self, unlike_now: Iterable[tuple[str, Any]], newest: Newest) -> None:
        """The graph is that of another place; `unlike_now` names maps and keys of objects that are others now."""
        for links in self._links:
            links.begin_again()
        for names in self._unlike_now.values():
            names.clear()
        self.items_by_time = ItemsByTime(self._trace)
        self.keep(unlike_now)
        self._newest = newest

    def keep(self, unlike_now: Iterable[tuple[str, Any]]) -> None:
        """Objects of now changed that were the same so far; the graph holds them as they were."""
        delta, newest = TraceDelta(), self._newest
        for name, key in unlike_now:
            kind = _KIND_OF_MAP.get(name)
            if kind is not None:
                self._unlike_now[kind].add(key)
                KINDS[kind].touched(delta).add(key)
        self._newest = Newest(0)
        self.update(delta)
        self._newest = newest
        self.requests_to_new_model = self._now.requests_to_new_model
