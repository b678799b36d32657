"""A list about one object, causes or links, that goes on to tell the same about each object in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.cells import cell_len
from textual.containers import Vertical
from textual.widget import Widget

from tui.model.noderef import NodeRef
from tui.store import TraceStore
from tui.ui.lists.list_screen import ListTools
from tui.ui.lists.picker import PickerScreen
from tui.ui.theme import style_for
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.moves import Move
from tui.viewmodel.picker import PickEntry
from tui.viewmodel.why_list import WHOLE_ROWS, whole_lines

REFRESH_SECONDS = 0.5
"""How often the list is made anew while the recording grows."""

_FIRST_CAUSE = 1
"""Where the cursor begins: behind the object itself, or behind the first heading."""

_EDGE_COLUMNS = 3
"""Columns of the box that are no text: borders, and the mark of the scroll position."""

_NARROWEST = 10

Explain = Callable[[NodeRef], tuple[str, list[PickEntry]]]
"""Title and lines for a node."""


class WhyScreen(PickerScreen):
    """Ends with the chosen node, or None. Into an object is to ask about it, out of it the one asked about before."""

    HINTS = (
        ("activate", "goes there"),
        ("step_in", "the same for that"),
        ("step_out", "back"),
        ("search_here", "narrows"),
        ("cancel", "closes"),
    )

    def __init__(self, node: NodeRef, explain: Explain, store: TraceStore, tools: ListTools) -> None:
        title, entries = explain(node)
        super().__init__(title, entries, tools, cursor=_FIRST_CAUSE)
        self.whole = [LineBar(style_for=style_for) for _ in range(WHOLE_ROWS)]
        self._explain = explain
        self._store = store
        self._asked = [node]
        self._lines_seen = len(store.event_log)

    def opened(self) -> None:
        """Keep the list as new as the graph."""
        super().opened()
        self.set_interval(REFRESH_SECONDS, self._keep_current)

    def parts(self) -> Sequence[Widget]:
        """The list, and below it the line under the cursor in full."""
        return (*super().parts(), Vertical(*self.whole, id="why-whole"))

    def refresh_entries(self) -> None:
        """Show the list, and in full what its line has no room for."""
        super().refresh_entries()
        width = self.box.styles.width
        inner = _NARROWEST if width is None else max(_NARROWEST, int(width.value) - _EDGE_COLUMNS)
        for bar, line in zip(self.whole, whole_lines(self.picker.chosen, inner, cell_len), strict=True):
            bar.show(line)

    def resized(self) -> None:
        """Other lines have room."""
        super().resized()
        self.refresh_entries()

    def fit(self) -> None:
        """Room for the line in full."""
        super().fit()
        height = self.box.styles.height
        if height is not None:
            self.box.styles.height = min(int(height.value) + WHOLE_ROWS, max(5, self.size.height - 2))

    def move(self, move: Move, count: int | None) -> bool:
        """Go on to another step, back, or move as in every list."""
        chosen = self.picker.chosen
        if move is Move.STEP_IN:
            if chosen is not None and isinstance(chosen.value, NodeRef):
                self._ask(chosen.value)
        elif move is Move.STEP_OUT:
            if len(self._asked) > 1:
                self._return()
        else:
            return super().move(move, count)
        return True

    def _ask(self, node: NodeRef) -> None:
        if node != self._asked[-1]:
            self._asked.append(node)
            self._show(None)

    def _return(self) -> None:
        """The list before, with the cursor on the step that was asked about."""
        left = self._asked.pop()
        self._show(left)

    def _show(self, stand_on: NodeRef | None) -> None:
        title, entries = self._explain(self._asked[-1])
        self.picker.words = ""
        self.picker.begin(entries, _FIRST_CAUSE)
        if stand_on is not None:
            self.picker.stand_on(stand_on)
        self.replace_entries(entries, title)

    def _keep_current(self) -> None:
        """Nothing is worked out, and nothing is sent, while the log stands still."""
        if not self.is_over and self._lines_seen != len(self._store.event_log):
            self._lines_seen = len(self._store.event_log)
            title, entries = self._explain(self._asked[-1])
            if entries != self.picker.entries:
                self.replace_entries(entries, title)
