"""Finds what later lines changed of the objects that a place of a chronicle had, without a walk through all changes.

Of each field only the first change behind the place counts: it holds the value that the field had there. Few objects
that had come by then change later: those that were at work, and lists that go on growing. Checkpoints name them.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from tui.model.recorded import Changes, Recorded, RecordedMap
from tui.named_tuple import NamedTuple

LINES_BETWEEN = 250
"""Lines between two checkpoints: what lies between a place and the next one is walked through in a moment.

In a recording of 100,000 lines a checkpoint holds about 400 numbers: six bytes a line for all of them.
"""

TAIL = 20_000
"""So many changes behind those that were prepared are walked through, some milliseconds."""

CHANGES_PER_STEP = 2_000
OBJECTS_PER_STEP = 10_000

Field = tuple[int, str]
"""Identity of an object, and the name of a field of it."""


class NotedField(NamedTuple):
    """The first change of a field behind a place.

    `copy` is the number of the first later change that holds the field's whole list, where this one only says how long
    the list was; 0 if there is none, so that the list of now has the beginning.
    """

    number: int
    copy: int = 0


class LaterChanges:
    """What was changed behind any place. `prepare` makes it quick; what was noted since then is walked through."""

    def __init__(self, changes: Changes, starts: array[int]) -> None:
        """`starts` has for each place how many changes there were, as `Chronicle.changes_to` says."""
        self._changes = changes
        self._starts = starts
        self._copies = array("I")
        """For a change that notes the length of a list, the number of the first later one with that whole list."""
        self._checkpoints: list[array[int]] = []
        """The first changes behind place 0, `LINES_BETWEEN`, …: of objects that were there."""
        self._prepared = 0

    @property
    def is_prepared(self) -> bool:
        """Whether few changes were noted since `prepare`."""
        return len(self._changes) - self._prepared <= TAIL

    def prepare(self, maps: Iterable[RecordedMap[Any, Any]], others: Iterable[tuple[Any, int]]) -> Iterator[None]:
        """Look through all changes, in steps; `maps` hold the objects, `others` are some more and where they came."""
        end, places = len(self._changes), len(self._starts) - 1
        births = dict[int, int]()
        for entries in maps:
            yield from _note_births(births, entries)
        pairs = ((id(found), born) for found, born in others)
        while part := list(islice(pairs, OBJECTS_PER_STEP)):
            births.update(part)
            yield
        copies = array("I", bytes(4 * end))
        checkpoints: list[array[int]] = []
        first, whole = dict[Field, int](), dict[Field, int]()
        for checkpoint in range(places // LINES_BETWEEN, -1, -1):
            line = checkpoint * LINES_BETWEEN
            start = self._starts[line]
            for number in range(end - 1, start - 1, -1):
                field = (id(self._changes.owners[number]), self._changes.field(number))
                first[field] = number
                copies[number] = whole.get(field, 0)
                if type(self._changes.before[number]) is list:
                    whole[field] = number
                if number % CHANGES_PER_STEP == 0:
                    yield
            end = min(end, start)
            first = {field: number for field, number in first.items() if births.get(field[0], 0) <= line}
            whole = {field: number for field, number in whole.items() if field in first}
            checkpoints.append(array("I", first.values()))
            yield
        self._copies, self._checkpoints, self._prepared = copies, checkpoints[::-1], len(copies)

    def behind(self, place: int) -> dict[Field, NotedField]:
        """The first change of each field behind a place; also of objects that came later."""
        start, number = self._starts[place], -(-place // LINES_BETWEEN)
        found: dict[Field, NotedField] = {}
        if number < len(self._checkpoints):
            end = max(start, self._starts[number * LINES_BETWEEN])
            changes = self._changes
            for known in (*range(start, end), *self._checkpoints[number]):
                field = (id(changes.owners[known]), changes.field(known))
                if field not in found:
                    found[field] = NotedField(known, self._copies[known])
            start = self._prepared
        for field, noted in self.since(start).items():
            known_field = found.setdefault(field, noted)
            if known_field is not noted and not known_field.copy:
                found[field] = known_field._replace(copy=self._first_copy(field, noted))
        return found

    def since(self, start: int) -> dict[Field, NotedField]:
        """The first change of each field from a number of changes on."""
        changes, found, whole = self._changes, dict[Field, NotedField](), dict[Field, int]()
        for number in range(len(changes) - 1, start - 1, -1):
            field = (id(changes.owners[number]), changes.field(number))
            found[field] = NotedField(number, whole.get(field, 0))
            if type(changes.before[number]) is list:
                whole[field] = number
        return found

    def _first_copy(self, _field: Field, noted: NotedField) -> int:
        return noted.number if type(self._changes.before[noted.number]) is list else noted.copy


def _note_births(births: dict[int, int], entries: RecordedMap[Any, Any]) -> Iterator[None]:
    pairs = zip([id(value) for value in entries.values()], entries.births, strict=False)  # it may grow meanwhile
    while part := list(islice(pairs, OBJECTS_PER_STEP)):
        births.update(part)
        yield
    births.update((id(gone.value), gone.born) for gone in entries.removed)
    births.update((id(replaced.before), 0) for replaced in entries.replaced)


def restore(target: Recorded, owner: Any, field: str, noted: NotedField, changes: Changes) -> None:
    """Give a field of a copy the value that the field of an object of now had before a change."""
    value, before = getattr(owner, field), changes.before[noted.number]
    if field == "execution":
        window = target.execution  # type: ignore[attr-defined]  # the field says that there is one
        window.ended_at_unix_ms, window.ended_seq, window.status = _NOT_ENDED if before is None else before
    elif type(value) is not list:
        setattr(target, field, before)
    elif isinstance(before, list):
        setattr(target, field, list(before))
    else:
        beginning = changes.before[noted.copy] if noted.copy else value
        setattr(target, field, beginning[:before])


_NOT_ENDED: Final = (None, None, "running")
"""Ends of an execution window that none was noted of."""
