"""What happens on the screen while the recording grows: rarely, little, and never under the reader's eyes."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

from textual.screen import Screen
from textual.timer import Timer

from tui.model.delta import TraceDelta
from tui.store import TraceStore
from tui.ui.footer import Footer
from tui.ui.key_reader import KeyReader
from tui.ui.live.clock import Clock
from tui.ui.live.parts import LiveParts
from tui.ui.panes import Panes
from tui.ui.terminal.textual_private import painted_at_once
from tui.ui.time_share import TimeShare
from tui.viewmodel.frame.modes import Modes
from tui.viewmodel.timeline.later_calls import CALLS_AT_ONCE

LIVE_INTERVAL = 0.5
"""Seconds between two updates of the screen while the recording is live. What comes after a rest is shown at once.

Ten events a second then cost two pictures a second, not four: each moves most lines of the panes.
"""

BUSY_INTERVAL = 0.065
"""The same while lines come so fast that many would be late.

The newest of them are read, reduced and painted in some 20 ms: then 95 of 100 events are shown within 100 ms.
"""

BUSY_LINES_PER_SECOND = 200
"""From here on a recording is busy."""

RACING_LINES_PER_SECOND = 2_000
"""From here on reading takes most of the time, and never waits for a picture."""

PATIENCE_SECONDS = 0.1
"""How long an update waits at most until all lines are reduced that were read together."""

LOADING_INTERVAL = 0.5
"""The same while the log is read for the first time. Its end is shown at once: that is what a person waits for."""

LONGEST_LOADING_INTERVAL = 2.0
LOADING_PARTS = 5
"""The longer it takes, the rarer updates become: one is due when it has taken a fifth longer, up to two seconds."""

UPDATE_PARTS = 4
"""Updates and their painting take at most one part in this many of the time: when they are slow, they become rarer."""

LEAST_REST = 0.02
"""Seconds between two updates of which the second only goes on with what the first had no time for."""


SECONDS_TO_REST = 0.3
"""After the log was read to its end, what nobody waits for comes so much later."""


class Growth:
    """Merges changes until it is time to show them."""

    def __init__(
        self,
        host: Screen[None],
        store: TraceStore,
        panes: Panes,
        modes: Modes,
        footer: Footer,
        keys: KeyReader,
        parts: LiveParts,
        *,
        on_pictured: Callable[[], object],
    ) -> None:
        """`on_pictured` is called when what was read first is on the screen."""
        self._host = host
        self._store = store
        self._panes = panes
        self._modes = modes
        self._footer = footer
        self._keys = keys
        self._parts = parts
        self._on_pictured = on_pictured
        self.on_read: Callable[[], object] = _nothing
        """Called when the log was read to its end for the first time, and the screen shows it."""
        self._clock = Clock(host, store, panes.timeline, modes, on_age=self._grow_older)
        self._delta = TraceDelta()
        self._timer: Timer | None = None
        self._shown_at = 0.0
        """When the last update began."""
        self._taken = 0.0
        """How many seconds it took."""
        self._due = 0.0
        """When the update comes that is waited for."""
        self._is_next = False
        """Whether the screen updates as soon as it has done what it is at."""
        self._share = TimeShare(UPDATE_PARTS)
        self._shown_lines = 0
        self._is_busy = self._is_racing = False
        self._was_loading = True
        self._loading_since = time.monotonic()
        self._has_taken = False
        self._is_pictured = False
        self._is_shown = False
        self._is_opened = False

    def stop(self) -> None:
        """The bundle is left: nothing more comes."""
        self._clock.stop()

    def take(self, delta: TraceDelta) -> None:
        """The store advanced: show it now or soon."""
        self._delta.merge(delta)
        if delta:
            self._parts.status.note_news()
        self._parts.agents.apply(delta)
        self._parts.everywhere.apply(delta)
        self._has_taken = True
        if "pause" in self._modes and self._host.is_mounted:
            self._parts.status.refresh()
        elif self._host.is_mounted:
            self._wait_for_update()

    def _wait_for_update(self) -> None:
        """Update when it is time to, at once when the log has been read to its end."""
        was_loading, self._was_loading = self._was_loading, self._store.is_loading
        is_read = was_loading and not self._was_loading
        if self._was_loading and not was_loading:
            self._loading_since = time.monotonic()
        due = self._next_due(time.monotonic()) if self._is_pictured and not is_read else 0.0
        if self._is_next or (self._timer is not None and due >= self._due):
            return
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._due = due
        left = due - time.monotonic()
        if left > 0 or not self._is_pictured:
            self._timer = self._host.set_timer(max(0.001, left), self._catch_up_at_end_of_line)
        else:
            self._is_next = True
            self._host.call_next(self._catch_up_now)

    def _catch_up_now(self) -> None:
        if self._is_next:
            self._catch_up_at_end_of_line()

    def _next_due(self, now: float) -> float:
        """When to show what has come: one picture for all lines that were read together."""
        due = self._shown_at + self._gap()
        is_amid_batch = self._store.has_pending and not self._store.is_loading
        return max(due, now + PATIENCE_SECONDS) if is_amid_batch else due

    def seconds_to_room(self) -> float:
        """After which time an update that begins then is shown at once: lines read sooner would only wait.

        So the recording is read once for each update, unless lines come so fast that all of the time goes to them.
        """
        if not self._is_pictured or self._is_racing or "pause" in self._modes:
            return 0.0
        now = time.monotonic()
        is_waiting = self._is_next or self._timer is not None
        last = max(self._due, now) if is_waiting else self._shown_at
        return max(0.0, last + self._gap() - now)

    def _gap(self) -> float:
        """Seconds from the beginning of one update to that of the next."""
        return max(self._interval(), self._taken + self._share.rest_seconds)

    def _interval(self) -> float:
        if self._store.is_loading:
            if len(self._delta.tool_calls) > CALLS_AT_ONCE:
                return LOADING_INTERVAL  # more would hold a key up while their rows are made
            taken = time.monotonic() - self._loading_since
            return min(LONGEST_LOADING_INTERVAL, max(LOADING_INTERVAL, taken / LOADING_PARTS))
        return BUSY_INTERVAL if self._is_busy else LIVE_INTERVAL

    def _note_rate(self, now: float) -> None:
        """See how many lines came since the update before this one."""
        before, self._shown_lines = self._shown_lines, len(self._store.event_log)
        new, seconds = self._shown_lines - before, now - self._shown_at
        self._is_busy = new > BUSY_LINES_PER_SECOND * seconds
        self._is_racing = new > RACING_LINES_PER_SECOND * seconds

    def _catch_up_at_end_of_line(self) -> None:
        """Show what has changed as soon as graph and index are of one moment."""
        self._is_next = False
        if self._is_pictured and self._store.is_ahead_of_index:
            self._timer = self._host.set_timer(LEAST_REST, self._catch_up_at_end_of_line)
        else:
            self.catch_up()

    def catch_up_if_behind(self) -> None:
        """Show what has changed until now, if anything has."""
        if not self.is_current:
            self.catch_up()

    def catch_up(self) -> None:
        """Show everything that has changed until now."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._is_next = False
        self._share.begin()
        now = time.monotonic()
        self._note_rate(now)
        with painted_at_once(self._host):
            self._update()
        self._shown_at, self._taken = now, time.monotonic() - now
        self._share.end()
        timeline = self._panes.timeline
        if timeline.is_behind:
            gc.freeze()  # rows stay: the collector need not walk through all of them again and again
        if timeline.is_behind or timeline.is_looking_again:
            self._timer = self._host.set_timer(max(LEAST_REST, self._share.rest_seconds), self._catch_up_at_end_of_line)
        if self._has_taken and not self._is_pictured:
            self._is_pictured = True
            self._host.call_after_refresh(self._go_on_from_first_picture)

    def _update(self) -> None:
        delta, self._delta = self._delta, TraceDelta()
        if self._parts.rebuild.is_due():
            self._begin_again()
        else:
            self._show(delta)
        self._parts.status.apply(delta)
        self._parts.announcer.tell()
        self._follow_from_the_start()
        self._parts.recall.take_up()
        self._parts.arrival.take_up()
        self._parts.search.look_again()
        if trouble := self._parts.notes.take_up():
            self._footer.say(trouble, "warning")
        self._parts.signs.refresh()
        self._parts.selection.go_with_update(self._interval())
        self._refresh_lines()
        self._clock.watch()

    @property
    def is_current(self) -> bool:
        """Whether everything that was reduced is on the screen."""
        return not self._delta and not self._store.has_pending and not self._panes.timeline.is_behind

    @property
    def is_pictured(self) -> bool:
        """Whether what was read first is on the screen."""
        return self._is_shown

    @property
    def is_settled(self) -> bool:
        """Whether all panes show what was read when the bundle was opened: from now on they stay where one goes."""
        return self._is_shown and self._is_opened

    def _begin_again(self) -> None:
        self._parts.status.begin_again()
        self._parts.announcer.begin_again()
        self._parts.rebuild.begin_again()

    def _show(self, delta: TraceDelta) -> None:
        timeline = self._panes.timeline
        before = timeline.model.focused
        if delta or timeline.is_behind or timeline.is_looking_again:
            self._clock.go_with_update()
            timeline.apply(delta, stays=self._is_busy and self._store.state == "live")
            for view in self._panes.conversations:
                view.apply(delta)
        if before is None and self._is_pictured:
            self._parts.selection.show()
        self._parts.selection.moved_by_growth = timeline.model.focused not in (None, before)
        self._parts.ladder.take(delta)

    def _go_on_from_first_picture(self) -> None:
        """The first rows are drawn: now the other panes, and the rest of the recording."""
        self._parts.selection.show()
        self._is_shown = True
        self._footer.refresh()  # its hints did not hold the rows up; of a short recording nothing else comes
        self._on_pictured()

    def _follow_from_the_start(self) -> None:
        """A recording that lives when it is opened is followed, unless the person is already looking around.

        Until somebody does, the panes show the whole as if it had been there at once: the end of the conversation, not
        what was its end when the first lines were read.
        """
        if self._is_opened or self._store.state == "loading":
            return
        self._is_opened = True
        self._host.set_timer(SECONDS_TO_REST, self._rest)
        self._parts.announcer.note_opened()
        timeline = self._panes.timeline
        timeline.model.new_count = 0  # what was there when the recording was opened is not new
        if self._keys.is_touched:
            return
        if self._store.state == "live" and not self._parts.recall.has_place:
            timeline.follow()
        self._panes.conversations.begin_again()
        if self._is_shown:  # else the first rows come first, and the other panes after them
            self._parts.selection.show()

    def _rest(self) -> None:
        """Nobody waits for anything any more, unless the first picture is late."""
        if self._is_shown:
            self.on_read()
        else:
            self._host.set_timer(SECONDS_TO_REST, self._rest)

    def _grow_older(self) -> None:
        self._parts.announcer.tell_state()
        self._refresh_lines()

    def _refresh_lines(self) -> None:
        self._parts.status.refresh()
        self._footer.refresh()


def _nothing() -> None:
    """Nobody waits for it."""
