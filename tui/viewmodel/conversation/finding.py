"""Search in a conversation: what matches, and the next match from the cursor on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tui.model.conversation import ConversationItem
from tui.viewmodel.conversation.body import NoteBlock, TextBlock
from tui.viewmodel.conversation.entry_list import Entry
from tui.viewmodel.conversation.head import HeadEntry
from tui.viewmodel.conversation.listing import ConversationListing
from tui.viewmodel.conversation.rows import Fold
from tui.viewmodel.rows.heights import EntryLine
from tui.viewmodel.text.spans import line_text

COUNTED_AT_ONCE = 50
"""Entries looked at between two pauses of a count."""


class ConversationFinder:
    """Moves the cursor to what matches; what is folded there opens.

    Looked at are the items, and what a request sends before them: settings, instructions, tools.
    """

    def __init__(self, listing: ConversationListing) -> None:
        self.pattern: re.Pattern[str] | None = None
        """What is marked in the rows; None for nothing."""
        self._searched: re.Pattern[str] | None = None
        self._opened: list[Entry] = []
        """Parts before the items that the search opened: another search folds them again."""
        self._listing = listing
        self._layout = listing.layout

    def search(self, pattern: re.Pattern[str] | None, *, forward: bool = True) -> bool:
        """Stand on the next row that matches, around the end if need be; whether there is one. None clears."""
        self.pattern = pattern
        if pattern is None:
            return False
        if pattern != self._searched:
            self._searched = pattern
            self._fold_opened()
        place, count = self._listing.place, len(self._listing.entries)
        step = 1 if forward else -1
        # Once around and the starting entry again: its other lines come last.
        for distance in range(count + 1 if count else 0):
            number = (place.entry + step * distance) % count
            lines = self._matching_lines(number, pattern)
            if distance == 0:
                lines = [line for line in lines if (line - place.line) * step > 0]
            if lines:
                self._listing.place = EntryLine(number, lines[0 if forward else -1])
                return True
        return False

    def matching_entries(self, pattern: re.Pattern[str]) -> Iterator[int | None]:
        """The number of every entry whose text matches, and None after every slice of entries."""
        for number in range(len(self._listing.entries)):
            if self._matches(number, pattern):
                yield number
            if number % COUNTED_AT_ONCE == COUNTED_AT_ONCE - 1:
                yield None

    def _matching_lines(self, number: int, pattern: re.Pattern[str]) -> list[int]:
        """The lines of an entry that match. Unfolds the entry if its text matches where it is folded."""
        if not self._matches(number, pattern):
            return []
        found = self._shown_matches(number, pattern)
        if not found and self._layout.fold_of_entry(self._listing.entries[number]) is not Fold.WHOLE:
            self._layout.set_fold(number, Fold.WHOLE)
            found = self._shown_matches(number, pattern)
            if self._listing.entries[number].head is not None:
                self._opened.append(self._listing.entries[number])
        return found

    def _fold_opened(self) -> None:
        """A word that is being typed may have matched there, and the whole word may not."""
        for entry in self._opened:
            number = self._listing.entries.number_of(entry)
            if number is None:
                continue
            self._layout.set_fold(number, Fold.HEADER)
            if self._listing.place.entry == number:
                self._listing.place = EntryLine(number, 0)
        self._opened.clear()

    def _matches(self, number: int, pattern: re.Pattern[str]) -> bool:
        """Whether the text of an item matches, or that of a part of what is sent before the items."""
        item, head = self._layout.item_at(number), self._listing.entries[number].head
        texts = _texts(item) if item is not None else iter(()) if head is None else _head_texts(head)
        return any(pattern.search(text) for text in texts)

    def _shown_matches(self, number: int, pattern: re.Pattern[str]) -> list[int]:
        rows = self._layout.rows_of(number)
        return [line for line, row in enumerate(rows) if pattern.search(line_text(row.line))]


def _texts(item: ConversationItem) -> Iterator[str]:
    for part in item.body.parts:
        for name in ("text", "summary", "source"):
            text = getattr(part, name, None)
            if isinstance(text, str):
                yield text


def _head_texts(head: HeadEntry) -> Iterator[str]:
    yield line_text(head.body.header)
    for block in head.body.blocks:
        if isinstance(block, TextBlock):
            yield block.text
        elif isinstance(block, NoteBlock):
            yield line_text(block.line)
