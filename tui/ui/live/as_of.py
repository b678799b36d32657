"""Looks at the whole program as it was behind an earlier event, and comes back to now.

The store answers from its past reading meanwhile, so that panes, lists and searches need to know nothing of it. The
recording is read on underneath.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from tui.model.delta import TraceDelta
from tui.named_tuple import NamedTuple
from tui.store import TraceStore
from tui.ui.footer import Footer
from tui.ui.live.parts import LiveParts
from tui.ui.panes import Panes
from tui.ui.scheduler import SlicedWork
from tui.ui.travel import Travel
from tui.viewmodel.frame.modes import Modes
from tui.viewmodel.frame.navigation import Place
from tui.viewmodel.timeline.folding import Stance
from tui.viewmodel.timeline.model import TimelineModel

if TYPE_CHECKING:
    from tui.readings.past import Past

FindPlace = Callable[["Past"], int]
"""Says which place of a past reading is meant, once that was read far enough."""


SECONDS_BEFORE_WORD = 0.1
"""A way that takes longer is reported in the footer."""

SECONDS_BETWEEN_PARTS = 0.2
"""While rows of a moment are made, the screen shows them this often."""


class _Now(NamedTuple):
    """What the timeline showed when an earlier moment was gone to."""

    model: TimelineModel
    was_following: bool


class AsOf:
    """Where in the past one is, and the way there, which a long recording makes long."""

    def __init__(
        self,
        store: TraceStore,
        panes: Panes,
        modes: Modes,
        travel: Travel,
        footer: Footer,
        parts: LiveParts,
        *,
        catch_up: Callable[[], None],
    ) -> None:
        """`catch_up` shows what has come in and is not on the screen yet."""
        self._store = store
        self._panes = panes
        self._modes = modes
        self._travel = travel
        self._footer = footer
        self._parts = parts
        self._catch_up = catch_up
        self.on_shown: Callable[[], None] = _nothing
        """Called when another moment is shown."""
        self.say: Callable[[str], None] = footer.say
        """Says it to a person in one line; a view that is laid over the panes has a line of its own."""
        self._past: Past | None = None
        self._trace_read: object = None
        """The graph of now when the past reading began: another one means other lines."""
        self._now: _Now | None = None
        self._work: SlicedWork[None] | None = None
        self._filling: SlicedWork[None] | None = None
        """Makes the rows of a moment that is shown already."""
        self._began_at = self._shown_at = 0.0
        self._changed = TraceDelta()
        self._went_back = False
        self._leads_to_now = False
        self._is_on_the_way = False
        self._waits_for: tuple[FindPlace, Callable[[Past], bool]] | None = None
        """Where to go when the recording has been read."""

    @property
    def is_on(self) -> bool:
        """Whether an earlier moment is looked at."""
        return self._store.past is not None

    @property
    def is_filling(self) -> bool:
        """Whether rows of the moment that is looked at are still being made."""
        return self._filling is not None and not self._filling.is_over

    @property
    def is_at_rest(self) -> bool:
        """Whether one has arrived where one wanted to go, and all rows are there."""
        is_going = self._work is not None and not self._work.is_over and self._is_on_the_way
        return not is_going and not self.is_filling

    def show_to_nobody_else(self) -> None:
        """The view that was laid over the panes was closed."""
        self.on_shown, self.say = _nothing, self._footer.say

    def close(self) -> None:
        """Read no more."""
        self._abandon()
        if self._past is not None:
            self._past.close()

    # Going

    def go(self, find: FindPlace, is_enough: Callable[[Past], bool] = lambda _past: False) -> None:
        """Go to the place that `find` says once `is_enough` was read; all of it if that never holds.

        What takes long is done between keys, and `stop` ends it. A place behind the newest event is now.
        """
        if self._store.is_loading:
            self._waits_for = (find, is_enough)
            self.say("goes there when the recording has been read")
            return
        self._waits_for = None
        self._abandon()
        self._parts.times.stop()  # what is worked out ahead would share the processor with what is waited for
        self._changed, self._went_back, self._leads_to_now = TraceDelta(), False, False
        self._is_on_the_way, self._began_at = True, time.monotonic()
        self._work = SlicedWork(self._steps(find, is_enough), self._arrive, on_slice=self._report)

    def stop(self) -> bool:
        """Go no further; whether one was on the way, or waited for the rest of the recording.

        From an earlier moment one has come as far as one has.
        """
        if self._waits_for is not None:
            self._waits_for = None
            return True
        if self._work is None or self._work.is_over or not self._is_on_the_way:
            return False
        self._abandon()
        if self.is_on:
            self._show_changes()
        return True

    def return_to_now(self) -> None:
        """Show the recording as it is now, on the row on which one was."""
        self._abandon()
        if self._now is None:
            return
        past_model, now, self._now = self._panes.timeline.model, self._now, None
        place, filter_text = self._travel.here(), self._panes.timeline.filter_text
        missed = self._store.look_at_now()
        self._modes.leave("earlier")
        model = now.model
        if model.trace is self._store.trace:
            model.apply(missed)
            self._parts.status.return_to_now(missed)
        else:
            model = self._panes.new_model()
            self._parts.status.begin_again()
            self._parts.status.apply(TraceDelta(inference_calls=set(self._store.trace.inference_calls)))
        self._show_model(model, place._replace(view=_with_later_folds(place.view, past_model, model)), filter_text)
        if now.was_following:
            self._panes.timeline.follow()
            self._parts.selection.show()
        self._parts.announcer.begin_again()
        self.on_shown()

    def prepare(self) -> None:
        """All was read: go where one wanted to go meanwhile, or make the way to earlier moments short."""
        if self._waits_for is not None:
            self.go(*self._waits_for)
            return
        is_free = not self.is_on and self._work is None and not self._store.is_loading
        if is_free and self._store.shown.chronicle is not None:
            self._work = SlicedWork(self._past_reading().prepare(), _nothing, unasked=True)

    def _abandon(self) -> None:
        for work in (self._work, self._filling):
            if work is not None:
                work.stop()
        self._work = self._filling = None
        self._is_on_the_way = False

    def _past_reading(self) -> Past:
        """The past reading so far, a new one if other lines are in the log now."""
        past = self._past
        is_current = self.is_on or self._trace_read is self._store.trace
        if past is None or past.is_outdated or not is_current:
            if past is not None:
                past.close()
            self._trace_read = self._store.trace
            past = self._past = self._store.new_past()
        return past

    def _steps(self, find: FindPlace, is_enough: Callable[[Past], bool]) -> Iterator[None]:
        yield from self._store.shown.take_notes()
        past = self._past_reading()
        yield from past.read(lambda: is_enough(past))
        place = find(past)
        self._leads_to_now = place > past.last_place
        if self._leads_to_now:
            return
        self._went_back = place < past.place
        for delta in past.go(max(1, place), self._panes.timeline.model.refs_near()):
            self._changed.merge(delta)
            yield

    def _report(self, _step: None) -> None:
        if time.monotonic() - self._began_at < SECONDS_BEFORE_WORD:
            return
        gc.freeze()  # what was read stays: the collector need not walk through it again and again
        past = self._past
        if past is not None and past.reads_again:
            total = max(len(self._store.event_log), past.last_place)
            self.say(f"going to that moment: {past.last_place:,} of {total:,} events read; Esc stops")
        else:
            self.say("going to that moment; Esc stops")

    # Showing

    def _show_part(self, _step: None) -> None:
        """More rows were made: show them a few times a second."""
        if time.monotonic() - self._shown_at >= SECONDS_BETWEEN_PARTS:
            self._shown_at = time.monotonic()
            self._show_filled()

    def _show_filled(self) -> None:
        """The rows made so far, and how many that is."""
        self._panes.timeline.show_filled()
        self._refresh_lines()

    def _arrive(self) -> None:
        self.say("")
        past = self._past
        if self._leads_to_now:
            self.return_to_now()
            self.say("now: that was the newest event")
        elif self.is_on and past is not None and past.model is not self._panes.timeline.model:
            self._show_built(past)
        elif self.is_on:
            self._show_changes()
        elif past is not None and past.place > 0:
            self._enter(past)
        if self.is_on and past is not None:
            self._shown_at = time.monotonic()
            fill = chain(self._parts.status.count(), past.fill())
            self._filling = SlicedWork(fill, self._show_filled, on_slice=self._show_part, begins_later=True)

    def _enter(self, past: Past) -> None:
        self._catch_up()
        timeline = self._panes.timeline
        place = _earlier_place(self._travel.here(), timeline.model, past)
        self._now = _Now(timeline.model, timeline.is_following)
        filter_text = timeline.filter_text
        self._store.look_at(past)
        self._modes.enter("earlier")
        self._parts.status.begin_earlier()
        self._show_model(past.model, place, filter_text)
        self.on_shown()

    def _show_built(self, past: Past) -> None:
        """The moment was far away: everything was made for it from nothing."""
        timeline = self._panes.timeline
        self._store.note_return()
        self._parts.status.begin_earlier()
        self._show_model(past.model, _earlier_place(self._travel.here(), timeline.model, past), timeline.filter_text)
        self.on_shown()

    def _show_model(self, model: TimelineModel, place: Place, filter_text: str) -> None:
        """Let everything show another graph: `model` is its timeline."""
        parts = self._parts
        parts.rebuild.note_shown()
        parts.agents.begin_again()
        with self._panes.painted_once():
            self._panes.timeline.show_model(model)
            if filter_text or model.filter:
                parts.filtering.filter_rows(filter_text)
            self._panes.conversations.begin_again()
            self._travel.return_to(place)
            self._refresh_lines()
        parts.ladder.take(TraceDelta())

    def _show_changes(self) -> None:
        """The past reading moved while it is shown: so does all that shows it."""
        delta, parts = self._changed, self._parts
        self._changed = TraceDelta()
        if self._went_back:
            self._store.note_return()
            parts.agents.begin_again()
        else:
            parts.agents.apply(delta)
        self._panes.timeline.show_moment()
        for view in self._panes.conversations:
            view.look_again()
        parts.ladder.take(delta)
        parts.selection.look_again()
        parts.status.look_again(delta)
        self._refresh_lines()
        self.on_shown()

    def _refresh_lines(self) -> None:
        self._parts.status.refresh()
        self._footer.refresh()


def _earlier_place(here: Place, model: TimelineModel, past: Past) -> Place:
    """The same place at an earlier moment: on the row under the cursor, or the nearest above it that had begun."""
    rows = past.model.tree.nodes
    row = model.focus
    while row is not None and row.ref not in rows:
        row = row.parent
    focused = None if row is None else row.ref
    view = here.view._replace(focused=focused) if isinstance(here.view, Stance) else here.view
    is_there = here.node is not None and here.node.kind == "item" and here.node.id in past.trace.conversation_items
    return Place(here.pane, here.node if is_there else focused, view)


def _with_later_folds(view: object, past: TimelineModel, now: TimelineModel) -> object:
    """How the timeline was folded at an earlier moment, with the rows that came later as they are now."""
    if not isinstance(view, Stance):
        return view
    later = (ref for ref, node in now.tree.nodes.items() if node.folded and ref not in past.tree.nodes)
    return view._replace(folded=view.folded.union(later))


def _nothing() -> None:
    """Nobody else looks."""
