"""A search through many small bodies at once, for a source that has them side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from tui.schema.payloads import RawPayloadRef


class RecordFinder(Protocol):
    """What is looked for."""

    window: int
    is_regex: bool
    is_verbatim: bool
    """Whether it is in the JSON form of a text, where no character is written as `\\uXXXX`, if it is in the text."""

    def counts(self, data: bytes, places: Callable[[], Sequence[tuple[int, int]]]) -> list[int] | None:
        """How often it is in each of many bodies, which are at these places of `data`, from start to end.

        None if it is nowhere in `data`; the places are asked for only if it may be there.
        """
        ...


class BulkCounts(Protocol):
    """The counts of one search."""

    def is_nowhere_in(self, ref: RawPayloadRef) -> bool:
        """Whether it is surely known already that a payload does not hold it: asked of each before `count`."""
        ...

    def count(self, ref: RawPayloadRef) -> int | None:
        """How often the text is in a payload; None for one that has to be searched by itself."""
        ...
