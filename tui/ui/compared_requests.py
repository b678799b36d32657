"""Two requests of one recording, as the comparison screen needs them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any

from tui.analysis.compare.comparison import AgentComparison
from tui.analysis.compare.requests import RequestComparison, SentItem, compare_two_requests
from tui.analysis.compare.stream import StreamItem, side_of
from tui.analysis.requests.raw_items import item_fields
from tui.model.ids import InferenceCallId
from tui.model.noderef import NodeRef
from tui.model.objects import InferenceCall
from tui.store import TraceStore
from tui.ui.compared import seq_of
from tui.viewmodel.compare.model import ComparedSide, CompareModel
from tui.viewmodel.compare.request_words import cause_words, request_headline, two_facts, unexplained

Visit = Callable[[NodeRef, InferenceCallId], None]
"""Goes to an object: an item as this request sent it."""


class ComparedRequests:
    """Two requests: `before` is A, `now` is B. `visit` goes to an object as one of them sent it."""

    def __init__(self, store: TraceStore, before: InferenceCall, now: InferenceCall, visit: Visit) -> None:
        self._store = store
        self._generation = store.generation
        self._calls = (before, now)
        self._sent: tuple[dict[bytes, bytes], dict[bytes, bytes]] = ({}, {})
        a, b = (self._side(number, call, visit) for number, call in enumerate(self._calls))
        self.model = CompareModel(a, b, is_one_recording=True)

    def waits_for(self) -> str:
        """Nothing: both requests were sent."""
        return ""

    def moment(self) -> Hashable:
        """What can still change: the answer, and with it what the provider counted."""
        return tuple(call.known_usage for call in self._calls)

    def is_outdated(self) -> bool:
        """Whether the graph was replaced by another one."""
        return self._store.generation != self._generation

    def steps(self) -> Iterator[AgentComparison | None]:
        """Compare them, by the bytes that were sent."""
        side = side_of(self._store.trace, self._store.index, self._store.payloads)
        for found in compare_two_requests(side, *self._calls):
            if found is None:
                yield None
            else:
                self._take(found)
                yield found.found

    def _take(self, found: RequestComparison) -> None:
        self.model.difference = found.difference
        self.model.cause = cause_words(found, self._store.index)
        self.model.remark = two_facts(found, self._calls[1])
        self.model.note = unexplained(found, self._calls[1])
        for known, items, sent in zip(
            self._sent,
            (found.found.items_a, found.found.items_b),
            (found.sent_a, found.sent_b),
            strict=True,
        ):
            known.update(_raw_by_key(items, sent))

    def _side(self, number: int, call: InferenceCall, visit: Visit) -> ComparedSide:
        store = self._store

        def raw(item: StreamItem) -> bytes:
            return self._sent[number].get(item.key, b"")

        def fields(item: StreamItem) -> Mapping[str, Any]:
            return item_fields(raw(item))

        return ComparedSide(
            name=f"request {store.index.ordinal('inference', call.inference_call_id)}",
            fields=fields,
            seq_of=lambda item_id: seq_of(store, item_id),
            headline=lambda: request_headline(call),
            may_grow=lambda: False,
            visit=lambda node: visit(node, call.inference_call_id),
            raw=raw,
        )


def _raw_by_key(items: Sequence[StreamItem], sent: Sequence[SentItem]) -> Iterator[tuple[bytes, bytes]]:
    return ((item.key, one.raw) for item, one in zip(items, sent, strict=True))
