"""Milliseconds and numbers of events as one time: nanoseconds in which the order of the log is kept.

A recorder writes milliseconds, and many events share one. Readers of spans sort by time alone, so the events of a
millisecond get nanoseconds in it, in the order of their numbers.
"""

from __future__ import annotations

from collections.abc import Iterable

from tui.model.execution import ExecutionWindow

NS_PER_MS = 1_000_000


class Moments:
    """The times of one recording. A number of an event gets the same time in every export of the same recording."""

    def __init__(self, windows: Iterable[ExecutionWindow]) -> None:
        self._first: dict[int, int] = {}
        first = self._first
        for window in windows:
            at, seq = window.started_at_unix_ms, window.started_seq
            if seq < first.get(at, seq + 1):
                first[at] = seq
            if window.ended_at_unix_ms is not None and window.ended_seq is not None:
                at, seq = window.ended_at_unix_ms, window.ended_seq
                if seq < first.get(at, seq + 1):
                    first[at] = seq

    def ns(self, at_unix_ms: int, seq: int | None) -> int:
        """Nanoseconds since the Unix epoch; a time before that, which no recorder means, is the epoch."""
        first = self._first.get(at_unix_ms, seq)
        behind = 0 if seq is None or first is None else min(max(0, seq - first), NS_PER_MS - 1)
        return max(0, at_unix_ms * NS_PER_MS + behind)
