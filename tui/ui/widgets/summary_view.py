"""`SummaryView`: the page about the whole session that is in the right half while the root agent is selected."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from textual import events

from tui.store import TraceStore
from tui.ui.scheduler import SlicedWork
from tui.ui.widgets.row_view import RowView
from tui.viewmodel.text.spans import Line
from tui.viewmodel.timeline.model import TimelineModel


class SummaryView(RowView, can_focus=False):
    """Shows the summary; it takes no keys. It is worked out when it is shown, and again when the recording changed."""

    show_cursor = False

    def __init__(self, store: TraceStore, *, id: str) -> None:  # noqa: A002  # Textual's own name for it
        super().__init__(id=id)
        self._store = store
        self._page: list[Line] = []
        self._made_for: object = None
        self._model: TimelineModel | None = None
        self._work: SlicedWork[None] | None = None

    def show_of(self, model: TimelineModel) -> None:
        """Show the session as the timeline has it."""
        self._model = model
        self._make()

    def on_resize(self, _event: events.Resize) -> None:
        """The page has another width, or has one at last. Textual calls the handler of the base, too."""
        self._make()

    def _make(self) -> None:
        store, model, width = self._store, self._model, self.scrollable_content_region.width
        if model is None or not width or not self.display:
            return
        made_for = (store.generation, model.revision, width)
        if made_for != self._made_for:
            self._made_for = made_for
            if self._work is not None:
                self._work.stop()
            self._work = SlicedWork(self._steps(model, width, made_for), lambda: None)

    def _steps(self, model: TimelineModel, width: int, made_for: object) -> Iterator[None]:
        """Work the page out; what it shows stays until then. Of a large recording that takes a second.

        When the graph changes meanwhile, the rest is given up: the next look begins again.
        """
        from tui.analysis.agents.summary import summary_steps
        from tui.viewmodel.lists.summary import summary_lines

        store = self._store
        troubled, is_partial = list(model.tree.troubled), store.reading.is_partial
        for summary in summary_steps(store.trace, store.index, store.recording, troubled, is_partial=is_partial):
            if summary is not None:
                self._page = summary_lines(summary, store.trace, store.index, model.labels, width - 1, cell_len)
                self.show_title("Summary")
                self.rows_changed()
            yield
            if made_for != (store.generation, model.revision, width):
                self._made_for = None
                return

    def row_count(self) -> int:
        """Lines of the page."""
        return len(self._page)

    def row_line(self, index: int, width: int) -> Line:  # noqa: ARG002  # the page is made for its width
        """One line of it."""
        return self._page[index]
