"""Keeps what was worked out of the time of a session, so that the time view of a large recording opens at once."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from tui.model.trace import RolloutTrace
from tui.named_tuple import NamedTuple
from tui.store import TraceStore
from tui.ui.scheduler import SlicedWork

if TYPE_CHECKING:
    from tui.analysis.time.session_time import SessionTime

LARGE = 5_000
"""Events from which on the time is worked out before somebody asks: of fewer it takes some milliseconds."""


class Counted(NamedTuple):
    """Of what the time was worked out."""

    trace: RolloutTrace
    events: int
    is_over: bool

    def is_of(self, store: TraceStore) -> bool:
        """Whether that is all which is looked at now."""
        is_same = self.trace is store.trace and self.events == len(store.event_log)
        return is_same and self.is_over == store.recording.is_over


class TimeKeep:
    """The time of the graph of now as it was worked out last."""

    def __init__(self, store: TraceStore) -> None:
        self._store = store
        self._known: tuple[Counted, SessionTime] | None = None
        self._work: SlicedWork[None] | None = None

    def known(self) -> SessionTime | None:
        """What was worked out, if it is of all that is looked at."""
        return self._known[1] if self._known is not None and self._known[0].is_of(self._store) else None

    def note(self, counted: Counted, time: SessionTime) -> None:
        """Keep what a view worked out; not of an earlier moment, which comes and goes."""
        if self._store.past is None and counted.trace is self._store.trace:
            self._known = (counted, time)
            if counted.is_over:
                gc.freeze()  # it stays: to look through all of it for garbage would hold a key up

    def prepare(self) -> None:
        """Nothing else is to be done: work it out now, if that takes long and the graph stays as it is."""
        store = self._store
        is_worth = len(store.event_log) >= LARGE and store.recording.is_over and store.past is None
        if not is_worth or self._work is not None or self.known() is not None:
            return
        from tui.analysis.messages.edges import EdgeBook
        from tui.analysis.time.session_time import SessionTime

        time, counted = SessionTime(), Counted(store.trace, len(store.event_log), is_over=True)
        steps = time.steps(store.trace, store.index, EdgeBook(store.trace, store.index), is_over=True)
        self._work = SlicedWork(steps, lambda: self.note(counted, time), unasked=True)

    def stop(self) -> None:
        """Somebody wants something else: work out no more."""
        if self._work is not None and not self._work.is_over:
            self._work.stop()
            self._work = None
