"""Sums over the recordings of a folder, for commands that are run on all of them. Elsewhere nothing is summed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.analysis.requests.tokens import Tokens  # most commands sum none


class FolderTotals:
    """Numbers by name, in the order in which they were first counted."""

    def __init__(self) -> None:
        self.sums: dict[str, int | None] = {}
        """None where no recording has a known number."""
        self.parts: set[str] = set()
        """Numbers that are not known of some recording."""

    def add(self, name: str, number: int | None) -> None:
        """Count a number of one recording; None is unknown."""
        before = self.sums.get(name)
        if number is None:
            self.parts.add(name)
            self.sums.setdefault(name, None)
        else:
            self.sums[name] = number + (before or 0)


_active: list[FolderTotals] = []


@contextmanager
def summing() -> Iterator[FolderTotals]:
    """Sum what commands count meanwhile."""
    totals = FolderTotals()
    _active.append(totals)
    try:
        yield totals
    finally:
        _active.remove(totals)


def count_tokens(tokens: Tokens, *, is_known: bool = True) -> None:
    """The tokens of a recording; where requests are missing from them, the sum is a part."""
    count(tokens=tokens.total if is_known and not tokens.is_unknown else None)
    if tokens.is_part:
        count(tokens=None)


def count(**numbers: int | None) -> None:
    """Numbers of the recording that a command is about; they go into the sums of a folder, if there are some."""
    for totals in _active:
        for name, number in numbers.items():
            totals.add(name, number)
