"""What all views over the whole screen have in common: one keyboard grammar, one lowest line, one way to close.

Such a view has rows of its own kind, keys of its own scope, and some commands of the main screen that mean the same in
it. Its widgets are made with it and never looked up, so that work which ends after it was closed does no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Generic

from rich.cells import cell_len
from textual import events
from textual.screen import ScreenResultType

from tui.ui.command import Command, Press, Scope
from tui.ui.first_paint import FirstPaint, StyledOnce
from tui.ui.footer import Footer
from tui.ui.key_reader import KeyReader
from tui.ui.keyboard import key_of
from tui.ui.listed_commands import listed_commands
from tui.ui.lists.list_screen import Hints, ListTools
from tui.ui.lists.picker import COMMAND_HINTS, PickerScreen
from tui.ui.terminal.textual_private import compose_sparingly
from tui.ui.widgets.row_view import RowView
from tui.viewmodel.frame.footer import FooterFacts, Hint, footer_line
from tui.viewmodel.lists.commands import command_entries, sign_entries
from tui.viewmodel.text.spans import Line, Span

Shared = Mapping[str, Callable[[Any], None]]
"""Commands of the main screen that mean something in a view, too, in the order of the help, and what they do there."""


WITHOUT_ROWS = ("show_help", "go_out")
"""Commands that mean something in a view without a row."""


class FullScreen(StyledOnce[ScreenResultType], Generic[ScreenResultType]):
    """Ends with what was chosen in it, or with None. A subclass gives the class variables, `view`, and `compose`."""

    BINDINGS = []  # noqa: RUF012  # one way for every key: `on_key`

    SCOPE: ClassVar[Scope]
    """Whose keys count here."""

    PLACE: ClassVar[str]
    """How the view is called in a sentence: `the ladder`."""

    HINTS: ClassVar[Hints] = ()
    """Commands that the lowest line names while there is room, the first ones first, each with its word."""

    SIGNS: ClassVar[tuple[tuple[str, str], ...]] = ()
    """What the signs of the view mean: the help begins with them."""

    view: RowView
    """The rows that have the focus."""

    def __init__(self, tools: ListTools) -> None:
        super().__init__()
        compose_sparingly(self, lambda: self.first_paint.is_over)
        self.is_over = False
        """Whether the view was closed."""
        self.first_paint = FirstPaint(self)
        self.tools = tools
        self.keyboard = tools.keyboard
        self.footer = Footer(self._footer_line, cell_len, name=f"{self.SCOPE}-footer")
        self.keys = KeyReader(self, tools.keyboard, self.footer, scope=lambda: self.SCOPE, run=self.run_command)

    # What a view gives

    def shared_commands(self) -> Shared:
        """Commands of the main screen that mean something here, too."""
        return shared_commands()

    def also_helps(self, taken: set[str]) -> Iterable[Command]:  # noqa: ARG002  # most views list no moves
        """Commands for the help beside the view's own, whose keys are `taken`."""
        return ()

    def row_moves(self, taken: set[str]) -> list[Command]:
        """The moves of all rows, but for those whose keys mean something else here: they are `taken`."""
        rows = [one for one in self.keyboard.commands.values() if one.scope == "rows" and one.group == "Move"]
        return [one for one in rows if not taken.issuperset(one.keys)]

    def footer_facts(self, message: Span | None) -> FooterFacts:
        """What the lowest line shows."""
        return FooterFacts(
            is_following=False,
            new_rows=0,
            crumbs=[],
            hints=self._hints(),
            pressed=self.keyboard.pressed,
            message=message,
        )

    def refit(self) -> None:
        """Lay out for the size that there is now."""

    def cancel(self) -> None:
        """Undo the innermost thing; with nothing to undo, close."""
        self.close()

    def stop_work(self) -> None:
        """The view closes: give up what is still being computed."""

    # The lowest line

    def say(self, text: str) -> None:
        """Show one line in the footer until the next key."""
        self.footer.say(text, "warning")

    def _footer_line(self, message: Span | None, width: int) -> Line:
        return footer_line(self.footer_facts(message), width, cell_len)

    def hints(self) -> Hints:
        """The commands to name; without a row only those that need none."""
        return self.HINTS if self.view.row_count() else tuple(one for one in self.HINTS if one[0] in WITHOUT_ROWS)

    def _hints(self) -> list[Hint]:
        if self.keyboard.pressed:
            return [Hint(*pair) for pair in self.keyboard.continuations()]
        hints = [Hint(self.keyboard.first_key(name), word) for name, word in self.hints()]
        return [hint for hint in hints if hint.key]

    # Keys

    def on_resize(self, _event: events.Resize) -> None:
        """Lay out for the new size."""
        self.call_after_refresh(self.refit)

    def on_key(self, event: events.Key) -> None:
        """Do what a key means here."""
        event.stop()
        event.prevent_default()
        key = key_of(event)
        if self.is_over or self.app.screen is not self:  # typed ahead: it is meant for what is on top by now
            self.app.post_message(events.Key(event.key, event.character))
            return
        self.keys.press(key)

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text goes into the typed line."""
        self.footer.paste(event.text)

    def run_command(self, command: Command, press: Press) -> None:
        """Do what a command does: the view's own, the rows for their moves, this screen for the rest."""
        shared = self.shared_commands()
        if command.scope == self.SCOPE:
            command.run(self, press)
        elif command.move is not None and self.view.perform(command.move, press.times):
            return
        elif command.id in shared:
            shared[command.id](self)
        else:
            closing = self.keyboard.first_key("go_out")
            self.say(f"{command.description.lower()}: not in {self.PLACE}; {closing} closes it")

    def show_help(self) -> None:
        """The keys that work here."""
        commands = self.keyboard.commands
        here = [one for one in commands.values() if one.scope == self.SCOPE]
        here += self.also_helps({key for one in here for key in one.keys})
        here += [commands[name] for name in self.shared_commands() if name in commands]

        def chosen(choice: object) -> None:
            if choice is not None:
                self.run_command(commands[str(choice)], Press())

        signs = sign_entries(self.SIGNS) if self.SIGNS else []
        entries = [*signs, *command_entries(listed_commands(here))]
        screen = PickerScreen(f"Keys in {self.PLACE}", entries, self.tools, hints=COMMAND_HINTS, opened_by="show_help")
        self.app.push_screen(screen, chosen)

    # The way out

    def close(self, result: ScreenResultType | None = None) -> None:
        """Close, with what was chosen, once."""
        if not self.is_over:
            self.is_over = True
            self.keys.stop()
            self.stop_work()
            self.keyboard.reset()
            self.dismiss(result)


def shared_commands(opened_by: str = "", own: Shared | None = None) -> Shared:
    """The shared commands of a view: its `own`, and the ways out, among them the key that opened it."""
    opening: Shared = {opened_by: lambda view: view.close()} if opened_by else {}
    return {
        **(own or {}),
        "cancel": lambda view: view.cancel(),
        "go_back": lambda view: view.close(),
        **opening,
        "show_help": lambda view: view.show_help(),
        "go_out": lambda view: view.close(),
        "quit": lambda view: view.app.exit(0),
    }
