"""What the reducer remembers of ids that several calls share: see `repeated_calls`."""

from __future__ import annotations

import msgspec

from tui.model.conversation import OUTPUT_KINDS, ConversationItem, ItemKind
from tui.model.ids import ItemId, ThreadId, ToolCallId

Place = tuple[ThreadId, bool]
"""Items are counted in each thread, calls and outputs apart."""


class SharedCallId(msgspec.Struct):
    """The calls of one id that the model sees, in order of start, and the places of its items."""

    tools: list[ToolCallId]
    places: dict[ItemId, int] = msgspec.field(default_factory=dict)
    counts: dict[Place, int] = msgspec.field(default_factory=dict)
    unclaimed: dict[int, list[ItemId]] = msgspec.field(default_factory=dict)
    """By place: items whose call has not started yet."""

    def place_of(self, item: ConversationItem, kind: ItemKind) -> int:
        """The place of an item, from 0; a new item takes the next one."""
        known = self.places.get(item.item_id)
        if known is None:
            key = (item.thread_id, kind in OUTPUT_KINDS)
            known = self.places[item.item_id] = self.counts.get(key, 0)
            self.counts[key] = known + 1
        return known


class RepeatedCalls(msgspec.Struct):
    """Calls of ids under which several started.

    `calls_of_id`: in order of start; `finished`: how many of them, from the first on, have ended; `ended_runtimes`:
    those whose runtime has; `shared`: ids that the model sees.
    """

    calls_of_id: dict[ToolCallId, list[ToolCallId]] = msgspec.field(default_factory=dict)
    finished: dict[ToolCallId, int] = msgspec.field(default_factory=dict)
    ended_runtimes: set[ToolCallId] = msgspec.field(default_factory=set)
    shared: dict[str, SharedCallId] = msgspec.field(default_factory=dict)
