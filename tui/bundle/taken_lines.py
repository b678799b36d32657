"""Remembers which lines were taken from a log, in a few bytes each, so that they are recognised without being kept."""

from __future__ import annotations

import os
from array import array
from bisect import bisect_right
from typing import Literal
from zlib import crc32

_PIECE_BYTES = 256 << 10

Comparison = Literal["same", "beginning", "other"]
"""What a file holds: all lines that were taken, some of the first of them and nothing else, or other ones."""


class TakenLines:
    """Where each line ended, and the checksum of everything before. Twelve bytes a line."""

    def __init__(self) -> None:
        self._ends = array("Q")
        self._sums = array("I")
        self._proven = 0
        """So many lines of a file that is too short were compared, and are the same."""

    @property
    def end(self) -> int:
        """Where the last line ended, in bytes."""
        return self._ends[-1] if self._ends else 0

    def add(self, end: int, checksum: int) -> None:
        """Take in the next line: where it ends, and the CRC-32 of everything before that."""
        self._ends.append(end)
        self._sums.append(checksum)

    def compare(self, descriptor: int, size: int) -> Comparison:
        """Compare with a file of `size` bytes. Raises `OSError` if it cannot be read.

        As long as the file is too short, only what came since the last comparison is looked at; once it is long
        enough, all of it.
        """
        count = bisect_right(self._ends, size)
        if size >= self.end or count < self._proven:
            self._proven = 0
        if not self._agrees(descriptor, count) or _has_newline(descriptor, self._end_of(count), size, self.end):
            self._proven = 0
            return "other"
        self._proven = count
        return "same" if size >= self.end else "beginning"

    def _agrees(self, descriptor: int, count: int) -> bool:
        """Whether the first `count` lines are those that were taken; the first `_proven` of them are known to be."""
        place, end = self._end_of(self._proven), self._end_of(count)
        checksum = self._sums[self._proven - 1] if self._proven else 0
        while place < end:
            piece = os.pread(descriptor, min(_PIECE_BYTES, end - place), place)
            if not piece:
                return False
            checksum, place = crc32(piece, checksum), place + len(piece)
        return checksum == (self._sums[count - 1] if count else 0)

    def _end_of(self, count: int) -> int:
        return self._ends[count - 1] if count else 0


def _has_newline(descriptor: int, place: int, size: int, end: int) -> bool:
    """Whether a line ends between `place` and `size`, below `end`: the one that was taken there is longer."""
    if size >= end:
        return False
    while place < size:
        piece = os.pread(descriptor, min(_PIECE_BYTES, size - place), place)
        if not piece or b"\n" in piece:
            return bool(piece)
        place += len(piece)
    return False
