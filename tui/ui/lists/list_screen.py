"""What all lists over the panes have in common: one box, one keyboard grammar, one way to close.

A list opens in move mode: keys move as in the panes, by the person's own key map. `/` narrows it, Esc leaves the
innermost thing first (the typed line, then what it narrowed the list to, then the list), `q` closes it.

Its widgets are made with it and never looked up: what a timer or a worker brings when the list has been closed
meanwhile goes to a widget that nobody sees, and does no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Region
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget

from tui.model.noderef import NodeRef
from tui.ui.command import Command, Press
from tui.ui.first_paint import FirstPaint, StyledOnce
from tui.ui.footer import Footer
from tui.ui.key_reader import KeyReader
from tui.ui.keyboard import Keyboard, key_of
from tui.ui.terminal.textual_private import compose_sparingly, strips_behind
from tui.ui.theme import style_for
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.frame.footer import fitting_hints
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.clean import clean
from tui.viewmodel.text.spans import Line, Span

Hints = Sequence[tuple[str, str]]
"""Commands that the lowest line of a list names, each with its word; where there is no room the last one stays."""

ALSO_MOVES: Mapping[str, Move] = {
    "down": Move.MOVE_DOWN,
    "up": Move.MOVE_UP,
    "ctrl+n": Move.MOVE_DOWN,
    "ctrl+p": Move.MOVE_UP,
    "tab": Move.MOVE_DOWN,
    "shift+tab": Move.MOVE_UP,
    "pagedown": Move.PAGE_DOWN,
    "pageup": Move.PAGE_UP,
}
"""Keys that move while words are typed, too: none of them is part of a text."""


FULL_WIDTH_TO = 84
"""On a screen of up to this many columns a list takes all of them: what would be left of the panes beside it says
nothing."""


class Chosen(NamedTuple):
    """What the cursor of a list is on: the object behind the line, if there is one, and the line's text."""

    node: NodeRef | None
    text: str


class ListTools(NamedTuple):
    """What a list gets from those who open it: the key map, and commands that act on what its cursor is on.

    `about` gives the function of a command by its id; it gets the list.
    """

    keyboard: Keyboard
    about: Mapping[str, Callable[[ListScreen], None]] = {}


class ListScreen(StyledOnce[object], ModalScreen[object]):
    """Ends with what was chosen, or None."""

    BINDINGS = []  # noqa: RUF012  # one way for every key: `on_key`

    HINTS: Hints = (("activate", "goes there"), ("search_here", "narrows"), ("cancel", "closes"))

    TYPING_LABEL = "/"
    """What the lowest line begins with while words are typed."""

    def __init__(self, title: str, tools: ListTools, *, opened_by: str = "") -> None:
        """The key of the command `opened_by` closes the list, too."""
        super().__init__()
        compose_sparingly(self, lambda: self.first_paint.is_over)
        self.title_text = title
        self.is_over = False
        """Whether the list was closed."""
        self.title_bar = LineBar(style_for=style_for, id="picker-title")
        self.footer = Footer(self.footer_line, cell_len, name="picker-typed")
        self.box = Vertical(id="picker")
        self.first_paint = FirstPaint(self)
        self.tools = tools
        self._opened_by = opened_by
        self.key_reader = KeyReader(self, tools.keyboard, self.footer, scope=lambda: "list", run=self.run_command)

    def compose(self) -> ComposeResult:
        """A box with the title, the rows, and the line for hints and typing."""
        with self.box:
            yield self.title_bar
            yield from self.parts()
            yield self.footer.bar
        yield self.key_reader.box

    def render_lines(self, crop: Region) -> list[Strip]:
        """What is beside the box: the panes or the list behind it, as they are."""
        return [strip.crop(crop.x, crop.right) for strip in strips_behind(self)[crop.y : crop.bottom]]

    # What a list gives

    def parts(self) -> Sequence[Widget]:
        """The rows, and what is above and below them."""
        return ()

    def opened(self) -> None:
        """The list is on the screen: show what it has."""

    def resized(self) -> None:
        """The screen has another size."""

    def fit(self) -> None:
        """Size the box."""

    def box_width(self, wanted: int, margin: int = 4) -> int:
        """Columns of a box that needs `wanted`: all of a narrow screen, else at most all but `margin` of them."""
        width = self.size.width
        return width if width <= FULL_WIDTH_TO else min(wanted, width - margin)

    def change_order(self) -> bool:
        """Take the next order of the rows; whether there are several."""
        return False

    def reverse_order(self) -> bool:
        """Turn the order of the rows around; whether that can be."""
        return False

    def chosen(self) -> Chosen | None:
        """What the cursor is on."""
        return None

    def activate(self) -> None:
        """Close the list with what the cursor is on."""

    def move(self, move: Move, count: int | None) -> bool:  # noqa: ARG002  # an empty list has no moves
        """Do a move; whether the list has it."""
        return False

    def takes_key(self, key: str) -> bool:  # noqa: ARG002  # most lists have no keys beside the map
        """Do what a key means in this list alone; whether it means something."""
        return False

    @property
    def narrowed_to(self) -> str:
        """The words that the list is narrowed to; empty if it is whole."""
        return ""

    def narrow(self, words: str) -> None:
        """Show only what has all the words."""

    def on_mount(self) -> None:
        """Show what there is, unless the list was closed sooner."""
        if not self.is_over:
            self.opened()
            self.first_paint.begin()

    def on_resize(self) -> None:
        """Fit the list to the new size."""
        if not self.is_over:
            self.resized()

    # Keys

    def on_key(self, event: events.Key) -> None:
        """Do what a key means here."""
        event.stop()
        event.prevent_default()
        if self.is_over or self.app.screen is not self:  # typed ahead: it is meant for what is on top by now
            self.app.post_message(events.Key(event.key, event.character))
            return
        key = key_of(event)
        if self.footer.is_typing or self.tools.keyboard.pressed or not self._takes_key(key):
            self.key_reader.press(key)

    def _takes_key(self, key: str) -> bool:
        if key in ("ctrl+n", "ctrl+p", "tab", "shift+tab"):
            return self.move(ALSO_MOVES[key], None)
        return self.takes_key(key)

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text narrows the list."""
        if not self.footer.is_typing:
            self.start_typing()
        self.footer.paste(event.text)

    def run_command(self, command: Command, press: Press) -> None:
        """Do what a command means in a list."""
        if command.id == self._opened_by:
            self.close()
        elif command.move is Move.ACTIVATE:
            self.activate()
        elif command.move is not None:
            if not self.move(command.move, press.times):
                self._say_unfolded(command)
        elif command.scope == "list":
            command.run(self, press)
        elif command.id in LIST_COMMANDS:
            LIST_COMMANDS[command.id](self)
        elif command.id in self.tools.about:
            self.tools.about[command.id](self)
        else:
            self._say_missing(command)

    def _say_unfolded(self, command: Command) -> None:
        """Where nothing folds, the keys for it do nothing: a letter of a name typed without `/` must not choose."""
        if command.move is Move.STEP_IN:
            key, word = self.tools.keyboard.first_key("activate"), dict(self.hints()).get("activate", "chooses")
            self.footer.say(f"nothing unfolds here; {key} {word}", "warning")
        elif command.move is Move.STEP_OUT:
            self.footer.say(f"nothing folds here; {self.tools.keyboard.first_key('go_out')} closes the list", "warning")
        else:
            self._say_missing(command)

    def _say_missing(self, command: Command) -> None:
        narrow, out = map(self.tools.keyboard.first_key, ("search_here", "go_out"))
        self.footer.say(f"{command.brief}: not in this list; {narrow} narrows it, {out} closes it", "warning")

    # Narrowing

    def start_typing(self) -> None:
        """Type words that the list is narrowed to, from those that it is narrowed to already."""

        def changed(text: str) -> str:
            self.narrow(text)
            return self.typed_remark() if self.chosen() is not None or not text else "no match"

        def done(text: str | None) -> None:
            if text is not None:
                self.activate()
            else:
                self.stopped_typing()

        def missing(text: str) -> str:
            return "" if self.chosen() is not None or not text else "no match"

        def passes(key: str) -> bool:
            return key in ALSO_MOVES and self.move(ALSO_MOVES[key], None)

        self.footer.ask(self.TYPING_LABEL, self.narrowed_to, changed, done, check=missing, passes=passes)

    def typed_remark(self) -> str:
        """What is said of the words that are being typed while something matches."""
        return ""

    def stopped_typing(self) -> None:
        """Esc: the list stays as it was narrowed."""

    def cancel(self) -> None:
        """Show the whole list again; if it is whole, close it."""
        if self.narrowed_to:
            self.narrow("")
            self.footer.refresh()
        else:
            self.close()

    def next_match(self, step: int) -> None:
        """The next line of a narrowed list, around its end."""
        if self.narrowed_to:
            self.move(Move.MOVE_DOWN if step > 0 else Move.MOVE_UP, None)
        else:
            key = self.tools.keyboard.first_key("search_here")
            self.footer.say(f"no search yet; press {key} to narrow the list", "warning")

    # The way out

    def close(self, value: object = None) -> None:
        """Close the list with a value, or with nothing; once, however fast the keys come."""
        if not self.is_over:
            self.is_over = True
            self.key_reader.stop()
            self.tools.keyboard.reset()
            self.dismiss(value)

    def on_unmount(self) -> None:
        """Tell those that still bring something."""
        self.is_over = True

    # The lowest line

    def footer_line(self, message: Span | None, width: int) -> Line:
        """What was said, the words that the list is narrowed to, or the keys that are useful."""
        keyboard = self.tools.keyboard
        if message is not None:
            return (Span(" "), Span(clean(message.text), message.style))
        if keyboard.pressed:
            return (Span(f" {keyboard.pressed}…", "chrome.key"),)
        words = f"/ {clean(self.narrowed_to)}  " if self.narrowed_to else ""
        hints = [f"{keyboard.first_key(name)} {word}" for name, word in self.hints() if keyboard.first_key(name)]
        room = width - cell_len(words) - 2
        return (Span(" "), Span(words, "chrome.key"), Span(fitting_hints(hints, room, cell_len), "dim"))

    def hints(self) -> Hints:
        """The commands to name."""
        return (*self.HINTS[:-1], ("cancel", "shows all")) if self.narrowed_to else self.HINTS


LIST_COMMANDS: Mapping[str, Callable[[ListScreen], None]] = {
    "search_here": lambda screen: screen.start_typing(),  # by the list: those of search results ask for other words
    "search_next": lambda screen: screen.next_match(1),
    "search_previous": lambda screen: screen.next_match(-1),
    "cancel": lambda screen: screen.cancel(),
    "go_out": lambda screen: screen.close(),
    "quit": lambda screen: screen.close(),
}
"""Commands of the main screen that mean something in every list, in the order of the help."""
