"""Lets time pass on the screen while something runs: a finished recording costs nothing."""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import Callable

from textual.screen import Screen
from textual.timer import Timer

from tui.analysis.state.recording import LIVE_MS, milliseconds_to_next_age
from tui.store import TraceStore
from tui.ui.widgets.timeline_view import TimelineView
from tui.viewmodel.frame.modes import Modes

TICK_SECONDS = 1.0
"""How often running durations are written again while the recording is live."""

NEARLY_DUE_SECONDS = 0.7
"""An update of the screen so long after the last tick takes the place of the next one."""


class Clock:
    """Two timers: one that ticks while the recording is live, one for the moment when its age changes."""

    def __init__(
        self,
        host: Screen[None],
        store: TraceStore,
        timeline: TimelineView,
        modes: Modes,
        *,
        on_age: Callable[[], None],
    ) -> None:
        """`on_age` is called when the status line must say another age, or another state."""
        self._host = host
        self._store = store
        self._timeline = timeline
        self._modes = modes
        self._on_age = on_age
        self._tick_timer: Timer | None = None
        self._ticked_at = 0.0
        self._age_timer: asyncio.TimerHandle | None = None

    def watch(self) -> None:
        """Run the timers that the state of the recording asks for."""
        is_live = self._store.state == "live" and not self._store.is_as_of_earlier
        if is_live and self._tick_timer is None:
            self._tick_timer = self._host.set_interval(TICK_SECONDS, self._tick)
        if not is_live and self._tick_timer is not None:
            self._tick_timer.stop()
            self._tick_timer = None
        self._set_the_clock()
        self._await_next_age()

    def go_with_update(self) -> None:
        """All rows are about to be written again: a tick that is nearly due happens now, and the next one later."""
        now = time.monotonic()
        if self._tick_timer is not None and now - self._ticked_at >= NEARLY_DUE_SECONDS and "pause" not in self._modes:
            self._ticked_at = now
            self._tick_timer.reset()
            self._timeline.model.tick(int(time.time() * 1000))

    def stop(self) -> None:
        """What the status line says of the age stays as it is: nobody looks any more."""
        if self._age_timer is not None:
            self._age_timer.cancel()
            self._age_timer = None

    def _set_the_clock(self) -> None:
        """What is open in a recording that waits lasts until now; the timeline knows when one is over."""
        if self._store.recording.word == "waiting" and not self._store.is_as_of_earlier:
            self._tick()

    def _await_next_age(self) -> None:
        """Come back when the line must say another age, or another state."""
        self.stop()
        word, quiet_ms = self._store.state, self._store.quiet_ms
        if word == "live":
            self._come_back((LIVE_MS - quiet_ms) / 1000 + TICK_SECONDS)
        elif word in ("waiting", "cut off", "end unread"):
            self._come_back(milliseconds_to_next_age(quiet_ms) / 1000 + 0.01)

    def _come_back(self, seconds: float) -> None:
        """Grow older after a time that may be hours.

        A loop keeps what it was asked to call until the time has come, even when that was cancelled. A timer of
        Textual's keeps its context in this way, and with it the screen and its whole recording.
        """
        later, loop = self._host.call_later, asyncio.get_running_loop()
        self._age_timer = loop.call_later(seconds, later, self._grow_older, context=contextvars.Context())

    def _tick(self) -> None:
        if "pause" not in self._modes:
            self._ticked_at = time.monotonic()
            self._timeline.tick(int(time.time() * 1000))

    def _grow_older(self) -> None:
        self._age_timer = None
        self._on_age()
        self.watch()
