"""A list over the panes to choose from; typing narrows it, Esc closes it."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.ui.keyboard import key_of
from tui.ui.widgets.line_bar import LineBar
from tui.ui.widgets.row_strip import StyleFor
from tui.ui.widgets.row_view import RowView
from tui.viewmodel.picker import PickEntry, Picker
from tui.viewmodel.spans import Line, Span
from tui.viewmodel.text import clean

_MOVES = {"down": 1, "up": -1, "ctrl+n": 1, "ctrl+p": -1, "tab": 1, "shift+tab": -1}
_FRAME_ROWS = 4
"""Rows of the box that are not entries: borders, title, typed line."""


class PickList(RowView):
    """The entries that match."""

    can_focus = False

    def __init__(self, picker: Picker, *, style_for: StyleFor) -> None:
        super().__init__(style_for=style_for)
        self._picker = picker

    def row_count(self) -> int:
        """Entries that match."""
        return len(self._picker.shown)

    def row_line(self, index: int, width: int) -> Line:  # noqa: ARG002  # the view crops
        """One entry."""
        return self._picker.shown[index].line

    def row_clicked(self, index: int, column: int) -> None:  # noqa: ARG002  # a row is one target
        """Choose the row."""
        self._picker.cursor = index
        if isinstance(self.screen, PickerScreen):
            self.screen.choose(self._picker.chosen)

    def _mark(self, index: int, otherwise: str) -> str:
        # The list never has the focus, yet its cursor is the one that counts.
        return "cursor" if index == self._picker.cursor and self._picker.chosen else otherwise


class PickerScreen(ModalScreen[object]):
    """Returns the value of the chosen entry, or None.

    Digits and other entry keys choose at once while nothing has been typed.
    """

    def __init__(
        self, title: str, entries: Sequence[PickEntry], *, style_for: StyleFor, cursor: int = 0, empty: str = "no match"
    ) -> None:
        super().__init__()
        self.picker = Picker(entries, cursor=cursor)
        self.title_text = title
        self._style_for = style_for
        self._empty = empty
        self._widest = self._most = 0
        self.is_over = False
        """Whether the list was closed."""

    def compose(self) -> ComposeResult:
        """A box with the title, the list, and the typed line."""
        with Vertical(id="picker"):
            yield LineBar(style_for=self._style_for, id="picker-title")
            yield PickList(self.picker, style_for=self._style_for)
            yield LineBar(style_for=self._style_for, id="picker-typed")

    def on_mount(self) -> None:
        """Size the box to its entries."""
        self._fit()
        self.refresh_entries()

    def on_unmount(self) -> None:
        """Tell whoever still brings entries."""
        self.is_over = True

    def on_resize(self) -> None:
        """Keep the box inside the screen."""
        self._fit()

    def replace_entries(self, entries: Sequence[PickEntry], title: str | None = None) -> None:
        """Show other entries, and another title."""
        self.picker.replace(entries)
        self.title_text = self.title_text if title is None else title
        if self.is_mounted:
            self._fit()
            self.refresh_entries()

    def refresh_entries(self) -> None:
        """Show what the picker says."""
        pick_list = self.query_one(PickList)
        pick_list.move_cursor(self.picker.cursor)
        pick_list.rows_changed()
        self.query_one("#picker-title", LineBar).show((Span(f" {self.title_text}", "title"),))
        self.query_one("#picker-typed", LineBar).show(self._typed_line())

    async def on_key(self, event: events.Key) -> None:
        """Move, choose, close, or type."""
        event.stop()
        event.prevent_default()
        if self.is_over:  # typed ahead of the closing: it is meant for what comes after
            self.app.post_message(events.Key(event.key, event.character))
            return
        key = key_of(event)
        page = max(1, self.query_one(PickList).page_height - 1)
        moves = {**_MOVES, "pagedown": page, "pageup": -page}
        direct = self.picker.entry_for_key(key)
        if key in ("escape", "ctrl+c"):
            self.choose(None)
        elif key == "enter" or direct is not None:
            self.choose(direct or self.picker.chosen)
        elif key in moves:
            self.picker.move(moves[key])
            self.refresh_entries()
        elif self.picker.type_key(key):
            self.refresh_entries()

    def choose(self, entry: PickEntry | None) -> None:
        """Close the list with an entry, or with nothing; once, however fast the keys come."""
        if not self.is_over:
            self.is_over = True
            self.dismiss(entry.value if entry else None)

    def on_paste(self, event: events.Paste) -> None:
        """Type the pasted text."""
        self.picker.type_text(event.text)
        self.refresh_entries()

    def _typed_line(self) -> Line:
        edit = self.picker.edit
        if not self.picker.shown:
            return (Span(f" › {clean(edit.text)}▏ "), Span(self._empty, "warning"))
        if not edit.text:
            return (Span(" › ▏", "chrome.key"), Span("type to narrow · Enter chooses · Esc closes", "dim"))
        return (Span(f" › {clean(edit.text[: edit.cursor])}▏{clean(edit.text[edit.cursor :])}"),)

    def _fit(self) -> None:
        """Size the box to its entries; it grows with them and never shrinks under the eyes."""
        box, entries = self.query_one("#picker"), self.picker.shown
        widest = max((len(entry.text) for entry in entries), default=0) + 3
        self._widest, self._most = max(self._widest, widest), max(self._most, len(entries))
        box.styles.width = min(max(self._widest, 50), max(10, self.size.width - 4), 110)
        box.styles.height = min(self._most + _FRAME_ROWS, max(5, self.size.height - 4))
