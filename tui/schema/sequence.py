"""Lists that share what they have in common.

Every request to the model repeats the conversation so far, so a recording names, and the graph of a session holds,
lists that are each other's prefixes. `SharedSequence` keeps one growing list for all of them: extending the longest
one costs what is added, not what was there before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Generic, TypeVar, overload

Entry = TypeVar("Entry")


class Spine(list[Entry]):
    """A list that only grows at its end, and where its entries first are, as far as somebody asked."""

    __slots__ = ("_looked_at", "_places")

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        super().__init__(entries)
        self._places: dict[Entry, int] | None = None
        self._looked_at = 0

    def place_of(self, entry: Entry) -> int | None:
        """Where an entry first is, or None; each entry of the list is looked at once for all questions."""
        places, end = self._places, len(self)
        if places is None:
            places = self._places = {}
        if self._looked_at < end:
            for place, met in enumerate(self[self._looked_at : end], self._looked_at):
                places.setdefault(met, place)
            self._looked_at = end
        return places.get(entry)


class SharedSequence(Sequence[Entry], Generic[Entry]):
    """An immutable sequence, stored as the first `length` entries of a list that only grows at its end."""

    __slots__ = ("_length", "_spine")

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._spine: Spine[Entry] = Spine(entries)
        self._length = len(self._spine)

    @property
    def spine(self) -> Sequence[Entry]:
        """The list that these entries begin, which others share, to be written to a cache once."""
        return self._spine

    @classmethod
    def _over(cls, spine: Spine[Entry], length: int) -> SharedSequence[Entry]:
        """The first `length` entries of `spine`, which is kept and from then on only grows through the sequences."""
        sequence = cls.__new__(cls)
        sequence._spine = spine
        sequence._length = length
        return sequence

    def extended(self, more: Iterable[Entry]) -> SharedSequence[Entry]:
        """Return these entries with `more` at the end; costs `more` unless others extended the spine otherwise."""
        spine, added = self._spine, list(more)
        length = self._length + len(added)
        if len(spine) != self._length:
            if spine[self._length : length] == added:
                return SharedSequence._over(spine, length)
            spine = Spine(spine[: self._length])
        spine.extend(added)
        return SharedSequence._over(spine, length)

    def prefix(self, length: int) -> SharedSequence[Entry]:
        """The first `length` entries, without a copy."""
        return SharedSequence._over(self._spine, min(length, self._length))

    def hold(self, place: int, equal: Entry) -> None:
        """Hold, at a place, an object that is equal to the one there, so that both need room for one alone."""
        self._spine[place] = equal

    def shared_prefix_length(self, other: SharedSequence[Entry]) -> int:
        """How many leading entries two sequences have in common; constant time when they share their spine."""
        limit = min(self._length, other._length)
        if self._spine is other._spine:
            return limit
        return _equal_beginning(self._spine, other._spine, limit)

    def place_of(self, entry: Entry) -> int | None:
        """Where an entry, which must be hashable, first is; None if it is not there.

        Costs what the store has grown by since the last question to any sequence that shares it.
        """
        place = self._spine.place_of(entry)
        return place if place is not None and place < self._length else None

    def first_place(self, wanted: Callable[[Entry], bool], known: dict[int, int | None]) -> int | None:
        """Where the first wanted entry is; None if there is none.

        `known` remembers the answer for every list that shares this one's store, for as long as the caller keeps it
        and nobody extends them: a search through lists that repeat each other costs what is different in them.
        """
        store = id(self._spine)
        if store not in known:
            known[store] = next((place for place, entry in enumerate(self._spine) if wanted(entry)), None)
        place = known[store]
        return place if place is not None and place < self._length else None

    def to_list(self) -> list[Entry]:
        """A plain list with the same entries."""
        return self._spine[: self._length]

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Entry]:
        return islice(self._spine, self._length)

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...
    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        if isinstance(index, slice):
            start, stop, step = index.indices(self._length)
            # Backwards, `stop` may be -1 for "down to the first", which a slice takes for the last.
            return self._spine[start:stop:step] if step > 0 else self.to_list()[index]
        if index < 0:
            index += self._length
        if not 0 <= index < self._length:
            raise IndexError(index)
        return self._spine[index]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, (SharedSequence, list, tuple)):
            return len(self) == len(other) and all(ours == theirs for ours, theirs in zip(self, other, strict=True))
        return NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"SharedSequence({self.to_list()!r})"


def _equal_beginning(ours: list[Entry], theirs: list[Entry], limit: int) -> int:
    """How many of the first `limit` entries are equal: by halves, as comparing slices is much faster than a loop."""
    if ours[:limit] == theirs[:limit]:
        return limit
    start, end = 0, limit - 1
    while start < end:
        middle = (start + end) // 2 + 1
        if ours[start:middle] == theirs[start:middle]:
            start = middle
        else:
            end = middle - 1
    return start


def shared_as_list(value: Any) -> list[Any]:
    """A `SharedSequence` as a list, for JSON encoders. Raises `TypeError` for a value of any other type."""
    if isinstance(value, SharedSequence):
        return value.to_list()
    raise TypeError(f"cannot encode {type(value).__name__}")
