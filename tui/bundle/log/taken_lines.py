"""Remembers which lines were taken from a log, in a few bytes each, so that they are recognised without being kept."""

from __future__ import annotations

import os
import re
from array import array
from bisect import bisect_right
from typing import Literal
from zlib import crc32

LOOKED_OVER_BYTES = 4 << 20
"""What is looked over at once: some milliseconds."""

_PIECE_BYTES = 256 << 10

Comparison = Literal["same", "beginning", "other"]
"""What a file holds: all lines that were taken, some of the first of them and nothing else, or other ones."""


class TakenLines:
    """Where each line ended, and the checksum of everything before. Thirteen bytes a line, or a run of empty ones."""

    def __init__(self) -> None:
        self._ends = array("Q")
        self._sums = array("I")
        self._are_empty = bytearray()
        """For each of them, 1 where it is a run of empty lines."""
        self._proven = 0
        """This many lines of a file that is too short were compared, and are the same."""
        self._looked_over = 0
        """This many lines were looked over in this round; 0 between two rounds."""

    @property
    def end(self) -> int:
        """Where the last line ended, in bytes."""
        return self._ends[-1] if self._ends else 0

    def add(self, end: int, checksum: int) -> None:
        """Take in the next line: where it ends, and the CRC-32 of everything before that."""
        self._ends.append(end)
        self._sums.append(checksum)
        self._are_empty.append(0)

    def add_many(self, ends: list[int], checksums: list[int]) -> None:
        """Take in the next lines, each as in `add`."""
        self._ends.extend(ends)
        self._sums.extend(checksums)
        self._are_empty.extend(bytes(len(ends)))

    def add_empty(self, end: int, checksum: int) -> None:
        """Take in empty lines: where the last of them ended, and the CRC-32 of everything before that."""
        if self._are_empty and self._are_empty[-1]:
            self._ends[-1], self._sums[-1] = end, checksum
        else:
            self.add(end, checksum)
            self._are_empty[-1] = 1

    def compare(self, descriptor: int, size: int) -> Comparison:
        """Compare with a file of `size` bytes. Raises `OSError` if it cannot be read.

        As long as the file is too short, only what came since the last comparison is looked at; once it is long
        enough, all of it.
        """
        count = bisect_right(self._ends, size)
        if size >= self.end or count < self._proven:
            self._proven = 0
        is_same = self._agrees(descriptor, count, self._proven)
        if not is_same or self._has_other_line(descriptor, count, size):
            self._proven = 0
            return "other"
        self._proven = count
        return "same" if size >= self.end else "beginning"

    @property
    def is_round_over(self) -> bool:
        """Whether the next `look_over` begins with the first line."""
        return self._looked_over == 0

    def look_over(self, descriptor: int, most: int = LOOKED_OVER_BYTES) -> bool:
        """Whether the next lines, of about `most` bytes, stand in the file. Raises `OSError` if it cannot be read."""
        start = self._looked_over
        count = min(len(self._ends), bisect_right(self._ends, self._end_of(start) + most) + 1)
        self._looked_over = 0 if count == len(self._ends) else count
        return self._agrees(descriptor, count, start)

    def _agrees(self, descriptor: int, count: int, known: int) -> bool:
        """Whether the first `count` lines are those that were taken; the first `known` of them are not asked."""
        place, end = self._end_of(known), self._end_of(count)
        checksum = self._sums[known - 1] if known else 0
        while place < end:
            piece = os.pread(descriptor, min(_PIECE_BYTES, end - place), place)
            if not piece:
                return False
            checksum, place = crc32(piece, checksum), place + len(piece)
        return checksum == (self._sums[count - 1] if count else 0)

    def _has_other_line(self, descriptor: int, count: int, size: int) -> bool:
        """Whether a line ends behind the first `count` ones and before `size` that is not the one that was taken."""
        if size >= self.end:
            return False
        among_empty = count < len(self._ends) and self._are_empty[count]
        return _has_byte(descriptor, self._end_of(count), size, b"[^\n]" if among_empty else b"\n")

    def _end_of(self, count: int) -> int:
        return self._ends[count - 1] if count else 0


def _has_byte(descriptor: int, place: int, size: int, pattern: bytes) -> bool:
    """Whether a byte that `pattern` fits is between `place` and `size`."""
    while place < size:
        piece = os.pread(descriptor, min(_PIECE_BYTES, size - place), place)
        if not piece or re.search(pattern, piece):
            return bool(piece)
        place += len(piece)
    return False
