"""The status line of a recording."""

from __future__ import annotations

from collections.abc import Iterator

from tui.analysis.agents.tasks import task_of
from tui.analysis.state.outcome import outcome_of
from tui.model.delta import TraceDelta
from tui.model.ids import ThreadId
from tui.schema.prompt_text import words_written
from tui.store import TraceStore
from tui.ui.live.problem_tally import ProblemTally
from tui.ui.panes import Panes
from tui.ui.theme import style_for
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.frame.modes import Modes
from tui.viewmodel.frame.reading_banner import reading_banner
from tui.viewmodel.frame.status import StatusFacts, TokenMeter, as_of_words, nothing_yet, status_line
from tui.viewmodel.text.percent import percent_done


class Status:
    """Owns the bar and counts the tokens that it shows."""

    def __init__(self, store: TraceStore, panes: Panes, modes: Modes, problems: ProblemTally) -> None:
        self.bar = LineBar(style_for=style_for, id="status")
        self.bar.when_resized = self.refresh
        self.banner = LineBar(style_for=style_for, id="reading")
        """What of the recording could not be read; not there while that is little."""
        self.banner.display = False
        self._store = store
        self._panes = panes
        self._modes = modes
        self._problems = problems
        self._tokens = TokenMeter()
        self._tokens_now: TokenMeter | None = None
        """Those of now while an earlier moment is looked at."""
        self._counting: Iterator[None] = iter(())
        self._prompt = ""
        self._name = store.source.name
        self._facts = StatusFacts(self._name, store.recording)
        self._is_behind = False

    def note_news(self) -> None:
        """The store has changes that are not counted here yet: until `apply`, the line says what it said."""
        self._is_behind = True

    def begin_again(self) -> None:
        """The graph is another one."""
        self._tokens, self._tokens_now = TokenMeter(), None
        self._counting = iter(())
        self._prompt = ""

    def begin_earlier(self) -> None:
        """The graph is that of an earlier moment: few tokens are counted at once, many by `count`."""
        self._tokens_now = self._tokens_now or self._tokens
        self._tokens = TokenMeter()
        self._counting = self._tokens.count(self._store.trace)
        next(self._counting, None)
        self._prompt = ""

    def count(self) -> Iterator[None]:
        """Count the tokens of the moment that is looked at, in steps; until then the line does not name them."""
        yield from self._counting

    def return_to_now(self, missed: TraceDelta) -> None:
        """The graph is that of now again; `missed` names what changed in it meanwhile."""
        self._tokens, self._tokens_now = self._tokens_now or TokenMeter(), None
        self._counting = iter(())
        self._prompt = ""
        self.apply(missed)

    def apply(self, delta: TraceDelta) -> None:
        """The recording grew."""
        self._tokens.apply(self._store.trace, delta)
        self._is_behind = False

    def look_again(self, delta: TraceDelta) -> None:
        """The graph is that of another moment; `delta` names what is different."""
        if self._tokens.is_counting:
            self.begin_earlier()
        else:
            self._prompt = ""
            self.apply(delta)

    def refresh(self) -> None:
        """Write the line as things are; the rows say of what is under way whether it may still arrive."""
        timeline, store = self._panes.timeline, self._store
        timeline.explain_nothing(nothing_yet(store.state, store.fault))
        self._facts = self._facts_before() if self._is_behind or store.is_ahead_of_index else self._facts_now()
        self.bar.show(status_line(self._facts, self.bar.size.width, self._panes.measure))
        banner = reading_banner(store.reading)
        self.banner.show(banner or ())
        self.banner.display = banner is not None
        timeline.tell_recording(store.recording)
        if not self._is_behind and not store.is_ahead_of_index:
            self._panes.offer_summary()

    def _facts_before(self) -> StatusFacts:
        """The facts as they were, with what does not depend on the graph: sums and outcome are of one moment."""
        store = self._store
        return self._facts._replace(
            progress=self._progress(),
            is_paused="pause" in self._modes,
            waiting_lines=store.waiting_lines,
            is_unreadable=store.fault is not None,
        )

    def _progress(self) -> float:
        return min(1.0, self._store.bytes_read / max(1, self._store.bytes_total))

    def _facts_now(self) -> StatusFacts:
        store, recording = self._store, self._store.recording
        return StatusFacts(
            name=self._name,
            recording=recording,
            outcome=outcome_of(store.trace, store.index, recording),
            prompt=self._asked(),
            progress=self._progress(),
            agents=len(store.trace.threads),
            events=store.event_log.events,
            seq=store.event_log.newest_seq,
            lag_ms=store.lag_ms if store.state == "live" and not store.is_as_of_earlier else None,
            tokens=self._tokens.total,
            problems=None if lacks_rows(store) else self._problems.count(),
            may_hide_problems=store.reading.may_hide_problems,
            held_bytes=store.torn_tail,
            as_of=as_of_store(store),
            is_paused="pause" in self._modes,
            waiting_lines=store.waiting_lines,
            is_unreadable=store.fault is not None,
            is_polling=store.polling is not None,
            is_reading_again=store.is_reading_again,
        )

    def _asked(self) -> str:
        """What the root agent was asked first; looked for until it is there."""
        trace = self._store.trace
        root = ThreadId(trace.root_thread_id)
        if not self._prompt and root in trace.threads:
            task = task_of(trace, self._store.index, root)
            self._prompt = "" if task is None else " ".join(words_written(task.text).split())
        return self._prompt


def as_of_store(store: TraceStore) -> str:
    """The earlier moment that is looked at; empty while that is now."""
    if not store.is_as_of_earlier:
        return ""
    newest, started = store.event_log.newest_time_unix_ms, store.manifest.started_at_unix_ms
    words = as_of_words(store.event_log.newest_seq, None if newest is None else newest - started)
    return f"{words} · {percent_done(store.past.part_of_rows)} of rows" if store.past and lacks_rows(store) else words


def lacks_rows(store: TraceStore) -> bool:
    """Whether rows are still being made for the moment that is looked at: what they add up to is not known."""
    return store.past is not None and store.past.lacks_rows
