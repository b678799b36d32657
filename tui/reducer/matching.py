"""How a candidate finds the item that it has been before (reducer rules §§5.3, 5.4, 6)."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import msgspec

from tui.model.ids import ItemId, ThreadId, ordinal
from tui.reducer.normalize import Candidate, ContentKey
from tui.reducer.state import ReducerState


class _Waiting:
    """Items of one content, in the order of the base list, by their Responses ids."""

    __slots__ = ("all", "by_id")

    def __init__(self) -> None:
        self.all: deque[tuple[int, ItemId]] = deque()
        self.by_id: dict[str | None, deque[tuple[int, ItemId]]] = {}

    def add(self, place: int, item_id: ItemId, responses_id: str | None) -> None:
        self.all.append((place, item_id))
        self.by_id.setdefault(responses_id, deque()).append((place, item_id))

    def first(self, responses_id: str | None, used: set[ItemId]) -> ItemId | None:
        queues = [self.all] if responses_id is None else [self.by_id.get(None), self.by_id.get(responses_id)]
        heads = [queue[0] for queue in queues if queue and _drop_used(queue, used)]
        return min(heads)[1] if heads else None


def _drop_used(queue: deque[tuple[int, ItemId]], used: set[ItemId]) -> bool:
    while queue and queue[0][1] in used:
        queue.popleft()
    return bool(queue)


class NamedItems:
    """Items of a thread by their Responses id: a response that comes again (a retried stream) is recognised."""

    def __init__(self, state: ReducerState, thread_id: ThreadId) -> None:
        self._state = state
        self._by_id = state.threads[thread_id].items_by_responses_id
        self._first_new = state.next_item
        self._used: set[ItemId] = set()

    @property
    def taken(self) -> bool:
        """Whether any candidate was recognised."""
        return bool(self._used)

    def response(self, candidate: Candidate, _position: int) -> ItemId | None:
        """The oldest unused item with the candidate's Responses id and content; items of this list do not count."""
        if candidate.responses_id is None:
            return None
        for item_id in sorted(self._by_id.get(candidate.responses_id, ()), key=ordinal):
            if item_id not in self._used and self._is_same(item_id, candidate):
                self._used.add(item_id)
                return item_id
        return None

    def _is_same(self, item_id: ItemId, candidate: Candidate) -> bool:
        return ordinal(item_id) < self._first_new and self._state.content_keys[item_id] == candidate.key


class KnownItems:
    """A base list to find candidates in: at their place, or the first that nobody took.

    `base` starts at place `offset` of the whole list; what lies before it is taken already.
    """

    def __init__(self, state: ReducerState, base: Sequence[ItemId], offset: int = 0) -> None:
        self._state = state
        self._base = base
        self._offset = offset
        self._used: set[ItemId] = set()
        self._waiting: dict[ContentKey, _Waiting] | None = None
        self.repeats = False
        """Whether an item was taken twice, which only schema 1 allows."""

    def full_request(self, candidate: Candidate, position: int) -> ItemId | None:
        """The item at the candidate's place if it matches, else the first unused one that does (§5.3)."""
        place = self._offset + position
        if place < len(self._base):
            item_id = self._base[place]
            taken = item_id in self._used
            if (not taken or self._state.rules.position_beats_use) and self.matches(item_id, candidate):
                self.repeats = self.repeats or taken
                return self._take(item_id)
        return self.first_unused(candidate, position)

    @property
    def taken(self) -> bool:
        """Whether any candidate was recognised."""
        return bool(self._used)

    def first_unused(self, candidate: Candidate, _position: int) -> ItemId | None:
        """The first unused item that matches, wherever it stands (§6)."""
        waiting = self._index().get(candidate.key)
        item_id = waiting.first(candidate.responses_id, self._used) if waiting else None
        return None if item_id is None else self._take(item_id)

    def appended(self, candidate: Candidate, position: int) -> ItemId | None:
        """The item at the candidate's place, or None beyond the end; a mismatch is reported (§5.4)."""
        place = self._offset + position
        if place >= len(self._base):
            return None
        item_id = self._base[place]
        unused = item_id not in self._used or self._state.rules.position_beats_use
        if unused and self.matches(item_id, candidate):
            return self._take(item_id)
        self._state.report(
            "conversation-mismatch",
            f"the item at index {place} of the conversation is {item_id}, which does not match what was sent",
            "a new item stands in its place; the request's items from here on are uncertain",
            object_id=item_id,
        )
        return None

    def matches(self, item_id: ItemId, candidate: Candidate) -> bool:
        """Whether an item has the candidate's content and no other Responses id (§2.1)."""
        if self._state.content_keys[item_id] != candidate.key:
            return False
        known = self._state.trace.conversation_items[item_id].responses_item_id
        return known is msgspec.UNSET or candidate.responses_id in (None, known)

    def _take(self, item_id: ItemId) -> ItemId:
        self._used.add(item_id)
        return item_id

    def _index(self) -> dict[ContentKey, _Waiting]:
        """Content → unused items, built on the first candidate that is not at its place."""
        if self._waiting is None:
            self._waiting = {}
            items = self._state.trace.conversation_items
            for place in range(self._offset, len(self._base)):
                item_id = self._base[place]
                responses_id = items[item_id].responses_item_id
                waiting = self._waiting.setdefault(self._state.content_keys[item_id], _Waiting())
                waiting.add(place, item_id, None if responses_id is msgspec.UNSET else responses_id)
        return self._waiting
