"""Counts the agents when somebody asks for the first time, in slices; from then on only what changes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from textual.screen import Screen

from tui.model.delta import TraceDelta
from tui.store import SLICE_SECONDS, TraceStore

if TYPE_CHECKING:
    from tui.analysis.agent_overview import AgentWatch, RolloutOverview


class AgentTally:
    """What has been counted of all agents. What only this needs is imported here: the first picture does not wait."""

    def __init__(self, host: Screen[None], store: TraceStore) -> None:
        self.on_counted: Callable[[], None] = lambda: None
        """Called when a large recording has been counted."""
        self._host = host
        self._store = store
        self._watch: AgentWatch | None = None
        self._counting: Iterator[None] | None = None

    def apply(self, delta: TraceDelta) -> None:
        """The recording grew."""
        if self._watch is not None:
            self._watch.apply(delta)

    def begin(self) -> None:
        """Begin to count, unless that was done; small recordings are counted when this returns."""
        from tui.analysis.agent_overview import AgentWatch

        if self._watch is None or not self._watch.is_of(self._store.trace):
            self._watch = AgentWatch(self._store.trace, self._store.index)
            self._counting = self._watch.take_whole(self._store.recording)
            self._count_a_slice()
            if self._counting is not None:
                self._host.run_worker(self._go_on_counting(), group="agents", exclusive=True)

    def look(self) -> RolloutOverview | None:
        """How all agents are now; None while they are still counted."""
        self.begin()
        if self._store.state == "waiting":  # no clock runs while nothing grows
            self._store.index.tick(int(time.time() * 1000))
        return None if self._watch is None or self._counting is not None else self._watch.look(self._store.recording)

    def _count_a_slice(self) -> None:
        deadline = time.monotonic() + SLICE_SECONDS
        while self._counting is not None and time.monotonic() < deadline:
            if next(self._counting, self) is self:
                self._counting = None

    async def _go_on_counting(self) -> None:
        """Count the rest of a large recording between the keys, then say so."""
        while self._counting is not None:
            await asyncio.sleep(0.001)
            self._count_a_slice()
        self.on_counted()
