"""Commands that hide what does not match a filter."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tui.ui.screens.walk import WalkCommands
from tui.viewmodel.timeline_filter import KEYS, FilterError, TimelineFilter, parse_filter

if TYPE_CHECKING:
    from tui.ui.screens.prompt import Completion
    from tui.viewmodel.filter_completion import FilterVocabulary

AT_ONCE = 1_000
"""Rows that are filtered at once: some milliseconds. More are filtered in slices, between keys."""

SLICE_SECONDS = 0.005

SHOWN_CANDIDATES = 8
"""Candidates of a completion that are named."""


class FilterCommands(WalkCommands):
    """`f` shows only the rows of the timeline that match, and what they hang below; Esc takes the filter away."""

    _filter_task: asyncio.Task[None] | None = None
    _vocabulary: FilterVocabulary | None = None

    def action_filter_rows(self) -> None:
        """Show only the rows of the timeline that match, and what they hang below."""
        from tui.viewmodel.filter_completion import FilterVocabulary

        before = self.timeline.filter_text
        self._vocabulary = FilterVocabulary(self.store.trace)
        self._gather_words()

        def done(text: str | None) -> None:
            self.filter_rows(before if text is None else text)

        self.ask("filter", before, self._filter_typed, done, check=_wrong, complete=self._complete)
        self.remark_in_prompt(self._filter_remark(before))

    def filter_rows(self, text: str) -> None:
        """Let the timeline show only the rows that match, all if `text` is empty. A wrong filter changes nothing."""
        try:
            chosen = parse_filter(text)
        except FilterError as error:
            self.say(str(error), "warning")
            return
        self.timeline.filter_text = text
        if text:
            self.modes.enter("filter")
        else:
            self.modes.leave("filter")
        self._apply(chosen)

    def filter_words(self) -> str:
        """The filter and what it hides, for the footer."""
        model = self.timeline.model
        total, hidden = len(model.tree.nodes), model.hidden_count
        return f"filter {self.timeline.filter_text} · {hidden:,} of {total:,} rows hidden"

    def _apply(self, chosen: TimelineFilter) -> None:
        self._stop_filtering()
        if len(self.timeline.model.tree.nodes) <= AT_ONCE:
            self.timeline.model.set_filter(chosen)
            self.timeline.show_filtered()
        else:
            self._filter_task = asyncio.create_task(self._apply_in_slices(chosen))

    async def _apply_in_slices(self, chosen: TimelineFilter) -> None:
        model = self.timeline.model
        deadline = time.monotonic() + SLICE_SECONDS
        for done in model.filter_steps(chosen):
            if time.monotonic() >= deadline:
                self.remark_in_prompt(f"filtering {int(100 * done)}%")
                await asyncio.sleep(0)
                if model is not self.timeline.model:
                    return
                deadline = time.monotonic() + SLICE_SECONDS
        self.timeline.show_filtered()
        self.remark_in_prompt(self._filter_remark(self.timeline.filter_text))
        self.refresh_footer()

    def _stop_filtering(self) -> None:
        if self._filter_task is not None:
            self._filter_task.cancel()
            self._filter_task = None

    # Typing

    def _filter_typed(self, text: str) -> str:
        wrong = _wrong(text)
        if wrong:
            return self._candidates(text) or wrong
        head, blank, word = text.rpartition(" ")
        # What may become a key is not looked for as a text while it is typed: that would hide everything for a moment.
        may_be_key = word.lstrip("-") and any(key.startswith(word.lstrip("-")) for key in KEYS)
        self.filter_rows(head + blank if may_be_key else text)
        return self._filter_remark(text)

    def _filter_remark(self, text: str) -> str:
        """What may be typed next; otherwise what the filter leaves."""
        hidden = self.timeline.model.hidden_count
        left = f"{hidden:,} of {len(self.timeline.model.tree.nodes):,} rows hidden" if text else ""
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
        from tui.ui.screens.prompt import Completion

        if self._vocabulary is None:
            return Completion(text, cursor)
        completed = self._vocabulary.complete(text[:cursor])
        return Completion(completed + text[cursor:], len(completed))

    def _gather_words(self) -> None:
        """Learn the names of the recording's tools, a slice at a time."""
        if self._vocabulary is not None and self._vocabulary.gather():
            self.call_later(self._gather_words)


def _wrong(text: str) -> str:
    """What is wrong with a filter, in one line."""
    try:
        parse_filter(text)
    except FilterError as error:
        return str(error)
    return ""
