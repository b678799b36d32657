"""Names as numbers: an index repeats each id of the graph many times, and a number takes a tenth of its room."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, islice, repeat
from typing import Any, cast

import msgspec

from tui.model.kinds import NODE_KINDS
from tui.model.noderef import NodeRef

_STRINGS_PER_STEP = 20_000
_REFS_PER_STEP = 5_000


class NameColumn(msgspec.Struct, array_like=True):
    """Names in a row, as numbers of a table: of strings, or of `NodeRef`s."""

    are_refs: bool
    numbers: bytes


class NamesRecord(msgspec.Struct, array_like=True, tag="names"):
    """The tables: strings that the graph does not have as ids, and the kinds and ids of all `NodeRef`s."""

    strings: list[str]
    ref_kinds: bytes
    ref_ids: bytes


class _Numbers(dict[Any, int]):
    """Name → number; a name that is asked for the first time gets the next one."""

    def __missing__(self, name: Any) -> int:
        number = self[name] = len(self)
        return number


class Numbering:
    """Gives numbers to names while a reading is written. `known` are the ids that its reader has from the graph."""

    def __init__(self, known: Iterable[str]) -> None:
        self._strings = _Numbers(zip(dict.fromkeys(known), count()))
        self._known = len(self._strings)
        self._refs = _Numbers()

    def column(self, names: Sequence[Any]) -> NameColumn:
        """The numbers of names that are all strings, or all `NodeRef`s."""
        are_refs = bool(names) and type(names[0]) is NodeRef
        number = (self._refs if are_refs else self._strings).__getitem__
        return NameColumn(are_refs, array("I", map(number, names)).tobytes())

    def record(self) -> NamesRecord:
        """The tables for all columns so far; to be asked for at the end."""
        numbers = {kind: number for number, kind in enumerate(NODE_KINDS)}
        kinds = bytes([numbers[ref.kind] for ref in self._refs])
        ids = self.column([ref.id for ref in self._refs]).numbers
        return NamesRecord(list(self._strings)[self._known :], kinds, ids)


class Names:
    """Gives the names of columns back. `known` must be what the numbering was made with."""

    def __init__(self, known: Iterable[str], record: NamesRecord) -> None:
        """The names are to be made by `make`."""
        self._known = known
        self._strings: list[str] = []
        self._refs: list[NodeRef] = []
        self._record = record

    def make(self) -> Iterator[None]:
        """Make the names in steps. Raises `IndexError` for a number that has no name."""
        ahead, strings = iter(self._known), dict[str, None]()
        while names := list(islice(ahead, _STRINGS_PER_STEP)):
            strings.update(zip(names, repeat(None)))
            yield
        self._strings = [*strings, *self._record.strings]
        yield
        ids = map(self._strings.__getitem__, numbers_of(self._record.ref_ids))
        made = map(NodeRef, map(NODE_KINDS.__getitem__, self._record.ref_kinds), ids)
        while part := list(islice(made, _REFS_PER_STEP)):
            self._refs += part
            yield

    def of(self, column: NameColumn) -> list[Any]:
        """The names in a column. Raises `IndexError` for a number that has none."""
        table = cast("list[Any]", self._refs if column.are_refs else self._strings)
        return list(map(table.__getitem__, numbers_of(column.numbers)))


def numbers_of(data: bytes, kind: str = "I") -> array[int]:
    """The numbers of an array of that type code. Raises `ValueError` if bytes are left over."""
    numbers = array(kind)
    numbers.frombytes(data)
    return numbers


def runs(values: Iterable[Any], length: int) -> Iterator[list[Any]]:
    """The values in lists of at most `length`."""
    ahead = iter(values)
    while run := list(islice(ahead, length)):
        yield run
