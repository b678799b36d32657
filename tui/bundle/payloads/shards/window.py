"""The last bytes of a stream, kept in the pieces in which they came."""

from __future__ import annotations

from bisect import bisect_right


class StreamWindow:
    """The bytes of a stream from `start` to `end`; both only move forward."""

    def __init__(self) -> None:
        self.start = 0
        self.end = 0
        self._pieces: list[bytes] = []
        self._starts: list[int] = []

    def append(self, piece: bytes) -> None:
        """Take the bytes that follow."""
        self._pieces.append(piece)
        self._starts.append(self.end)
        self.end += len(piece)

    def drop_before(self, place: int) -> None:
        """Let go what is before `place`, as far as whole pieces do."""
        count = bisect_right(self._starts, place) - 1
        if count > 0:
            del self._pieces[:count], self._starts[:count]
            self.start = self._starts[0]

    def read(self, start: int, end: int) -> bytes:
        """The bytes from `start` to `end`, which lie in the window."""
        first = max(0, bisect_right(self._starts, start) - 1)
        parts: list[bytes] = []
        for index in range(first, len(self._pieces)):
            begin = self._starts[index]
            if begin >= end:
                break
            piece = self._pieces[index]
            is_whole = start <= begin and begin + len(piece) <= end
            parts.append(piece if is_whole else piece[max(0, start - begin) : end - begin])
        return parts[0] if len(parts) == 1 else b"".join(parts)
