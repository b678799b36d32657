"""A list over the panes to choose from; typing narrows it, Esc closes it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.ui.keyboard import key_of
from tui.ui.widgets.line_bar import LineBar
from tui.ui.widgets.row_strip import StyleFor
from tui.ui.widgets.row_view import RowView
from tui.viewmodel.footer import fitting_hints
from tui.viewmodel.picker import PickEntry, Picker
from tui.viewmodel.spans import Line, Span
from tui.viewmodel.text import clean

_MOVES = {"down": 1, "up": -1, "ctrl+n": 1, "ctrl+p": -1, "tab": 1, "shift+tab": -1}
_FRAME_COLUMNS = 2
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

    HINTS: tuple[str, ...] = ("Enter goes there", "type to narrow", "Esc closes")
    """What the typed line says while nothing has been typed; in a narrow box those before the last one give way."""

    def __init__(
        self,
        title: str,
        entries: Sequence[PickEntry],
        *,
        style_for: StyleFor,
        cursor: int = 0,
        empty: str = "no match",
        hints: Sequence[str] = (),
        closing_keys: Sequence[str] = (),
    ) -> None:
        """`hints` in place of `HINTS`; `closing_keys` close the list as Esc does, while nothing has been typed."""
        super().__init__()
        self._hints = tuple(hints) or self.HINTS
        self._closing_keys = tuple(closing_keys)
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
        self._write_typed_line()

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
        self.call_after_refresh(self._show_first_heading)
        self.query_one("#picker-title", LineBar).show((Span(f" {self.title_text}", "title"),))
        self._write_typed_line()

    def _write_typed_line(self) -> None:
        self.query_one("#picker-typed", LineBar).show(self._typed_line())

    def _show_first_heading(self) -> None:
        """Above the first line that can be chosen there is nothing to move to, but something to read."""
        pick_list = self.query_one(PickList)
        above = self.picker.shown[: self.picker.cursor]
        if pick_list.top and len(above) < pick_list.page_height and not any(entry.value for entry in above[1:]):
            pick_list.scroll_rows(-pick_list.top)

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
        if key in ("escape", "ctrl+c") or (key in self._closing_keys and not self.picker.edit.text):
            self.choose(None)
        elif key == "enter" or direct is not None:
            self._choose_if_any(direct or self.picker.chosen)
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

    def _choose_if_any(self, entry: PickEntry | None) -> None:
        """Where nothing matches what was typed, there is nothing to choose: the words can still be mended."""
        if entry is not None or not self.picker.edit.text:
            self.choose(entry)

    def on_paste(self, event: events.Paste) -> None:
        """Type the pasted text."""
        self.picker.type_text(event.text)
        self.refresh_entries()

    def _typed_line(self) -> Line:
        edit = self.picker.edit
        if not self.picker.shown:
            return (
                Span(f" › {clean(edit.text)}▏ "),
                Span("no match · Esc closes" if edit.text else self._empty, "warning"),
            )
        if not edit.text:
            return (Span(" › ▏", "chrome.key"), Span(self._fitting_hints(), "dim"))
        return (Span(f" › {clean(edit.text[: edit.cursor])}▏{clean(edit.text[edit.cursor :])}"),)

    def _fitting_hints(self) -> str:
        width = self.query_one("#picker").styles.width
        room = 0 if width is None else width.value - _FRAME_COLUMNS - len(" › ▏")
        return fitting_hints(self._hints, int(room), cell_len)

    def _fit(self) -> None:
        """Size the box to its entries; it grows with them and never shrinks under the eyes."""
        box, entries = self.query_one("#picker"), self.picker.shown
        widest = max((len(entry.text) for entry in entries), default=0) + 3
        self._widest, self._most = max(self._widest, widest), max(self._most, len(entries))
        box.styles.width = min(max(self._widest, 50), max(10, self.size.width - 4), 110)
        box.styles.height = min(self._most + _FRAME_ROWS, max(5, self.size.height - 4))
