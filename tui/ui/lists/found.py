"""The list of what a search of the whole recording found; it grows while one looks."""

from __future__ import annotations

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.ui.keyboard import key_of
from tui.ui.live.everywhere import EverywhereSearch
from tui.ui.widgets.line_bar import LineBar
from tui.ui.widgets.row_strip import StyleFor
from tui.ui.widgets.row_view import RowView
from tui.viewmodel.footer import fitting_hints
from tui.viewmodel.found_lines import title_line
from tui.viewmodel.moves import Move
from tui.viewmodel.spans import Line, Span

CHANGE_SECONDS = 0.05
"""How often the list is drawn while results come, at most."""

GROWTH_SECONDS = 1.0
"""How often what has come into the recording is searched."""

HINTS = ("Enter goes there", "n N walk on from there", "J K objects", "j k g G move", "Esc closes")

_MOVES = {
    **dict.fromkeys(("j", "down", "n", "tab"), Move.MOVE_DOWN),
    **dict.fromkeys(("k", "up", "N", "shift+tab"), Move.MOVE_UP),
    **dict.fromkeys(("pagedown", "space"), Move.PAGE_DOWN),
    **dict.fromkeys(("pageup", "b"), Move.PAGE_UP),
    **dict.fromkeys(("g", "home"), Move.GO_FIRST),
    **dict.fromkeys(("G", "end"), Move.GO_LAST),
    "ctrl+d": Move.HALF_PAGE_DOWN,
    "ctrl+u": Move.HALF_PAGE_UP,
}
_GROUPS = {"J": 1, "right_square_bracket": 1, "]": 1, "K": -1, "left_square_bracket": -1, "[": -1}


class FoundRows(RowView):
    """The lines of the list."""

    can_focus = False

    def __init__(self, search: EverywhereSearch, *, style_for: StyleFor) -> None:
        super().__init__(style_for=style_for)
        self._search = search

    def row_count(self) -> int:
        """Headings and places."""
        return self._search.found.row_count

    def row_line(self, index: int, width: int) -> Line:  # noqa: ARG002  # the view crops
        """One of them."""
        return self._search.line(index)

    def empty_text(self) -> str:
        """Nothing yet, or nothing at all."""
        return "" if self._search.is_running else "Nothing in this recording holds it."

    def cursor_changed(self) -> None:
        """The list keeps the cursor, so that it stays on its row while others come in above."""
        self._search.found.cursor = self.cursor

    def row_clicked(self, index: int, column: int) -> None:  # noqa: ARG002  # a row is one target
        """Go there."""
        self.move_cursor(index)
        if isinstance(self.screen, FoundScreen):
            self.screen.choose()

    def _mark(self, index: int, otherwise: str) -> str:
        # The list never has the focus, yet its cursor is the one that counts.
        return "cursor" if index == self.cursor else otherwise


class FoundScreen(ModalScreen[int]):
    """Returns the number of the chosen place, or None."""

    def __init__(self, search: EverywhereSearch, *, style_for: StyleFor) -> None:
        super().__init__()
        self.search = search
        self._style_for = style_for
        self._is_due = False
        self._is_over = False

    @property
    def title_text(self) -> str:
        """What stands above the list."""
        return "".join(span.text for span in title_line(self.search.facts()))

    def compose(self) -> ComposeResult:
        """A box with the title, the list, and the keys."""
        with Vertical(id="picker", classes="-whole"):
            yield LineBar(style_for=self._style_for, id="picker-title")
            yield FoundRows(self.search, style_for=self._style_for)
            yield LineBar(style_for=self._style_for, id="picker-typed")

    def on_mount(self) -> None:
        """Begin, or go on with what came since."""
        self.search.on_change = self._change_soon
        self._fit()
        self._draw()
        self._go_on()
        self.set_interval(GROWTH_SECONDS, self._go_on)

    def on_unmount(self) -> None:
        """What is still searched is kept, not shown."""
        self.search.on_change = _nothing

    def on_resize(self) -> None:
        """Keep the box inside the screen."""
        self._fit()

    def on_key(self, event: events.Key) -> None:
        """Move, go there, stop, close."""
        event.stop()
        event.prevent_default()
        if self._is_over:  # typed ahead of the closing: it is meant for what comes after
            self.app.post_message(events.Key(event.key, event.character))
            return
        key = key_of(event)
        if key in ("enter", "l", "right"):
            self.choose()
        elif key == "escape" and self.search.is_running:
            self.search.stop()
        elif key in ("escape", "q", "ctrl+c", "h", "left"):
            self._close(None)
        else:
            self._move(key)

    def choose(self) -> None:
        """Close the list and go to the place under the cursor."""
        if self.search.found.row_count:
            self._close(self.search.found.place_number(self.search.found.cursor))

    def _close(self, place: int | None) -> None:
        if not self._is_over:
            self._is_over = True
            self.dismiss(place)

    def _move(self, key: str) -> None:
        rows, found = self.query_one(FoundRows), self.search.found
        if not found.row_count:
            return
        if key in _MOVES:
            rows.perform(_MOVES[key])
        elif key in _GROUPS:
            rows.move_cursor(found.next_group(_GROUPS[key]))

    def _go_on(self) -> None:
        """Search what is there and was not searched."""
        if not (self.search.is_stopped or self.search.is_running or self._is_over):
            self.app.run_worker(self.search.run(), group="search")  # it outlives the list

    def _change_soon(self) -> None:
        if not self._is_due and self.is_mounted:
            self._is_due = True
            self.set_timer(CHANGE_SECONDS if self.search.found.row_count else 0.001, self._draw)

    def _draw(self) -> None:
        self._is_due = False
        self.query_one("#picker-title", LineBar).show(title_line(self.search.facts()))
        rows, found = self.query_one(FoundRows), self.search.found
        rows.rows_changed(found.cursor if found.row_count else None)

    def _fit(self) -> None:
        """Results are read, not only chosen: the box takes the room there is."""
        box = self.query_one("#picker")
        box.styles.width = max(10, self.size.width - 4)
        box.styles.height = max(5, self.size.height - 4)
        hints = fitting_hints(HINTS, self.size.width - 7, cell_len)
        self.query_one("#picker-typed", LineBar).show((Span(f" {hints}", "dim"),))


def _nothing() -> None:
    """Nobody looks."""
