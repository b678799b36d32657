"""Objects and maps that can note what is changed in them, so that a graph can be shown as it was.

Only values from before are kept: what an object is now, it holds itself. What changes a graph (the reducer) has the
changes noted meanwhile (`NOTING`); otherwise nothing is noted, and copies of objects can be changed freely.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, Final, Generic, TypeVar, overload

import msgspec

from tui.named_tuple import NamedTuple

Key = TypeVar("Key")
Value = TypeVar("Value")


FEW_REPLACED: Final = 500
"""So many replacements are looked through one by one."""

SORTED_PER_STEP: Final = 10_000


class Removal(NamedTuple):
    """An entry that was taken out of a map: in which line, where in the order of the map it was, since which line."""

    line: int
    rank: int
    key: Any
    value: Any
    born: int


class Replacement(NamedTuple):
    """A value that another one took the place of, and in which line."""

    line: int
    key: Any
    before: Any


class Replacements(Sequence[Replacement]):
    """What was replaced in a map, in order: three columns, to be light, since one may grow with every line."""

    __slots__ = ("_before", "_keys", "_lines", "_numbers", "_sorted")

    def __init__(self) -> None:
        self._lines = array("I")
        self._keys: list[Any] = []
        self._before: list[Any] = []
        self._numbers: dict[Any, array[int]] = {}
        """The numbers of the replacements of each key, as far as they are `_sorted`."""
        self._sorted = 0

    def note(self, line: int, key: Any, before: Any) -> None:
        """Note one more."""
        self._lines.append(line)
        self._keys.append(key)
        self._before.append(before)

    def keys_between(self, first: int, last: int) -> set[Any]:
        """The keys whose values were replaced behind one line and up to another one."""
        return set(self._keys[bisect_right(self._lines, first) : bisect_right(self._lines, last)])

    def behind(self, line: int) -> dict[Any, Any]:
        """The values behind a line of keys whose values were replaced later."""
        start, before = bisect_right(self._lines, line), self._before
        if len(self) - start <= FEW_REPLACED:
            return dict(zip(reversed(self._keys[start:]), reversed(before[start:]), strict=True))
        for _ in self.prepare():
            pass
        firsts = ((key, bisect_left(numbers, start), numbers) for key, numbers in self._numbers.items())
        return {key: before[numbers[first]] for key, first, numbers in firsts if first < len(numbers)}

    def prepare(self) -> Iterator[None]:
        """Sort what was noted by keys, in steps of about a millisecond: a few keys may be replaced all the time."""
        while self._sorted < len(self):
            end = min(len(self), self._sorted + SORTED_PER_STEP)
            for number in range(self._sorted, end):
                key = self._keys[number]
                numbers = self._numbers.get(key)
                if numbers is None:
                    numbers = self._numbers[key] = array("I")
                numbers.append(number)
            self._sorted = end
            yield

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, place: int) -> Replacement: ...
    @overload
    def __getitem__(self, place: slice) -> list[Replacement]: ...
    def __getitem__(self, place: int | slice) -> Replacement | list[Replacement]:
        if isinstance(place, slice):
            return list(map(Replacement, self._lines[place], self._keys[place], self._before[place]))
        return Replacement(self._lines[place], self._keys[place], self._before[place])

    def __iter__(self) -> Iterator[Replacement]:
        return map(Replacement, self._lines, self._keys, self._before)


class _FieldNumbers(dict[str, int]):
    """Name of a field → its number; a name that is asked for the first time gets the next one."""

    def __missing__(self, name: str) -> int:
        number = self[name] = len(self)
        return number


class Changes:
    """What was changed in the objects of a graph, in order: three columns, to be light.

    `before` is the value of a field from before; for a list that grew at its end its length, for an execution window
    that had not ended None, see `ended_before`. `fields` are numbers of names, see `field`.
    """

    def __init__(self) -> None:
        type.__setattr__(Recorded, "__setattr__", _set_and_note)
        self.owners: list[Any] = []
        self.fields = array("H")
        self.before: list[Any] = []
        self.field_numbers: dict[str, int] = _FieldNumbers()
        """The number of each name that stands in `fields`, in order."""
        self._names: list[str] = []
        """The names by their numbers, as far as `field` was asked."""
        self.line = 1
        """The line of the log that is at work, from 1; see `end_line`."""
        self.newborn: dict[int, Any] = {}
        """Objects that came into the graph with this line, by identity: what changes in them is of the same line."""

    def __len__(self) -> int:
        return len(self.owners)

    def field(self, number: int) -> str:
        """The name of the field that a change was of."""
        names = self._names
        if len(names) < len(self.field_numbers):
            names = self._names = list(self.field_numbers)
        return names[self.fields[number]]

    def end_line(self) -> None:
        """The next change is of the next line."""
        self.line += 1
        if self.newborn:
            self.newborn.clear()

    def note(self, owner: Any, field: str, before: Any) -> None:
        """Note that a field of an object is about to change."""
        if id(owner) not in self.newborn:
            self.owners.append(owner)
            self.fields.append(self.field_numbers[field])
            self.before.append(before)


class _Noting:
    """Where changes are noted at present; None for nowhere."""

    __slots__ = ("changes",)

    def __init__(self) -> None:
        self.changes: Changes | None = None


NOTING: Final = _Noting()
"""Set by what changes a graph, and set back behind it. One for all graphs of the process: all of them are changed by
the same thread, one at a time."""

_set = msgspec.Struct.__setattr__


class Recorded(msgspec.Struct, gc=False):
    """An object of the graph: a field that is set again can be noted. See `note_growth` for lists that change.

    The first `Changes` of the process lets it note; before that setting a field takes a quarter of the time.
    """


def _set_and_note(owner: Recorded, name: str, value: Any) -> None:
    """Set a field of an object, as its `__setattr__`."""
    changes = NOTING.changes
    if changes is not None and id(owner) not in changes.newborn:
        before = getattr(owner, name)
        changes.owners.append(owner)
        changes.fields.append(changes.field_numbers[name])
        changes.before.append(0 if type(before) is list and not before else before)
    _set(owner, name, value)


def note_growth(owner: Recorded, field: str) -> None:
    """Note that something is about to be appended to a list of an object."""
    changes = NOTING.changes
    if changes is not None:
        changes.note(owner, field, len(getattr(owner, field)))


def note_inside(owner: Recorded, field: str) -> None:
    """Note that a list of an object is about to change elsewhere than at its end."""
    changes = NOTING.changes
    if changes is not None:
        changes.note(owner, field, list(getattr(owner, field)))


def note_window(owner: Any) -> None:
    """Note that the execution window of an object is about to get another end."""
    changes = NOTING.changes
    if changes is not None:
        window = owner.execution
        is_news = window.ended_at_unix_ms is None and window.ended_seq is None and window.status == "running"
        end = None if is_news else (window.ended_at_unix_ms, window.ended_seq, window.status)
        changes.note(owner, "execution", end)


class RecordedMap(dict[Key, Value], Generic[Key, Value]):
    """A map that notes in which line each entry came, and what was replaced or taken out.

    It is changed by setting, `setdefault`, `pop` and `del` alone.
    """

    __slots__ = ("births", "changes", "removed", "replaced")

    def __init__(self, changes: Changes) -> None:
        super().__init__()
        self.changes = changes
        self.births = array("I")
        """The lines with which the entries came, in their order."""
        self.replaced = Replacements()
        self.removed: list[Removal] = []

    def __setitem__(self, key: Key, value: Value) -> None:
        if key not in self:  # as in `_note_birth`: nearly every line comes here several times
            changes = self.changes
            self.births.append(changes.line)
            if isinstance(value, Recorded):
                changes.newborn[id(value)] = value
        elif (before := self[key]) is not value:
            self.replaced.note(self.changes.line, key, before)
        dict.__setitem__(self, key, value)

    def setdefault(self, key: Key, default: Value = None) -> Value:  # type: ignore[assignment]  # as in `dict`
        """The value; `default`, which becomes it, if there was none."""
        if key not in self:
            self._note_birth(default)
        return super().setdefault(key, default)

    def pop(self, key: Key, *default: Any) -> Any:
        """Take an entry out."""
        if key in self:
            self._note_removal(key)
        return super().pop(key, *default)

    def __delitem__(self, key: Key) -> None:
        self._note_removal(key)
        super().__delitem__(key)

    def _note_birth(self, value: Value) -> None:
        changes = self.changes
        self.births.append(changes.line)
        if isinstance(value, Recorded):
            changes.newborn[id(value)] = value

    def _note_removal(self, key: Key) -> None:
        rank = next(number for number, one in enumerate(self) if one == key)
        self.removed.append(Removal(self.changes.line, rank, key, self[key], self.births.pop(rank)))
