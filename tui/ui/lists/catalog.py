"""The list of the bundles in a folder, on the whole screen: narrowed by typing, kept current, Enter opens one."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Mapping
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
from tui.ui.command import Command
from tui.ui.keyboard import key_of, shown_keys
from tui.ui.theme import style_for
from tui.ui.widgets.line_bar import LineBar
from tui.ui.widgets.row_view import RowView
from tui.viewmodel.catalog import CatalogModel, key_hints
from tui.viewmodel.footer import prompt_line
from tui.viewmodel.keys import KeySequences
from tui.viewmodel.line_edit import LineEdit
from tui.viewmodel.moves import Move
from tui.viewmodel.spans import Line, Span
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

_COMMANDS = ("move_down", "move_up", "go_first", "go_last", "activate", "search_here", "cancel", "go_out", "show_help")
_WHOLE_KEYS = ("page_down", "page_up", "half_page_down", "half_page_up", "quit", "suspend_program")
"""Commands that only keys without a character reach: a character narrows the list."""


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
        self, root: str, bindings: Mapping[str, Command], *, cursor: str = "", waits: bool = False, notice: str = ""
    ) -> None:
        """`cursor` is the path of the bundle to stand on. With `waits`, a root that becomes a bundle is opened."""
        super().__init__()
        self.model = CatalogModel(root)
        self.catalog = Catalog(root)
        self._key_map = bindings
        self._keys = KeySequences(_keys_of(bindings))
        self._edit: LineEdit | None = None
        self._message: Span | None = Span(notice, "warning") if notice else None
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
        yield LineBar(style_for=style_for, id="status")
        yield LineBar(style_for=style_for, id="headings")
        yield CatalogList(self.model)
        yield LineBar(style_for=style_for, id="evidence")
        yield LineBar(style_for=style_for, id="footer")

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

    @property
    def _list(self) -> CatalogList:
        return self.query_one(CatalogList)

    # Keys

    def press(self, event: events.Key) -> None:
        """Do what a key means; what means nothing narrows the list."""
        key = key_of(event)
        self._message = None
        if self._edit is not None and self._type(self._edit, key):
            return
        outcomes = self._keys.press(key) if not key.isdigit() else []
        for outcome in outcomes:
            if outcome.kind == "run":
                self._run(outcome.binding_id)
        if not outcomes or outcomes[-1].kind == "unknown":
            self._narrow_by(key)
        self.refresh_lines()

    def _type(self, edit: LineEdit, key: str) -> bool:
        """Edit the typed words; whether the key was one for them."""
        if key == "escape" or (key == "backspace" and not edit.text):
            self._stop_typing()
        elif key in ("home", "end", "ctrl+u") or (key == "/" and not edit.text) or not edit.press(key):
            return False
        else:
            self.model.narrow(edit.text)
        self._show_rows()
        return True

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text narrows the list."""
        self._edit = self._edit or LineEdit()
        self._edit.insert(event.text)
        self.model.narrow(self._edit.text)
        self._show_rows()

    def _narrow_by(self, key: str) -> None:
        edit = self._edit or LineEdit()
        if edit.press(key) and edit.text:
            self._edit = edit
            self.model.narrow(edit.text)
            self._show_rows()

    def _stop_typing(self) -> None:
        self._edit = None
        self.model.narrow("")
        self._show_rows()

    def _run(self, binding_id: str) -> None:
        commands = {
            "activate": self._open,
            "search_here": self._start_typing,
            "cancel": self._undo,
            "go_out": self._leave,
            "quit": lambda: self.app.exit(0),
            "suspend_program": self.app.action_suspend_process,
            "show_help": self._help,
        }
        command = commands.get(binding_id)
        if command is not None:
            command()
        else:
            self._list.perform(Move(binding_id))

    def _start_typing(self) -> None:
        self._stop_typing()
        self._edit = LineEdit()

    def _undo(self) -> None:
        """Show all again; else go back where one came from. Who came from nowhere does not lose the list by Esc."""
        if self.model.words:
            self._stop_typing()
        elif len(self.app.screen_stack) > 1:
            self._leave()
        else:
            self._message = Span(f"nothing to undo; {shown_keys(self._key_map['go_out'].keys[0])} quits")

    def _help(self) -> None:
        self._message = Span("j k ↑ ↓ PgDn PgUp gg G move · / or typing narrows · Enter opens · q leaves")

    def _leave(self) -> None:
        self.post_message(self.Left())

    def _open(self) -> None:
        chosen = self.model.chosen
        if chosen is not None:
            self._edit = None  # back in the list, keys are commands again; what it was narrowed to stays
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
        self._message = Span(text, style)
        self.refresh_lines()

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
        self._bar("status").show(self.model.status(fault, is_looking=self._is_looking, is_cut=is_cut))
        self._bar("headings").show(self.model.heading(width))
        self._bar("evidence").show(self.model.evidence())
        self._bar("footer").show(self._footer(width))

    def _bar(self, name: str) -> LineBar:
        return self.query_one(f"#{name}", LineBar)

    def _footer(self, width: int) -> Line:
        if self._edit is not None and self._message is None:
            return prompt_line("/ narrow to", self._edit, "Enter opens · Esc shows all", width, cell_len)
        if self._message is not None:
            return (Span(" "), Span(clean(self._message.text), self._message.style))
        narrowing = ("cancel", "show all") if self.model.words else ("search_here", "or typing: narrow")
        named = (("activate", "open"), narrowing, ("go_out", self._way_out()), ("show_help", "help"))
        return key_hints([(shown_keys(self._key_map[name].keys[0]), word) for name, word in named])

    def _way_out(self) -> str:
        return "quit" if len(self.app.screen_stack) == 1 else "back"


def _keys_of(bindings: Mapping[str, Command]) -> dict[str, tuple[str, ...]]:
    """The keys that are commands here: few characters, so that most of them can narrow at once."""
    keys = {name: bindings[name].keys for name in _COMMANDS}
    for name in _WHOLE_KEYS:
        keys[name] = tuple(key for key in bindings[name].keys if len(key) > 1 and " " not in key)
    return keys


def _now() -> int:
    return int(time.time() * 1000)


def local_minute(unix_ms: int) -> str:
    """Month, day and minute where the person is; empty for what no calendar holds."""
    with suppress(OverflowError, OSError, ValueError):
        return time.strftime("%m-%d %H:%M", time.localtime(unix_ms / 1000))
    return ""
