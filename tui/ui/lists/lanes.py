"""Time over the whole screen: a lane an agent, the path that decided how long it took, and what is under the cursor."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.timer import Timer

from tui.analysis.messages.edges import EdgeBook
from tui.analysis.time.session_time import SessionTime
from tui.model.ids import ThreadId
from tui.model.noderef import NodeRef
from tui.schema.until import Until
from tui.store import TraceStore
from tui.ui.command import Command, Press
from tui.ui.lists.full_screen import FullScreen, Shared, shared_commands
from tui.ui.lists.list_screen import ListTools
from tui.ui.live.as_of import AsOf
from tui.ui.live.status import as_of_store
from tui.ui.live.time_keep import Counted, TimeKeep
from tui.ui.moment_commands import MOMENT_COMMANDS
from tui.ui.scheduler import SlicedWork
from tui.ui.terminal.shown import Shift
from tui.ui.terminal.textual_private import expect_shift
from tui.ui.theme import style_for
from tui.ui.time_share import TimeShare
from tui.ui.widgets.lanes_view import LanesView
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.lanes.ahead import prepare_lines
from tui.viewmodel.lanes.below import MOST_ROWS, below_lines, rows_below
from tui.viewmodel.lanes.below import SIGNS as CELL_SIGNS
from tui.viewmodel.lanes.model import LanesModel
from tui.viewmodel.lanes.path_words import work_out_gains, work_out_piece
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.spans import Span, line_text

MANY_DRAWN = 1_000
"""From this many agents, pieces and messages on, lanes are made when the screen is seen: a key may not wait for it."""

LOOK_SECONDS = 1.0
"""How often a growing recording is looked at."""

MANY_EVENTS = 10_000
"""From this many events on, what the path would be without a piece is worked out when the cursor rests."""

REST_SECONDS = 0.15
"""How long the cursor must rest for it: longer than the gap between repeats of a held key."""

_OTHER_ROWS = 4
"""Rows that are neither lanes nor below them: title, axis, path, footer."""

COUNT_PARTS = 10
"""Counting takes at most one part in this many of the time."""


class MomentTools(NamedTuple):
    """The way to earlier moments, and what runs the commands of the main screen that lead there."""

    as_of: AsOf
    run: Callable[[Command, Press], None]


class LanesScreen(FullScreen[NodeRef | None]):
    """Ends with the node to go to, or with None."""

    SCOPE = "lanes"
    PLACE = "the time view"
    SIGNS = tuple(
        (" ".join(sign for (sign, _style), _meaning in four), ", ".join(meaning for _sign, meaning in four))
        for four in (CELL_SIGNS[:4], CELL_SIGNS[4:])
    )
    HINTS = (
        ("show_help", "help"),
        ("longest_piece", "longest"),
        ("next_piece", "path"),
        ("go_to_work", "go to it"),
        ("longest_wait", "wait"),
        ("go_out", "close"),
        ("zoom_in", "zoom"),
        ("fit_all", "all"),
    )

    view: LanesView

    def __init__(
        self,
        store: TraceStore,
        tools: ListTools,
        moments: MomentTools,
        times: TimeKeep,
        *,
        place: tuple[ThreadId, int] | None = None,
    ) -> None:
        """`times` keeps what was worked out; `place`: the agent and the time to begin at."""
        super().__init__(tools)
        self.first_paint.hurry(len(store.event_log))
        self._times = times
        self._store = store
        self._moments = moments
        self._graph = store.trace
        self._time = SessionTime()
        self.model = LanesModel(store.trace, store.index, self._time, cell_len)
        self._counted: tuple[int, int] | None = None
        self._rest_until = 0.0
        self._share = TimeShare(COUNT_PARTS)
        self.view = LanesView(self.model, self.refresh_lines)
        self._bars = {name: LineBar(style_for=style_for, id=f"lanes-{name}") for name in ("title", "axis", "path")}
        self._below = [LineBar(style_for=style_for, classes="lanes-below") for _ in range(MOST_ROWS)]
        self._place = place
        self._work: SlicedWork[None] | None = None
        self._gaining: SlicedWork[None] = SlicedWork((), lambda: None)
        self._detailing: SlicedWork[None] = SlicedWork((), lambda: None)
        self._showing: SlicedWork[None] = SlicedWork((), lambda: None)
        self._timer: Timer | None = None
        self._rest_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Title, axis, lanes, the path, what is under the cursor, what would gain most, footer."""
        yield self._bars["title"]
        yield self._bars["axis"]
        yield self.view
        yield self._bars["path"]
        yield from self._below
        yield self.footer.bar
        yield self.keys.box

    def on_mount(self) -> None:
        """Show what is there; the rest comes in slices."""
        self.view.focus()
        self._moments.as_of.on_shown = self._show_moment
        self._moments.as_of.say = self.say
        known = self._times.known()
        if known is None:
            self._count()
        else:
            self._counted = self._now
            if len(known.lives) + len(known.path.pieces) + len(known.sent) < MANY_DRAWN:
                self._take(known)
            else:
                self.first_paint.then(lambda: self._take_if_empty(known))
        self.first_paint.begin()
        self._timer = self.set_interval(LOOK_SECONDS, self._look)

    # Counting

    @property
    def is_up_to_date(self) -> bool:
        """Whether everything that was read is on the screen."""
        is_counted = self._counted == self._now and (self._work is None or self._work.is_over)
        return is_counted and self.model.is_known and self.first_paint.is_over and self._showing.is_over

    @property
    def _now(self) -> tuple[int, int]:
        return self._store.generation, len(self._store.event_log)

    def _look(self) -> None:
        """Count again when the recording has grown, unless the last count was long."""
        is_busy = self._work is not None and not self._work.is_over
        if not (self.is_over or is_busy or self._counted == self._now) and time.monotonic() >= self._rest_until:
            self._count()

    def _count(self) -> None:
        store = self._store
        if self._graph is not store.trace:
            self.close()  # another recording: its agents are not these
            return
        self._share.begin()
        self._counted, counted = self._now, SessionTime()
        is_over = store.recording.is_over
        self._times.stop()
        of_what = Counted(store.trace, len(store.event_log), is_over)
        book = EdgeBook(store.trace, store.index)
        steps = counted.steps(store.trace, store.index, book, is_over=is_over)

        def done() -> None:
            self._share.end()
            self._rest_until = time.monotonic() + self._share.rest_seconds
            self._times.note(of_what, counted)
            self._take(counted)

        self._work = SlicedWork(steps, done, on_slice=lambda _: self._take_lives(counted))

    def _take_lives(self, counted: SessionTime) -> None:
        """Lives can be seen before the path is known."""
        if counted.lives and not self._time.lives:
            self._take(counted)

    def _take_if_empty(self, counted: SessionTime) -> None:
        """Show what was known, unless something newer came meanwhile."""
        if not self.model.is_known:
            self._take(counted)

    def _take(self, counted: SessionTime) -> None:
        if not self.is_over:
            self._time = counted
            self.model.renew(counted)
            self._go_to_place()
            self._showing.stop()
            width, rows = self.view.scrollable_content_region.width, range(len(self.model.lanes))
            steps = prepare_lines(self.model, width, rows[self.view.top : self.view.top + self.view.page_height])
            self._showing = SlicedWork(steps, lambda: self._show_taken(counted))

    def _show_taken(self, counted: SessionTime) -> None:
        self._show()
        self._work_out_gains(counted)

    def _go_to_place(self) -> None:
        """Begin where one comes from, unless one has moved meanwhile."""
        if self._place is not None and self.model.lanes:
            if (self.model.cursor, self.model.at_ms) == (0, 0):
                self.model.stand_on(*self._place)
            self._place = None

    def _work_out_gains(self, counted: SessionTime) -> None:
        """A pass takes long in a large recording: then between keys, and not again and again while it grows."""
        self._gaining.stop()
        is_large = len(self._store.event_log) >= MANY_EVENTS
        if not is_large or self._store.recording.is_over:
            self._gaining = SlicedWork(work_out_gains(counted), self._show, begins_later=True, unasked=is_large)

    # Showing

    def refit(self) -> None:
        """Lay out for the size that there is now."""
        self._show()

    def _show(self) -> None:
        if self.is_mounted and not self.is_over:
            self.view.rows_changed(self.model.cursor)
            self.refresh_lines()

    def refresh_lines(self) -> None:
        """Write the lines around the lanes as things are."""
        if not self.is_mounted or self.is_over:
            return
        width = self.view.scrollable_content_region.width
        self._announce_move(width)
        store = self._store
        name = Span(" Time  ", "title")
        state = Span(f" · {as_of_store(store)}", "warning") if store.past else Span(f" · {store.state}", "dim")
        keys = Span(f" · {self._keys_of_moments()}" if store.past else "", "dim")
        room = width - len(name.text) - len(state.text)
        sums = self.model.title(room - len(keys.text))
        has_room = len(line_text(sums)) + len(keys.text) <= room
        self._bars["title"].show((name, *sums, state, keys) if has_room else (name, *sums, state))
        self._bars["axis"].show(self.model.axis(width))
        self._bars["path"].show(self.model.path_line(width))
        self._show_detail(width)
        self.footer.refresh()

    def _show_detail(self, width: int) -> None:
        """What is under the cursor; what takes long to work out of it when the cursor rests."""
        if self._rest_timer is not None:
            self._rest_timer.stop()
        self._detailing.stop()
        self.model.is_hasty = len(self._store.event_log) >= MANY_EVENTS
        self._show_below(width)
        if self.model.is_hasty:
            self._rest_timer = self.set_timer(REST_SECONDS, self._complete_detail)

    def _complete_detail(self) -> None:
        if not self.is_over:
            self._detailing = SlicedWork(work_out_piece(self._time, self.model.piece), self._show_whole_detail)

    def _show_whole_detail(self) -> None:
        self.model.is_hasty = False
        self._show_below(self.view.scrollable_content_region.width)

    def _show_below(self, width: int) -> None:
        rows = rows_below(self.size.height - _OTHER_ROWS, len(self.model.lanes))
        lines = below_lines(self.model, width, rows, cell_len)
        for place, bar in enumerate(self._below):
            bar.display = place < rows
            bar.show(lines[place] if place < rows else ())

    def _keys_of_moments(self) -> str:
        """The keys that lead to other moments."""
        back, on, now = map(self.keyboard.first_key, ("previous_event", "next_event", "return_to_now"))
        return f"{back} {on} event  {now} now"

    def _announce_move(self, width: int) -> None:
        """Where the bars move sideways, the terminal can move them: axis, lanes and path."""
        moved = self.model.take_move(width)
        if moved.cells:
            x, (first, last) = self.view.content_region.x, (self._bars["axis"].region.y, self._bars["path"].region.y)
            shift = Shift(range(first, last + 1), x + moved.left, x + moved.right, moved.cells)
            expect_shift(self.app, shift)

    # Keys

    def shared_commands(self) -> Shared:
        """Commands of the main screen that mean something here, too."""
        return SHARED_COMMANDS

    def move(self, move: Move, press: Press) -> None:
        """Move in time, or to another agent."""
        self.view.perform(move, press.times)

    def run_command(self, command: Command, press: Press) -> None:
        """Do what a command does; those that go to another moment change what is shown here."""
        if command.id in MOMENT_COMMANDS:
            self._moments.run(command, press)
        else:
            super().run_command(command, press)

    def also_helps(self, taken: set[str]) -> Iterable[Command]:  # noqa: ARG002  # they have keys of their own
        """The commands that go to other moments."""
        return [command for name, command in self.keyboard.commands.items() if name in MOMENT_COMMANDS]

    def cancel(self) -> None:
        """Stop on the way to another moment, else close."""
        if self._moments.as_of.stop():
            self.say("stopped")
        else:
            self.close()

    def go_to_moment(self) -> None:
        """Let everything be as of the moment under the cursor."""
        until = Until(unix_ms=self.model.unix_ms)
        self._moments.as_of.go(lambda past: past.place_of(until), lambda past: past.reaches(until))

    def _show_moment(self) -> None:
        """Another moment is looked at: lanes and path end there."""
        store = self._store
        self._graph = store.trace
        self.model.show_graph(store.trace, store.index)
        if store.past is not None:
            self.model.stand_at(store.event_log.newest_time_unix_ms)
        self.stop_work()
        self._count()

    def go_to_work(self) -> None:
        """Go to what is under the cursor in the main view."""
        self.close(self.model.node)

    def stop_work(self) -> None:
        """Count no further."""
        if self.is_over:
            self._moments.as_of.show_to_nobody_else()
        self._gaining.stop()
        self._detailing.stop()
        self._showing.stop()
        if self._work is not None:
            self._work.stop()


SHARED_COMMANDS = shared_commands("show_time")
