"""Cuts a growing stream of bytes into lines, wherever the pieces were torn."""

from __future__ import annotations

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
        lines: list[RawLine] = []
        empty = 0
        for piece in pieces:
            if piece or self.held:
                self._pass_empty(empty)
                empty = 0
                lines.append(self._complete(piece))
            else:
                empty += 1
        self._pass_empty(empty)
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

    def _complete(self, piece: bytes) -> RawLine:
        if not self.held and len(piece) <= self._longest:  # all of it came at once, as nearly always
            self._checksum = crc32(piece, self._checksum)
            return self._take(piece, len(piece))
        self._hold(piece)
        data = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        line = self._take(data, self.held)
        self._forget_tail()
        return line

    def _take(self, data: bytes, length: int) -> RawLine:
        """The line that ends here, of which `data` is kept."""
        line = RawLine(self._number, self.boundary, length, data)
        self._number += 1
        self.boundary += length + 1
        self._checksum = self._boundary_checksum = crc32(b"\n", self._checksum)
        self.taken.add(self.boundary, self._checksum)
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
