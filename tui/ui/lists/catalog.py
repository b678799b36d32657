"""The recordings in a folder, on the whole screen: sorted, filtered, kept current; Enter opens one."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Mapping

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.message import Message

from tui.model.noderef import NodeRef
from tui.ui.clipboard import copy_sequence
from tui.ui.command import Command, Press
from tui.ui.first_paint import StyledOnce
from tui.ui.folder.rows import FolderRows, full_time
from tui.ui.folder.search import FolderSearch
from tui.ui.folder.watch import FolderWatch
from tui.ui.footer import Footer
from tui.ui.key_reader import KeyReader
from tui.ui.keyboard import Keyboard, key_of
from tui.ui.lists.list_screen import ALSO_MOVES, ListTools
from tui.ui.terminal.textual_private import compose_sparingly, driver_of
from tui.ui.theme import style_for
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.folder.board import FolderBoard
from tui.viewmodel.folder.columns import COLUMN_IDS, COLUMNS
from tui.viewmodel.frame.footer import fitting_hints
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.clean import clean
from tui.viewmodel.text.spans import Line, Span, line_text
from tui.viewmodel.text.styled_lines import wrap_within

_BARS = ("status", "headings", "evidence", "evidence-more")

_HEIGHT_FOR_MORE = 18
"""From this height on there is a second row for what the columns do not say."""


class CatalogScreen(StyledOnce[None]):
    """Says what there is below `root`, while it changes."""

    BINDINGS = []  # noqa: RUF012  (one way for every key: `press`)

    class BundleChosen(Message):
        """A bundle shall be opened, at an object of it if one was chosen.

        `was_awaited`: nobody chose it, it is what was waited for.
        """

        def __init__(self, path: str, node: NodeRef | None = None, *, was_awaited: bool = False) -> None:
            super().__init__()
            self.path = path
            self.node = node
            self.was_awaited = was_awaited

    class BundlesCompared(Message):
        """Two bundles shall be compared."""

        def __init__(self, a: str, b: str) -> None:
            super().__init__()
            self.a = a
            self.b = b

    class Left(Message):
        """The person is done with the list."""

    def __init__(
        self, root: str, commands: Mapping[str, Command], *, cursor: str = "", waits: bool = False, notice: str = ""
    ) -> None:
        """`cursor` is the path of the bundle to stand on. With `waits`, a root that becomes a bundle is opened."""
        super().__init__()
        compose_sparingly(self)
        self.model = FolderBoard(root)
        self.folder = FolderWatch(self.model, self._changed)
        self._keyboard = Keyboard(commands)
        self._footer = Footer(self._footer_line, cell_len)
        self._keys = KeyReader(self, self._keyboard, self._footer, scope=lambda: "list", run=self.run_command)
        self._bars = {name: LineBar(style_for=style_for, id=name) for name in _BARS}
        self._list = FolderRows(self.model)
        if notice:
            self._footer.say(notice, "warning")
        self._wanted = cursor
        self._waits = waits

    def compose(self) -> ComposeResult:
        """Status, headings, rows, the evidence for the row, footer."""
        yield self._bars["status"]
        yield self._bars["headings"]
        yield self._list
        yield self._bars["evidence"]
        yield self._bars["evidence-more"]
        yield self._footer.bar
        yield self._keys.box

    def on_mount(self) -> None:
        """Begin to look."""
        self._list.focus()
        self.folder.start()
        self.refresh_lines()
        gc.enable()

    async def on_unmount(self) -> None:
        """Look no more; the thread that looks is not waited for longer than it takes to read one bundle."""
        await self.folder.stop()

    def on_screen_suspend(self) -> None:
        """A bundle was opened: rest."""
        self.folder.rest()

    def on_screen_resume(self) -> None:
        """The person is back: look again, in the theme of now."""
        self.folder.go_on()
        self._list.forget_styles()
        for bar in self.query(LineBar):
            bar.forget_styles()

    def on_resize(self) -> None:
        """Lay the lines out again."""
        self.refresh_lines()

    # Keys

    def press(self, event: events.Key) -> None:
        """Do what a key means: for the typed line if there is one, else as in every list."""
        self._keys.press(key_of(event))

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text narrows the list."""
        if not self._footer.is_typing:
            self.start_typing()
        self._footer.paste(event.text)

    def run_command(self, command: Command, press: Press) -> None:
        """Do what a command means here."""
        if command.move is Move.ACTIVATE:
            self._open()
        elif command.move is Move.STEP_IN:
            self.say(f"nothing unfolds here; {self._keyboard.first_key('activate')} opens", "warning")
        elif command.move is not None:
            if not self._list.perform(_MOVES.get(command.move, command.move), press.times):
                self._say_missing(command)
        elif command.id in CATALOG_COMMANDS:
            CATALOG_COMMANDS[command.id](self, press)
        else:
            self._say_missing(command)

    def _say_missing(self, command: Command) -> None:
        self.say(f"{command.brief}: not in this list; {self._keyboard.first_key('search_here')} narrows it", "warning")

    def start_typing(self) -> None:
        """Type a filter, from the one that there is."""

        def changed(text: str) -> str:
            trouble = self.model.narrow(text)
            self._show_rows()
            return trouble or ("Enter opens" if self.model.rows else "no match")

        def done(text: str | None) -> None:
            if text is not None:
                self._open()

        def missing(text: str) -> str:
            return self.model.narrow(text) or ("" if self.model.rows else "no match")

        def passes(key: str) -> bool:
            return key in ALSO_MOVES and self._list.perform(ALSO_MOVES[key])

        self._footer.ask("/ filter", self.model.words, changed, done, check=missing, passes=passes)
        self._footer.remark("outcome:failed tokens>1m problems>10 name: asked: took>10m age<1d, or any word")

    def cancel(self) -> None:
        """Show all again; else go back to where one came from. Esc alone does not end the program."""
        if self.model.marked:
            self.model.marked = ""
            self._show_rows()
            self.say("nothing is marked any more")
        elif self.model.words:
            self.model.show_all()
            self._show_rows()
        elif len(self.app.screen_stack) > 1:
            self.leave()
        else:
            self.say(f"nothing to undo; {self._keyboard.first_key('go_out')} quits")

    def next_match(self, step: int) -> None:
        """The next bundle of a narrowed list, around its end."""
        if not self.model.words or not self.model.rows:
            self.say(f"no search yet; press {self._keyboard.first_key('search_here')} to narrow the list", "warning")
        else:
            self._list.move_cursor((self.model.cursor + step) % len(self.model.rows))

    def change_order(self, times: int | None) -> None:
        """Sort by the next column, or by the column with a number; by the same one, the other way round."""
        if times is None:
            self.model.sort_by_next()
        elif 1 <= times <= len(COLUMN_IDS):
            self.model.sort_by(COLUMN_IDS[times - 1])
        else:
            named = " ".join(f"{number} {COLUMNS[column].head}" for number, column in enumerate(COLUMN_IDS, 1))
            self.say(f"there is no column {times}: {named}", "warning")
            return
        self._show_rows()
        self.say(f"sorted by {COLUMNS[self.model.order.column].head} {self.model.order.sign}")

    def reverse_order(self) -> None:
        """Sort the other way round."""
        self.model.reverse()
        self._show_rows()

    def search_all(self) -> None:
        """Look for words in all recordings of the folder."""
        from tui.ui.lists.folder_found import FolderFoundScreen
        from tui.ui.lists.results import SEARCH_AGAIN

        def done(text: str | None) -> None:
            if text:
                search = FolderSearch(self.folder.memory, self.model, text)
                self.app.push_screen(FolderFoundScreen(search, ListTools(self._keyboard)), chosen)

        def chosen(place: object) -> None:
            if place == SEARCH_AGAIN:
                self.search_all()
            elif isinstance(place, tuple):
                path, node = place
                self.model.stand_on(path)
                self._show_rows()
                self.post_message(self.BundleChosen(path, node))

        self._footer.ask("g/ everywhere", "", lambda _text: "", done)
        self._footer.remark("words of prompts, answers, commands; the last one may be a beginning")

    def show_help(self) -> None:
        """List the keys that work here; one that is chosen is run."""
        from tui.ui.folder.keys import folder_keys
        from tui.ui.lists.picker import COMMAND_HINTS, PickerScreen

        def run(choice: object) -> None:
            if choice is not None:
                self.run_command(self._keyboard.commands[str(choice)], Press())

        entries = folder_keys(self._keyboard.commands, CATALOG_COMMANDS)
        tools = ListTools(self._keyboard)
        self.app.push_screen(
            PickerScreen("Keys in the folder", entries, tools, hints=COMMAND_HINTS, opened_by="show_help"), run
        )

    def compare(self) -> None:
        """Mark the recording under the cursor; with another one marked, compare them."""
        chosen = self.model.chosen
        if chosen is None:
            return
        key = self._keyboard.first_key("compare_recordings")
        if not self.model.marked or self.model.marked == chosen.path:
            self.model.marked = chosen.path
            self._show_rows()
            name = clean(chosen.path.rpartition("/")[2])
            self.say(f"{name} is A; {key} on another recording compares them, Esc forgets it")
        else:
            a, self.model.marked = self.model.marked, ""
            self._show_rows()
            self.post_message(self.BundlesCompared(a, chosen.path))

    def copy_path(self) -> None:
        """Copy where the bundle is."""
        chosen = self.model.chosen
        self._copy("" if chosen is None else chosen.path, "the path")

    def copy_item(self) -> None:
        """Copy the row as it is on the screen."""
        rows = self._list
        self._copy(line_text(rows.row_line(rows.cursor, rows.size.width)).strip() if self.model.rows else "", "the row")

    def _copy(self, text: str, what: str) -> None:
        sequence, message = copy_sequence(text, what, os.environ)
        driver = driver_of(self.app)
        if sequence and driver is not None:
            driver.write(sequence)
            driver.flush()
        self.say(message, "" if sequence else "warning")

    def leave(self) -> None:
        """Leave the list."""
        self.post_message(self.Left())

    def _open(self) -> None:
        chosen = self.model.chosen
        if chosen is not None:
            self._footer.stop_typing()  # back in the list, keys are commands again; what it was narrowed to stays
            self.post_message(self.BundleChosen(chosen.path))

    def on_row_entered(self) -> None:
        """A second click opens."""
        self._open()

    def on_row_highlighted(self) -> None:
        """The evidence of another bundle."""
        self.refresh_lines()

    # What there is

    def _changed(self) -> None:
        """Other rows, or other facts about them."""
        if self._wanted and self.model.stand_on(self._wanted):
            self._wanted = ""
        self._show_rows()
        self.folder.read_in_view(self._in_view())
        if self._waits and self.folder.is_bundle:
            self._waits = False
            self.post_message(self.BundleChosen(self.model.root, was_awaited=True))

    def _in_view(self) -> list[str]:
        """The recordings on the screen."""
        top = self._list.top
        return [row.path for row in self.model.rows[top : top + self._list.page_height]]

    # Lines

    def say(self, text: str, style: str = "") -> None:
        """Show one line in the footer until the next key."""
        self._footer.say(text, style)

    def _show_rows(self) -> None:
        rows = self._list
        rows.reason_for_nothing = self.model.nothing(self.folder.fault, is_looking=self.folder.is_looking)
        rows.rows_changed(cursor=self.model.cursor)
        self.refresh_lines()

    def refresh_lines(self) -> None:
        """Write status, headings, evidence and footer as things are."""
        if not self.is_mounted:
            return
        width = self.size.width
        folder = self.folder
        status = self.model.status(
            folder.trouble,
            width,
            cell_len,
            is_looking=folder.is_looking,
            is_cut=folder.catalog.is_cut,
            private=len(folder.catalog.private),
        )
        self._bars["status"].show(status)
        self._bars["headings"].show(self.model.heading(self._list.line_width, cell_len))
        self._show_evidence(self._list.line_width)
        self._footer.refresh()

    def _show_evidence(self, width: int) -> None:
        """What the columns do not say, in a second row too where the screen has one to spare."""
        rows = 2 if self.size.height >= _HEIGHT_FOR_MORE else 1
        self._bars["evidence-more"].display = rows > 1
        lines = wrap_within(self.model.evidence(width, full_time, rows), width, rows, cell_len, "   ")
        self._bars["evidence"].show(lines[0])
        self._bars["evidence-more"].show(lines[1] if len(lines) > 1 else ())

    def _footer_line(self, message: Span | None, width: int) -> Line:
        if message is not None:
            return (Span(" "), Span(clean(message.text), message.style))
        if self._keyboard.pressed:
            return (Span(f" {self._keyboard.pressed}…", "chrome.key"),)
        narrowing = ("cancel", "show all") if self.model.words else ("search_here", "filter")
        named = (
            ("activate", "open"),
            narrowing,
            ("change_order", "sort"),
            ("search_everywhere", "search all"),
            ("show_help", "help"),
            ("go_out", self._way_out()),
        )
        hints = [f"{self._keyboard.first_key(name)} {word}" for name, word in named]
        return (Span(" "), Span(fitting_hints(hints, width - 2, cell_len), "dim"))

    def _way_out(self) -> str:
        return "quit" if len(self.app.screen_stack) == 1 else "back"


CATALOG_COMMANDS: Mapping[str, Callable[[CatalogScreen, Press], None]] = {
    "search_here": lambda screen, _press: screen.start_typing(),
    "filter_rows": lambda screen, _press: screen.start_typing(),
    "search_everywhere": lambda screen, _press: screen.search_all(),
    "search_next": lambda screen, _press: screen.next_match(1),
    "search_previous": lambda screen, _press: screen.next_match(-1),
    "change_order": lambda screen, press: screen.change_order(press.times),
    "reverse_order": lambda screen, _press: screen.reverse_order(),
    "cancel": lambda screen, _press: screen.cancel(),
    "compare_recordings": lambda screen, _press: screen.compare(),
    "copy_item": lambda screen, _press: screen.copy_item(),
    "copy_path": lambda screen, _press: screen.copy_path(),
    "show_help": lambda screen, _press: screen.show_help(),
    "go_out": lambda screen, _press: screen.leave(),
    "suspend_program": lambda screen, _press: screen.app.action_suspend_process(),
    "quit": lambda screen, _press: screen.app.exit(0),
}
"""Commands of the main screen and of lists that mean something here, too."""

_MOVES = {Move.TOGGLE_OR_PAGE: Move.PAGE_DOWN}
"""Moves that mean another one where nothing folds."""
