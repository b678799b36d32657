"""Hides the rows that do not match a filter; in a large recording in slices, between the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.store import TraceStore
from tui.ui.footer import Footer
from tui.ui.panes import Panes
from tui.ui.scheduler import SlicedWork
from tui.viewmodel.frame.modes import Modes
from tui.viewmodel.text.percent import percent_done
from tui.viewmodel.timeline.conditions import KEYS, TimelineFilter

if TYPE_CHECKING:
    from tui.model.noderef import NodeRef
    from tui.ui.prompt import Completion
    from tui.viewmodel.timeline.filter_completion import FilterVocabulary

SLICE_SECONDS = 0.005
"""Longest time that the filter keeps a key waiting."""

SHOWN_CANDIDATES = 8
"""Candidates of a completion that are named."""


class FilterRun:
    """The filter of the timeline: what is typed, what it leaves, and the run that applies it."""

    def __init__(self, store: TraceStore, panes: Panes, modes: Modes, footer: Footer) -> None:
        self._store = store
        self._timeline = panes.timeline
        self._modes = modes
        self._footer = footer
        self._run: SlicedWork[float] | None = None
        self._vocabulary: FilterVocabulary | None = None
        self._typed = ""
        """What is in the line, which may be no filter yet."""
        self._left: NodeRef | None = None
        """The row before anything was hidden."""
        self._stood: NodeRef | None = None
        """The row on which the filter put the cursor; who stands elsewhere has moved since."""

    def ask(self) -> None:
        """Type a filter; rows are hidden while it is typed, Esc brings back the filter before."""
        from tui.viewmodel.timeline.filter_completion import FilterVocabulary

        before = self._typed = self._timeline.filter_text
        self._vocabulary = FilterVocabulary(self._store.trace)
        self._gather_words()

        def done(text: str | None) -> None:
            self._typed = ""
            self.filter_rows(before if text is None else text)

        self._footer.ask("filter", before, self._filter_typed, done, check=_wrong, complete=self._complete)
        self._footer.remark(self._filter_remark(before))

    def filter_rows(self, text: str) -> None:
        """Let the timeline show only the rows that match, all if `text` is empty. A wrong filter changes nothing."""
        from tui.viewmodel.timeline.filter import FilterError, parse_filter

        try:
            chosen = parse_filter(text)
        except FilterError as error:
            self._footer.say(str(error), "warning")
            return
        self._timeline.filter_text = text
        if text:
            self._modes.enter("filter")
        else:
            self._modes.leave("filter")
        self._apply(chosen)

    def words(self) -> str:
        """The filter and what it hides, for the footer."""
        model = self._timeline.model
        total, hidden = len(model.tree.nodes), model.hidden_count
        return f"filter {self._timeline.filter_text} · {hidden:,} of {total:,} rows hidden"

    def _apply(self, chosen: TimelineFilter) -> None:
        if self._run is not None:
            self._run.stop()
        model = self._timeline.model
        if chosen and not model.filter:
            self._left = model.focused
        has_moved = model.focused != self._stood or model.follow
        back = None if chosen or has_moved else self._left

        def progress(done: float) -> None:
            self._footer.remark(f"filtering {percent_done(done)}")

        def show() -> None:
            if model is self._timeline.model:  # else the recording began again meanwhile
                if back is not None:
                    model.reveal(back)
                self._stood = model.focused
                self._timeline.show_filtered()
                if not _wrong(self._typed):
                    self._footer.remark(self._filter_remark(self._timeline.filter_text))
                self._footer.refresh()

        self._run = SlicedWork(model.filter_steps(chosen), show, on_slice=progress, seconds=SLICE_SECONDS)

    # Typing

    def _filter_typed(self, text: str) -> str:
        wrong, self._typed = _wrong(text), text
        if wrong:
            self.filter_rows(_valid_beginning(text))
            return self._candidates(text) or wrong
        head, blank, word = text.rpartition(" ")
        # What may become a key is not looked for as a text while it is typed: that would hide everything for a moment.
        may_be_key = word.lstrip("-") and any(key.startswith(word.lstrip("-")) for key in KEYS)
        self.filter_rows(head + blank if may_be_key else text)
        return self._filter_remark(text)

    def _filter_remark(self, text: str) -> str:
        """What may be typed next; otherwise what the filter leaves."""
        hidden = self._timeline.model.hidden_count
        left = f"{hidden:,} of {len(self._timeline.model.tree.nodes):,} rows hidden" if text else ""
        return self._candidates(text) or left

    def _candidates(self, text: str) -> str:
        if self._vocabulary is None or (text and text[-1].isspace()):
            return ""
        words = self._vocabulary.candidates(text).words
        if words == (text.rpartition(" ")[2].rpartition(":")[2].rpartition(",")[2],):
            return ""  # typed in full
        more = f" +{len(words) - SHOWN_CANDIDATES}" if len(words) > SHOWN_CANDIDATES else ""
        return f"Tab: {' '.join(words[:SHOWN_CANDIDATES])}{more}" if words else ""

    def _complete(self, text: str, cursor: int) -> Completion:
        from tui.ui.prompt import Completion

        if self._vocabulary is None:
            return Completion(text, cursor)
        completed = self._vocabulary.complete(text[:cursor])
        return Completion(completed + text[cursor:], len(completed))

    def _gather_words(self) -> None:
        """Learn the names of the recording's tools, a slice at a time."""
        if self._vocabulary is not None:
            SlicedWork(iter(self._vocabulary.gather, False), lambda: None)  # noqa: FBT003  # `iter` ends with this value


def _valid_beginning(text: str) -> str:
    """The conditions before the one that is typed, if they are a filter: what cannot be one yet hides nothing."""
    before = text.rpartition(" ")[0]
    return "" if _wrong(before) else before


def _wrong(text: str) -> str:
    """What is wrong with a filter, in one line."""
    from tui.viewmodel.timeline.filter import FilterError, parse_filter

    try:
        parse_filter(text)
    except FilterError as error:
        return str(error)
    return ""
