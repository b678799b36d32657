"""How much of each item of a conversation is shown: its header, a short form, or all of it."""

from __future__ import annotations

from tui.viewmodel.conversation.listing import ConversationListing
from tui.viewmodel.conversation.rows import Fold
from tui.viewmodel.rows.heights import EntryLine


class ConversationFolds:
    """Folds what the cursor is on; the dividers of gone items and of heads fold in their own way."""

    def __init__(self, listing: ConversationListing) -> None:
        self._listing = listing
        self._layout = listing.layout

    def fold(self) -> None:
        """One step: whole to short, short to the header."""
        entry = self._listing.entries[self._listing.place.entry]
        fold = Fold.HEADER if entry.key is None else self._layout.fold_of_entry(entry)
        if entry.head is not None:
            fold = min(fold, Fold.SHORT)
        self._set_fold(Fold(max(Fold.HEADER, fold - 1)))

    def unfold(self) -> None:
        """One step: header to short; whole if short hides something."""
        entry = self._listing.entries[self._listing.place.entry]
        if entry.head is not None or entry.item_id is None:
            self._set_fold(Fold.WHOLE)
            return
        fold = self._layout.fold_of(entry.item_id)
        self._set_fold(Fold.WHOLE if fold is Fold.SHORT and self._hides_lines() else max(fold, Fold.SHORT))

    def toggle(self) -> None:
        """Show more if there is more, else the header only."""
        entry = self._listing.entries[self._listing.place.entry]
        if entry.head is not None:
            self._set_fold(Fold.WHOLE if self._layout.fold_of_entry(entry) is Fold.HEADER else Fold.HEADER)
        elif entry.item_id is None:
            self._set_fold(Fold.HEADER if self._listing.shows_gone else Fold.WHOLE)
        elif self._layout.fold_of(entry.item_id) is Fold.HEADER or self._hides_lines():
            self.unfold()
        else:
            self._set_fold(Fold.HEADER)

    def fold_everything(self, fold: Fold) -> None:
        """Show all items alike."""
        self._layout.set_all_folds(fold)
        self._listing.place = EntryLine(self._listing.place.entry, 0)

    def switch_source(self) -> bool:
        """Show Markdown and colours as they were written, or what they mean; whether it is as written now."""
        place = self._listing.place
        before = self._row_count(place.entry)
        self._layout.switch_source()
        after = self._row_count(place.entry)
        # Which line became which is not known: as far down in the item as before is near it.
        line = round(place.line * (after - 1) / max(1, before - 1))
        self._listing.place = EntryLine(place.entry, line)
        return self._layout.shows_source

    def _row_count(self, entry: int) -> int:
        """Rows of an entry; 1 without any entries."""
        return len(self._layout.rows_of(entry)) if self._listing.entries else 1

    def _hides_lines(self) -> bool:
        return self._layout.rows_of(self._listing.place.entry)[-1].role == "more"

    def _set_fold(self, fold: Fold) -> None:
        place = self._listing.place
        entry = self._listing.entries[place.entry]
        if entry.divider == "gone":
            self._listing.shows_gone = fold is not Fold.HEADER
            self._listing.list_again()
        elif entry.key is not None:
            self._layout.set_fold(place.entry, fold)
            rows = self._layout.rows_of(place.entry)
            self._listing.place = EntryLine(place.entry, min(place.line, len(rows) - 1))
