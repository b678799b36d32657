"""The list of the bundles in a folder, on the whole screen: narrowed by typing, kept current, Enter opens one."""

from __future__ import annotations

import asyncio
import gc
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer

from tui.bundle.catalog import Catalog, CatalogChange
from tui.bundle.watch import WakeUp, watch_directory
from tui.ui.clipboard import copy_sequence
from tui.ui.command import Command, Press
from tui.ui.footer import Footer
from tui.ui.key_reader import KeyReader
from tui.ui.keyboard import Keyboard, key_of
from tui.ui.lists.list_screen import ALSO_MOVES
from tui.ui.terminal.textual_private import driver_of
from tui.ui.theme import style_for
from tui.ui.widgets.line_bar import LineBar
from tui.ui.widgets.row_view import RowView
from tui.viewmodel.catalog import CatalogModel, key_hints
from tui.viewmodel.moves import Move
from tui.viewmodel.spans import Line, Span, line_text
from tui.viewmodel.text import clean

TICK_SECONDS = 1.0
"""How often the folder is looked at although nothing was reported."""

MERGE_SECONDS = 0.1
"""How long bundles that are found are collected before they are shown."""

MERGE_PART = 5
"""Showing them may take at most one part in so many of the time."""

LOOK_PART = 50
"""So may looking at the folder, however many bundles are in it."""

LONGEST_REST = 2.0
"""Seconds that a folder is left alone after it was looked at, however slow that was."""


class CatalogList(RowView):
    """The rows that match."""

    def __init__(self, model: CatalogModel) -> None:
        super().__init__(style_for=style_for, id="catalog")
        self._model = model
        self.reason_for_nothing = ""

    def row_count(self) -> int:
        """Bundles that match."""
        return len(self._model.rows)

    def row_line(self, index: int, width: int) -> Line:
        """One bundle."""
        return self._model.line(index, width, cell_len, local_minute)

    def empty_text(self) -> str:
        """Why there is none."""
        return self.reason_for_nothing

    def cursor_changed(self) -> None:
        """The cursor was moved by rows, a page or a click: the model goes along."""
        self._model.move_to(self.cursor)
        self.post_message(CatalogScreen.RowHighlighted())

    def row_clicked(self, index: int, column: int) -> None:  # noqa: ARG002  # a row is one target
        """Select the row; open it if it is selected already."""
        if index == self.cursor:
            self.post_message(CatalogScreen.RowEntered())
        else:
            self.move_cursor(index)


class CatalogScreen(Screen[None]):
    """Says what there is below `root`, while it changes."""

    BINDINGS = []  # noqa: RUF012  (one way for every key: `press`)

    class BundleChosen(Message):
        """A bundle shall be opened. `was_awaited`: nobody chose it, it is what was waited for."""

        def __init__(self, path: str, *, was_awaited: bool = False) -> None:
            super().__init__()
            self.path = path
            self.was_awaited = was_awaited

    class Left(Message):
        """The person is done with the list."""

    class RowHighlighted(Message):
        """The cursor came to stand on another bundle."""

    class RowEntered(Message):
        """A row was clicked twice."""

    def __init__(
        self, root: str, commands: Mapping[str, Command], *, cursor: str = "", waits: bool = False, notice: str = ""
    ) -> None:
        """`cursor` is the path of the bundle to stand on. With `waits`, a root that becomes a bundle is opened."""
        super().__init__()
        self.model = CatalogModel(root)
        self.catalog = Catalog(root)
        self._keyboard = Keyboard(commands)
        self._footer = Footer(self._footer_line, cell_len)
        self._keys = KeyReader(self, self._keyboard, self._footer, scope=lambda: "list", run=self.run_command)
        self._bars = {name: LineBar(style_for=style_for, id=name) for name in ("status", "headings", "evidence")}
        self._list = CatalogList(self.model)
        if notice:
            self._footer.say(notice, "warning")
        self._wanted = cursor
        self._waits = waits
        self._is_looking = True
        self._changes: list[CatalogChange] = []
        self._merge_timer: Timer | None = None
        self._merge_cost = 0.0
        self._watching: asyncio.Task[None] | None = None
        self._shown = asyncio.Event()

    def compose(self) -> ComposeResult:
        """Status, headings, rows, the evidence for the row, footer."""
        yield self._bars["status"]
        yield self._bars["headings"]
        yield self._list
        yield self._bars["evidence"]
        yield self._footer.bar
        yield self._keys.box

    def on_mount(self) -> None:
        """Begin to look."""
        self._list.focus()
        self._shown.set()
        self._watching = asyncio.create_task(self._watch())
        self.refresh_lines()
        gc.enable()

    async def on_unmount(self) -> None:
        """Look no more; the thread that looks is not waited for longer than it takes to read one bundle."""
        self.catalog.is_stopped = True
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    def on_screen_suspend(self) -> None:
        """A bundle was opened: rest."""
        self._shown.clear()

    def on_screen_resume(self) -> None:
        """The person is back: look again, in the theme of now."""
        self._shown.set()
        self._list.forget_styles()
        for bar in self.query(LineBar):
            bar.forget_styles()

    def on_resize(self) -> None:
        """Lay the lines out anew."""
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
        if command.move in (Move.ACTIVATE, Move.STEP_IN):
            self._open()
        elif command.move is not None:
            if not self._list.perform(_MOVES.get(command.move, command.move), press.times):
                self._say_missing(command)
        elif command.id in CATALOG_COMMANDS:
            CATALOG_COMMANDS[command.id](self)
        else:
            self._say_missing(command)

    def _say_missing(self, command: Command) -> None:
        self.say(f"{command.brief}: not in this list", "warning")

    def start_typing(self) -> None:
        """Type words that the list is narrowed to, from those that it is narrowed to already."""

        def changed(text: str) -> str:
            self.model.narrow(text)
            self._show_rows()
            return "Enter opens" if self.model.rows else "no match"

        def done(text: str | None) -> None:
            if text is not None:
                self._open()

        def missing(_text: str) -> str:
            return "" if self.model.rows else "no match"

        def passes(key: str) -> bool:
            return key in ALSO_MOVES and self._list.perform(ALSO_MOVES[key])

        self._footer.ask("/ narrow to", self.model.words, changed, done, check=missing, passes=passes)
        self._footer.remark("Enter opens")

    def cancel(self) -> None:
        """Show all again; else go back to where one came from. Esc alone does not end the program."""
        if self.model.words:
            self.model.narrow("")
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

    def show_help(self) -> None:
        """The keys that work here, in one line."""
        self.say(
            "j k ↑ ↓ PgDn PgUp gg G move · / narrows · n N next match · Enter opens · yp copies the path · q leaves"
        )

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

    def on_catalog_screen_row_entered(self) -> None:
        """A second click opens."""
        self._open()

    def on_catalog_screen_row_highlighted(self) -> None:
        """The evidence of another bundle."""
        self.refresh_lines()

    # What there is

    async def _watch(self) -> None:
        """Look, wait for news or the next tick, look again; not while a bundle lies over the list."""
        waker = WakeUp(Path(self.model.root), watch_directory, tick_seconds=TICK_SECONDS, poll_seconds=TICK_SECONDS)
        loop = asyncio.get_running_loop()

        def look() -> None:
            for change in self.catalog.look():
                loop.call_soon_threadsafe(self._arrived, change)

        try:
            while True:
                await self._shown.wait()
                started = time.monotonic()
                await asyncio.to_thread(look)
                self._looked()
                await asyncio.sleep(min(LONGEST_REST, (time.monotonic() - started) * LOOK_PART))
                await waker.start()
                await waker.wait()
        finally:
            await waker.stop()

    def _arrived(self, change: CatalogChange) -> None:
        self._changes.append(change)
        if self._merge_timer is None and self.is_mounted:
            self._merge_timer = self.set_timer(max(MERGE_SECONDS, self._merge_cost * MERGE_PART), self._merge)

    def _looked(self) -> None:
        self._is_looking = False
        if self._changes:
            self._merge()
        else:
            self.model.tick(_now())
            self._show_rows()
        if self._waits and self.catalog.root in self.catalog.bundles:
            self._waits = False
            self.post_message(self.BundleChosen(self.catalog.root, was_awaited=True))

    def _merge(self) -> None:
        if self._merge_timer is not None:
            self._merge_timer.stop()
            self._merge_timer = None
        started = time.monotonic()
        changes, self._changes = self._changes, []
        changed = [summary for change in changes for summary in change.changed]
        self.model.take(changed, [path for change in changes for path in change.gone], _now())
        if self._wanted and self.model.stand_on(self._wanted):
            self._wanted = ""
        self._show_rows()
        self._merge_cost = time.monotonic() - started

    # Lines

    def say(self, text: str, style: str = "") -> None:
        """Show one line in the footer until the next key."""
        self._footer.say(text, style)

    def _show_rows(self) -> None:
        rows = self._list
        rows.reason_for_nothing = self.model.nothing(self.catalog.fault, is_looking=self._is_looking)
        rows.rows_changed(cursor=self.model.cursor)
        self.refresh_lines()

    def refresh_lines(self) -> None:
        """Write status, headings, evidence and footer as things are."""
        if not self.is_mounted:
            return
        width = self.size.width
        fault, is_cut = self.catalog.fault, self.catalog.is_cut
        self._bars["status"].show(self.model.status(fault, is_looking=self._is_looking, is_cut=is_cut))
        self._bars["headings"].show(self.model.heading(width))
        self._bars["evidence"].show(self.model.evidence())
        self._footer.refresh()

    def _footer_line(self, message: Span | None, _width: int) -> Line:
        if message is not None:
            return (Span(" "), Span(clean(message.text), message.style))
        if self._keyboard.pressed:
            return (Span(f" {self._keyboard.pressed}…", "chrome.key"),)
        narrowing = ("cancel", "show all") if self.model.words else ("search_here", "narrow")
        named = (("activate", "open"), narrowing, ("go_out", self._way_out()), ("show_help", "help"))
        return key_hints([(self._keyboard.first_key(name), word) for name, word in named])

    def _way_out(self) -> str:
        return "quit" if len(self.app.screen_stack) == 1 else "back"


CATALOG_COMMANDS: Mapping[str, Callable[[CatalogScreen], None]] = {
    "search_here": CatalogScreen.start_typing,
    "search_next": lambda screen: screen.next_match(1),
    "search_previous": lambda screen: screen.next_match(-1),
    "cancel": CatalogScreen.cancel,
    "copy_item": CatalogScreen.copy_item,
    "copy_path": CatalogScreen.copy_path,
    "show_help": CatalogScreen.show_help,
    "go_out": CatalogScreen.leave,
    "suspend_program": lambda screen: screen.app.action_suspend_process(),
    "quit": lambda screen: screen.app.exit(0),
}
"""Commands of the main screen that mean something here, too."""

_MOVES = {Move.TOGGLE_OR_PAGE: Move.PAGE_DOWN}
"""Moves that mean another one where nothing folds."""


def _now() -> int:
    return int(time.time() * 1000)


def local_minute(unix_ms: int) -> str:
    """Month, day and minute where the person is; empty for what no calendar holds."""
    with suppress(OverflowError, OSError, ValueError):
        return time.strftime("%m-%d %H:%M", time.localtime(unix_ms / 1000))
    return ""
