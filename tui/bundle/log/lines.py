"""Cuts a growing stream of bytes into lines, wherever the pieces were torn."""

from __future__ import annotations

from itertools import accumulate, count
from operator import add
from zlib import crc32

from tui.bundle.log.taken_lines import TakenLines
from tui.source.batch import LONGEST_LINE_BYTES
from tui.source.lines import RawLine

KEPT_OF_OVERLONG_BYTES = 4_096

ANCHOR_BYTES = 256


class LineSplitter:
    """Turns chunks into lines. Any chunking of the same bytes gives the same lines; work is linear in the bytes."""

    def __init__(self, longest: int = LONGEST_LINE_BYTES) -> None:
        self.anchor = b""
        """The last bytes before `boundary`, to recognise the same log again."""
        self.boundary = 0
        """Where the line begins that is not complete yet."""
        self.held = 0
        """Bytes of that line so far."""
        self.recent = b""
        """The last bytes before `boundary + held`: those of the anchor, and of the incomplete line."""
        self.taken = TakenLines()
        """The lines so far."""
        self._checksum = 0
        """CRC-32 of all bytes before `boundary + held`."""
        self._boundary_checksum = 0
        self._longest = longest
        self._kept = min(longest, KEPT_OF_OVERLONG_BYTES)
        self._parts: list[bytes] = []
        self._number = 1

    def feed(self, chunk: bytes) -> list[RawLine]:
        """Take the next bytes; return the lines that they complete, in order. Empty lines are only counted."""
        pieces = chunk.split(b"\n")
        last = pieces.pop()
        start = 1 if pieces and self.held else 0
        lines = [self._complete(pieces[0])] if start else []
        if pieces and len(min(pieces, key=len)) and len(max(pieces, key=len)) <= self._longest:
            lines += self._whole_lines(pieces[start:])
        else:
            lines += self._odd_lines(pieces[start:])
        end = len(chunk) - len(last)
        if pieces:
            self.anchor = (self.recent + chunk[max(0, end - ANCHOR_BYTES) : end])[-ANCHOR_BYTES:]
        self.recent = (self.recent + chunk[-ANCHOR_BYTES:])[-ANCHOR_BYTES:]
        self._hold(last)
        return lines

    @property
    def lines(self) -> int:
        """Complete lines so far."""
        return self._number - 1

    def tail(self) -> RawLine | None:
        """The line that is not complete yet, or None if there is no byte of it."""
        if not self.held:
            return None
        self._parts = [b"".join(self._parts)]
        return RawLine(self._number, self.boundary, self.held, self._parts[0])

    def drop_tail(self) -> None:
        """Forget the incomplete line; the next bytes are again those from `boundary` on."""
        self._forget_tail()
        self.recent = self.anchor
        self._checksum = self._boundary_checksum

    def _forget_tail(self) -> None:
        self._parts.clear()
        self.held = 0

    def _whole_lines(self, pieces: list[bytes]) -> list[RawLine]:
        """Lines that came whole, none empty or too long: nearly all, so they cost no call each."""
        lengths = [*map(len, pieces)]
        first, *ends = map(add, accumulate(lengths, initial=self.boundary), count())
        lines = [*map(RawLine, count(self._number), (first, *ends), lengths, pieces)]
        checksum, checksums = self._checksum, []
        for piece in pieces:
            checksum = crc32(b"\n", crc32(piece, checksum))
            checksums.append(checksum)
        self._number += len(pieces)
        self.boundary = ends[-1] if ends else first
        self._checksum = self._boundary_checksum = checksum
        self.taken.add_many(ends, checksums)
        return lines

    def _odd_lines(self, pieces: list[bytes]) -> list[RawLine]:
        """The same where any may be empty or too long."""
        lines: list[RawLine] = []
        empty = 0
        for piece in pieces:
            if piece:
                self._pass_empty(empty)
                empty = 0
                lines.append(self._complete(piece))
            else:
                empty += 1
        self._pass_empty(empty)
        return lines

    def _complete(self, piece: bytes) -> RawLine:
        self._hold(piece)
        data = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        line = RawLine(self._number, self.boundary, self.held, data)
        self._number += 1
        self.boundary += self.held + 1
        self._checksum = self._boundary_checksum = crc32(b"\n", self._checksum)
        self.taken.add(self.boundary, self._checksum)
        self._forget_tail()
        return line

    def _pass_empty(self, count: int) -> None:
        """Take `count` lines without a byte: a file of newlines must cost its bytes, not an object for each."""
        if count:
            self._number += count
            self.boundary += count
            self._checksum = self._boundary_checksum = crc32(b"\n" * count, self._checksum)
            self.taken.add_empty(self.boundary, self._checksum)

    def _hold(self, piece: bytes) -> None:
        if not piece:
            return
        self.held += len(piece)
        self._checksum = crc32(piece, self._checksum)
        self._parts.append(piece)
        if self.held > self._longest:
            self._parts = [b"".join(part[: self._kept] for part in self._parts)[: self._kept]]
