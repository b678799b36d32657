"""Reads the event log of a bundle while it grows."""

from __future__ import annotations

import os
from collections import deque
from pathlib import Path
from zlib import crc32

from tui.bundle.confine import open_inside
from tui.bundle.lines import LONGEST_LINE_BYTES, LineSplitter, RawLine
from tui.bundle.regular import error_text
from tui.schema.decode import EventLine, decode_line

CHUNK_BYTES = 256 << 10


class LogReader:
    """Incremental reader of one `trace.jsonl`: complete lines with their byte places, however the file was written.

    Synchronous; to be used by one thread at a time. Call `look` to see what became of the file, `fill` to read the
    next chunk, and `next_line` to take the lines that are there. A line whose newline is missing is held back
    (bundle format §9). Nothing here raises for what it finds on disk; see `fault`.
    """

    def __init__(self, path: Path, *, chunk_bytes: int = CHUNK_BYTES, longest_line: int = LONGEST_LINE_BYTES) -> None:
        self.size = 0
        """Bytes of the log at the last look."""
        self.modified_ns = 0
        """When it had been written last then, in nanoseconds since the Unix epoch."""
        self.was_cut = False
        """When `look` returned True: whether the same file became shorter, else another log stands there."""
        self._open_fault: str | None = None
        self._read_fault: str | None = None
        self._path = path
        self._chunk_bytes = chunk_bytes
        self._longest_line = longest_line
        self._descriptor: int | None = None
        self._identity = (0, 0)
        self._splitter = LineSplitter(longest_line)
        self._lines: deque[RawLine] = deque()
        self._delivered = 0
        """Bytes of the incomplete line that `finish` gave out."""
        self._hole: int | None = None
        """Place of the first zero byte: no recorder writes one, so the content may not have arrived there yet."""
        self._tried = 0
        """Up to where `finish` has looked in vain."""

    @property
    def fault(self) -> str | None:
        """Why the log cannot be read, in one line; None while it can, and while there is no log yet."""
        return self._open_fault or self._read_fault

    @property
    def offset(self) -> int:
        """Bytes read so far, the held ones included."""
        return self._splitter.boundary + self._splitter.held

    @property
    def taken(self) -> int:
        """Bytes before the next line that `next_line` will give; the same as `offset` when there is none."""
        return self._lines[0].offset if self._lines else self.offset

    @property
    def held(self) -> int:
        """Bytes held back at the end: a line that has no newline yet."""
        return self._splitter.held - self._delivered

    def look(self) -> bool:
        """See how long the log is now; return True if it is not the log any more that was read.

        That is when it became shorter than the lines already taken from it, or when these no longer stand where they
        were. Then the reader has started over, and so must whoever used its lines. A log replaced by a longer copy
        of itself is read on.
        """
        replaced = self._open_if_new()
        if self._descriptor is None:
            return False
        status = os.fstat(self._descriptor)
        unchanged = status.st_size == self.size and status.st_mtime_ns == self.modified_ns
        self.size, self.modified_ns = status.st_size, status.st_mtime_ns
        if unchanged and not replaced:
            return False
        is_cut = self.size < self._splitter.boundary + self._delivered
        if is_cut or not self._still_the_same() or (replaced and not self._is_copy()):
            self.was_cut = not replaced
            self._start_over()
            return True
        if replaced or self.size < self.offset or not self._is_tail_the_same():
            self._read_tail_again()
        return False

    def restart(self) -> None:
        """Begin again with the file that is now at the path."""
        self.close()
        self.size = 0
        self._start_over()
        self.look()

    def fill(self) -> bool:
        """Read the next chunk; return False at the end of the log, or where it cannot be read (see `fault`)."""
        if self._descriptor is None or self.offset >= self.size:
            return False
        try:
            chunk = os.pread(self._descriptor, min(self._chunk_bytes, self.size - self.offset), self.offset)
        except OSError as error:
            self._read_fault = f"{self._path.name}: cannot be read at byte {self.offset}: {error_text(error)}"
            return False
        self._read_fault = None
        self._take(chunk)
        return bool(chunk)

    def next_line(self) -> RawLine | None:
        """The next complete line that has been read, or None: `fill` may bring more."""
        return self._lines.popleft() if self._lines else None

    def put_back(self, line: RawLine) -> None:
        """Undo the last `next_line`."""
        self._lines.appendleft(line)

    def finish(self) -> RawLine | None:
        """The last line although it has no newline, if it is an event; for a log that has stopped growing.

        A JSON object cut anywhere is no JSON, so such a line is whole. Its newline may still come, and is then no
        line of its own. Returns None if there is no such line, or it is torn.
        """
        if self._delivered or self._tried == self.offset:
            return None
        self._tried = self.offset
        tail = self._splitter.tail()
        if tail is None or not isinstance(decode_line(tail.data, tail.number), EventLine):
            return None
        self._delivered = tail.length
        return tail

    def close(self) -> None:
        """Give the descriptor back; `look` opens the log again."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _start_over(self) -> None:
        self._splitter = LineSplitter(self._longest_line)
        self._lines.clear()
        self._delivered = 0
        self._tried = 0
        self._hole = None

    def _take(self, chunk: bytes) -> None:
        if self._hole is None and (place := chunk.find(0)) >= 0:
            self._hole = self.offset + place
        lines = self._splitter.feed(chunk)
        if lines and self._delivered:
            lines[0] = _after(lines[0], self._delivered)
            self._delivered = 0
        self._lines.extend(lines)

    def _read_tail_again(self) -> None:
        if not self._delivered:
            self._splitter.drop_tail()
            self._tried = 0
            if self._hole is not None and self._hole >= self.offset:
                self._hole = None

    def _open_if_new(self) -> bool:
        """Open the file at the path unless it is the one in hand; return whether another one was opened."""
        try:
            status = self._path.stat()
            if self._descriptor is not None and (status.st_dev, status.st_ino) == self._identity:
                self._open_fault = None
                return False
            descriptor, status = open_inside(self._path)
        except FileNotFoundError:
            if self._descriptor is not None:
                self._open_fault = f"{self._path.name}: is no longer there; what was read of it stays"
            return False  # else it is not written yet
        except OSError as error:
            self._open_fault = f"{self._path.name}: cannot be read: {error_text(error)}"
            return False
        self.close()
        self._descriptor, self._identity, self._open_fault = descriptor, (status.st_dev, status.st_ino), None
        return True

    def _still_the_same(self) -> bool:
        """Whether the lines that were taken stand where they stood, and what `finish` gave out of the last one."""
        is_same = self._stands_before(self._splitter.boundary, self._splitter.anchor)
        if self._hole is not None and self._hole < self._splitter.boundary:
            is_same = is_same and self._stands_before(self._hole + 1, b"\0")
        return is_same and (not self._delivered or self._is_tail_the_same())

    def _is_tail_the_same(self) -> bool:
        """Whether the held bytes are still those; a recorder that was restarted cuts a torn line off and goes on."""
        return self._stands_before(self.offset, self._splitter.recent)

    def _is_copy(self) -> bool:
        """Whether another file has all the lines that were taken from the one before."""
        checksum = place = 0
        try:
            while self._descriptor is not None and place < self._splitter.boundary:
                piece = os.pread(self._descriptor, min(CHUNK_BYTES, self._splitter.boundary - place), place)
                if not piece:
                    return False
                checksum, place = crc32(piece, checksum), place + len(piece)
        except OSError:
            return False
        return checksum == self._splitter.checksum

    def _stands_before(self, end: int, expected: bytes) -> bool:
        if not expected or self._descriptor is None:
            return True
        try:
            return os.pread(self._descriptor, len(expected), end - len(expected)) == expected
        except OSError:
            return True  # says nothing about the content; reading on will tell


def _after(line: RawLine, taken: int) -> RawLine:
    """What of a line is left behind its first `taken` bytes, which were delivered before its newline came."""
    return RawLine(line.number, line.offset + taken, line.length - taken, line.data[taken:])
