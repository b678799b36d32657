"""How a log grows: when it grew last, how late its events come, and who can write it."""

from __future__ import annotations

from collections.abc import Callable

from tui.analysis.state.recording import LIVE_MS
from tui.source.batch import TraceBatch
from tui.source.writer import LogWriter

WRITER_LOOK_MS = 2_000
"""A log that has not grown for so long raises the question who writes it."""

CLOCK_STEP_NS = 20_000_000
"""By how much the time of a file's last change may lag behind the clock."""


class LogPulse:
    """What is known of the growth of one log. `clock` gives seconds from any fixed point, `wall_clock` since 1970."""

    def __init__(self, clock: Callable[[], float], wall_clock: Callable[[], float]) -> None:
        self.is_caught_up = False
        """Whether all was read that the log held when it was looked at last."""
        self.lag_ms: int | None = None
        """Milliseconds from the newest event to its arrival here; None until the log grows."""
        self._clock = clock
        self._wall_clock = wall_clock
        self._grew_at = 0.0
        self._writer: LogWriter | None = None
        self._writer_looked_at_ns = 0
        self._writes_in_passing = False
        """Whether the log grew after nobody had it open: its recorder opens it for each line, or writes elsewhere."""

    @property
    def quiet_ms(self) -> int:
        """Milliseconds since the log grew."""
        return int((self._clock() - self._grew_at) * 1000)

    @property
    def wants_writer(self) -> bool:
        """Whether it is worth finding out who can write a log that has no end: it has not grown lately."""
        return self.is_caught_up and self.quiet_ms >= WRITER_LOOK_MS

    @property
    def writer(self) -> LogWriter:
        """Who can write the log, as far as that is known."""
        writer = self._writer or LogWriter("unknown")
        if self._writes_in_passing and writer.evidence == "gone":
            return LogWriter("unknown", "the log is opened for each event")
        return writer

    def note_writer(self, writer: LogWriter, looked_at_ns: int) -> bool:
        """Take in who can write the log, and when that was found out; return whether that is news."""
        is_news, self._writer = writer != self._writer, writer
        self._writer_looked_at_ns = looked_at_ns
        return is_news

    def note_batch(self, batch: TraceBatch, newest_unix_ms: int | None) -> None:
        """All lines of a batch were reduced; `newest_unix_ms` is the time of the newest event so far."""
        if batch.lines:
            self._note_writing(batch.modified_ns)
        if self.is_caught_up and batch.lines:
            self._grew_at = self._clock()
            self.lag_ms = int(self._seconds_since(newest_unix_ms) * 1000)
        if not self.is_caught_up and batch.bytes_read >= batch.bytes_total:
            self.note_end(newest_unix_ms)

    def note_end(self, newest_unix_ms: int | None) -> None:
        """All that is there was read, at once: the log grew when its newest event was recorded."""
        self.is_caught_up = True
        self._grew_at = self._clock() - self._seconds_since(newest_unix_ms)

    def _note_writing(self, written_at_ns: int) -> None:
        """The log grew: what was known of its writer is out of date, unless a process holds the log."""
        writer, looked_at_ns = self._writer, self._writer_looked_at_ns
        if writer is None or writer.evidence == "holds" or written_at_ns < looked_at_ns - CLOCK_STEP_NS:
            return
        self._writer = None
        if writer.evidence == "gone" and written_at_ns > looked_at_ns:
            self._writes_in_passing = True

    def _seconds_since(self, newest_unix_ms: int | None) -> float:
        """By the wall clock, for want of anything else when a log is opened; never negative."""
        return LIVE_MS / 1000 if newest_unix_ms is None else max(0.0, self._wall_clock() - newest_unix_ms / 1000)
