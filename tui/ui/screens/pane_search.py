"""Commands that look for text in the focused pane."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING, TypeVar

from tui.bundle.time_limit import MATCHING_SECONDS, time_limit
from tui.ui.screens.filter_commands import FilterCommands

if TYPE_CHECKING:
    from tui.analysis.pattern import Pattern

Step = TypeVar("Step")

TOO_SLOW = "the expression takes too long here; a simpler one may do"


class PaneSearch(FilterCommands):
    """`/` goes to the next match in the pane as one types; `n` and `N` walk on, around the ends; Esc undoes.

    What only a search needs is imported by the search: the first picture does not wait for it.
    """

    pattern: Pattern | None = None
    """What is searched for at present."""

    _search_task: asyncio.Task[None] | None = None

    def action_search_here(self) -> None:
        """Search in the focused pane, as one types."""
        start, widget = self.here(), self.pane_widget(self.pane)
        row = widget.cursor

        def return_to_start() -> None:
            if start.pane == "timeline":
                self.timeline.restore(start.view)
            else:
                widget.move_cursor(row)

        def changed(text: str) -> str:
            return_to_start()
            return self._search_as_typed(text)

        def done(text: str | None) -> None:
            if text is None:
                return_to_start()
                self.forget_search()
            elif text:
                self.history.leave(start)

        self.ask(f"/ in {self.pane}", "", changed, done, check=_wrong)

    def action_search_next(self) -> None:
        """The next match: in the pane, or of the search everywhere."""
        self._search_again(forward=True)

    def action_search_previous(self) -> None:
        """The match before."""
        self._search_again(forward=False)

    def walk_on(self, *, forward: bool) -> bool:  # noqa: ARG002  # whoever searches everywhere knows the way
        """Go on with a search of the whole recording, if there is one."""
        return False

    def _search_as_typed(self, text: str) -> str:
        """Go to the first match; what to say about the text."""
        from tui.analysis.pattern import parse_pattern

        self.forget_search()
        wrong = _wrong(text)
        if wrong or not text:
            return wrong
        self.pattern = parse_pattern(text)
        self.modes.enter("search")
        return self._search_pane(self.pattern, forward=True) or self.search_note.removeprefix(f"/{text} ")

    def _search_again(self, *, forward: bool) -> None:
        if self.walk_on(forward=forward):
            return
        if self.pattern is None:
            self.say("nothing was searched for; / searches", "warning")
        elif problem := self._search_pane(self.pattern, forward=forward):
            self.say(problem, "warning")

    def _search_pane(self, pattern: Pattern, *, forward: bool) -> str:
        """Go to the next match in the focused pane, or begin to look for it; why there is none."""
        from tui.analysis.pattern import PatternError

        self._stop_task()
        try:
            with time_limit(MATCHING_SECONDS) if pattern.is_regex else nullcontext():
                return self._step_in_pane(pattern, forward=forward)
        except PatternError as error:
            return str(error)
        except TimeoutError:
            self.conversation.search(None)
            return TOO_SLOW

    def _step_in_pane(self, pattern: Pattern, *, forward: bool) -> str:
        if self.pane == "conversation":
            return self._step_in_conversation(pattern, forward=forward)
        if self.pane == "payload":
            return self._step_in_payload(pattern, forward=forward)
        self._search_task = asyncio.create_task(self._search_timeline(pattern, forward=forward))
        return ""

    def _step_in_conversation(self, pattern: Pattern, *, forward: bool) -> str:
        model = self.conversation.model
        before = model.place
        if not self.conversation.search(pattern.text, forward=forward):
            return "no match in the conversation"
        if (model.place <= before) is forward:
            self.say_wrapped(forward=forward)
        here = model.place.entry
        self._search_task = asyncio.create_task(
            self._count(pattern, lambda: model.matching_entries(pattern.text), lambda entry: entry <= here, "items")
        )
        return ""

    def _step_in_payload(self, pattern: Pattern, *, forward: bool) -> str:
        found = self.inspector.search(pattern, forward=forward)
        if self.inspector.model.has_wrapped:
            self.say_wrapped(forward=forward)
        place = self.inspector.model.place_of_match()
        if place is not None:
            self.note_search(f"/{pattern.typed} {place[0]:,} of {place[1]:,}")
        return self.inspector.model.message if found else "no match in the payload"

    async def _search_timeline(self, pattern: Pattern, *, forward: bool) -> None:
        from tui.viewmodel.timeline_search import all_matching, rows_matching

        model = self.timeline.model
        try:
            for found in _limited(pattern, rows_matching(model, pattern.text, forward=forward)):
                if found is not None:
                    self.timeline.reveal(found.row)
                    if found.has_wrapped:
                        self.say_wrapped(forward=forward)
                    break
                await asyncio.sleep(0)
            else:
                self.remark_in_prompt("no match")
                self.say("no match in the timeline", "warning")
                return
        except TimeoutError:
            self.remark_in_prompt(TOO_SLOW)
            self.say(TOO_SLOW, "warning")
            return
        here = 0 if found is None else found.number
        await self._count(pattern, lambda: all_matching(model, pattern.text), lambda row: row <= here, "")

    async def _count(
        self, pattern: Pattern, matches: Callable[[], Iterator[int | None]], is_before: Callable[[int], bool], unit: str
    ) -> None:
        """Tell which match one stands on and how many there are, once that is known."""
        here = total = 0
        try:
            for number in _limited(pattern, matches()):
                if number is None:
                    await asyncio.sleep(0)
                    continue
                total += 1
                here += is_before(number)
        except TimeoutError:
            return
        what = f" {unit}" if unit else ""
        self.note_search(f"/{pattern.typed} {here:,} of {total:,}{what}")
        self.remark_in_prompt(f"{here:,} of {total:,}{what}")

    def say_wrapped(self, *, forward: bool) -> None:
        """Say that the search turned over at an end."""
        self.say("went on from the top" if forward else "went on from the end", "dim")

    def note_search(self, note: str) -> None:
        """Show in the footer where one is among the matches, as long as the search lasts."""
        self.search_note = note
        self.refresh_footer()

    def stop_search(self) -> bool:
        """Stop a search that is under way; whether there was one."""
        return self._stop_task()

    def _stop_task(self) -> bool:
        task, self._search_task = self._search_task, None
        return task is not None and not task.done() and task.cancel()

    def forget_search(self) -> None:
        """Search for nothing any more: no marks, nothing to walk through."""
        self.pattern = None
        self.search_note = ""
        self._stop_task()
        self.modes.leave("search")
        self.conversation.search(None)
        self.inspector.search(None)


def _wrong(text: str) -> str:
    """What is wrong with a pattern, in one line."""
    from tui.analysis.pattern import PatternError, parse_pattern

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
