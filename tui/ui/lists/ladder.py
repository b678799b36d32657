"""The message ladder over the whole screen: agents side by side, what went between them below each other."""

from __future__ import annotations

import re
from collections.abc import Callable

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.timer import Timer

from tui.analysis.kinds.plural import counted
from tui.model.noderef import NodeRef
from tui.store import TraceStore
from tui.ui.command import Command
from tui.ui.lists.full_screen import FullScreen, Shared, shared_commands
from tui.ui.lists.list_screen import ListTools
from tui.ui.lists.why import Explain, WhyScreen
from tui.ui.live.status import as_of_store
from tui.ui.scheduler import SlicedWork
from tui.ui.theme import style_for
from tui.ui.time_share import TimeShare
from tui.ui.widgets.ladder_view import DetailPanel, LadderView
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.frame.footer import FooterFacts
from tui.viewmodel.ladder.detail import detail_lines
from tui.viewmodel.ladder.lines import heading_line
from tui.viewmodel.ladder.model import LadderModel
from tui.viewmodel.text.edge_words import agent_word, deed_counts
from tui.viewmodel.text.spans import Line, Span
from tui.viewmodel.text.styled_lines import elide_line, search_pattern

OBJECTS_PER_STEP = 1_000
"""Objects of a kind looked at between two key presses: some milliseconds."""

SHOW_INTERVAL = 0.25
"""Seconds between two updates of the rows while the recording grows."""

UPDATE_PARTS = 10
"""Updates take at most one part in this many of the time: with very many messages they become rarer."""


class LadderScreen(FullScreen[NodeRef | None]):
    """Ends with the node to go to, or with None."""

    SCOPE = "ladder"
    PLACE = "the ladder"
    HINTS = (
        ("show_help", "help"),
        ("open_edge", "go to it"),
        ("only_pair", "only these two"),
        ("next_of_agent", "next of agent"),
        ("next_agent", "column"),
        ("search_here", "search"),
        ("go_out", "close"),
    )

    view: LadderView

    def __init__(
        self,
        store: TraceStore,
        model: LadderModel,
        *,
        explain: Explain,
        list_links: Explain,
        go_to_moment: Callable[[NodeRef], None],
        tools: ListTools,
    ) -> None:
        """`explain` and `list_links` tell why something is here, and what is linked with it.

        `go_to_moment` shows everything as of when a message was sent.
        """
        super().__init__(tools)
        self.first_paint.hurry(len(store.event_log))
        self._explain = explain
        self._list_links = list_links
        self._go_to_moment = go_to_moment
        self._is_to_end = False
        self.model = model
        self._store = store
        self.view = LadderView(model, self.refresh_lines)
        self.detail = DetailPanel("ladder-detail")
        self._title = LineBar(style_for=style_for, id="ladder-title")
        self._heading = LineBar(style_for=style_for, id="ladder-heading")
        self._pattern: re.Pattern[str] | None = None
        self._work_timer: Timer | None = None
        self._work: SlicedWork[bool] = SlicedWork((), lambda: None)
        self._told_over: bool | None = None
        self._share = TimeShare(UPDATE_PARTS)

    def compose(self) -> ComposeResult:
        """Title, agents, rows, the row in full, footer."""
        yield self._title
        yield self._heading
        yield self.view
        yield self.detail
        yield self.footer.bar
        yield self.keys.box

    def on_mount(self) -> None:
        """Show what is there; the rest comes in slices."""
        self.view.focus()
        self.detail.show_title("Message")
        self._begin_work()
        self.first_paint.begin()
        self.set_interval(1.0, self._look_at_state)

    # Growing

    def grow(self) -> None:
        """The recording grew: show it soon."""
        if self._work_timer is None and self._work.is_over and self.is_mounted:
            self._work_timer = self.set_timer(max(SHOW_INTERVAL, self._share.rest_seconds), self._begin_work)

    def _begin_work(self) -> None:
        """Look at what is new, in slices; when all has been looked at, show it."""
        self._work_timer = None
        if not self.is_over:
            self._work.stop()
            self._work = SlicedWork(iter(lambda: self.model.prepare(OBJECTS_PER_STEP), True), self._show_new)  # noqa: FBT003  # `iter` ends with this value

    def _show_new(self) -> None:
        if self.is_over:
            return
        self._share.begin()
        self._told_over = self._is_over()
        if self.model.refresh(is_over=self._told_over):
            self.view.rows_changed(self.model.cursor)
        self._show_rows()
        self._share.end()

    def _is_over(self) -> bool:
        return self._store.recording.is_over

    def _look_at_state(self) -> None:
        """What is pending becomes undelivered when it turns out that nothing more will come."""
        if self._told_over is not None and self._is_over() != self._told_over:
            self._begin_work()
        self.refresh_lines()

    # Showing

    @property
    def is_up_to_date(self) -> bool:
        """Whether everything that is known is on the screen."""
        is_known = self._work_timer is None and self._work.is_over and self._told_over is not None
        return is_known and self.first_paint.is_over

    def refit(self) -> None:
        """Lay out for the size that there is now."""
        self._show_rows()

    def _show_rows(self) -> None:
        if not self.is_mounted or self.is_over:
            return
        self.view.fit(self._store.event_log.newest_seq or 0)
        self.view.rows_changed()
        self.view.move_cursor(self.model.cursor)
        self.refresh_lines()

    def refresh_lines(self) -> None:
        """Write the lines around the rows as things are."""
        if not self.is_mounted or self.is_over:
            return
        self._title.show(elide_line(self._title_line(), self.size.width, cell_len))
        self._heading.show(heading_line(self.model, self.view.columns, cell_len))
        panel = self.detail.scrollable_content_region
        self.detail.show(detail_lines(self.model, panel.width - 1, panel.height, cell_len))
        self.footer.refresh()

    def _title_line(self) -> Line:
        model, store = self.model, self._store
        state = as_of_store(store) or store.state
        if not model.is_known:
            return (Span(" Messages between agents", "title"), Span("  working …", "dim"))
        counts = deed_counts(model.counts) or "nothing passed on"
        if model.pair is None:
            agents = counted(model.agent_count, "agent")
            spans = [Span(" Messages between agents", "title"), Span(f"  {agents} · {state} · {counts}", "dim")]
        else:
            names = " and ".join(agent_word(model.trace, one) for one in model.agents)
            facts = f"  {state} · {counts}, {model.hidden:,} hidden"
            spans = [Span(" Messages between ", "title"), Span(names, "mark"), Span(facts, "dim")]
        if self._store.is_held:
            spans.append(Span("  ‖ paused", "warning"))
        return tuple(spans)

    def footer_facts(self, message: Span | None) -> FooterFacts:
        """Where the cursor is, and whether the newest row is followed."""
        agent = self.model.agent
        may_grow = not self._is_over() and not self._store.is_as_of_earlier
        facts = super().footer_facts(message)
        return facts._replace(
            is_following=may_grow and self.model.is_following,
            new_rows=self.model.new_rows if may_grow else 0,
            crumbs=[] if agent is None else [agent_word(self.model.trace, agent)],
        )

    # Keys

    def shared_commands(self) -> Shared:
        """Commands of the main screen that mean something here, too."""
        return SHARED_COMMANDS

    def also_helps(self, taken: set[str]) -> list[Command]:
        """The moves of all rows."""
        return self.row_moves(taken)

    # Agents

    def move_column(self, steps: int) -> None:
        """Go some columns to the right, or to the left."""
        before = self.model.shown_columns
        self.model.move_column(steps)
        if self.model.shown_columns != before:
            self.view.rows_changed()
        self.refresh_lines()

    def move_in_agent(self, steps: int) -> None:
        """Go to a row that begins or ends in the current column."""
        row = self.model.row_of_agent(steps)
        if row is None:
            self.say(f"nothing {'further down' if steps > 0 else 'further up'} begins or ends at this agent")
        else:
            self.view.move_cursor(row)

    def toggle_pair(self) -> None:
        """Only what these two agents passed each other, or all again."""
        if not self.model.toggle_pair():
            self.say("one end of this is not known, so there are not two agents to choose")
            return
        self.view.rows_changed(self.model.cursor)
        self._show_rows()

    # Following and searching

    def follow_newest(self) -> None:
        """Go to the newest row and stay with it."""
        self.view.follow()
        self.refresh_lines()

    def search_here(self) -> None:
        """Search agents, kinds and texts, as one types."""
        start = self.view.cursor

        def changed(text: str) -> str:
            self._pattern = search_pattern(text)
            self.view.move_cursor(start)
            return "" if self._pattern is None or self._find(start, 1) else "no match"

        def done(text: str | None) -> None:
            if text is None:
                self._pattern = None
                self.view.move_cursor(start)
            else:
                self._say_which()

        self.footer.ask("/ in the ladder", "", changed, done)

    def search_again(self, step: int) -> None:
        """The next match, or with −1 the match before."""
        if self._pattern is None:
            self.say("no search yet; press / to search")
        elif self._find(self.view.cursor + step, step):
            self._say_which()
        else:
            self.say("no match")

    def _say_which(self) -> None:
        """Which of the rows that match is under the cursor."""
        rows = [] if self._pattern is None else self.model.find_all(self._pattern)
        if self.view.cursor in rows:
            self.say(f"{rows.index(self.view.cursor) + 1:,} of {len(rows):,}")

    def _find(self, start: int, step: int) -> bool:
        row = None if self._pattern is None else self.model.find(self._pattern, start, step)
        if row is not None:
            self.view.move_cursor(row)
        return row is not None

    # Out

    def open_edge(self) -> None:
        """Go to what is under the cursor in the main view."""
        edge = None if self.model.current is None else self.model.current.edge
        if edge is None:
            self.say("nothing went over here")
        else:
            self.close(edge.node)

    def explain_why(self) -> None:
        """Why the message of this row is here, and what followed."""
        self._tell_about_row(self._explain)

    def list_edges(self) -> None:
        """Everything linked with the message of this row."""
        self._tell_about_row(self._list_links)

    def go_to_moment(self) -> None:
        """Close, and show everything as of when the message of this row was sent."""
        edge = None if self.model.current is None else self.model.current.edge
        if edge is None:
            self.say("nothing went over here")
        else:
            self.close()
            self._go_to_moment(edge.node)

    def _tell_about_row(self, tell: Explain) -> None:
        edge = None if self.model.current is None else self.model.current.edge
        if edge is None:
            self.say("nothing went over here")
            return
        why = WhyScreen(edge.node, tell, self._store, self.tools)
        self.app.push_screen(why, lambda node: self.close(node) if isinstance(node, NodeRef) else None)

    def cancel(self) -> None:
        """Show all again; with nothing left out, close."""
        if self.model.pair is not None:
            self.toggle_pair()
        else:
            self.close()

    def end(self) -> None:
        """What is shown is out of date: close, as soon as nothing lies over the ladder."""
        self._is_to_end = True
        if self.app.screen is self:
            self.close()

    def on_screen_resume(self) -> None:
        """A list over the ladder has gone."""
        if self._is_to_end:
            self.close()

    def stop_work(self) -> None:
        """Look no further."""
        self._work.stop()


SHARED_COMMANDS = shared_commands(
    "show_ladder",
    {
        "search_here": LadderScreen.search_here,
        "search_next": lambda ladder: ladder.search_again(1),
        "search_previous": lambda ladder: ladder.search_again(-1),
        "follow_newest": LadderScreen.follow_newest,
        "list_edges": LadderScreen.list_edges,
        "explain_why": LadderScreen.explain_why,
    },
)
