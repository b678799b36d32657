"""The message ladder over the whole screen: agents side by side, what went between them below each other."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.timer import Timer

from tui.model.noderef import NodeRef
from tui.store import TraceStore
from tui.ui.command import Command, Press
from tui.ui.first_paint import FirstPaint
from tui.ui.footer import Footer
from tui.ui.key_reader import KeyReader
from tui.ui.keyboard import Keyboard, key_of
from tui.ui.listed_commands import listed_commands
from tui.ui.lists.list_screen import ListTools
from tui.ui.lists.picker import COMMAND_HINTS, PickerScreen
from tui.ui.lists.why import Explain, WhyScreen
from tui.ui.scheduler import SlicedWork
from tui.ui.theme import style_for
from tui.ui.widgets.ladder_view import DetailPanel, LadderView
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.edge_words import agent_word
from tui.viewmodel.footer import FooterFacts, Hint, footer_line
from tui.viewmodel.ladder import LadderModel
from tui.viewmodel.ladder_detail import detail_lines
from tui.viewmodel.ladder_lines import heading_line
from tui.viewmodel.pick_lists import command_entries
from tui.viewmodel.spans import Line, Span
from tui.viewmodel.styled_lines import search_pattern

OBJECTS_PER_STEP = 1_000
"""Objects of a kind looked at between two key presses: some milliseconds."""

SHOW_INTERVAL = 0.25
"""Seconds between two updates of the rows while the recording grows."""

COST_FACTOR = 10
"""An update may take at most this part of the time: with very many messages they become rarer."""

HINTS = (
    ("show_help", "help"),
    ("open_edge", "go to it"),
    ("only_pair", "only these two"),
    ("next_of_agent", "next of agent"),
    ("next_agent", "column"),
    ("search_here", "search"),
    ("go_out", "close"),
)


class LadderScreen(Screen[NodeRef | None]):
    """Ends with the node to go to, or with None."""

    BINDINGS = []  # noqa: RUF012  # one way for every key: `on_key`

    def __init__(
        self,
        store: TraceStore,
        keyboard: Keyboard,
        model: LadderModel,
        *,
        explain: Explain,
        list_links: Explain,
        tools: ListTools,
    ) -> None:
        """`explain` and `list_links` tell why something is here, and what is linked with it."""
        super().__init__()
        self._explain = explain
        self._list_links = list_links
        self._tools = tools
        self._is_to_end = False
        self.first_paint = FirstPaint(self)
        self.model = model
        self.is_over = False
        """Whether the ladder was closed."""
        self._store = store
        self._keyboard = keyboard
        self.view = LadderView(model, self.refresh_lines)
        self.detail = DetailPanel()
        self._title = LineBar(style_for=style_for, id="ladder-title")
        self._heading = LineBar(style_for=style_for, id="ladder-heading")
        self._footer = Footer(self._footer_line, cell_len, name="ladder-footer")
        self._keys = KeyReader(self, keyboard, self._footer, scope=lambda: "ladder", run=self.run_command)
        self._pattern: re.Pattern[str] | None = None
        self._work_timer: Timer | None = None
        self._work: SlicedWork[bool] = SlicedWork((), lambda: None)
        self._told_over: bool | None = None
        self._cost = 0.0

    def compose(self) -> ComposeResult:
        """Title, agents, rows, the row in full, footer."""
        yield self._title
        yield self._heading
        yield self.view
        yield self.detail
        yield self._footer.bar
        yield self._keys.box

    def on_mount(self) -> None:
        """Show what is there; the rest comes in slices."""
        self.view.focus()
        self.detail.show_title("Message")
        self._begin_work()
        self.first_paint.begin()
        self.set_interval(1.0, self._look_at_state)

    def on_resize(self, _event: events.Resize) -> None:
        """Lay out for the new size."""
        self.call_after_refresh(self._show_rows)

    # Growing

    def grow(self) -> None:
        """The recording grew: show it soon."""
        if self._work_timer is None and self._work.is_over and self.is_mounted:
            self._work_timer = self.set_timer(max(SHOW_INTERVAL, self._cost * COST_FACTOR), self._begin_work)

    def _begin_work(self) -> None:
        """Look at what is new, in slices; when all has been looked at, show it."""
        self._work_timer = None
        if not self.is_over:
            self._work.stop()
            self._work = SlicedWork(iter(lambda: self.model.prepare(OBJECTS_PER_STEP), True), self._show_new)  # noqa: FBT003  # `iter` ends with this value

    def _show_new(self) -> None:
        if self.is_over:
            return
        started = time.monotonic()
        self._told_over = self._is_over()
        if self.model.refresh(is_over=self._told_over):
            self.view.rows_changed(self.model.cursor)
        self._show_rows()
        self._cost = time.monotonic() - started

    def _is_over(self) -> bool:
        return self._store.recording.is_over

    def _look_at_state(self) -> None:
        """What is pending becomes undelivered when it turns out that nothing more will come."""
        if self._told_over is not None and self._is_over() != self._told_over:
            self._begin_work()
        self.refresh_lines()

    # Showing

    @property
    def is_current(self) -> bool:
        """Whether everything that is known is on the screen."""
        return self._work_timer is None and self._work.is_over and self._told_over is not None

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
        self._title.show(self._title_line())
        self._heading.show(heading_line(self.model, self.view.columns, cell_len))
        panel = self.detail.scrollable_content_region
        self.detail.show(detail_lines(self.model, panel.width - 1, panel.height, cell_len))
        self._footer.refresh()

    def _title_line(self) -> Line:
        model, state = self.model, self._store.state
        count = f"{model.edge_count:,} message{'s' * (model.edge_count != 1)}"
        if model.pair is None:
            agents = f"{model.agent_count} agent{'s' * (model.agent_count != 1)}"
            spans = [Span(" Messages between agents", "title"), Span(f"  {count} · {agents} · {state}", "dim")]
        else:
            names = " and ".join(agent_word(model.trace, one) for one in model.agents)
            facts = f"  {count}, {model.hidden:,} hidden · {state}"
            spans = [Span(" Messages between ", "title"), Span(names, "mark"), Span(facts, "dim")]
        if self._store.is_held:
            spans.append(Span("  ‖ paused", "warning"))
        return tuple(spans)

    def _footer_line(self, message: Span | None, width: int) -> Line:
        agent = self.model.agent
        may_grow = not self._is_over()
        facts = FooterFacts(
            is_following=may_grow and self.model.is_following,
            new_rows=self.model.new_rows if may_grow else 0,
            crumbs=[] if agent is None else [agent_word(self.model.trace, agent)],
            hints=self._hints(),
            pressed=self._keyboard.pressed,
            message=message,
        )
        return footer_line(facts, width, cell_len)

    def _hints(self) -> list[Hint]:
        if self._keyboard.pressed:
            return [Hint(*pair) for pair in self._keyboard.continuations()]
        hints = [Hint(self._keyboard.first_key(name), word) for name, word in HINTS]
        return [hint for hint in hints if hint.key]

    def say(self, text: str) -> None:
        """Show one line in the footer until the next key."""
        self._footer.say(text, "warning")

    # Keys

    def on_key(self, event: events.Key) -> None:
        """Do what a key means here."""
        event.stop()
        event.prevent_default()
        key = key_of(event)
        if self.is_over or self.app.screen is not self:  # typed ahead: it is meant for what is on top by now
            self.app.post_message(events.Key(event.key, event.character))
            return
        self._keys.press(key)

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text goes into the typed line."""
        self._footer.paste(event.text)

    def run_command(self, command: Command, press: Press) -> None:
        """Do what a command does: the rows for their moves, this screen for the rest."""
        if command.move is not None:
            if not self.view.perform(command.move, press.times):
                self.say(f"{command.description.lower()}: not in the ladder")
        elif command.scope == "ladder":
            command.run(self, press)
        elif command.id in SHARED_COMMANDS:
            SHARED_COMMANDS[command.id](self)
        else:
            self.say(
                f"{command.description.lower()}: not in the ladder; {self._keyboard.first_key('go_out')} closes it"
            )

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
            self.say("one end of this is not known: there are no two agents to choose")
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

        self._footer.ask("/ in the ladder", "", changed, done)

    def search_again(self, step: int) -> None:
        """The next match, or with −1 the match before."""
        if self._pattern is None:
            self.say("nothing was searched for; / searches")
        elif not self._find(self.view.cursor + step, step):
            self.say("no match")

    def _find(self, start: int, step: int) -> bool:
        row = None if self._pattern is None else self.model.find(self._pattern, start, step)
        if row is not None:
            self.view.move_cursor(row)
        return row is not None

    # Help and out

    def show_help(self) -> None:
        """The keys that work here."""
        commands = self._keyboard.commands
        here = [one for one in commands.values() if one.scope == "ladder"]
        taken = {key for one in here for key in one.keys}
        rows = [one for one in commands.values() if one.scope == "rows" and one.group == "Move"]
        here += [one for one in rows if not taken.issuperset(one.keys)]
        here += [commands[name] for name in SHARED_COMMANDS]
        listed = listed_commands(here)

        def chosen(choice: object) -> None:
            if choice is not None:
                self.run_command(commands[str(choice)], Press())

        screen = PickerScreen(
            "Keys in the ladder", command_entries(listed), self._tools, hints=COMMAND_HINTS, opened_by="show_help"
        )
        self.app.push_screen(screen, chosen)

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

    def _tell_about_row(self, tell: Explain) -> None:
        edge = None if self.model.current is None else self.model.current.edge
        if edge is None:
            self.say("nothing went over here")
            return
        why = WhyScreen(edge.node, tell, self._store, self._tools)
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

    def close(self, node: NodeRef | None = None) -> None:
        """Close, with the node to go to, once."""
        if not self.is_over:
            self.is_over = True
            self._keys.stop()
            self._work.stop()
            self._keyboard.reset()
            self.dismiss(node)


SHARED_COMMANDS: dict[str, Callable[[LadderScreen], None]] = {
    "search_here": LadderScreen.search_here,
    "search_next": lambda ladder: ladder.search_again(1),
    "search_previous": lambda ladder: ladder.search_again(-1),
    "follow_newest": LadderScreen.follow_newest,
    "list_edges": LadderScreen.list_edges,
    "explain_why": LadderScreen.explain_why,
    "cancel": LadderScreen.cancel,
    "go_back": LadderScreen.close,
    "show_ladder": LadderScreen.close,
    "show_help": LadderScreen.show_help,
    "go_out": LadderScreen.close,
    "quit": lambda ladder: ladder.app.exit(0),
}
"""Commands of the main screen that mean something here, too, in the order of the help."""
