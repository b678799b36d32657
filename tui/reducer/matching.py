"""How a candidate finds the item that it has been before (reducer rules §§5.3, 5.4, 6)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tui.model.ids import ItemId, ThreadId, ordinal
from tui.reducer.candidate import Candidate
from tui.reducer.content_key import ContentKey
from tui.reducer.state import ReducerState
from tui.reducer.steps import Steps, finish, is_long, is_step_over


class _Waiting:
    """Items of one content by their Responses ids, the first of the base list at the end of each list."""

    __slots__ = ("all", "by_id")

    def __init__(self) -> None:
        self.all: list[tuple[int, ItemId]] = []
        self.by_id: dict[str | None, list[tuple[int, ItemId]]] = {}

    def add(self, place: int, item_id: ItemId, responses_id: str | None) -> None:
        self.all.append((place, item_id))
        self.by_id.setdefault(responses_id, []).append((place, item_id))

    def first(self, responses_id: str | None, used: set[ItemId]) -> ItemId | None:
        lists = [self.all] if responses_id is None else [self.by_id.get(None), self.by_id.get(responses_id)]
        heads = [waiting[-1] for waiting in lists if waiting and _drop_used(waiting, used)]
        return min(heads)[1] if heads else None


def _drop_used(waiting: list[tuple[int, ItemId]], used: set[ItemId]) -> bool:
    while waiting and waiting[-1][1] in used:
        waiting.pop()
    return bool(waiting)


class NamedItems:
    """Items of a thread by their Responses id: a response that comes again (a retried stream) is recognised."""

    def __init__(self, state: ReducerState, thread_id: ThreadId) -> None:
        self._state = state
        self._by_id = state.threads[thread_id].items_by_responses_id
        self._stubs = state.threads[thread_id].accepted_stubs
        self._of_this_list: set[ItemId] = set()
        self._first_new = state.next_item
        self._used: set[ItemId] = set()

    @property
    def taken(self) -> bool:
        """Whether any candidate was recognised."""
        return bool(self._used)

    def response(self, candidate: Candidate, _position: int) -> ItemId | None:
        """The oldest unused item with the candidate's Responses id and content; items of this list do not count.

        Nor does what an acceptance made and no list has shown yet: that is not recognised but used.
        """
        if candidate.responses_id is None:
            return None
        stub_id = self._stubs.get(candidate.responses_id)
        if stub_id is not None:
            self._of_this_list.add(stub_id)
            return None
        for item_id in sorted(self._by_id.get(candidate.responses_id, ()), key=ordinal):
            if self._is_free(item_id) and self._is_same(item_id, candidate):
                self._used.add(item_id)
                return item_id
        return None

    def _is_free(self, item_id: ItemId) -> bool:
        return item_id not in self._used and item_id not in self._of_this_list

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

    def prepare_full_request(self, candidates: list[Candidate]) -> Steps[None]:
        """Do in steps what `full_request` will need, if the base list is long; that is much only where they differ."""
        if is_long(len(self._base) - self._offset):
            for position, candidate in enumerate(candidates):
                place = self._offset + position
                if place >= len(self._base) or not self.matches(self._base[place], candidate):
                    yield from self.prepare_first_unused(candidates)
                    return
                if is_step_over(position):
                    yield

    def prepare_first_unused(self, candidates: list[Candidate]) -> Steps[None]:
        """Do in steps what `first_unused` will need: only the candidates' contents are looked for."""
        wanted = set()
        for position, candidate in enumerate(candidates):
            wanted.add(candidate.key)
            if is_step_over(position):
                yield
        yield from self._index(wanted)

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
        """The first unused item that matches, at any place (§6)."""
        if self._waiting is None:
            finish(self._index(None))
        waiting = (self._waiting or {}).get(candidate.key)
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
            "a new item takes its place; the request's items from here on are uncertain",
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

    def _index(self, wanted: set[ContentKey] | None) -> Steps[None]:
        """Content → unused items: of all contents, or of those that are `wanted`."""
        found: dict[ContentKey, _Waiting] = {}
        items = self._state.trace.conversation_items
        for place in range(len(self._base) - 1, self._offset - 1, -1):
            item_id = self._base[place]
            key = self._state.content_keys[item_id]
            if wanted is None or key in wanted:
                responses_id = items[item_id].responses_item_id
                known = None if responses_id is msgspec.UNSET else responses_id
                found.setdefault(key, _Waiting()).add(place, item_id, known)
            if is_step_over(place):
                yield
        self._waiting = found
