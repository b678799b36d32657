"""Looks for text in the focused pane."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING, TypeVar

from tui.bundle.payloads.time_limit import MATCHING_SECONDS, time_limit
from tui.ui.footer import Footer
from tui.ui.panes import Panes
from tui.ui.scheduler import first_of, sliced
from tui.ui.travel import Travel
from tui.viewmodel.frame.modes import Modes

if TYPE_CHECKING:
    from tui.analysis.search.pattern import Pattern
    from tui.model.noderef import NodeRef
    from tui.viewmodel.timeline.search import TimelineSearch

Step = TypeVar("Step")

NO_ROW = "no match in the timeline"
NO_ROW_YET = "no match so far; the search goes on when the recording has been read"
TOO_SLOW = "the expression takes too long here; a simpler one may do"


class PaneSearch:
    """`/` goes to the next match in the pane as one types; `n` and `N` walk on, around the ends.

    Matches are marked in all panes until Esc; the search itself is remembered until another.

    What only a search needs is imported by the search: the first picture does not wait for it.
    """

    def __init__(self, panes: Panes, modes: Modes, travel: Travel, footer: Footer) -> None:
        self.pattern: Pattern | None = None
        """What is searched for at present."""
        self.last: Pattern | None = None
        """What was searched for last: `n` goes on with it, even after Esc."""
        self.words = ""
        """Where one is among the matches."""
        self._noted_at: object = None
        self._panes = panes
        self._modes = modes
        self._travel = travel
        self._footer = footer
        self._task: asyncio.Task[None] | None = None
        self._rows: TimelineSearch | None = None
        """Remembers what was found in the timeline."""
        self._unfinished: tuple[Pattern, bool, NodeRef | None] | None = None
        """What was not found in the rows that had been read, which way, and where one was."""

    def ask(self) -> None:
        """Search in the focused pane, as one types."""
        start, widget, before = self._travel.here(), self._panes.focused, self.last
        row = widget.cursor

        def return_to_start() -> None:
            if start.pane == "timeline":
                self._panes.timeline.restore(start.view)
            else:
                widget.move_cursor(row)

        def changed(text: str) -> str:
            with self._panes.painted_once():
                return_to_start()
                return self._search_as_typed(text)

        def done(text: str | None) -> None:
            if text is None:
                return_to_start()
                self.forget()
                self.last = before
            elif text:
                self._travel.history.leave(start)

        self._footer.ask(f"/ in {self._panes.pane}", "", changed, done, check=_wrong)

    def _search_as_typed(self, text: str) -> str:
        """Go to the first match; what to say about the text."""
        from tui.analysis.search.pattern import parse_pattern

        wrong = _wrong(text)
        if wrong or not text:
            self.forget()
            return wrong
        self._forget_places()
        pattern = parse_pattern(text)
        self.take_up(pattern)
        return self._search_pane(pattern, forward=True) or self.words.removeprefix(f"/{text} ")

    def again(self, *, forward: bool) -> None:
        """Go to the next match, or to the one before."""
        if self.pattern is None and self.last is not None:
            self.take_up(self.last)
        if self.pattern is None:
            self._footer.say("no search yet; press / to search", "warning")
        elif problem := self._search_pane(self.pattern, forward=forward):
            self._footer.say(problem, "warning")

    def take_up(self, pattern: Pattern) -> None:
        """Search for this from now on: mark its matches in every pane."""
        self.pattern = self.last = pattern
        self._modes.enter("search")
        self._mark(pattern)

    def _mark(self, pattern: Pattern | None) -> None:
        self._panes.timeline.mark(pattern)
        for view in self._panes.conversations:
            view.mark(None if pattern is None else pattern.text)
        self._panes.inspector.mark(pattern)

    def _search_pane(self, pattern: Pattern, *, forward: bool) -> str:
        """Go to the next match in the focused pane, or begin to look for it; why there is none."""
        from tui.analysis.search.pattern import PatternError

        self._stop_task()
        try:
            with time_limit(MATCHING_SECONDS) if pattern.is_regex else nullcontext():
                return self._step_in_pane(pattern, forward=forward)
        except PatternError as error:
            return str(error)
        except TimeoutError:
            self._panes.conversation.search(None)
            return TOO_SLOW

    def _step_in_pane(self, pattern: Pattern, *, forward: bool) -> str:
        if self._panes.pane == "conversation":
            return self._step_in_conversation(pattern, forward=forward)
        if self._panes.pane == "payload":
            return self._step_in_payload(pattern, forward=forward)
        self._task = asyncio.create_task(self._search_timeline(pattern, forward=forward))
        return ""

    def _step_in_conversation(self, pattern: Pattern, *, forward: bool) -> str:
        model = self._panes.conversation.model
        before = model.listing.place
        if not self._panes.conversation.search(pattern.text, forward=forward):
            return "no match in the conversation"
        if (model.listing.place <= before) is forward:
            self.say_wrapped(forward=forward)
        here = model.listing.place.entry
        self._task = asyncio.create_task(
            self._count_items(pattern, lambda: model.finder.matching_entries(pattern.text), lambda entry: entry <= here)
        )
        return ""

    def _step_in_payload(self, pattern: Pattern, *, forward: bool) -> str:
        found = self._panes.inspector.search(pattern, forward=forward)
        if self._panes.inspector.model.finder.has_wrapped:
            self.say_wrapped(forward=forward)
        place = self._panes.inspector.model.finder.place_of_match()
        if place is not None:
            self.note(f"/{pattern.typed} {place[0]:,} of {place[1]:,}")
        return self._panes.inspector.model.shown.message if found else "no match in the payload"

    async def _search_timeline(self, pattern: Pattern, *, forward: bool) -> None:
        from tui.viewmodel.timeline.search import TimelineSearch

        model = self._panes.timeline.model
        if self._rows is None or self._rows.model is not model:
            self._rows = TimelineSearch(model)
        rows = self._rows
        try:
            found = await first_of(_limited(pattern, rows.rows_matching(pattern.text, forward=forward)))
            if found is None:
                is_reading = self._panes.is_reading
                self._footer.remark("no match so far" if is_reading else "no match")
                words = NO_ROW_YET if is_reading else NO_ROW
                self._unfinished = (pattern, forward, self._panes.timeline.model.focused) if is_reading else None
                self._footer.say(words, "warning")
                return
        except TimeoutError:
            self._footer.remark(TOO_SLOW)
            self._footer.say(TOO_SLOW, "warning")
            return
        self._panes.timeline.reveal(found.row, calmly=True)
        if found.has_wrapped:
            self.say_wrapped(forward=forward)
        try:
            count = await first_of(_limited(pattern, rows.count(pattern.text, found.number)))
        except TimeoutError:
            return
        if count is not None:
            self._note_count(pattern, count.here, count.total)

    def look_again(self) -> None:
        """The recording may have been read meanwhile: look for what was not found, if one is still where one was."""
        if self._unfinished is None or self._panes.is_reading:
            return
        (pattern, forward, node), self._unfinished = self._unfinished, None
        timeline = self._panes.timeline
        stayed = timeline.is_following or node in (None, timeline.model.focused)
        self._footer.unsay(NO_ROW_YET)
        if pattern is self.pattern and self._panes.pane == "timeline" and stayed:
            self._search_pane(pattern, forward=forward)

    async def _count_items(
        self, pattern: Pattern, matches: Callable[[], Iterator[int | None]], is_before: Callable[[int], bool]
    ) -> None:
        """Say which match the cursor is on, and how many there are, once that is known."""
        here = total = 0
        try:
            async for batch in sliced(_limited(pattern, matches())):
                numbers = [number for number in batch if number is not None]
                total += len(numbers)
                here += sum(map(is_before, numbers))
        except TimeoutError:
            return
        self._note_count(pattern, here, total, " item" if total == 1 else " items")

    def _note_count(self, pattern: Pattern, here: int, total: int, what: str = "") -> None:
        self.note(f"/{pattern.typed} {here:,} of {total:,}{what}")
        self._footer.remark(f"{here:,} of {total:,}{what}")

    def say_wrapped(self, *, forward: bool) -> None:
        """Say that the search turned over at an end."""
        self._footer.say("went on from the top" if forward else "went on from the end", "dim")

    def note(self, words: str) -> None:
        """Show in the footer where one is among the matches, as long as one stays there."""
        self.words, self._noted_at = words, self._here()
        self._footer.refresh()

    @property
    def words_here(self) -> str:
        """The same for the footer: empty as soon as one has left the match, then the path needs the room."""
        return self.words if self._noted_at == self._here() else ""

    def _here(self) -> object:
        return self._panes.pane, self._panes.focused_node, self._panes.focused.cursor

    def stop(self) -> bool:
        """Stop a search that is under way; whether there was one."""
        return self._stop_task()

    def _stop_task(self) -> bool:
        task, self._task = self._task, None
        return task is not None and not task.done() and task.cancel()

    def forget(self) -> None:
        """Search for nothing any more: no marks. What was searched for last is remembered."""
        if self.pattern is None:
            return
        self.pattern = None
        self._modes.leave("search")
        self._mark(None)
        self._forget_places()

    def _forget_places(self) -> None:
        """The search is for something else from now on; what is marked may stay marked until then."""
        self.words = ""
        self._stop_task()
        self._panes.conversation.search(None)
        self._panes.inspector.search(None)


def _wrong(text: str) -> str:
    """What is wrong with a pattern, in one line."""
    from tui.analysis.search.pattern import PatternError, parse_pattern

    try:
        if text:
            parse_pattern(text)
    except PatternError as error:
        return str(error)
    return ""


def _limited(pattern: Pattern, steps: Iterator[Step]) -> Iterator[Step]:
    """The same steps; of an expression each has to end in time, or raises `TimeoutError`."""
    while True:
        try:
            with time_limit(MATCHING_SECONDS) if pattern.is_regex else nullcontext():
                step = next(steps)
        except StopIteration:
            return
        yield step
