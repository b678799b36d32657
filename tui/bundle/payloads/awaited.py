"""How long a line waits for its payload."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

AWAIT_SECONDS = 2.0
"""How long a line that has just been written waits for its payload, before it is taken with the damage named."""


class Patience:
    """How long the lines of a growing log wait for their payloads: each for some seconds from when it was there.

    Recorders write the payload first (bundle format §7), so waiting is for the others. What was in the log when it
    was opened does not wait: a damaged recording would take for ever to open.
    """

    def __init__(self, seconds: float = AWAIT_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self.forget()

    def forget(self) -> None:
        """The log is read from its start again: what is there then does not wait."""
        self._old_bytes: int | None = None
        self._seen_bytes = 0
        self._arrivals: deque[tuple[int, float]] = deque()

    def note_size(self, size: int) -> None:
        """The log has this many bytes now."""
        if self._old_bytes is None:
            self._old_bytes = self._seen_bytes = size
        elif size > self._seen_bytes:
            self._seen_bytes = size
            self._arrivals.append((size, self._clock()))

    def may_wait(self, offset: int) -> bool:
        """Whether the line that begins at `offset` has not been there for long."""
        while self._arrivals and self._arrivals[0][0] <= offset:
            self._arrivals.popleft()
        if not self._arrivals or offset < (self._old_bytes or 0):
            return False
        return self._clock() - self._arrivals[0][1] < self._seconds
