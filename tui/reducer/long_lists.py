"""Appends to lists of the graph, also to those that hold each entry once, whatever their length."""

from __future__ import annotations

from typing import Any, TypeVar

LONG_LIST = 64
"""A list of this many entries or more is searched by a set that is kept beside it."""

Entry = TypeVar("Entry")


def append(target: list[Entry], value: Entry) -> None:
    """Append `value`. A first entry gets room for itself alone: most lists of the graph never get a second one."""
    if target:
        target.append(value)
    else:
        target.extend((value,))


class LongLists:
    """Appends to lists of the graph what they lack; remembers the entries of those that have become long."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[list[Any], set[Any]]] = {}
        """Identity of a list → the list, which stays alive by this, and its entries."""

    def append_missing(self, target: list[Entry], value: Entry) -> bool:
        """Append `value` unless it is there; whether it was appended. The cost does not grow with the list."""
        if self.holds(target, value):
            return False
        self.append_other(target, value)
        return True

    def append_other(self, target: list[Entry], value: Entry) -> None:
        """Append `value`, which is not there. The cost does not grow with the list."""
        if len(target) >= LONG_LIST:
            self._entries_of(target).add(value)
        append(target, value)

    def holds(self, target: list[Entry], value: Entry) -> bool:
        """Whether `value` is in a list. The cost does not grow with the list."""
        return value in (target if len(target) < LONG_LIST else self._entries_of(target))

    def _entries_of(self, target: list[Any]) -> set[Any]:
        _, known = self._known.get(id(target), (target, set()))
        if len(known) != len(target):
            known = set(target)
            self._known[id(target)] = (target, known)
        return known
