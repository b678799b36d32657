"""A list about one object, causes or links, that goes on to tell the same about each object in it."""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical

from tui.model.noderef import NodeRef
from tui.store import TraceStore
from tui.ui.keyboard import key_of
from tui.ui.lists.picker import PickerScreen, PickList
from tui.ui.widgets.line_bar import LineBar
from tui.ui.widgets.row_strip import StyleFor
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
    """Returns the chosen node, or None. Right asks about the chosen object, Left goes back to the one before."""

    HINTS = ("Enter goes there", "→ the same for that", "← back", "type to narrow", "Esc closes")

    def __init__(self, node: NodeRef, explain: Explain, store: TraceStore, *, style_for: StyleFor) -> None:
        title, entries = explain(node)
        super().__init__(title, entries, style_for=style_for, cursor=_FIRST_CAUSE)
        self._explain = explain
        self._store = store
        self._asked = [node]
        self._lines_seen = len(store.event_log)

    def on_mount(self) -> None:
        """Keep the list as new as the graph."""
        super().on_mount()
        self.set_interval(REFRESH_SECONDS, self._keep_current)

    def compose(self) -> ComposeResult:
        """The list, below it the line under the cursor in full, and the typed line."""
        with Vertical(id="picker"):
            yield LineBar(style_for=self._style_for, id="picker-title")
            yield PickList(self.picker, style_for=self._style_for)
            with Vertical(id="why-whole"):
                for _ in range(WHOLE_ROWS):
                    yield LineBar(style_for=self._style_for)
            yield LineBar(style_for=self._style_for, id="picker-typed")

    def refresh_entries(self) -> None:
        """Show the list, and in full what its line has no room for."""
        super().refresh_entries()
        width = self.query_one("#picker").styles.width
        inner = _NARROWEST if width is None else max(_NARROWEST, int(width.value) - _EDGE_COLUMNS)
        bars = self.query_one("#why-whole").query(LineBar)
        for bar, line in zip(bars, whole_lines(self.picker.chosen, inner, cell_len), strict=True):
            bar.show(line)

    def on_resize(self) -> None:
        """Other lines have room."""
        super().on_resize()
        self.refresh_entries()

    def _fit(self) -> None:
        """Room for the line in full."""
        super()._fit()
        box = self.query_one("#picker")
        height = box.styles.height
        if height is not None:
            box.styles.height = min(int(height.value) + WHOLE_ROWS, max(5, self.size.height - 2))

    async def on_key(self, event: events.Key) -> None:
        """Go on to another step, or do what every list does."""
        key = key_of(event)
        if self.is_over or self.picker.edit.text or key not in ("right", "left"):
            await super().on_key(event)
            return
        event.stop()
        event.prevent_default()
        chosen = self.picker.chosen
        if key == "right" and chosen is not None and isinstance(chosen.value, NodeRef):
            self._ask(chosen.value)
        elif key == "left" and len(self._asked) > 1:
            self._return()

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
        self.picker.begin(entries, _FIRST_CAUSE)
        if stand_on is not None:
            self.picker.stand_on(stand_on)
        self.replace_entries(entries, title)

    def _keep_current(self) -> None:
        """Nothing is worked out, and nothing is sent, while the log stands still."""
        if self._lines_seen != len(self._store.event_log):
            self._lines_seen = len(self._store.event_log)
            title, entries = self._explain(self._asked[-1])
            if entries != self.picker.entries:
                self.replace_entries(entries, title)
