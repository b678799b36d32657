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
from tui.ui.keyboard import PAUSE_SECONDS, Keyboard, key_of, shown_keys
from tui.ui.screens.picker_screen import PickerScreen
from tui.ui.screens.prompt import Prompt
from tui.ui.screens.why_screen import Explain, WhyScreen
from tui.ui.theme import style_for
from tui.ui.widgets.ladder_view import DetailPanel, LadderView
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.edge_words import agent_word
from tui.viewmodel.footer import FooterFacts, Hint, footer_line, prompt_line
from tui.viewmodel.keys import KeyOutcome
from tui.viewmodel.ladder import LadderModel
from tui.viewmodel.ladder_detail import detail_lines
from tui.viewmodel.ladder_lines import heading_line
from tui.viewmodel.pick_lists import COMMAND_HINTS, Command, command_entries
from tui.viewmodel.spans import Line, Span
from tui.viewmodel.styled_lines import search_pattern

OBJECTS_PER_STEP = 1_000
"""Objects of a kind looked at between two key presses: some milliseconds."""

SHOW_INTERVAL = 0.25
"""Seconds between two updates of the rows while the recording grows."""

COST_FACTOR = 10
"""An update may take at most this part of the time: with very many messages they become rarer."""

GLOBAL_KEYS = (
    "search_here",
    "search_next",
    "search_previous",
    "follow_newest",
    "list_edges",
    "explain_why",
    "cancel",
    "go_back",
    "show_ladder",
    "show_help",
    "go_out",
    "quit",
)
"""Commands of the main screen that mean something here, too."""

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
        self, store: TraceStore, keyboard: Keyboard, model: LadderModel, *, explain: Explain, list_links: Explain
    ) -> None:
        """`explain` and `list_links` tell why something is here, and what is linked with it."""
        super().__init__()
        self._explain = explain
        self._list_links = list_links
        self.model = model
        self.is_over = False
        """Whether the ladder was closed."""
        self._store = store
        self._keyboard = keyboard
        self._message: Span | None = None
        self._prompt: Prompt | None = None
        self._pattern: re.Pattern[str] | None = None
        self._pause_timer: Timer | None = None
        self._work_timer: Timer | None = None
        self._told_over: bool | None = None
        self._cost = 0.0

    def compose(self) -> ComposeResult:
        """Title, agents, rows, the row in full, footer."""
        yield LineBar(style_for=style_for, id="ladder-title")
        yield LineBar(style_for=style_for, id="ladder-heading")
        self.view = LadderView(self.model, self.refresh_lines)
        self.detail = DetailPanel()
        yield self.view
        yield self.detail
        yield LineBar(style_for=style_for, id="ladder-footer")

    def on_mount(self) -> None:
        """Show what is there; the rest comes in slices."""
        self.view.focus()
        self.detail.show_title("Message")
        self._work()
        self.set_interval(1.0, self._look_at_state)

    def on_resize(self, _event: events.Resize) -> None:
        """Lay out for the new size."""
        self.call_after_refresh(self._show_rows)

    # Growing

    def grow(self) -> None:
        """The recording grew: show it soon."""
        if self._work_timer is None and self.is_mounted:
            self._work_timer = self.set_timer(max(SHOW_INTERVAL, self._cost * COST_FACTOR), self._work)

    def _work(self) -> None:
        """Look at a slice of what is new; when all has been looked at, show it."""
        self._work_timer = None
        if self.is_over:
            return
        if not self.model.prepare(OBJECTS_PER_STEP):
            self._work_timer = self.set_timer(0.001, self._work)
            return
        started = time.monotonic()
        self._told_over = self._is_over()
        if self.model.refresh(is_over=self._told_over):
            self.view.rows_changed(self.model.cursor)
        self._show_rows()
        self._cost = time.monotonic() - started

    def _is_over(self) -> bool:
        return self._store.state in ("ended", "cut off")

    def _look_at_state(self) -> None:
        """What is pending becomes undelivered when it turns out that nothing more will come."""
        if self._told_over is not None and self._is_over() != self._told_over:
            self._work()
        self.refresh_lines()

    # Showing

    @property
    def is_current(self) -> bool:
        """Whether everything that is known is on the screen."""
        return self._work_timer is None and self._told_over is not None

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
        self.query_one("#ladder-title", LineBar).show(self._title_line())
        self.query_one("#ladder-heading", LineBar).show(heading_line(self.model, self.view.columns, cell_len))
        panel = self.detail.scrollable_content_region
        self.detail.show(detail_lines(self.model, panel.width - 1, panel.height, cell_len))
        self._refresh_footer()

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

    def _refresh_footer(self) -> None:
        bar = self.query_one("#ladder-footer", LineBar)
        width = bar.size.width
        if self._prompt is not None:
            prompt = self._prompt
            bar.show(prompt_line(prompt.label, prompt.edit, prompt.remark, width, cell_len))
            return
        agent = self.model.agent
        may_grow = not self._is_over()
        facts = FooterFacts(
            is_following=may_grow and self.model.is_following,
            new_rows=self.model.new_rows if may_grow else 0,
            crumbs=[] if agent is None else [agent_word(self.model.trace, agent)],
            hints=self._hints(),
            pressed=self._keyboard.pressed,
            message=self._message,
        )
        bar.show(footer_line(facts, width, cell_len))

    def _hints(self) -> list[Hint]:
        if self._keyboard.pressed:
            return [Hint(*pair) for pair in self._keyboard.continuations()]
        bindings = self._keyboard.bindings
        return [Hint(shown_keys(bindings[name].keys[0]), word) for name, word in HINTS if bindings[name].keys]

    def say(self, text: str) -> None:
        """Show one line in the footer until the next key."""
        self._message = Span(text, "warning")
        self._refresh_footer()

    # Keys

    def on_key(self, event: events.Key) -> None:
        """Do what a key means here."""
        event.stop()
        event.prevent_default()
        key = key_of(event)
        if self.is_over:  # typed ahead of the closing: it is meant for what comes after
            self.app.post_message(events.Key(event.key, event.character))
            return
        self._message = None
        if self._prompt is not None:
            prompt = self._prompt
            if prompt.press(key) and self._prompt is prompt:
                self._prompt = None
            self._refresh_footer()
            return
        if self._pause_timer is not None:
            self._pause_timer.stop()
        for outcome in self._keyboard.press("ladder", key):
            self._do(outcome, key)
        if self._keyboard.pressed:
            self._pause_timer = self.set_timer(PAUSE_SECONDS, self._pause_over)
        if not self.is_over:
            self._refresh_footer()

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text goes into the typed line."""
        if self._prompt is not None:
            self._prompt.paste(event.text)
            self._refresh_footer()

    def _pause_over(self) -> None:
        outcome = self._keyboard.pause()
        if outcome is not None and not self.is_over:
            self._do(outcome, "")
            self._refresh_footer()

    def _do(self, outcome: KeyOutcome, key: str) -> None:
        if outcome.kind == "run":
            self.run_binding(outcome.binding_id, outcome.times)
        elif outcome.kind == "unknown":
            self.say(f"{shown_keys(key)} means nothing here; ? shows the keys")

    def run_binding(self, binding_id: str, times: int | None = None) -> None:
        """Do what a binding does: the rows for their own, this screen for the rest."""
        binding = self._keyboard.bindings[binding_id]
        if binding.scope == "global" and binding.id not in GLOBAL_KEYS:
            self.say(f"{binding.description.lower()}: not in the ladder; {self._close_key()} closes it")
            return
        if binding.scope == "rows":
            if binding.move is None or not self.view.perform(binding.move, times):
                self.say(f"{binding.description.lower()}: not in the ladder")
            return
        method: Callable[..., None] = getattr(self, f"action_{binding.action}")
        if binding.counted:
            method(times)
        else:
            method()

    def _close_key(self) -> str:
        return shown_keys(self._keyboard.bindings["go_out"].keys[0])

    # Agents

    def action_next_agent(self, count: int | None = None) -> None:
        """The column to the right."""
        self._move_column(count or 1)

    def action_previous_agent(self, count: int | None = None) -> None:
        """The column to the left."""
        self._move_column(-(count or 1))

    def _move_column(self, steps: int) -> None:
        before = self.model.shown_columns
        self.model.move_column(steps)
        if self.model.shown_columns != before:
            self.view.rows_changed()
        self.refresh_lines()

    def action_next_of_agent(self, count: int | None = None) -> None:
        """The next row that begins or ends in the current column."""
        self._move_in_agent(count or 1)

    def action_previous_of_agent(self, count: int | None = None) -> None:
        """The row before that begins or ends in the current column."""
        self._move_in_agent(-(count or 1))

    def _move_in_agent(self, steps: int) -> None:
        row = self.model.row_of_agent(steps)
        if row is None:
            self.say(f"nothing {'further down' if steps > 0 else 'further up'} begins or ends at this agent")
        else:
            self.view.move_cursor(row)

    def action_only_pair(self) -> None:
        """Only what these two agents passed each other, or all again."""
        if not self.model.toggle_pair():
            self.say("one end of this is not known: there are no two agents to choose")
            return
        self.view.rows_changed(self.model.cursor)
        self._show_rows()

    # Following and searching

    def action_follow_newest(self) -> None:
        """Go to the newest row and stay with it."""
        self.view.follow()
        self.refresh_lines()

    def action_search_here(self) -> None:
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

        self._prompt = Prompt("/ in the ladder", "", changed, done)
        self._refresh_footer()

    def action_search_next(self) -> None:
        """The next match."""
        self._search_again(1)

    def action_search_previous(self) -> None:
        """The match before."""
        self._search_again(-1)

    def _search_again(self, step: int) -> None:
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

    def action_show_help(self) -> None:
        """The keys that work here."""
        bindings = self._keyboard.bindings
        here = [one for one in bindings.values() if one.scope == "ladder"]
        taken = {key for one in here for key in one.keys}
        rows = [one for one in bindings.values() if one.scope == "rows" and one.group == "Move"]
        here += [one for one in rows if not taken.issuperset(one.keys)]
        here += [bindings[name] for name in GLOBAL_KEYS]
        commands = [Command("  ".join(map(shown_keys, one.keys)), one.description, one.group, one.id) for one in here]
        commands.sort(key=lambda command: [one.group for one in here].index(command.group))

        def chosen(choice: object) -> None:
            if choice is not None:
                self.run_binding(str(choice))

        entries, closing_keys = command_entries(commands), bindings["show_help"].keys
        screen = PickerScreen(
            "Keys in the ladder", entries, style_for=style_for, hints=COMMAND_HINTS, closing_keys=closing_keys
        )
        self.app.push_screen(screen, chosen)

    def action_open_edge(self) -> None:
        """Go to what is under the cursor in the main view."""
        edge = None if self.model.current is None else self.model.current.edge
        if edge is None:
            self.say("nothing went over here")
        else:
            self._close(edge.node)

    def action_explain_why(self) -> None:
        """Why the message of this row is here, and what followed."""
        self._tell_about_row(self._explain)

    def action_list_edges(self) -> None:
        """Everything linked with the message of this row."""
        self._tell_about_row(self._list_links)

    def _tell_about_row(self, tell: Explain) -> None:
        edge = None if self.model.current is None else self.model.current.edge
        if edge is None:
            self.say("nothing went over here")
            return
        why = WhyScreen(edge.node, tell, self._store, style_for=style_for)
        self.app.push_screen(why, lambda node: self._close(node) if isinstance(node, NodeRef) else None)

    def action_cancel(self) -> None:
        """Show all again; with nothing left out, close."""
        if self.model.pair is not None:
            self.action_only_pair()
        else:
            self._close(None)

    def action_go_out(self) -> None:
        """Close."""
        self._close(None)

    action_go_back = action_show_ladder = action_go_out

    def action_quit(self) -> None:
        """Leave the program."""
        self.app.exit(0)

    def _close(self, node: NodeRef | None) -> None:
        if not self.is_over:
            self.is_over = True
            self._keyboard.reset()
            self.dismiss(node)
