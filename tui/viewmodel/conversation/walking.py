"""Steps of the cursor from item to item of a conversation."""

from __future__ import annotations

from collections.abc import Callable

from tui.viewmodel.conversation.entry_list import Entry
from tui.viewmodel.conversation.listing import ConversationListing
from tui.viewmodel.rows.heights import EntryLine


def go_entry(listing: ConversationListing, step: int, count: int, wanted: Callable[[Entry], bool]) -> None:
    """Stand on the header of the next entry, in either direction, that is `wanted`; `count` times."""
    entries = listing.entries
    if step < 0 and listing.place.line and wanted(entries[listing.place.entry]):
        listing.place = EntryLine(listing.place.entry, 0)
        count -= 1
    for _ in range(count):
        number = listing.place.entry + step
        while 0 <= number < len(entries) and not wanted(entries[number]):
            number += step
        if not 0 <= number < len(entries):
            return
        listing.place = EntryLine(number, 0)


def go_first_difference(listing: ConversationListing) -> None:
    """Stand where this request begins to differ from the one before."""
    if listing.listed.first_difference is not None:
        listing.place = EntryLine(listing.listed.first_difference, 0)


def why_no_difference(listing: ConversationListing) -> str:
    """Why no other place is found where what is shown differs from the request before."""
    scope, difference = listing.scope, listing.listed.difference
    if scope is None or difference is None:
        return "these are the items so far, not one request; v shows a request as it was sent"
    if listing.listed.first_difference is not None:
        return "this is where the two requests part"
    if difference.previous is None:
        return "this is the first request of the agent: there is none before it to compare with"
    return "this request sent the same items as the one before"


def is_item(entry: Entry) -> bool:
    """Whether the entry is an item, and no divider."""
    return entry.item_id is not None


def is_new(entry: Entry) -> bool:
    """Whether the request before did not have it."""
    return entry.novelty == "new"
