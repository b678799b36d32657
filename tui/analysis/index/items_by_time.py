"""The items of a conversation from some time on, found without walking through those before."""

from __future__ import annotations

from bisect import bisect_left

from tui.model.conversation import ConversationItem
from tui.model.ids import ThreadId
from tui.model.trace import RolloutTrace


class ItemsByTime:
    """Walks through the conversation of an agent once for as long as it does not grow, however often it is asked.

    Times are those at which items were first seen; a recorder's clock may go back.
    """

    def __init__(self, trace: RolloutTrace) -> None:
        self._trace = trace
        self._places: dict[ThreadId, list[tuple[int, int]]] = {}
        """Times and places of the items of a conversation, the earliest first."""

    def since(self, thread_id: ThreadId, unix_ms: int) -> list[ConversationItem]:
        """The items first seen at that time or later, in the order of the conversation."""
        thread, items = self._trace.threads.get(thread_id), self._trace.conversation_items
        ids = [] if thread is None else thread.conversation_item_ids
        places = self._places.get(thread_id)
        if places is None or len(places) != len(ids):
            times = (items[name].first_seen_at_unix_ms if name in items else 0 for name in ids)
            places = self._places[thread_id] = sorted(zip(times, range(len(ids)), strict=True))
        late = sorted(place for _, place in places[bisect_left(places, (unix_ms, 0)) :])
        return [items[ids[place]] for place in late if ids[place] in items]
