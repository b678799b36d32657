"""Asks for a search of the whole recording, and walks through what was found."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.model.delta import TraceDelta
from tui.model.noderef import NodeRef
from tui.store import TraceStore
from tui.ui.footer import Footer
from tui.ui.live.pane_search import PaneSearch
from tui.ui.panes import Panes
from tui.ui.selection import Selection
from tui.ui.travel import Travel
from tui.viewmodel.payload.raw_evidence import payloads_behind
from tui.viewmodel.text.spans import line_text

if TYPE_CHECKING:
    from tui.analysis.search.pattern import Pattern
    from tui.ui.live.everywhere import EverywhereSearch
    from tui.viewmodel.lists.found import FoundPlace

MOST_PAYLOADS = 4
"""Payloads behind an object in which its match is looked for: they are read while a key waits."""


class EverywhereWalk:
    """`g/` looks everywhere and lists what it finds; `n` and `N` then walk through all of it.

    What only a search needs is imported by the search: the first picture does not wait for it.
    """

    def __init__(
        self,
        store: TraceStore,
        panes: Panes,
        travel: Travel,
        selection: Selection,
        search: PaneSearch,
        footer: Footer,
    ) -> None:
        self._store = store
        self._panes = panes
        self._travel = travel
        self._selection = selection
        self._search = search
        self._footer = footer
        self._everywhere: EverywhereSearch | None = None

    def apply(self, delta: TraceDelta) -> None:
        """The recording grew."""
        if self._everywhere is not None and self._everywhere.is_current:
            self._everywhere.note_changes(delta)

    def ask(self, show: Callable[[EverywhereSearch], None]) -> None:
        """Search the graph and the payloads; `show` lays the list over the panes."""

        def begin(text: str | None) -> None:
            if text is not None:
                self._begin(text)
                if self._everywhere is not None and self._everywhere.is_current:
                    show(self._everywhere)

        self._footer.ask("g/ everywhere", "", self._remark, begin, check=_wrong)
        self._footer.remark(self._remark(""))

    def _remark(self, text: str) -> str:
        if not text:
            has_results = self._everywhere is not None and self._everywhere.is_current
            return "Enter shows the last results" if has_results else "plain text, or re: and an expression"
        return _wrong(text) or "Enter searches"

    def _begin(self, text: str) -> None:
        from tui.analysis.search.pattern import parse_pattern
        from tui.ui.live.everywhere import EverywhereSearch
        from tui.viewmodel.timeline.row_words import row_words

        if text:
            self.stop()
            words = row_words(self._store.trace, self._store.index)
            self._everywhere = EverywhereSearch(self._store, parse_pattern(text), words)

    # Walking through what was found

    def walk_on(self, *, forward: bool) -> bool:
        """Go to the next place of the search everywhere; whether one walks through those at all."""
        search = self._everywhere
        if search is None or (self._search.pattern or self._search.last) is not search.pattern:
            return False
        if not search.is_current or not search.found.place_count:
            return False
        standing = None if search.found.standing is None else search.found.number_of(search.found.standing)
        at = 0 if standing is None else standing
        place = (at + (1 if forward else -1)) % search.found.place_count
        has_wrapped = (place <= at) is forward
        self.go_to(search, place)
        if has_wrapped:
            self._search.say_wrapped(forward=forward)
        return True

    def go_to(self, search: EverywhereSearch, number: int) -> None:
        """Go to a place of what was found."""
        place = search.found.place_at(number)
        if place is None:
            return
        left = self._travel.here()
        self._search.forget()
        if not self._arrive(search, place):
            self._footer.say("that is not on the screen yet; it comes with the rest of the recording", "warning")
            return
        self._travel.history.leave(left)
        self._search.take_up(search.pattern)
        search.found.standing = place
        search.found.cursor = search.found.row_of_place(number)
        so_far = " so far" if search.may_grow else ""
        self._search.note(f"g/{search.pattern.typed} place {number + 1:,} of {search.found.place_count:,}{so_far}")

    def _arrive(self, search: EverywhereSearch, place: FoundPlace) -> bool:
        node = place.group.node
        if not self._travel.arrive(node):
            return False
        if not place.group.hits:
            start = search.start_in_whole(place)
            if start is not None:
                self._panes.inspector.show_match(search.pattern, start)
        elif node.kind != "item":
            self._show_match_of(node, search.pattern)
        elif not self._panes.conversation.search(search.pattern.text):
            self._selection.show_item(node)  # only what is not shown of it matches: an id
        return True

    def _show_match_of(self, node: NodeRef, pattern: Pattern) -> None:
        """The row may have no room for what matched, or not say it: then a payload does, else its conversation."""
        panes, timeline = self._panes, self._panes.timeline
        is_in_payload = self._find_payload(node, pattern)
        if pattern.spans(line_text(timeline.row_line(timeline.cursor, timeline.size.width))):
            return
        if is_in_payload:
            panes.bring_into_view("payload")
        elif panes.conversation.search(pattern.text):
            panes.bring_into_view("conversation")

    def _find_payload(self, node: NodeRef, pattern: Pattern) -> bool:
        """Stand on the match in the payload that is shown, else in another one behind the node; whether one has it.

        The row may be that of a call, and what matched is in what its command wrote.
        """
        inspector = self._panes.inspector
        if inspector.show_match(pattern):
            return True
        shown = inspector.payload
        for ref in payloads_behind(self._store.trace, self._store.index, node)[:MOST_PAYLOADS]:
            inspector.show(ref)
            if inspector.show_match(pattern):
                return True
        inspector.show(shown)
        return False

    def stop(self) -> bool:
        """Stop a search that is under way; whether there was one."""
        search = self._everywhere
        if search is None or not search.is_running:
            return False
        search.stop()
        return True


def _wrong(text: str) -> str:
    """What is wrong with a pattern, in one line."""
    from tui.analysis.search.byte_pattern import BytePattern
    from tui.analysis.search.pattern import PatternError, parse_pattern

    try:
        if text:
            BytePattern(parse_pattern(text))
    except PatternError as error:
        return str(error)
    return ""
