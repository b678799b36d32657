"""`MeasuredView`: the base of the panes whose texts are wrapped, so that their row numbers depend on the width.

Rows are measured where somebody looks; how many there are elsewhere is estimated. Measuring may move the row numbers
of what is on the screen, so it is repeated until nothing moves any more.
"""

from __future__ import annotations

from tui.store import TraceStore
from tui.ui.theme import style_for as theme_style_for
from tui.ui.widgets.row_strip import StyleFor
from tui.ui.widgets.row_view import RowView

SETTLING_ROUNDS = 8
"""How often measuring may move rows before the view takes them as they are; two are usual."""


class MeasuredView(RowView):
    """Rows of the store that are laid out for the width of the pane."""

    def __init__(
        self,
        store: TraceStore,
        *,
        style_for: StyleFor = theme_style_for,
        id: str | None = None,  # noqa: A002  # Textual's own name for it
    ) -> None:
        super().__init__(style_for=style_for, id=id)
        self._store = store

    # What a subclass gives

    def set_text_width(self, width: int) -> bool:  # noqa: ARG002  # a view without texts is the same in any width
        """Lay the texts out for `width` cells; whether that is another width than before."""
        return False

    def measured_cursor(self) -> int:
        """The row of the cursor, once the rows around it are measured."""
        return self._cursor

    # What both panes do

    def _take_width(self) -> None:
        """If the pane became wider or narrower, lay out again; the cursor keeps its line on the screen."""
        # The last column belongs to the scroll position.
        width = self.scrollable_content_region.width - 1
        if width > 0 and self.set_text_width(width):
            self._lines.clear()
            line = self._cursor - self._top
            self._cursor = self.measured_cursor()
            self._set_top(self._cursor - line)
