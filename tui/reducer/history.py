"""Recognising the part of a request that repeats the one before, without reading it again (reducer rules §14).

A full request holds the whole conversation. Its bytes nearly always begin with the bytes of the request before, so the
start is compared as bytes (by a hash, to keep no copy), and only what follows is decoded. That is exact: the same bytes
are the same items, and the items at those places of the snapshot are the ones the earlier request chose.
"""

from __future__ import annotations

import hashlib

from tui.model.ids import ItemId, ThreadId
from tui.reducer.candidate import Candidate
from tui.reducer.conversation import sight
from tui.reducer.repeated import RepeatedHistory
from tui.reducer.state import ReducerState
from tui.schema.sequence import SharedSequence

_BLANKS = b" \n\r\t"


def repeated_start(known: RepeatedHistory | None, raw_input: memoryview) -> RepeatedHistory | None:
    """Return `known` if the array begins with exactly those bytes, followed by another item or the array's end."""
    if known is None or len(raw_input) <= known.length:
        return None
    if hashlib.sha256(raw_input[: known.length]).digest() != known.hasher.digest():
        return None
    return known if _after_blanks(raw_input, known.length) in b",]" else None


def nothing_repeated() -> RepeatedHistory:
    """The beginning of a request that has nothing in common with the one before."""
    return RepeatedHistory(length=0, hasher=hashlib.sha256(), count=0, positions=0)


def rest_after(raw_input: memoryview, repeated: RepeatedHistory) -> bytes | memoryview:
    """The array without its repeated items, as an array."""
    if repeated.length == 0:
        return raw_input
    tail = bytes(raw_input[repeated.length :]).lstrip(_BLANKS)
    return b"[" + tail.removeprefix(b",")


def remember(
    raw_input: memoryview, repeated: RepeatedHistory, candidates: list[Candidate], elements: int
) -> RepeatedHistory | None:
    """What to recognise in the next request: this whole array, or nothing if an item in it can never match again."""
    if not all(candidate.repeatable for candidate in candidates):
        return None
    length = len(raw_input) - 1  # without the closing bracket
    while length > 1 and raw_input[length - 1] in _BLANKS:
        length -= 1
    if length <= 1:
        return None
    hasher = repeated.hasher.copy()
    hasher.update(raw_input[repeated.length : length])
    return RepeatedHistory(
        length=length,
        hasher=hasher,
        count=repeated.count + len(candidates),
        positions=repeated.positions + elements,
    )


def sight_repeated(state: ReducerState, thread_id: ThreadId, base: SharedSequence[ItemId], count: int) -> None:
    """Sight those of the first `count` items for which another sighting links something; the others have it all."""
    awaiting = state.threads[thread_id].awaiting_effect
    if not awaiting or not count:
        return
    for item_id in [item_id for item_id in base.prefix(count) if item_id in awaiting]:
        item = state.trace.conversation_items[item_id]
        sight(state, item, item)


def joined(base: SharedSequence[ItemId], count: int, chosen: list[ItemId]) -> SharedSequence[ItemId]:
    """The first `count` ids of `base` and then `chosen`, sharing with `base` whatever they have in common."""
    shared = count
    for item_id in chosen:
        if shared >= len(base) or base[shared] != item_id:
            break
        shared += 1
    return base.prefix(shared).extended(chosen[shared - count :])


def _after_blanks(data: memoryview, start: int) -> bytes:
    while start < len(data) and data[start] in _BLANKS:
        start += 1
    return bytes(data[start : start + 1])
