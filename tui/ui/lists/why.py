"""A list about one object, causes or links, that goes on to tell the same about each object in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tui.model.noderef import NodeRef
from tui.store import TraceStore
from tui.ui.lists.list_screen import ListTools
from tui.ui.lists.picker import PickerScreen
from tui.ui.scheduler import SlicedWork
from tui.viewmodel.lists.picker import PickEntry
from tui.viewmodel.lists.why import WIDEST, Gathering, first_cause
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.spans import Span

REFRESH_SECONDS = 0.5
"""How often the list is made again while the recording grows."""

Explain = Callable[[NodeRef], tuple[str, Gathering]]
"""Title and lines for a node."""

_LOOKING = (PickEntry((Span(" looking for what belongs to it …", "dim"),)),)
"""Shown while the lines of an object with very many links are being made."""


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
        title, steps = explain(node)
        super().__init__(title, _LOOKING, tools)
        self._explain = explain
        self._store = store
        self._asked = [node]
        self._lines_seen = len(store.event_log)
        self._work: SlicedWork[None] = SlicedWork((), lambda: None)
        self._is_untouched = True
        """Whether the list is as it opened: its first line is shown, however far below it the cursor begins."""
        self._gather(steps, self._begin)

    def opened(self) -> None:
        """Keep the list as new as the graph."""
        super().opened()
        self.set_interval(REFRESH_SECONDS, self._keep_current)

    @property
    def widest(self) -> int:
        """What proves a link is long."""
        return WIDEST

    def _show_first_heading(self) -> None:
        """A list that was just opened begins with what failed; the cursor is on the first cause, however far below."""
        if self._is_untouched:
            self.rows.scroll_rows(-self.rows.top)
        else:
            super()._show_first_heading()

    def fit_height(self, margin: int = 2) -> None:
        """Nearly the whole screen: a story is long."""
        super().fit_height(margin)

    def move(self, move: Move, count: int | None) -> bool:
        """Go on to another step, back, or move as in every list."""
        self._is_untouched = False
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

    def narrow(self, words: str) -> None:
        """Show the first line with the words."""
        self._is_untouched = False
        super().narrow(words)

    def _ask(self, node: NodeRef) -> None:
        if node != self._asked[-1]:
            self._asked.append(node)
            self._is_untouched = True
            self._show(None)

    def _return(self) -> None:
        """The list before, with the cursor on the step that was asked about."""
        left = self._asked.pop()
        self._show(left)

    def _show(self, stand_on: NodeRef | None) -> None:
        title, steps = self._explain(self._asked[-1])
        self.title_text = title
        self.picker.words = ""

        def begin(entries: list[PickEntry]) -> None:
            self._begin(entries)
            if stand_on is not None:
                self.picker.stand_on(stand_on)
            self.replace_entries(entries)

        self._gather(steps, begin)
        if not self._work.is_over:
            self._begin(_LOOKING)
            self.replace_entries(_LOOKING)

    def _begin(self, entries: Sequence[PickEntry]) -> None:
        self.picker.begin(entries, first_cause(entries))
        if self.is_mounted and not self.is_over:
            self.fit()
            self.refresh_entries()

    def _gather(self, steps: Gathering, done: Callable[[list[PickEntry]], None]) -> None:
        """Make the lines in slices, so that no key waits for those of a turn with very many calls."""
        self._work.stop()
        self._work = _work_for(steps, done)

    def _keep_current(self) -> None:
        """Nothing is worked out, and nothing is sent, while the log does not grow."""
        if self.is_over or not self._work.is_over or self._lines_seen == len(self._store.event_log):
            return
        self._lines_seen = len(self._store.event_log)
        title, steps = self._explain(self._asked[-1])

        def show(entries: list[PickEntry]) -> None:
            if entries != self.picker.entries:
                self.replace_entries(entries, title)

        self._gather(steps, show)

    def on_unmount(self) -> None:
        """Stop looking."""
        self._work.stop()


def _work_for(steps: Gathering, done: Callable[[list[PickEntry]], None]) -> SlicedWork[None]:
    """Take the steps in slices, and hand over what they return."""
    entries: list[PickEntry] = []

    def all_steps() -> Iterator[None]:
        entries.extend((yield from steps))

    return SlicedWork(all_steps(), lambda: done(entries))
