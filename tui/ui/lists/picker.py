"""A list over the panes to choose from."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.widget import Widget

from tui.model.noderef import NodeRef
from tui.ui.lists.list_screen import Chosen, Hints, ListScreen, ListTools
from tui.ui.lists.whole_line import WholeLine
from tui.ui.theme import style_for
from tui.ui.widgets.row_view import RowView
from tui.viewmodel.lists.picker import PickEntry, Picker, says
from tui.viewmodel.lists.whole import WHOLE_ROWS, leaves_out, whole_text
from tui.viewmodel.rows.moves import ROW_MOVES, Move, Rows
from tui.viewmodel.text.spans import Line, Span

COMMAND_HINTS: Hints = (("activate", "runs it"), ("search_here", "narrows"), ("cancel", "closes"))
"""What a list of commands says of itself."""

_FRAME_ROWS = 4
"""Rows of the box that are not entries: borders, title, lowest line."""

WIDEST = 110
"""Cells of the widest list of a kind that has no width of its own."""

MANY_ENTRIES = 2_000
"""A longer list has all the width it may have, and a line in full: to measure each entry would hold up a key."""

_EDGE_COLUMNS = 3
"""Columns of the box that hold no text: borders, and the mark of the scroll position."""

_NARROWEST = 10

_GAP = "  "
"""At least between what the lowest line names and the place of the cursor in a list that does not fit."""

LEAST_LIST_ROWS = 3
"""No line is said in full where the list would get fewer rows."""

PINNED_FROM_HEIGHT = 4
"""A list of fewer lines has no room for a heading that stays."""


class PickList(RowView):
    """The entries that match."""

    can_focus = False

    def __init__(self, picker: Picker) -> None:
        super().__init__(style_for=style_for)
        self._picker = picker

    def row_count(self) -> int:
        """Entries that match."""
        return len(self._picker.shown)

    def row_line(self, index: int, width: int) -> Line:  # noqa: ARG002  # the view crops
        """One entry."""
        return self._picker.shown[index].line

    def pinned_rows(self, top: int) -> list[int]:
        """The heading above the first row, where it has scrolled out and there is room."""
        heading = self._picker.heading_above(top) if self.page_height >= PINNED_FROM_HEIGHT else None
        return [] if heading is None else [heading]

    def row_clicked(self, index: int, column: int) -> None:  # noqa: ARG002  # a row is one target
        """Choose the row."""
        self._picker.cursor = index
        if isinstance(self.screen, PickerScreen):
            self.screen.choose(self._picker.chosen)

    def _mark(self, index: int, otherwise: str) -> str:
        # The list never has the focus, yet its cursor is the one that counts.
        return "cursor" if index == self._picker.cursor and self._picker.chosen else otherwise


class PickerScreen(ListScreen):
    """Ends with the value of the chosen entry, or None. An entry's key chooses it while all are shown."""

    SAYS_WHOLE = True
    """Whether the line under the cursor is said in full below the list; others say more of what it is on."""

    def __init__(
        self,
        title: str,
        entries: Sequence[PickEntry],
        tools: ListTools,
        *,
        cursor: int = 0,
        empty: str = "no match",
        hints: Hints = (),
        opened_by: str = "",
        told_first: bool = False,
    ) -> None:
        """`empty` is said while the list has no entries, `hints` take the place of `HINTS`; `told_first`: `Picker`."""
        super().__init__(title, tools, opened_by=opened_by)
        self.picker = Picker(entries, cursor=cursor, told_first=told_first)
        self.rows = PickList(self.picker)
        self.whole = WholeLine()
        self._own_hints = tuple(hints) or self.HINTS
        self._empty = empty
        self._widest = self._most = 0

    @property
    def widest(self) -> int:
        """Cells of the box at most, however wide the screen is."""
        return WIDEST

    def parts(self) -> Sequence[Widget]:
        """The entries, and below them in full the one under the cursor."""
        return (self.rows, self.whole) if self.SAYS_WHOLE else (self.rows,)

    def opened(self) -> None:
        """Size the box to its entries."""
        self.fit()
        self.refresh_entries()

    def resized(self) -> None:
        """Keep the box inside the screen."""
        self.fit()
        self._say_whole()
        self.footer.refresh()

    def say_when_empty(self, text: str) -> None:
        """Say this while the list has no entries."""
        if text != self._empty:
            self._empty = text
            self.footer.refresh()

    def replace_entries(self, entries: Sequence[PickEntry], title: str | None = None) -> None:
        """Show other entries, and another title."""
        self.picker.replace(entries)
        self.title_text = self.title_text if title is None else title
        if self.is_mounted and not self.is_over:
            self.fit()
            self.refresh_entries()

    def refresh_entries(self) -> None:
        """Show what the picker says."""
        if self.is_over:
            return
        self.rows.move_cursor(self.picker.cursor)
        self.rows.rows_changed()
        self.call_after_refresh(self._show_first_heading)
        self.title_bar.show((Span(f" {self.title_text}", "title"),))
        self._say_whole()
        self.footer.refresh()

    def _say_whole(self) -> None:
        """Say in full what the line under the cursor has no room for."""
        inner = self._inner_cells
        self.whole.show(whole_text(self.picker.chosen, inner, cell_len), inner)

    @property
    def _inner_cells(self) -> int:
        """Cells of a line."""
        width = self.box.styles.width
        return _NARROWEST if width is None else max(_NARROWEST, int(width.value) - _EDGE_COLUMNS)

    def _show_first_heading(self) -> None:
        """Above the first line that can be chosen there is nothing to move to, but something to read."""
        above = self.picker.shown[: self.picker.cursor]
        if self.rows.top and len(above) < self.rows.page_height and not any(entry.value for entry in above[1:]):
            self.rows.scroll_rows(-self.rows.top)

    # What every list does

    def chosen(self) -> Chosen | None:
        """The entry under the cursor."""
        entry = self.picker.chosen
        return None if entry is None else Chosen(self.node_of(entry.value), entry.text.strip())

    def node_of(self, value: object) -> NodeRef | None:
        """The object that an entry's value means, if it means one."""
        return value if isinstance(value, NodeRef) else None

    def activate(self) -> None:
        """Choose the entry under the cursor."""
        self.choose(self.picker.chosen)

    def choose(self, entry: PickEntry | None) -> None:
        """Close the list with an entry. Where nothing matches the words, there is none: they can still be mended."""
        if entry is not None or not self.picker.words:
            self.close(entry.value if entry else None)

    def move(self, move: Move, count: int | None) -> bool:
        """Move the cursor."""
        step = ROW_MOVES.get(Move.PAGE_DOWN if move is Move.TOGGLE_OR_PAGE else move)
        if step is None:
            return False
        at = Rows(self.picker.cursor, self.rows.top, len(self.picker.shown), self.rows.page_height)
        self.picker.move(step(at, count).cursor - at.cursor)
        self.refresh_entries()
        return True

    def next_match(self, step: int) -> None:
        """The next entry of a narrowed list, around its end."""
        if self.picker.words and self.picker.is_at_end(step):
            self.picker.move(-step * len(self.picker.shown))
            self.refresh_entries()
        else:
            super().next_match(step)

    def takes_key(self, key: str) -> bool:
        """Choose the entry that has this key."""
        entry = self.picker.entry_for_key(key)
        if entry is not None:
            self.choose(entry)
        return entry is not None

    @property
    def narrowed_to(self) -> str:
        """The words that entries must have."""
        return self.picker.words

    def narrow(self, words: str) -> None:
        """Show the entries that have all the words."""
        self.picker.narrow(words)
        self.refresh_entries()

    def typed_remark(self) -> str:
        """How many lines have the words, and how another than the marked one is chosen."""
        number, total = self.picker.place
        return f"{number:,} of {total:,} · ↓ ↑ choose" if self.picker.words and total > 1 else ""

    def hints(self) -> Hints:
        """The commands to name."""
        hints = self._own_hints
        return (*hints[:-1], ("cancel", "shows all")) if self.narrowed_to else hints

    def footer_line(self, message: Span | None, width: int) -> Line:
        """As in every list; while there is nothing to choose, why."""
        if message is None and not self.picker.shown:
            message = Span("no match" if self.picker.words else self._empty, "warning")
        line = super().footer_line(message, width)
        if message is not None or len(self.picker.shown) <= self.rows.page_height:
            return line
        number, total = self.picker.place
        place, said = f"{number:,} of {total:,}", sum(cell_len(span.text) for span in line)
        gap = width - said - cell_len(place) - 1
        return (*line, Span(" " * gap), Span(place, "dim")) if gap >= len(_GAP) else line

    def fit(self) -> None:
        """Size the box to its entries; it grows with them and never shrinks under the eyes."""
        entries = self.picker.shown
        widest = self.widest
        if not self._has_many:
            widest = max((cell_len(entry.text) for entry in entries), default=0) + _EDGE_COLUMNS
        self._widest, self._most = max(self._widest, widest), max(self._most, len(entries), 1)
        self.box.styles.width = self.wanted_width()
        self.fit_height()

    @property
    def _has_many(self) -> bool:
        return len(self.picker.shown) > MANY_ENTRIES

    def wanted_width(self) -> int:
        """Columns of the box."""
        return self.box_width(min(max(self._widest, 50), self.widest))

    def fit_height(self, margin: int = 4) -> None:
        """As high as the entries need, and the line in full where one is cut and the list has room for it."""
        room = max(5, self.size.height - margin)
        has_room = room >= _FRAME_ROWS + WHOLE_ROWS + LEAST_LIST_ROWS
        is_cut = self.whole.display or self._has_many or leaves_out(self.picker.shown, self._inner_cells, cell_len)
        self.whole.display = self.SAYS_WHOLE and has_room and is_cut
        self.box.styles.height = min(self._most + _FRAME_ROWS + self.whole.rows, room)


class CommandLine(PickerScreen):
    """Commands for those who know a name: each letter narrows the list from the first on, Enter runs, Esc closes."""

    TYPING_LABEL = ":"

    def opened(self) -> None:
        """Show all, and take letters at once."""
        super().opened()
        self.start_typing()
        self.footer.remark("Enter runs it · Esc closes")

    def narrow(self, words: str) -> None:
        """Begin on the command of that name, else on the first whose name begins so, else on the first that says it."""
        super().narrow(words)
        name = words.strip().lower()
        beginning = [entry.value for entry in self.picker.shown if str(entry.value or "").startswith(name)]
        said = [entry.value for entry in self.picker.shown if entry.value and says(entry.text, words)]
        if name and (beginning or said):
            self.picker.stand_on(name if name in beginning else (beginning or said)[0])
            self.refresh_entries()

    def stopped_typing(self) -> None:
        """Esc closes the list: here letters are always typed, so without the line nothing could be done."""
        self.close()
