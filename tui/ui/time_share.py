"""How long work that comes again and again rests, so that it takes only its part of the time."""

from __future__ import annotations

import time
from collections.abc import Callable


class TimeShare:
    """Measures rounds of work on the event loop.

    What counts is the time that this thread had the processor, and the cheaper of the last two rounds: a round is slow
    once when its code is imported from a cold disk, or when other programs take the processor. Resting many times as
    long as that would leave the screen as it was for seconds.
    """

    def __init__(self, parts: int, *, clock: Callable[[], float] = time.thread_time) -> None:
        """The work may take one part in `parts` of the time; `clock` gives seconds of work from any fixed point."""
        self._parts = parts
        self._clock = clock
        self._began = 0.0
        self._costs = (0.0, 0.0)

    def begin(self) -> None:
        """A round of work begins."""
        self._began = self._clock()

    def end(self) -> None:
        """The round that began last is done."""
        self._costs = (self._costs[1], self._clock() - self._began)

    @property
    def rest_seconds(self) -> float:
        """How long the next round should wait after the end of the last one, at least."""
        return self._parts * min(self._costs)
