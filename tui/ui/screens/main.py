"""The screen: status line, three panes, footer; keys go in, commands come out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.timer import Timer

from tui.store import TraceStore
from tui.ui.bindings import FOOTER_HINTS
from tui.ui.keyboard import PAUSE_SECONDS, Keyboard, key_of, shown_keys
from tui.ui.screens.agent_commands import AgentCommands
from tui.ui.screens.find import FindCommands
from tui.ui.screens.growth import GrowthDisplay
from tui.ui.screens.ladder_commands import LadderCommands
from tui.ui.screens.look import LookCommands
from tui.ui.screens.problems import ProblemCommands
from tui.ui.screens.prompt import Prompt
from tui.ui.screens.rebuild import RebuildViews
from tui.ui.screens.recall import RecallPlace
from tui.ui.screens.show import ShowSelection
from tui.ui.screens.statistics_commands import StatisticsCommands
from tui.ui.screens.take import TakeCommands
from tui.ui.terminal.textual_private import driver_of
from tui.ui.theme import style_for, use_theme
from tui.ui.widgets.conversation_view import ConversationView
from tui.ui.widgets.line_bar import LineBar
from tui.ui.widgets.payload_inspector import PayloadInspector
from tui.ui.widgets.timeline_view import TimelineView
from tui.viewmodel.footer import FooterFacts, Hint, footer_line, prompt_line
from tui.viewmodel.keys import KeyOutcome
from tui.viewmodel.layout import PANES, Arrangement, Pane, arrange, next_pane
from tui.viewmodel.modes import Mode, Modes
from tui.viewmodel.navigation import History, Place
from tui.viewmodel.spans import Span

LAYOUT_CLASSES = ("side-by-side", "stacked", "single", "too-small")
TOO_SMALL = Span("too small: 20 columns and 6 rows are the least", "warning")


class MainScreen(
    ShowSelection,
    AgentCommands,
    StatisticsCommands,
    FindCommands,
    LadderCommands,
    ProblemCommands,
    TakeCommands,
    LookCommands,
    RebuildViews,
    RecallPlace,
    GrowthDisplay,
):
    """Owns the panes and leads keys to commands; what the commands do stands in the classes it is made of."""

    BINDINGS = []  # noqa: RUF012  (one way for every key: `press`)

    def __init__(self, store: TraceStore, keyboard: Keyboard, notices: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.store = store
        self.keyboard = keyboard
        self.history = History()
        self.modes = Modes()
        self.marks: dict[str, Place] = {}
        self.measure = cell_len
        self._message: Span | None = Span("  ".join(notices), "warning") if notices else None
        self._prompt: Prompt | None = None
        self._pause_timer: Timer | None = None
        self._detail: Pane = "conversation"
        self._arrangement: Arrangement | None = None
        self._reset_growth()

    def compose(self) -> ComposeResult:
        """Status, panes, footer."""
        self.timeline = TimelineView(self._new_model(), style_for=style_for, id="timeline")
        self.conversation = ConversationView(self.store, style_for=style_for, id="conversation")
        self.inspector = PayloadInspector(self.store, style_for=style_for, id="payload")
        yield LineBar(style_for=style_for, id="status")
        with Container(id="panes"):
            yield self.timeline
            with Container(id="details"):
                yield self.conversation
                yield self.inspector
        yield LineBar(style_for=style_for, id="footer")

    def on_mount(self) -> None:
        """Show what has been read while the screen was being built."""
        self.timeline.show_title("Timeline")
        self.inspector.show(None)
        self.timeline.focus()
        self.arrange_panes()
        self.catch_up()

    def on_resize(self, _event: events.Resize) -> None:
        """Fit the panes to the new size."""
        self.arrange_panes()
        self.refresh_status()
        self.refresh_footer()

    # Keys

    def press(self, event: events.Key) -> None:
        """Do what a key means: for the typed line if there is one, else for the focused pane."""
        key = key_of(event)
        self.is_touched = True
        if self._prompt is not None:
            self._press_in_prompt(self._prompt, key)
            return
        self._stop_pause_timer()
        self._message = None
        for outcome in self.keyboard.press(self.pane, key):
            self._do(outcome, key)
        if self.keyboard.pressed:
            self._pause_timer = self.set_timer(PAUSE_SECONDS, self._pause_over)
        self.refresh_footer()

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text goes into the typed line; commands are not pasted."""
        if self._prompt is not None:
            self._prompt.paste(event.text)
            self.refresh_footer()

    def run_binding(self, binding_id: str, times: int | None = None, argument: str = "") -> None:
        """Do what a binding does: the focused pane for its moves, this screen for the global ones."""
        binding = self.keyboard.bindings[binding_id]
        if binding.move is not None:
            if not self.pane_widget(self.pane).perform(binding.move, times):
                self.say(f"{binding.description.lower()}: not in the {self.pane}", "warning")
            return
        arguments = [binding.argument or argument] if binding.argument or binding.takes_letter else []
        getattr(self, f"action_{binding.action}")(*arguments)

    def _do(self, outcome: KeyOutcome, key: str) -> None:
        if outcome.kind == "run":
            self.run_binding(outcome.binding_id, outcome.times, outcome.argument)
        elif outcome.kind == "unknown":
            self.say(f"{shown_keys(key)} means nothing here; ? shows the keys", "dim")

    def _pause_over(self) -> None:
        outcome = self.keyboard.pause()
        if outcome is not None:
            self._do(outcome, "")
            self.refresh_footer()

    def _stop_pause_timer(self) -> None:
        if self._pause_timer is not None:
            self._pause_timer.stop()
            self._pause_timer = None

    def action_cancel(self) -> None:
        """Stop what is under way, else leave the mode that was entered last."""
        if self.inspector.stop_work() or self.stop_search():
            self.say("stopped")
            return
        mode = self.modes.last_of()
        if mode is not None:
            self.leave_mode(mode)

    def leave_mode(self, mode: Mode) -> None:
        """Be in a mode no longer, and undo what it did."""
        self.modes.leave(mode)
        if mode == "zoom":
            self.arrange_panes()
        elif mode == "filter":
            self.filter_rows("")
        elif mode == "search":
            self.forget_search()
        else:
            self.store.release()
            self.catch_up()
        self.refresh_footer()

    # The typed line

    def ask(
        self,
        label: str,
        text: str,
        on_change: Callable[[str], str],
        on_done: Callable[[str | None], None],
        **extras: Any,
    ) -> None:
        """Type a line in the footer; `extras` are the other arguments of `Prompt`."""
        self._prompt = Prompt(label, text, on_change, on_done, **extras)
        self.refresh_footer()

    def remark_in_prompt(self, remark: str) -> None:
        """Say something about the text that is being typed, if there is one."""
        if self._prompt is not None:
            self._prompt.remark = remark
            self.refresh_footer()

    def _press_in_prompt(self, prompt: Prompt, key: str) -> None:
        if prompt.press(key) and self._prompt is prompt:
            self._prompt = None
        self.refresh_footer()

    # Panes

    def focus_pane(self, pane: Pane) -> None:
        """Give a pane the focus and make it visible."""
        if pane != "timeline":
            self._detail = pane
        self.arrange_panes(pane)
        self.pane_widget(pane).focus(scroll_visible=False)
        self.refresh_footer()

    def arrange_panes(self, focused: Pane | None = None) -> None:
        """Lay the panes out for the size of the screen."""
        focused = focused or self.pane
        arrangement = arrange(self.size.width, self.size.height, focused, self._detail, zoomed="zoom" in self.modes)
        if arrangement == self._arrangement:
            return
        self._arrangement = arrangement
        for name in LAYOUT_CLASSES:
            self.set_class(name == arrangement.layout, f"-{name}")
        for pane in PANES:
            self.pane_widget(pane).display = pane in arrangement.visible
        self._show_details(arrangement)

    def _show_details(self, arrangement: Arrangement) -> None:
        details = self.query_one("#details")
        details.display = bool({"conversation", "payload"} & set(arrangement.visible))
        self.timeline.set_class(details.display, "-beside")

    def wear_theme(self, name: str) -> None:
        """Draw everything anew in another theme."""
        use_theme(name)
        self.app.theme = f"rtrace-{name}"
        for pane in PANES:
            self.pane_widget(pane).forget_styles()
        for bar in self.query(LineBar):
            bar.forget_styles()

    def on_descendant_focus(self, _event: events.DescendantFocus) -> None:
        """A pane got the focus, perhaps by a click."""
        if self.pane != "timeline":
            self._detail = self.pane
        self.refresh_footer()

    # Lines

    def say(self, text: str, style: str = "") -> None:
        """Show one line in the footer until the next key."""
        self._message = Span(text, style) if text else None
        self.refresh_footer()

    def refresh_footer(self) -> None:
        """Show the footer as things are."""
        if not self.is_mounted:
            return
        bar = self.query_one("#footer", LineBar)
        width = bar.size.width
        if self._prompt is not None:
            prompt = self._prompt
            bar.show(prompt_line(prompt.label, prompt.edit, prompt.remark, width, self.measure))
        else:
            bar.show(footer_line(self._footer_facts(), width, self.measure))

    def _footer_facts(self) -> FooterFacts:
        pressed = self.keyboard.pressed
        may_grow = self.store.state in ("live", "waiting")
        hints = [Hint(*pair) for pair in self.keyboard.continuations()] if pressed else self._hints()
        return FooterFacts(
            is_following=may_grow and self.timeline.is_following,
            new_rows=self.timeline.new_rows if may_grow else 0,
            crumbs=self._crumbs(),
            hints=hints,
            pressed=pressed,
            message=TOO_SMALL if self.has_class("-too-small") else self._message,
            modes=self._mode_words(),
        )

    def _crumbs(self) -> list[str]:
        """Where one is: in the payload its own path, else the rows of the timeline from the agent down."""
        is_in_payload = self.pane == "payload" and self.inspector.remark
        return [self.inspector.remark] if is_in_payload else self.timeline.breadcrumb()

    def _hints(self) -> list[Hint]:
        """What the footer names; while a pane is out of sight, where Tab leads comes right behind the help."""
        is_whole = self._arrangement is None or len(self._arrangement.visible) == len(PANES)
        tab = () if is_whole else (("focus_next_pane", next_pane(self.pane, 1)),)
        bindings = self.keyboard.bindings
        named = (*FOOTER_HINTS[:1], *tab, *FOOTER_HINTS[1:])
        return [Hint(shown_keys(bindings[name].keys[0]), word) for name, word in named if bindings[name].keys]

    def _mode_words(self) -> list[str]:
        words = []
        if "filter" in self.modes:
            words.append(self.filter_words())
        if "search" in self.modes and self.search_note:
            words.append(self.search_note)
        if "zoom" in self.modes:
            words.append("ZOOM")
        return words

    def send_to_terminal(self, sequence: str) -> None:
        """Write a control sequence of our own."""
        driver = driver_of(self.app)
        if driver is not None:
            driver.write(sequence)
            driver.flush()
