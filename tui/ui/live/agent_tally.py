"""Counts the agents when somebody asks for the first time, in slices; from then on only what changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tui.model.delta import TraceDelta
from tui.store import TraceStore
from tui.ui.scheduler import SlicedWork

if TYPE_CHECKING:
    from tui.analysis.agents.overview import AgentWatch, RolloutOverview


class AgentTally:
    """What has been counted of all agents. What only this needs is imported here: the first picture does not wait."""

    def __init__(self, store: TraceStore) -> None:
        self.on_counted: Callable[[], None] = lambda: None
        """Called when a large recording has been counted."""
        self._store = store
        self._watch: AgentWatch | None = None
        self._counting: SlicedWork[None] | None = None

    def apply(self, delta: TraceDelta) -> None:
        """The recording grew."""
        if self._watch is not None:
            self._watch.apply(delta)

    def begin_again(self) -> None:
        """The graph went back to an earlier moment: what was counted does not count."""
        self._watch = None

    def begin(self) -> None:
        """Begin to count, unless that was done; small recordings are counted when this returns."""
        from tui.analysis.agents.overview import AgentWatch

        if self._watch is None or not self._watch.is_of(self._store.trace):
            self._watch = AgentWatch(self._store.trace, self._store.index)
            if self._counting is not None:
                self._counting.stop()
            self._counting = SlicedWork(self._watch.take_whole(self._store.recording), self._counted)

    def looking(self) -> Iterator[RolloutOverview | None]:
        """Look how all agents are now, in steps; the last of them gives it. None alone while they are still counted."""
        self.begin()
        if self._store.state == "waiting":  # no clock runs while nothing grows
            self._store.index.tick(int(time.time() * 1000))
        is_counting = self._counting is None or not self._counting.is_over
        return iter((None,)) if self._watch is None or is_counting else self._watch.looking(self._store.recording)

    def _counted(self) -> None:
        self.on_counted()
