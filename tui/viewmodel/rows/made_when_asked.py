"""A sequence whose entries are made one by one, when somebody looks at them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, overload

Source = TypeVar("Source")
Made = TypeVar("Made")


class MadeWhenAsked(Sequence[Made], Generic[Source, Made]):
    """What `make` makes of each of `sources`, once: for one picture, in which nothing changes."""

    __slots__ = ("_made", "_make", "_sources")

    def __init__(self, sources: Sequence[Source], make: Callable[[Source], Made]) -> None:
        self._sources = sources
        self._make = make
        self._made: dict[int, Made] = {}

    def __len__(self) -> int:
        return len(self._sources)

    @overload
    def __getitem__(self, place: int) -> Made: ...
    @overload
    def __getitem__(self, place: slice) -> list[Made]: ...
    def __getitem__(self, place: int | slice) -> Made | list[Made]:
        places = range(len(self._sources))[place]
        if isinstance(places, range):
            return [self._one(number) for number in places]
        return self._one(places)

    def _one(self, number: int) -> Made:
        if number not in self._made:
            self._made[number] = self._make(self._sources[number])
        return self._made[number]
