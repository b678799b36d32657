"""The entries of a conversation, each made when somebody looks at it: a request may hold hundreds of thousands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from typing import Literal, NamedTuple, overload

from tui.model.ids import ItemId
from tui.viewmodel.conversation.head import HeadEntry
from tui.viewmodel.text.spans import Line

Novelty = Literal["", "new", "gone"]
"""How an item relates to the request before."""

DividerKind = Literal[
    "summary", "head", "settings", "instructions", "tools", "gone", "unsent", "difference", "response"
]


class Entry(NamedTuple):
    """An item; or a divider when `divider` is set; or, with `head` too, a part of what a request sends before items."""

    item_id: ItemId | None
    novelty: Novelty = ""
    divider: DividerKind | None = None
    line: Line = ()
    head: HeadEntry | None = None

    @property
    def key(self) -> str | None:
        """What the folding of the entry is remembered under; None for what cannot be folded."""
        return self.item_id if self.head is None else f"head:{self.head.name}"


class _Run(NamedTuple):
    """Items from place `start` to before `end` that are new, or gone; of them only those in `items` if that is set."""

    start: int
    end: int
    novelty: Novelty
    items: Set[ItemId] | None


class EntryList(Sequence[Entry]):
    """Entries in order. It costs what copying a list of ids costs; looking for an item is as fast as in that list."""

    def __init__(self) -> None:
        self._ids: list[ItemId | None] = []
        self._dividers: dict[int, Entry] = {}
        self._runs: list[_Run] = []

    def add_divider(self, divider: DividerKind, line: Line) -> None:
        """Put a divider behind what is there."""
        self._dividers[len(self._ids)] = Entry(None, divider=divider, line=line)
        self._ids.append(None)

    def add_head(self, head: HeadEntry) -> None:
        """Put a part of the head behind what is there."""
        self._dividers[len(self._ids)] = Entry(None, divider=head.name, line=head.body.header, head=head)
        self._ids.append(None)

    def add_items(self, ids: Iterable[ItemId], novelty: Novelty = "", only: Set[ItemId] | None = None) -> None:
        """Put items behind what is there; they are all of that novelty, or `only` some of them."""
        start = len(self._ids)
        self._ids.extend(ids)
        if novelty:
            self._runs.append(_Run(start, len(self._ids), novelty, only))

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, number: int) -> Entry: ...
    @overload
    def __getitem__(self, number: slice) -> list[Entry]: ...
    def __getitem__(self, number: int | slice) -> Entry | list[Entry]:
        if isinstance(number, slice):
            return [self._entry(one) for one in range(*number.indices(len(self)))]
        return self._entry(range(len(self))[number])

    def __iter__(self) -> Iterator[Entry]:
        return map(self._entry, range(len(self)))

    def _entry(self, number: int) -> Entry:
        item_id = self._ids[number]
        return self._dividers[number] if item_id is None else Entry(item_id, self._novelty(number, item_id))

    def _novelty(self, number: int, item_id: ItemId) -> Novelty:
        for run in self._runs:
            if run.start <= number < run.end:
                return run.novelty if run.items is None or item_id in run.items else ""
        return ""

    def number_of_item(self, item_id: ItemId) -> int | None:
        """Where an item comes first."""
        try:
            return self._ids.index(item_id)
        except ValueError:
            return None

    def number_of(self, entry: Entry) -> int | None:
        """Where the same item, or the same kind of divider, comes first."""
        if entry.item_id is not None:
            return self.number_of_item(entry.item_id)
        return next((number for number, found in self._dividers.items() if found.divider == entry.divider), None)

    def holds_any(self, items: Set[ItemId]) -> bool:
        """Whether one of the items is here."""
        return bool(items) and not items.isdisjoint(self._ids)
