"""Reads the event log of a bundle while it grows."""

from __future__ import annotations

import os
import stat
from collections import deque
from pathlib import Path

from tui.bundle.disk.confine import open_inside
from tui.bundle.disk.regular import error_text
from tui.bundle.log.framing import EventFraming
from tui.bundle.log.joined import JoinedLog
from tui.bundle.log.lines import LineSplitter
from tui.source.batch import LONGEST_LINE_BYTES
from tui.source.lines import RawLine
from tui.source.log_change import LogChange

CHUNK_BYTES = 256 << 10


class LogReader:
    """Incremental reader of one `trace.jsonl`: complete lines with their byte places, however the file was written.

    Synchronous; to be used by one thread at a time. Call `look` to see what became of the file, `fill` to read the
    next chunk, and `next_line` to take the lines that are there. A line whose newline is missing is held back
    (bundle format §9). Nothing here raises for what it finds on disk; see `fault`.
    """

    def __init__(
        self,
        path: Path,
        *,
        chunk_bytes: int = CHUNK_BYTES,
        longest_line: int = LONGEST_LINE_BYTES,
        joined: JoinedLog | None = None,
    ) -> None:
        """`joined` keeps the file at `path` up to date, if the log is not a file of its own."""
        self.size = 0
        """Bytes of the log at the last look."""
        self.modified_ns = 0
        """When it had been written last then, in nanoseconds since the Unix epoch."""
        self.was_cut = False
        """When `look` returned True: whether the same file holds other lines now, else another log is there."""
        self._open_fault: str | None = None
        self._read_fault: str | None = None
        self._path = path
        self._joined = joined
        self._chunk_bytes = chunk_bytes
        self._longest_line = longest_line
        self._descriptor: int | None = None
        self._identity = (0, 0)
        self._place: LogChange | None = None
        """What is at the path, if it is not the file in hand."""
        self._behind: LogChange | None = None
        """Why the file in hand is shorter than what was taken, if it is."""
        self._rounds = 0
        """How often the lines taken are still to be looked over: once all of them since the file changed last."""
        self._splitter = LineSplitter(longest_line)
        self._framing = EventFraming(longest_line)
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
        return self._open_fault or self._read_fault or (None if self._joined is None else self._joined.fault)

    @property
    def change(self) -> LogChange | None:
        """What became of the log while all lines that were taken still count; None if nothing did."""
        return self._place or self._behind

    @property
    def offset(self) -> int:
        """Bytes read so far, the held ones included."""
        return self._splitter.boundary + self._splitter.held

    @property
    def lines(self) -> int:
        """Physical lines read so far, empty ones included, and the last one if `finish` gave it out."""
        return self._splitter.lines + (self._delivered > 0)

    @property
    def taken(self) -> int:
        """Bytes before the next line that `next_line` will give; the same as `offset` when there is none."""
        return self._lines[0].offset if self._lines else self.offset

    @property
    def held(self) -> int:
        """Bytes held back at the end: a line that has no newline yet, or an event whose other lines are missing."""
        held_from = self._framing.held_from
        return self._splitter.held - self._delivered if held_from is None else self.offset - held_from

    def look(self) -> bool:
        """See how long the log is now; return True if it is not the log any more that was read.

        That is when other lines stand there than those already taken. Then the reader has started over, and so must
        the user of its lines. A log that holds nothing else than the first of these lines (it was cut, or a new one
        begins like it) is waited for: it may go on as before. `change` says so meanwhile.
        """
        if self._joined is not None:
            self._joined.grow()
        is_new = self._open_if_new()
        if self._descriptor is None:
            return False
        status = os.fstat(self._descriptor)
        unchanged = status.st_size == self.size and status.st_mtime_ns == self.modified_ns
        self.size, self.modified_ns = status.st_size, status.st_mtime_ns
        if unchanged and not is_new:
            return self._is_edited()
        self._rounds = 1 if self._splitter.taken.is_round_over else 2
        is_short = self.size < self._splitter.boundary + self._delivered
        is_whole_asked = is_new or is_short or self._behind is not None
        if (is_whole_asked and self._holds_other_lines()) or (not is_short and not self._still_the_same()):
            self.was_cut = not is_new and self._behind != "replaced"
            self._start_over()
            return True
        self._note_length(is_short=is_short, is_new=is_new)
        if is_whole_asked or self.size < self.offset or not self._is_tail_the_same():
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

    def take_lines(self) -> list[RawLine]:
        """All complete lines that have been read and not taken."""
        lines = [*self._lines]
        self._lines.clear()
        return lines

    def put_back(self, line: RawLine) -> None:
        """Undo the last `next_line`."""
        self._lines.appendleft(line)

    def finish(self) -> RawLine | None:
        """The last line although it has no newline, if it is an event; for a log that has stopped growing.

        A JSON object cut anywhere is not JSON, so such a line is whole. Its newline may still come, and is then no
        line of its own. Returns None without such a line, and if it is torn. Call it until then: the line may hold
        several events.
        """
        if self._lines:
            return self._lines.popleft()
        if self._delivered or self._tried == self.offset:
            return None
        self._tried = self.offset
        tail = self._splitter.tail()
        if tail is None:
            return None
        framed = self._framing.with_tail(tail)
        if framed is None:
            return None
        self._framing.end_event()
        self._delivered = tail.length
        self._lines.extend(framed)
        return self._lines.popleft() if self._lines else None

    def close(self) -> None:
        """Give the descriptor back; `look` opens the log again."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _start_over(self) -> None:
        self._splitter = LineSplitter(self._longest_line)
        self._framing = EventFraming(self._longest_line)
        self._lines.clear()
        self._delivered = 0
        self._tried = 0
        self._hole = None
        self._behind = None

    def _take(self, chunk: bytes) -> None:
        if self._hole is None and (place := chunk.find(0)) >= 0:
            self._hole = self.offset + place
        lines = self._splitter.feed(chunk)
        if lines and self._delivered:
            lines[0] = _after(lines[0], self._delivered)
            self._delivered = 0
        self._lines.extend(self._framing.take(lines))

    def _is_edited(self) -> bool:
        """Look over some of the lines that were taken, while nothing is written: whether they are other ones now.

        Then the reader has started over. What grows is only looked at where it grows.
        """
        taken = self._splitter.taken
        if not self._rounds or self._behind is not None or self._descriptor is None:
            return False
        try:
            is_same = taken.look_over(self._descriptor)
        except OSError:
            return False
        self._rounds -= taken.is_round_over
        if not is_same:
            self.was_cut = True
            self._start_over()
        return not is_same

    def _note_length(self, *, is_short: bool, is_new: bool) -> None:
        if not is_short:
            self._behind = None
        elif is_new:
            self._behind = "replaced"
        else:
            self._behind = self._behind or "cut short"

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
                self._open_fault = self._place = None
                return False
            if self._must_stay(status):
                self._place = "replaced"
                return False
            descriptor, status = open_inside(self._path)
        except FileNotFoundError:
            self._place = None if self._descriptor is None else "removed"  # else it is not written yet
            return False
        except OSError as error:
            self._open_fault = f"{self._path.name}: cannot be read: {error_text(error)}"
            return False
        self.close()
        self._descriptor, self._identity = descriptor, (status.st_dev, status.st_ino)
        self._open_fault = self._place = None
        return True

    def _must_stay(self, successor: os.stat_result) -> bool:
        """Whether the file in hand is still to be read although another one is in its place.

        A recorder whose log was renamed goes on writing into the renamed file: that is read while the new one is
        empty, and to its end before the new one is.
        """
        if self._descriptor is None or not stat.S_ISREG(successor.st_mode):
            return False
        is_drained = not self._lines and self.offset >= os.fstat(self._descriptor).st_size
        return not successor.st_size or not (is_drained or self._read_fault)

    def _holds_other_lines(self) -> bool:
        """Whether the whole file says something else than the lines that were taken, or the first of them."""
        try:
            return self._descriptor is None or self._splitter.taken.compare(self._descriptor, self.size) == "other"
        except OSError:
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
