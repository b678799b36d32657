"""The list of what a search of the whole recording found; it grows while one looks."""

from __future__ import annotations

from collections.abc import Sequence

from textual.widget import Widget

from tui.ui.lists.list_screen import Chosen, ListScreen, ListTools
from tui.ui.live.everywhere import EverywhereSearch
from tui.ui.theme import style_for
from tui.ui.widgets.row_view import RowView
from tui.viewmodel.lists.found_lines import title_line
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.spans import Line, line_text

CHANGE_SECONDS = 0.05
"""How often the list is drawn while results come, at most."""

GROWTH_SECONDS = 1.0
"""How often what has come into the recording is searched."""


class FoundRows(RowView):
    """The lines of the list."""

    can_focus = False

    def __init__(self, search: EverywhereSearch) -> None:
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
            self.screen.activate()

    def _mark(self, index: int, otherwise: str) -> str:
        # The list never has the focus, yet its cursor is the one that counts.
        return "cursor" if index == self.cursor else otherwise


class FoundScreen(ListScreen):
    """Ends with the number of the chosen place, or None."""

    HINTS = (
        ("activate", "goes there"),
        ("search_next", "walks on from there"),
        ("next_sibling", "next object"),
        ("cancel", "closes"),
    )

    def __init__(self, search: EverywhereSearch, tools: ListTools) -> None:
        super().__init__("", tools)
        self.search = search
        self.rows = FoundRows(search)
        self._is_due = False

    def parts(self) -> Sequence[Widget]:
        """The results."""
        self.box.set_class(True, "-whole")  # noqa: FBT003  # Textual's signature
        return (self.rows,)

    def opened(self) -> None:
        """Begin, or go on with what came since."""
        self.search.on_change = self._change_soon
        self.fit()
        self._draw()
        self._go_on()
        self.set_interval(GROWTH_SECONDS, self._go_on)

    def on_unmount(self) -> None:
        """What is still searched is kept, not shown."""
        self.search.on_change = _nothing

    def resized(self) -> None:
        """Keep the box inside the screen."""
        self.fit()
        self.footer.refresh()

    # What every list does

    def chosen(self) -> Chosen | None:
        """The place under the cursor."""
        found = self.search.found
        shown = found.row_at(found.cursor)
        return None if shown is None else Chosen(shown.group.node, line_text(self.search.line(found.cursor)).strip())

    def activate(self) -> None:
        """Close the list and go to the place under the cursor."""
        if self.search.found.row_count:
            self.close(self.search.found.place_number(self.search.found.cursor))

    def cancel(self) -> None:
        """Stop the search; when it is over, close."""
        if self.search.is_running:
            self.search.stop()
        else:
            self.close()

    def next_match(self, step: int) -> None:
        """All that is listed matches."""
        self.move(Move.MOVE_DOWN if step > 0 else Move.MOVE_UP, None)

    def start_typing(self) -> None:
        """What was found is what was searched for."""
        self.footer.say(
            f"{self.tools.keyboard.first_key('search_everywhere')} in the panes searches for something else"
        )

    def takes_key(self, key: str) -> bool:
        """The brackets go from object to object, too."""
        steps = {"right_square_bracket": 1, "]": 1, "left_square_bracket": -1, "[": -1}
        if key in steps:
            self._go_group(steps[key])
        return key in steps

    def move(self, move: Move, count: int | None) -> bool:
        """Move by places, pages, or objects; into a place is to go there, out is to close."""
        if move is Move.STEP_IN:
            self.activate()
        elif move is Move.STEP_OUT:
            self.close()
        elif move in (Move.NEXT_SIBLING, Move.PREVIOUS_SIBLING):
            self._go_group(1 if move is Move.NEXT_SIBLING else -1)
        else:
            return self.rows.perform(Move.PAGE_DOWN if move is Move.TOGGLE_OR_PAGE else move, count)
        return True

    def _go_group(self, step: int) -> None:
        if self.search.found.row_count:
            self.rows.move_cursor(self.search.found.next_group(step))

    # Growing

    def _go_on(self) -> None:
        """Search what is there and was not searched."""
        if not (self.search.is_stopped or self.search.is_running or self.is_over):
            self.app.run_worker(self.search.run(), group="search")  # it outlives the list

    def _change_soon(self) -> None:
        if not self._is_due and self.is_mounted and not self.is_over:
            self._is_due = True
            self.set_timer(CHANGE_SECONDS if self.search.found.row_count else 0.001, self._draw)

    def _draw(self) -> None:
        self._is_due = False
        title = title_line(self.search.facts())
        self.title_text = line_text(title)
        self.title_bar.show(title)
        found = self.search.found
        self.rows.rows_changed(found.cursor if found.row_count else None)
        self.footer.refresh()

    def fit(self) -> None:
        """Results are read, not only chosen: the box takes the room there is."""
        self.box.styles.width = max(10, self.size.width - 4)
        self.box.styles.height = max(5, self.size.height - 4)


def _nothing() -> None:
    """Nobody looks."""
