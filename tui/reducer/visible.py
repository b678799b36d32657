"""Which items of a thread are visible, and in what order (reducer rules §§0.1, 11; schema 3 notes §6.3)."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable
from typing import Any

from tui.model.ids import ItemId, ThreadId, ordinal
from tui.model.recorded import note_inside
from tui.reducer.state import ReducerState
from tui.reducer.steps import Steps, is_step_over


def make_visible(state: ReducerState, item_id: ItemId, thread_id: ThreadId) -> None:
    """Add the item to the thread's visible ones: by its rank, in schema 1 in order of appearance."""
    visible = state.threads[thread_id].visible
    if item_id in visible:
        return
    visible.add(item_id)
    thread = state.trace.threads[thread_id]
    listed = thread.conversation_item_ids
    rank = _rank_in(state, thread_id)
    if not state.rules.ids_identify_items or not listed or rank(listed[-1]) < rank(item_id):
        state.append(thread, "conversation_item_ids", item_id)
    else:
        note_inside(thread, "conversation_item_ids")
        insort(listed, item_id, key=rank)
    state.delta.threads.add(thread_id)


def show_all(state: ReducerState, thread_id: ThreadId, item_ids: Iterable[ItemId]) -> Steps[None]:
    """Make items visible in their thread."""
    for position, item_id in enumerate(item_ids):
        make_visible(state, item_id, thread_id)
        if is_step_over(position):
            yield


def place_before(state: ReducerState, item_ids: Iterable[ItemId], output_id: ItemId, thread_id: ThreadId) -> None:
    """List items that were just created directly before an accepted output that is older than they are."""
    thread = state.threads[thread_id]
    listed = state.trace.threads[thread_id].conversation_item_ids
    for item_id in item_ids:
        was_visible = item_id in thread.visible
        if was_visible:
            thread.visible.discard(item_id)
            note_inside(state.trace.threads[thread_id], "conversation_item_ids")
            listed.remove(item_id)
        thread.placed_before[item_id] = output_id
        if was_visible:
            make_visible(state, item_id, thread_id)


def _rank_in(state: ReducerState, thread_id: ThreadId) -> Callable[[ItemId], Any]:
    """What the visible items of a thread are sorted by: their ordinals, but for items placed before an output."""
    placed = state.threads[thread_id].placed_before
    if not placed:
        return ordinal
    return lambda item_id: (ordinal(placed.get(item_id, item_id)), item_id not in placed, ordinal(item_id))
