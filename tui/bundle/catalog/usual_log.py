"""The payloads that a log names, read quickly: of each event only its references, many lines at a time.

A log that is not written as known recorders write it is left to `references.py`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, Union

import msgspec
from msgspec.structs import astuple

from tui.schema.events import EVENT_TYPES, OtherEvent
from tui.schema.members import BAD_JSON
from tui.schema.payloads import NamedPayload, body_path

_READ_BYTES: Final = 256 << 10
"""What stays in the processor's cache while its lines are decoded."""

_LONGEST_LINE_BYTES: Final = 16 << 20
"""A log with a longer line is not a usual one."""

_DEEPEST: Final = 8
"""How deep parts hold parts in a usual log: items hold content, and that is all known recorders write."""

_PREFIX: Final = "raw_payload:"

_NO_PARTS: Final = msgspec.Raw()


class _PartByName(NamedPayload, frozen=True, gc=False):
    """A reference in a list of parts."""

    parts: tuple[_PartByName, ...] = ()


class _Reference(NamedPayload, frozen=True, gc=False):
    """A reference of an event, with the JSON of its parts."""

    parts: msgspec.Raw = _NO_PARTS


_Named: TypeAlias = _Reference | _PartByName


def _references_of(tag: str) -> type[msgspec.Struct]:
    """Of one kind of event what refers to payloads."""
    kind = EVENT_TYPES[tag]
    fields = [(name, _Reference | None, None) for name in kind.reference_fields]
    lists = [("payloads", tuple[_Reference, ...], ())] if kind is OtherEvent else []
    return msgspec.defstruct(f"Of{tag}", [*fields, *lists], tag_field="type", tag=tag, frozen=True, gc=False)


if TYPE_CHECKING:
    _References = msgspec.Struct
else:
    _References = Union[tuple(map(_references_of, EVENT_TYPES))]  # noqa: UP007 - made of a list, for the decoder


class _UsualLine(msgspec.Struct, frozen=True, gc=False):
    payload: _References
    thread_id: str | None = None


_decode_lines = msgspec.json.Decoder(_UsualLine).decode_lines
_decode_parts = msgspec.json.Decoder(tuple[_PartByName, ...]).decode


class _List(NamedTuple):
    """The list of parts that a thread named last."""

    text: bytes
    """Its JSON without the bracket at its end."""
    length: int


class UsualLog:
    """What a log names, in its order; each payload must always be named in the same way.

    Payloads are known by their numbers here: tables of 100,000 ids take longer to ask than all else.
    """

    def __init__(self, count: int) -> None:
        """`count`: payloads that are there, numbered from 1."""
        self.order: list[int] = []
        """The payloads in the order in which the log names them first."""
        self.parts: dict[int, int] = {}
        """Each that has parts → how many."""
        self._named: list[_Named | None] = [None] * (count + 1)
        self._lists: dict[str | None, _List] = {}

    def read(self, descriptor: int) -> bool:
        """Read the log to its end; False if it is not a usual one, or does not name all that is there."""
        carried = b""
        while chunk := os.read(descriptor, _READ_BYTES):
            end = chunk.rfind(b"\n") + 1
            if end:
                if not self._take(carried + chunk[:end]):
                    return False
                carried = b""
            carried += chunk[end:]
            if len(carried) > _LONGEST_LINE_BYTES:
                return False
        return not carried and len(self.order) == len(self._named) - 1

    def named(self, number: int) -> NamedPayload:
        """What names a payload."""
        ref = self._named[number]
        if ref is None:
            raise KeyError(number)
        return ref

    def are_in_shards(self, ends: Sequence[int]) -> bool:
        """Whether each is named in its shard; `ends` are the numbers of the last payloads of shards, behind a zero."""
        refs = list(filter(None, self._named))
        spans = enumerate(pairwise(ends), 1)
        is_placed = all({ref.shard for ref in refs[start:end]} <= {shard} for shard, (start, end) in spans)
        return is_placed and {ref.path for ref in refs} <= {None}

    def are_in_files(self) -> bool:
        """Whether each is named in the file that has its number."""
        refs = filter(None, self._named)
        return all(ref.shard is None and ref.path == body_path(str(number)) for number, ref in enumerate(refs, 1))

    def _take(self, lines: bytes) -> bool:
        """Take whole lines; False if one is not as usual."""
        refs: list[_Named] = []
        with_parts: list[tuple[int, int]] = []
        try:
            if not lines.isascii():
                lines.decode()  # the decoder does not look into what it skips
            for line in _decode_lines(lines):
                for ref in astuple(line.payload):
                    if isinstance(ref, _Reference):
                        refs.append(ref)
                        if ref.parts:
                            self._add_parts(ref, line.thread_id, refs, with_parts)
                    elif ref is not None:
                        return False  # a list of them, which few logs have
        except BAD_JSON:
            return False
        numbers = _numbers_of(refs)
        return numbers is not None and self._name_all(numbers, refs, with_parts)

    def _add_parts(
        self, ref: _Reference, thread_id: str | None, refs: list[_Named], with_parts: list[tuple[int, int]]
    ) -> None:
        """Add the parts of a reference that the list before it did not have; only those are decoded."""
        text = bytes(memoryview(ref.parts)[:-1])
        before = self._lists.get(thread_id)
        if (
            before is not None
            and text.startswith(before.text)
            and text[len(before.text) : len(before.text) + 1] in b","
        ):
            count, new = before.length, b"[%b]" % text[len(before.text) + 1 :]
        else:
            count, new = 0, text + b"]"
        parts = _decode_parts(new)
        count += len(parts)
        self._lists[thread_id] = _List(text, count)
        with_parts.append((len(refs) - 1, count))
        _add_each(parts, refs, with_parts)

    def _name_all(self, numbers: Sequence[int], refs: Sequence[_Named], with_parts: Sequence[tuple[int, int]]) -> bool:
        """Take references; False if one payload is not there, or was named before in another way."""
        named = self._named
        if numbers and not 0 < min(numbers) <= max(numbers) < len(named):
            return False
        new = self.order.append
        for number, ref in zip(numbers, refs, strict=True):
            known = named[number]
            if known is None:
                named[number] = ref
                new(number)
            elif not _is_same(known, ref):
                return False
        self.parts.update((numbers[place], count) for place, count in with_parts if count)
        return True


def _is_same(known: _Reference | _PartByName, ref: _Reference | _PartByName) -> bool:
    if known.parts or ref.parts:
        return known == ref
    return (known.kind, known.path, known.shard) == (ref.kind, ref.path, ref.shard)


def _add_each(
    parts: Iterable[_PartByName], refs: list[_Named], with_parts: list[tuple[int, int]], depth: int = 1
) -> None:
    """Add parts and theirs, each before its parts. Raises `ValueError` where they are nested as no recorder does."""
    for part in parts:
        refs.append(part)
        if part.parts:
            if depth >= _DEEPEST:
                raise ValueError("parts hold parts too deeply")
            with_parts.append((len(refs) - 1, len(part.parts)))
            _add_each(part.parts, refs, with_parts, depth + 1)


def _numbers_of(refs: Sequence[NamedPayload]) -> list[int] | None:
    """The numbers in the ids; None if one is not as recorders write them."""
    if not refs:
        return []
    ids = "\n".join([ref.raw_payload_id for ref in refs])
    try:
        numbers = list(map(int, ids.replace(_PREFIX, "").split("\n")))
    except ValueError:
        return None
    return numbers if ids == _PREFIX + f"\n{_PREFIX}".join(map(str, numbers)) else None
