"""Time over the whole screen: a lane an agent, the path that decided how long it took, and what is under the cursor."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.timer import Timer

from tui.analysis.edges import EdgeBook
from tui.analysis.time.session_time import SessionTime
from tui.model.noderef import NodeRef
from tui.store import TraceStore
from tui.ui.command import Command, Press
from tui.ui.first_paint import FirstPaint
from tui.ui.footer import Footer
from tui.ui.key_reader import KeyReader
from tui.ui.keyboard import key_of
from tui.ui.listed_commands import listed_commands
from tui.ui.lists.list_screen import ListTools
from tui.ui.lists.picker import COMMAND_HINTS, PickerScreen
from tui.ui.scheduler import SlicedWork
from tui.ui.theme import style_for
from tui.ui.widgets.lanes_view import LanesView
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.footer import FooterFacts, Hint, footer_line
from tui.viewmodel.lanes.model import LanesModel
from tui.viewmodel.moves import Move
from tui.viewmodel.pick_lists import command_entries
from tui.viewmodel.spans import Line, Span

LOOK_SECONDS = 1.0
"""How often a growing recording is looked at."""

COST_FACTOR = 10
"""A new count begins this many times as long behind the last one as that took."""

HINTS = (
    ("show_help", "help"),
    ("go_to_work", "go to it"),
    ("next_piece", "path"),
    ("zoom_in", "zoom"),
    ("fit_all", "all"),
    ("go_out", "close"),
)


class LanesScreen(Screen[NodeRef | None]):
    """Ends with the node to go to, or with None."""

    BINDINGS = []  # noqa: RUF012  # one way for every key: `on_key`

    def __init__(self, store: TraceStore, tools: ListTools) -> None:
        super().__init__()
        self.is_over = False
        """Whether the view was closed."""
        self.first_paint = FirstPaint(self)
        self._store = store
        self._tools = tools
        self._keyboard = keyboard = tools.keyboard
        self._time = SessionTime()
        self.model = LanesModel(store.trace, store.index, self._time, cell_len)
        self._counted: tuple[int, int] | None = None
        self._rest_until = 0.0
        self.view = LanesView(self.model, self.refresh_lines)
        names = ("title", "axis", "path", "detail")
        self._bars = {name: LineBar(style_for=style_for, id=f"lanes-{name}") for name in names}
        self._footer = Footer(self._footer_line, cell_len, name="lanes-footer")
        self._keys = KeyReader(self, keyboard, self._footer, scope=lambda: "lanes", run=self.run_command)
        self._work: SlicedWork[None] | None = None
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Title, axis, lanes, the path, what is under the cursor, footer."""
        yield self._bars["title"]
        yield self._bars["axis"]
        yield self.view
        yield self._bars["path"]
        yield self._bars["detail"]
        yield self._footer.bar
        yield self._keys.box

    def on_mount(self) -> None:
        """Show what is there; the rest comes in slices."""
        self.view.focus()
        self._count()
        self.first_paint.begin()
        self._timer = self.set_interval(LOOK_SECONDS, self._look)

    def on_resize(self, _event: events.Resize) -> None:
        """Lay out for the new size."""
        self.call_after_refresh(self._show)

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
        self._footer.refresh()

    def _footer_line(self, message: Span | None, width: int) -> Line:
        facts = FooterFacts(
            is_following=False,
            new_rows=0,
            crumbs=[],
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

    def run_command(self, command: Command, press: Press) -> None:
        """Do what a command does: the lanes for their moves, this screen for the rest."""
        if command.scope == "lanes":
            command.run(self, press)
        elif command.move is not None and self.view.perform(command.move, press.times):
            return
        elif command.id in SHARED_COMMANDS:
            SHARED_COMMANDS[command.id](self)
        else:
            closing = self._keyboard.first_key("go_out")
            self._footer.say(f"{command.description.lower()}: not in the time view; {closing} closes it", "warning")

    def move(self, move: Move, press: Press) -> None:
        """Move in time, or to another agent."""
        self.view.perform(move, press.times)

    def go_to_work(self) -> None:
        """Go to what is under the cursor in the main view."""
        self.close(self.model.node)

    def show_help(self) -> None:
        """The keys that work here."""
        commands = self._keyboard.commands
        here = [one for one in commands.values() if one.scope == "lanes"]
        here += [commands[name] for name in SHARED_COMMANDS if name in commands]

        def chosen(choice: object) -> None:
            if choice is not None:
                self.run_command(commands[str(choice)], Press())

        screen = PickerScreen(
            "Keys in the time view",
            command_entries(listed_commands(here)),
            self._tools,
            hints=COMMAND_HINTS,
            opened_by="show_help",
        )
        self.app.push_screen(screen, chosen)

    def close(self, node: NodeRef | None = None) -> None:
        """Close, with the node to go to, once."""
        if not self.is_over:
            self.is_over = True
            self._keys.stop()
            if self._work is not None:
                self._work.stop()
            self._keyboard.reset()
            self.dismiss(node)


SHARED_COMMANDS: dict[str, Callable[[LanesScreen], None]] = {
    "cancel": LanesScreen.close,
    "go_back": LanesScreen.close,
    "show_time": LanesScreen.close,
    "show_help": LanesScreen.show_help,
    "go_out": LanesScreen.close,
    "quit": lambda lanes: lanes.app.exit(0),
}
"""Commands of the main screen that mean something here, too, in the order of the help."""
