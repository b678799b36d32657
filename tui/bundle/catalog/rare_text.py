"""Looks up single payloads in a log without reading it: only what names these few is decoded.

A log names every item of every prompt again, so reading it takes longer than searching all bodies.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from mmap import ACCESS_READ, mmap
from typing import Final

from tui.bundle.catalog.held_text import HeldText
from tui.schema.decode import EventLine, decode_line
from tui.schema.payloads import NO_PARTS, RawPayloadRef

_LOOKED_AT_END: Final = 1 << 20
"""Bytes at the end of the log that must name no payload that is not there."""

_PREFIX: Final = b"raw_payload:"


def names_of_few(descriptor: int, found: Sequence[HeldText], count: int) -> list[tuple[RawPayloadRef, HeldText]] | None:
    """What names these payloads first, in the order of the log, of a bundle that has `count` of them.

    None if one is not named as recorders do, or the log does not end with the last payload. Raises `OSError`, and
    `ValueError` for an empty log.
    """
    with mmap(descriptor, 0, access=ACCESS_READ) as log:
        return _Log(log).names_of(found) if _ends_within(log, count) else None


class _Log:
    """The bytes of a log."""

    def __init__(self, data: mmap) -> None:
        self._data = data

    def names_of(self, found: Sequence[HeldText]) -> list[tuple[RawPayloadRef, HeldText]] | None:
        """As `names_of_few`."""
        placed: list[tuple[int, int, RawPayloadRef, HeldText]] = []
        for held in found:
            reference = self._first(held)
            if reference is None:
                return None
            placed.append((*reference, held))
        return [(ref, held) for _, _, ref, held in sorted(placed, key=lambda one: one[:2])]

    def _first(self, found: HeldText) -> tuple[int, int, RawPayloadRef] | None:
        """Where the first line begins that names a record, the place of its reference there, and that."""
        data, name = self._data, b'"raw_payload:%d"' % found.number
        at = data.find(name)
        if at < 0:
            return None
        start, end = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at)
        line = None if end < 0 else decode_line(data[start:end], 2)
        if not isinstance(line, EventLine) or line.oddities:
            return None
        wanted = f"raw_payload:{found.number}"
        for place, ref in enumerate(_walk(line.event.payload.payload_refs())):
            if ref.raw_payload_id == wanted:
                is_sure = ref.shard == found.shard and self._is_always_named_so(ref, found, name, at)
                return (start, place, ref) if is_sure else None
        return None

    def _is_always_named_so(self, ref: RawPayloadRef, found: HeldText, name: bytes, at: int) -> bool:
        """Whether all the log says of a payload is the same: then it is one body."""
        data = self._data
        if ref.parts is not NO_PARTS:
            return data.find(name, at + 1) < 0
        said = name + b',"kind":{"type":"%b"},%b}' % (ref.kind.type.encode(), _place(found))
        while at >= 0:
            if data[at : at + len(said)] != said:
                return False
            at = data.find(name, at + len(said))
        return True


def _place(found: HeldText) -> bytes:
    """What the log says of where a payload is."""
    return b'"path":"payloads/%d.json"' % found.number if found.shard is None else b'"shard":%d' % found.shard


def _walk(refs: Sequence[RawPayloadRef]) -> Iterator[RawPayloadRef]:
    """References and their parts, each before its parts."""
    for ref in refs:
        yield ref
        yield from _walk(list(ref.parts))


def _ends_within(log: mmap, count: int) -> bool:
    """Whether the end of the log is whole, and names the last record and none behind it."""
    end = log[max(0, len(log) - _LOOKED_AT_END) :]
    numbers = [piece.partition(b'"')[0] for piece in end.split(b'"' + _PREFIX)[1:]]
    named = {int(number) for number in numbers if number.isdigit()}
    return end.endswith(b"\n") and len(named) > 0 and max(named) == count
