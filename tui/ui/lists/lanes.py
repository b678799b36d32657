"""Time over the whole screen: a lane an agent, the path that decided how long it took, and what is under the cursor."""

from __future__ import annotations

import time

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.timer import Timer

from tui.analysis.edges import EdgeBook
from tui.analysis.time.session_time import SessionTime
from tui.model.noderef import NodeRef
from tui.store import TraceStore
from tui.ui.command import Press
from tui.ui.lists.full_screen import FullScreen, Shared, shared_commands
from tui.ui.lists.list_screen import ListTools
from tui.ui.scheduler import SlicedWork
from tui.ui.theme import style_for
from tui.ui.widgets.lanes_view import LanesView
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.lanes.model import LanesModel
from tui.viewmodel.moves import Move
from tui.viewmodel.spans import Span

LOOK_SECONDS = 1.0
"""How often a growing recording is looked at."""

COST_FACTOR = 10
"""A new count begins this many times as long behind the last one as that took."""


class LanesScreen(FullScreen[NodeRef | None]):
    """Ends with the node to go to, or with None."""

    SCOPE = "lanes"
    PLACE = "the time view"
    HINTS = (
        ("show_help", "help"),
        ("go_to_work", "go to it"),
        ("next_piece", "path"),
        ("zoom_in", "zoom"),
        ("fit_all", "all"),
        ("go_out", "close"),
    )

    view: LanesView

    def __init__(self, store: TraceStore, tools: ListTools) -> None:
        super().__init__(tools)
        self._store = store
        self._time = SessionTime()
        self.model = LanesModel(store.trace, store.index, self._time, cell_len)
        self._counted: tuple[int, int] | None = None
        self._rest_until = 0.0
        self.view = LanesView(self.model, self.refresh_lines)
        names = ("title", "axis", "path", "detail")
        self._bars = {name: LineBar(style_for=style_for, id=f"lanes-{name}") for name in names}
        self._work: SlicedWork[None] | None = None
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Title, axis, lanes, the path, what is under the cursor, footer."""
        yield self._bars["title"]
        yield self._bars["axis"]
        yield self.view
        yield self._bars["path"]
        yield self._bars["detail"]
        yield self.footer.bar
        yield self.keys.box

    def on_mount(self) -> None:
        """Show what is there; the rest comes in slices."""
        self.view.focus()
        self._count()
        self.first_paint.begin()
        self._timer = self.set_interval(LOOK_SECONDS, self._look)

    # Counting

    @property
    def is_current(self) -> bool:
        """Whether everything that was read is on the screen."""
        return self._counted == self._now and (self._work is None or self._work.is_over)

    @property
    def _now(self) -> tuple[int, int]:
        return self._store.generation, len(self._store.event_log)

    def _look(self) -> None:
        """Count again when the recording has grown, unless the last count was long."""
        is_busy = self._work is not None and not self._work.is_over
        if not (self.is_over or is_busy or self._counted == self._now) and time.monotonic() >= self._rest_until:
            self._count()

    def _count(self) -> None:
        store, started = self._store, time.monotonic()
        if self._counted is not None and self._counted[0] != store.generation:
            self.close()  # another recording: its agents are not these
            return
        self._counted, counted = self._now, SessionTime()
        is_over = store.recording.is_over
        book = EdgeBook(store.trace, store.index)
        steps = counted.steps(store.trace, store.index, book, is_over=is_over)

        def done() -> None:
            self._rest_until = time.monotonic() + COST_FACTOR * (time.monotonic() - started)
            self._take(counted)

        self._work = SlicedWork(steps, done, on_slice=lambda _: self._take_lives(counted))

    def _take_lives(self, counted: SessionTime) -> None:
        """Lives can be seen before the path is known."""
        if counted.lives and not self._time.lives:
            self._take(counted)

    def _take(self, counted: SessionTime) -> None:
        if not self.is_over:
            self._time = counted
            self.model.renew(counted)
            self._show()

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
        state = Span(f" · {self._store.state}", "dim")
        self._bars["title"].show((Span(" Time  ", "title"), *self.model.title(), state))
        self._bars["axis"].show(self.model.axis(width))
        self._bars["path"].show(self.model.path_line(width))
        self._bars["detail"].show(self.model.detail())
        self.footer.refresh()

    # Keys

    def shared_commands(self) -> Shared:
        """Commands of the main screen that mean something here, too."""
        return SHARED_COMMANDS

    def move(self, move: Move, press: Press) -> None:
        """Move in time, or to another agent."""
        self.view.perform(move, press.times)

    def go_to_work(self) -> None:
        """Go to what is under the cursor in the main view."""
        self.close(self.model.node)

    def stop_work(self) -> None:
        """Count no further."""
        if self._work is not None:
            self._work.stop()


SHARED_COMMANDS = shared_commands("show_time")
