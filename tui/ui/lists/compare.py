"""Two recordings, or two requests, over the whole screen: where they part, and what caused it."""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterator
from typing import Protocol

from rich.cells import cell_len
from textual.app import ComposeResult

from tui.analysis.compare.comparison import AgentComparison
from tui.ui.command import Command
from tui.ui.lists.full_screen import FullScreen, Shared, shared_commands
from tui.ui.lists.list_screen import ListTools
from tui.ui.scheduler import SlicedWork
from tui.ui.theme import style_for
from tui.ui.time_share import TimeShare
from tui.ui.widgets.compare_view import CompareView
from tui.ui.widgets.ladder_view import DetailPanel
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.compare.detail import detail_lines
from tui.viewmodel.compare.heading import note_text, settings_line, title_line
from tui.viewmodel.compare.model import CompareModel
from tui.viewmodel.text.spans import Line, Span
from tui.viewmodel.text.styled_lines import wrap_within

LOOK_SECONDS = 0.25
"""How often it is looked whether the recordings have been read, or have grown."""

COMPARE_PARTS = 10
"""Comparing takes at most one part in this many of the time."""

SHOW_SECONDS = 0.1
"""Time between two pictures of what was compared meanwhile."""


PANEL_LINES = 12
"""Lines of the panel, its border included, under rows that fill the screen."""

PANEL_SHARE = 0.4
"""The part of a low screen that it has instead."""


class CompareWork(Protocol):
    """What is compared, apart from the screen."""

    def waits_for(self) -> str:
        """What must be read before anything can be compared, in one line; empty once all of it is."""

    def moment(self) -> Hashable:
        """Another value whenever there is more to compare."""

    def is_outdated(self) -> bool:
        """Whether one of the recordings is another one now."""

    def steps(self) -> Iterator[AgentComparison | None]:
        """Compare what there is, in short steps."""


_HEAD_LINES = ("cause", "settings", "note")
"""The lines over the rows that may need a second row."""

_HEIGHT_FOR_MORE = 20
"""On a lower screen they get none."""


class CompareScreen(FullScreen[None]):
    """Ends with nothing: the way from here to an item leads through the model's side."""

    SCOPE = "compare"
    PLACE = "the comparison"
    HINTS = (
        ("show_help", "help"),
        ("open_compared", "go to it"),
        ("next_parting", "next parting"),
        ("show_same", "same rows"),
        ("swap_sides", "swap"),
        ("go_out", "close"),
    )

    view: CompareView

    def __init__(self, model: CompareModel, work: CompareWork, tools: ListTools) -> None:
        super().__init__(tools)
        self.model = model
        self.view = CompareView(model, self.refresh_lines)
        self.detail = DetailPanel("compare-detail")
        names = ("title", *(name for one in _HEAD_LINES for name in (one, f"{one}-more")))
        self._bars = {name: LineBar(style_for=style_for, id=f"compare-{name}") for name in names}
        for name in _HEAD_LINES:
            self._bars[f"{name}-more"].display = False
        self._compared = work
        self._at: Hashable = None
        self._new: list[AgentComparison] = []
        """What was compared and is not on the screen."""
        self._shown_at = 0.0
        self._rest_until = 0.0
        self._may_change = True
        """Whether the lines around the rows may change though nothing new is to be compared."""
        self._share = TimeShare(COMPARE_PARTS)
        self._work: SlicedWork[None] | None = None

    def compose(self) -> ComposeResult:
        """Title, cause, settings, rows, both sides of the row in full, footer."""
        yield from self._bars.values()
        yield self.view
        yield self.detail
        yield self.footer.bar
        yield self.keys.box

    def on_mount(self) -> None:
        """Show what is known; the rest comes in slices."""
        self.view.focus()
        self.detail.show_title("Both sides")
        self._look()
        self.first_paint.begin()
        self.set_interval(LOOK_SECONDS, self._look)

    def refit(self) -> None:
        """Lay out for the size that there is now."""
        self._show()

    # Comparing

    @property
    def is_up_to_date(self) -> bool:
        """Whether everything that was read has been compared and is on the screen."""
        is_idle = self._work is not None and self._work.is_over and self.first_paint.is_over
        return is_idle and not self._compared.waits_for() and self._at == self._compared.moment()

    def _look(self) -> None:
        """Compare when everything has been read, and again when there is more, unless that took long."""
        if self.is_over:
            return
        if self._compared.is_outdated():
            self.close()
            return
        waits = self._compared.waits_for()
        if waits and self._at is None:
            if waits != self.view.reason_for_nothing:
                self.view.reason_for_nothing = waits
                self._show()
        elif not waits and (self._work is None or self._work.is_over) and time.monotonic() >= self._rest_until:
            if self._at != self._compared.moment():
                self._compare()
            elif self._may_change:
                self._may_change = any(side.may_grow() for side in self.model.sides)
                self.refresh_lines()

    def _compare(self) -> None:
        self._share.begin()
        self._may_change = True
        self._at = self._compared.moment()
        self.view.reason_for_nothing = "Comparing…"

        def done() -> None:
            self._share.end()
            self._rest_until = time.monotonic() + self._share.rest_seconds
            self.model.is_complete = True
            self._show()

        self._work = SlicedWork(self._steps(), done, on_slice=lambda _: self._show_new())

    def _steps(self) -> Iterator[None]:
        for found in self._compared.steps():
            if found is not None:
                self._new.append(found)
            yield None

    # Showing

    def _show_new(self) -> None:
        """Show the first difference at once, what follows now and then: there may be thousands of agents."""
        is_first = not self.model.parting_count and any(one.partings for one in self._new)
        if self._new and (is_first or time.monotonic() >= self._shown_at + SHOW_SECONDS):
            self._show()

    def _show(self) -> None:
        if self._new:
            self.model.take(*self._new)
            self._new.clear()
        self._shown_at = time.monotonic()
        if self.is_mounted and not self.is_over:
            self.view.rows_renewed()

    def refresh_lines(self) -> None:
        """Write the lines around the rows as things are."""
        if not self.is_mounted or self.is_over:
            return
        self._bars["title"].show(title_line(self.model, self.size.width, cell_len))
        rows = 2 if self.size.height >= _HEIGHT_FOR_MORE else 1
        self._show_head("settings", settings_line(self.model, rows * self.size.width, cell_len), rows)
        self._show_head("cause", (Span(f"  ✂ {self.model.cause}", "cut"),), rows)
        self._bars["cause"].display = bool(self.model.cause)
        note = note_text(self.model)
        self._show_head("note", (Span(f"  {note}", "warning"),), rows)
        self._bars["note"].display = bool(note)
        height = self._panel_height()
        self.detail.styles.height = height
        width = self.detail.scrollable_content_region.width
        self.detail.show(detail_lines(self.model, width - 1, height - self.detail.gutter.height, cell_len))
        self.footer.refresh()

    def _show_head(self, name: str, line: Line, rows: int) -> None:
        """A line over the rows; one that is too long goes on in a second row, which then stays."""
        first, *more = wrap_within(line, self.size.width, rows, cell_len, "    ")
        self._bars[name].show(first)
        bar = self._bars[f"{name}-more"]
        bar.show(more[0] if more else ())
        bar.display = rows > 1 and (bar.display or bool(more))

    def _panel_height(self) -> int:
        """Lines of the panel: all that the rows leave free, and a share of the screen where they need it all.

        Before there are rows it has its share: they would be scrolled for the one line that they had.
        """
        room = self.size.height - sum(bar.display for bar in (*self._bars.values(), self.footer.bar))
        share = min(PANEL_LINES, int(room * PANEL_SHARE))
        return max(share, room - len(self.model.rows)) if self.model.rows else share

    # Keys

    def shared_commands(self) -> Shared:
        """Commands of the main screen that mean something here, too."""
        return SHARED_COMMANDS

    def also_helps(self, taken: set[str]) -> list[Command]:
        """The moves of all rows."""
        return self.row_moves(taken)

    def go_parting(self, step: int) -> None:
        """Go to another parting."""
        if self.model.go_parting(step):
            self.view.rows_renewed()
        elif not self.model.parting_count:
            self.say("nothing differs" if self.model.is_complete else "no difference so far")
        else:
            self.say(f"this is the {'last' if step > 0 else 'first'} parting")

    def show_same(self) -> None:
        """Show what is the same, too, or only what differs."""
        self.model.toggle_same()
        self.view.rows_renewed()
        if self.model.shows_same and not any(row.kind == "same" for row in self.model.rows):
            self.say("no equal row before a parting; zR unfolds what follows")

    def swap_sides(self) -> None:
        """What was A is B now."""
        self.model.swap()
        self.view.rows_renewed()

    def open_compared(self, *, of_b: bool = False) -> None:
        """Go to the item, or the agent, in its own recording; on the row that folds, fold or unfold."""
        row = self.model.current
        if row is not None and row.kind == "follow" and not of_b:
            self.model.toggle_fold()
            self.view.rows_renewed()
            return
        target = self.model.target("b" if of_b else None)
        if target is None:
            self.say("there is no object behind this row")
        elif of_b and target[0] != "b":
            self.say("B has nothing here")
        else:
            which, node = target
            self.model.sides[0 if which == "a" else 1].visit(node)

    def stop_work(self) -> None:
        """Compare no further; opened again, the comparison begins where nothing was lost."""
        if self._work is not None:
            self._work.stop()


SHARED_COMMANDS = shared_commands("compare_recordings", {"compare_requests": lambda view: view.close()})
