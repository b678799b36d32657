"""A list to choose from, narrowed by words: agents, linked nodes, commands, help."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tui.viewmodel.text.clean import comparable
from tui.viewmodel.text.spans import Line, line_text

STEM_LETTERS = 4
"""Letters at least of a word that another form of it begins with."""

MOST_ENDING_LETTERS = 3
"""Letters at most that the other form has behind it, as in `failing`."""


class PickEntry(NamedTuple):
    """One line to choose. `value` is what choosing it means; None makes it a heading, which cannot be chosen.

    `key`, where given, chooses the entry at once while all are shown. The words may be in `hidden`, too.
    `whole` is what a line that has no room says in full; `more` what has no place in a line that says all of its own.
    """

    line: Line
    value: object = None
    key: str = ""
    hidden: str = ""
    whole: str = ""
    more: str = ""

    @property
    def is_heading(self) -> bool:
        """Whether it names what is below it."""
        return self.value is None and any(span.style == "title" for span in self.line[:1])

    @property
    def text(self) -> str:
        """What the line says."""
        return line_text(self.line)


class Picker:
    """Entries, the words they must have, and the cursor, which is on something that can be chosen if there is any."""

    def __init__(self, entries: Sequence[PickEntry], *, cursor: int = 0, told_first: bool = False) -> None:
        """With `told_first`, lines that say the words come before those that only `hidden` ones lead to."""
        self.words = ""
        self._told_first = told_first
        self._entries = list(entries)
        self.shown: list[PickEntry] = list(entries)
        self._looked_through: list[PickEntry] | None = None
        """The lines in which `_headings` and `_fixed` were looked for."""
        self._headings: list[int] = []
        self._fixed: list[int] = []
        """The places of lines that cannot be chosen."""
        self.cursor = cursor
        self._before_words: object = None
        """The value that the cursor was on before there were words."""
        self._settle(1)

    @property
    def chosen(self) -> PickEntry | None:
        """The entry under the cursor, or None if nothing matches."""
        entry = self.shown[self.cursor] if self.shown else None
        return entry if entry is not None and entry.value is not None else None

    def replace(self, entries: Sequence[PickEntry]) -> None:
        """Show other entries, for results that keep coming; the cursor stays on its value."""
        value = self.chosen.value if self.chosen else None
        self._entries = list(entries)
        self._narrow()
        for position, entry in enumerate(self.shown):
            if value is not None and entry.value == value:
                self.cursor = position
                return

    @property
    def entries(self) -> Sequence[PickEntry]:
        """All entries, whatever the words."""
        return self._entries

    def begin(self, entries: Sequence[PickEntry], cursor: int) -> None:
        """Show other entries as if the list had just been opened."""
        self._entries = list(entries)
        self._narrow()
        self.cursor = min(cursor, max(0, len(self.shown) - 1))
        self._settle(1)

    def heading_above(self, row: int) -> int | None:
        """The place of the last heading down to `row`."""
        self._look_through()
        before = bisect_right(self._headings, row)
        return self._headings[before - 1] if before else None

    @property
    def place(self) -> tuple[int, int]:
        """The number of the line under the cursor among those that can be chosen, and how many there are."""
        self._look_through()
        return self.cursor + 1 - bisect_right(self._fixed, self.cursor), len(self.shown) - len(self._fixed)

    def _look_through(self) -> None:
        if self._looked_through is not self.shown:
            self._looked_through = self.shown
            self._fixed = [place for place, entry in enumerate(self.shown) if entry.value is None]
            self._headings = [place for place in self._fixed if self.shown[place].is_heading]

    def stand_on(self, value: object) -> None:
        """Move to the first entry with that value, if there is one."""
        places = [place for place, entry in enumerate(self.shown) if entry.value == value]
        self.cursor = places[0] if places else self.cursor

    def move(self, rows: int) -> None:
        """Move the cursor, stopping at the ends; headings are passed over."""
        self.cursor = min(max(0, self.cursor + rows), max(0, len(self.shown) - 1))
        self._settle(1 if rows >= 0 else -1)

    def is_at_end(self, step: int) -> bool:
        """Whether there is nothing to choose further down (`step` > 0), or further up."""
        rest = self.shown[self.cursor + 1 :] if step > 0 else self.shown[: self.cursor]
        return all(entry.value is None for entry in rest)

    def narrow(self, words: str) -> None:
        """Show only entries that have all the words, in any case and any place; without words, all of them again.

        Then the cursor returns to where it was before there were words.
        """
        if words and not self.words:
            self._before_words = self.chosen.value if self.chosen else None
        is_taken_back = bool(self.words) and not words
        self.words = words
        self._narrow()
        if is_taken_back and self._before_words is not None:
            self.stand_on(self._before_words)

    def entry_for_key(self, key: str) -> PickEntry | None:
        """The entry that `key` chooses at once, as long as all are shown."""
        if self.words:
            return None
        return next((entry for entry in self._entries if entry.key == key and entry.value is not None), None)

    def _narrow(self) -> None:
        words = comparable(self.words).split()
        if not words:  # lines that cannot be chosen still say something
            self.shown, self.cursor = list(self._entries), 0
            self._settle(1)
            return
        matching = [entry for entry in self._entries if _matches(entry, words)]
        if not any(entry.value is not None for entry in matching):
            matching = [entry for entry in self._entries if _matches_stems(entry, words)]
        if self._told_first:
            matching = list(_told_first(matching, words))
        self.shown = [
            entry
            for position, entry in enumerate(matching)
            if entry.value is not None
            or any(below.value is not None for below in matching[position + 1 : position + 2])
        ]
        named = (place for place, one in enumerate(self.shown) if one.value is not None and _ends_words(one, words))
        self.cursor = 0 if self._told_first else next(named, 0)
        self._settle(1)

    def _settle(self, direction: int) -> None:
        """Move off a heading, first the way the cursor was going, then back."""
        for step in (direction, -direction):
            position = self.cursor
            while 0 <= position < len(self.shown):
                if self.shown[position].value is not None:
                    self.cursor = position
                    return
                position += step


def _told_first(entries: Iterable[PickEntry], words: Sequence[str]) -> Iterator[PickEntry]:
    """Below each heading those first whose line has all the words; behind them those that words lead to unseen."""
    unseen: list[PickEntry] = []
    for entry in entries:
        if entry.value is None:
            yield from unseen
            unseen = []
        if entry.value is None or _has(entry.text, words):
            yield entry
        else:
            unseen.append(entry)
    yield from unseen


def _matches(entry: PickEntry, words: Sequence[str]) -> bool:
    if entry.value is None:
        return True
    return _has(f"{entry.text} {entry.hidden}", words)


def _matches_stems(entry: PickEntry, words: Sequence[str]) -> bool:
    """Whether it has all the words in a shorter form: `fail` for `failed`, `expand` for `expanding`."""
    return entry.value is None or all(_has_stem(f"{entry.text} {entry.hidden}", word) for word in words)


def _has_stem(text: str, word: str) -> bool:
    searched = comparable(text)
    own = (one.strip(",.;:?!…()") for one in searched.split())
    return word in searched or any(
        STEM_LETTERS <= len(one) >= len(word) - MOST_ENDING_LETTERS and word.startswith(one) for one in own
    )


def _ends_words(entry: PickEntry, words: Sequence[str]) -> bool:
    """Whether a line has all the words to their end: of `agents_more` and `agents`, `agents` means the second."""
    searched = f"{comparable(f'{entry.text} {entry.hidden}')} "
    return all(any(not end.isalnum() and end != "_" for end in _behind(searched, word)) for word in words)


def _behind(text: str, word: str) -> Iterator[str]:
    """The character behind each place of a word."""
    place = text.find(word)
    while place >= 0:
        yield text[place + len(word)]
        place = text.find(word, place + 1)


def says(text: str, words: str) -> bool:
    """Whether a text has all the words, in any case and any place."""
    return _has(text, comparable(words).split())


def _has(text: str, words: Sequence[str]) -> bool:
    searched = comparable(text)
    return all(word in searched for word in words)
