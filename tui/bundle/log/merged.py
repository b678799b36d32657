"""Puts logs together, by event number, that writers wrote at the same time, or that repeat each other."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from heapq import merge
from typing import BinaryIO, Final

import msgspec

from tui.schema.members import BAD_JSON

_TAIL_BYTES: Final = 1 << 20


class _MergedEvent(msgspec.Struct, frozen=True, gc=False):
    seq: int


_decoder = msgspec.json.Decoder(_MergedEvent)

NumberedLine = tuple[int, int, bytes]
"""The number of an event, which of the files its line is in, and the line."""


def overlap(files: Sequence[BinaryIO], first_numbers: Sequence[int | None]) -> bool:
    """Whether one of these files, given in the order of their first events, goes on where the next has begun."""
    if None in first_numbers:
        return False
    lasts = [_last_number(file) for file in files[:-1]]
    pairs = zip(lasts, first_numbers[1:], strict=True)
    return any(last is not None and first is not None and last >= first for last, first in pairs)


def end_of_lines(file: BinaryIO) -> int:
    """Where the last whole line of a file ends: what follows it may still be written."""
    end = file.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - _TAIL_BYTES)
        file.seek(start)
        found = file.read(end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def merged_lines(files: Sequence[BinaryIO], end: int) -> Iterator[bytes]:
    """The lines of all files, of the last one up to byte `end`, in the order of their events.

    A line that several files have comes once.
    """
    number: int | None = None
    same: set[bytes] = set()
    ends = [*[None] * (len(files) - 1), end]
    for seq, _, line in merge(*map(_numbered_lines, files, range(len(files)), ends)):
        if seq != number:
            number = seq
            same.clear()
        if line not in same:
            same.add(line)
            yield line


def _numbered_lines(file: BinaryIO, place: int, end: int | None) -> Iterator[NumberedLine]:
    """Each line up to a byte with the number of its event; one without a number stays behind the line before it."""
    highest = read = 0
    file.seek(0)
    for line in file:
        read += len(line)
        if end is not None and read > end:
            return
        text = line.rstrip(b"\n")
        if text:
            highest = max(highest, _number_of(text) or 0)
            yield highest, place, text


def _last_number(file: BinaryIO) -> int | None:
    """The number of the last whole event of a file; None if it has none near its end."""
    file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
    lines = file.read(_TAIL_BYTES).split(b"\n")
    return next((number for line in reversed(lines) if (number := _number_of(line)) is not None), None)


def _number_of(line: bytes) -> int | None:
    try:
        return _decoder.decode(line).seq
    except BAD_JSON:
        return None
