"""What happens on the screen while the recording grows: rarely, little, and never under the reader's eyes."""

from __future__ import annotations

import gc
import time

from textual.message import Message
from textual.timer import Timer

from tui.analysis.recording_state import LIVE_MS, RecordingWord, milliseconds_to_next_age
from tui.model.delta import TraceDelta
from tui.schema.damage import Damage
from tui.ui.screens.parts import MainParts
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.notice import notice_text
from tui.viewmodel.status import STATE_NAMES, StatusFacts, TokenMeter, nothing_yet, status_line
from tui.viewmodel.text import clean

LIVE_INTERVAL = 0.1
"""Seconds between two updates of the screen while the recording is live."""

LOADING_INTERVAL = 0.25
"""The same while the log is read for the first time."""

COST_FACTOR = 5
"""An update may take at most this part of the time: when it is slow, updates become rarer."""

LEAST_REST = 0.02
"""Seconds between two updates of which the second only goes on with what the first had no time for."""

NOTICE_LIMIT = 64 << 10
"""Bytes of a session message that are read for the footer."""

TICK_SECONDS = 1.0
"""How often running durations are written anew while the recording is live."""


LOSSES = (
    "payloads-removed",
    "manifest-changed",
    "manifest-removed",
)
"""Faults of a bundle that are said when they happen; the last of these wins where there is room for one."""


class GrowthDisplay(MainParts):
    """Merges changes until it is time to show them."""

    class FirstPictured(Message):
        """What was read first is on the screen."""

    is_touched = False
    """Whether a key was pressed."""

    def _reset_growth(self) -> None:
        self._delta = TraceDelta()
        self._tokens = TokenMeter()
        self._generation = self.store.generation
        self._growth_timer: Timer | None = None
        self._tick_timer: Timer | None = None
        self._age_timer: Timer | None = None
        self._shown_at = 0.0
        self._has_taken = False
        self._is_pictured = False
        self._is_opened = False
        self._told_notices = 0
        self._told: dict[str, str | None] = {}
        self._told_word: RecordingWord = "loading"
        self._cost = 0.0

    def take_delta(self, delta: TraceDelta) -> None:
        """The store advanced: show it now or soon."""
        self._delta.merge(delta)
        if self.agent_watch is not None:
            self.agent_watch.apply(delta)
        self._has_taken = True
        if "pause" in self.modes and self.is_mounted:
            self.refresh_status()
        elif self._growth_timer is None and self.is_mounted:
            interval = LOADING_INTERVAL if self.store.state == "loading" else LIVE_INTERVAL
            due = self._shown_at + max(interval, self._cost * COST_FACTOR) if self._is_pictured else 0.0
            self._growth_timer = self.set_timer(max(0.001, due - time.monotonic()), self.catch_up)

    def catch_up(self) -> None:
        """Show everything that has changed until now."""
        if self._growth_timer is not None:
            self._growth_timer.stop()
            self._growth_timer = None
        started = time.monotonic()
        delta, self._delta = self._delta, TraceDelta()
        if self._generation != self.store.generation:
            self._generation = self.store.generation
            self._tokens = TokenMeter()
            self._told_notices = len(self.store.event_log.notices)
            self.begin_again()
        else:
            self._show_changes(delta)
        self._tokens.apply(self.store.trace, delta)
        self._tell_notices()
        self._tell_state()
        self._tell_trouble()
        self._follow_from_the_start()
        self.take_up_place()
        self.refresh_status()
        self.refresh_footer()
        self._watch_the_clock()
        self._shown_at = time.monotonic()
        self._cost = self._shown_at - started
        if self.timeline.is_behind:
            gc.freeze()  # rows stay: the collector need not walk through all of them again and again
            self._growth_timer = self.set_timer(max(LEAST_REST, self._cost * COST_FACTOR), self.catch_up)
        if self._has_taken and not self._is_pictured:
            self._is_pictured = True
            self.call_after_refresh(self._go_on_from_first_picture)

    def _go_on_from_first_picture(self) -> None:
        """The first rows are drawn: now the other panes, and the rest of the recording."""
        self.show_selection()
        self.post_message(self.FirstPictured())

    def _tell_notices(self) -> None:
        """Say the newest warning or error of the session, once it arrives; those of the past stand in the log."""
        notices = self.store.event_log.notices
        is_new, self._told_notices = len(notices) > self._told_notices, len(notices)
        if is_new and self._is_opened and notices[-1].event_type != "shutdown_complete":
            body = self.store.payloads.read(notices[-1].payload, NOTICE_LIMIT)
            text = notice_text(body) if isinstance(body, bytes) else ""
            self.say(f"{notices[-1].event_type} of the session: {text or notices[-1].payload.label}", "warning")

    def _tell_state(self) -> None:
        """Say it when the recording turns from one state to another, with the evidence."""
        word, evidence, _ = self.store.recording
        before, self._told_word = self._told_word, word
        if self._is_opened and before != word and "loading" not in (before, word):
            style = "warning" if word in ("waiting", "cut off") else ""
            self.say(f"{STATE_NAMES[word]} · {clean(evidence)}", style)

    def _tell_trouble(self) -> None:
        """Say once what keeps the log from being read or watched; the status line keeps saying so."""
        store = self.store
        for topic, text in (
            ("polling", store.polling),
            ("aside", store.aside),
            ("fault", store.fault),
            *self._losses(),
        ):
            if text is not None and text != self._told.get(topic):
                self.say(clean(text), "error" if topic == "fault" else "warning")
            self._told[topic] = text

    def _losses(self) -> list[tuple[str, str | None]]:
        """What was lost while somebody looked; what was wrong from the beginning is a problem like others."""
        found: dict[str, list[Damage]] = {code: [] for code in LOSSES}
        for fault in self.store.faults:
            if fault.code in found:
                found[fault.code].append(fault)
        return [(code, _told_at_once(faults)) for code, faults in found.items()]

    def _follow_from_the_start(self) -> None:
        """A recording that lives when it is opened is followed, unless the person is already looking around.

        Until somebody does, the panes show the whole as if it had been there at once: the end of the conversation, not
        what was its end when the first lines were read.
        """
        if self._is_opened or self.store.state == "loading":
            return
        self._is_opened = True
        self.timeline.model.new_count = 0  # what was there when the recording was opened is not new
        if self.is_touched:
            return
        if self.store.state == "live" and not self.has_place_to_take_up:
            self.timeline.follow()
        self.conversation.begin_again()
        self.show_selection()

    @property
    def is_current_with_store(self) -> bool:
        """Whether everything that was reduced is on the screen."""
        return not self._delta and not self.store.has_pending and not self.timeline.is_behind

    def _show_changes(self, delta: TraceDelta) -> None:
        before = self.timeline.model.focused
        if delta or self.timeline.is_behind:
            self.timeline.apply(delta)
            self.conversation.apply(delta)
        if before is None and self._is_pictured:
            self.show_selection()
        self.moved_by_growth = self.timeline.model.focused not in (None, before)

    def refresh_status(self) -> None:
        """Write the status line as things are."""
        self.timeline.explain_nothing(nothing_yet(self.store.state, self.store.fault))
        bar = self.query_one("#status", LineBar)
        bar.show(status_line(self.status_facts(), bar.size.width, self.measure))

    def status_facts(self) -> StatusFacts:
        """What the status line tells now."""
        store = self.store
        total = max(1, store.bytes_total)
        return StatusFacts(
            rollout_id=store.trace.rollout_id,
            recording=store.recording,
            progress=min(1.0, store.bytes_read / total),
            agents=len(store.trace.threads),
            events=len(store.event_log),
            seq=store.event_log.newest_seq,
            lag_ms=self.lag_ms() if store.state == "live" else None,
            tokens=self._tokens.total,
            problems=self.problem_count(),
            held_bytes=store.torn_tail,
            is_paused="pause" in self.modes,
            waiting_lines=store.waiting_lines,
            is_unreadable=store.fault is not None,
            is_polling=store.polling is not None,
            is_reading_again=store.is_reading_again,
        )

    def lag_ms(self) -> int | None:
        """Milliseconds from the newest event to its arrival here."""
        return self.store.lag_ms

    # The clock

    def _watch_the_clock(self) -> None:
        """Run a clock only while something runs: a finished recording costs nothing."""
        is_live = self.store.state == "live"
        if is_live and self._tick_timer is None:
            self._tick_timer = self.set_interval(TICK_SECONDS, self._tick)
        if not is_live and self._tick_timer is not None:
            self._tick_timer.stop()
            self._tick_timer = None
        self._set_the_clock()
        self._await_next_age()

    def _set_the_clock(self) -> None:
        """What is open in a recording that waits lasts until now; in one that is over, until its last event."""
        word = self.store.state
        if word == "waiting":
            self._tick()
        elif word in ("ended", "cut off"):
            self.timeline.tick(0)

    def _await_next_age(self) -> None:
        """Come back when the line must say another age, or another state."""
        if self._age_timer is not None:
            self._age_timer.stop()
            self._age_timer = None
        word, quiet_ms = self.store.state, self.store.quiet_ms
        if word == "live":
            self._age_timer = self.set_timer((LIVE_MS - quiet_ms) / 1000 + TICK_SECONDS, self._grow_older)
        elif word in ("waiting", "cut off"):
            self._age_timer = self.set_timer(milliseconds_to_next_age(quiet_ms) / 1000 + 0.01, self._grow_older)

    def _tick(self) -> None:
        if "pause" not in self.modes:
            self.timeline.tick(int(time.time() * 1000))

    def _grow_older(self) -> None:
        self._age_timer = None
        self._tell_state()
        self.refresh_status()
        self.refresh_footer()
        self._watch_the_clock()


def _told_at_once(faults: list[Damage]) -> str | None:
    """Faults of one kind in one line."""
    if len(faults) < 2:
        return str(faults[0]) if faults else None
    return f"{faults[0].message}, and {len(faults) - 1:,} more; {faults[0].consequence}"
