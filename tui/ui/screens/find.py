"""Commands that look for text in the whole recording, and walk through what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.ui.screens.pane_search import PaneSearch
from tui.ui.theme import style_for

if TYPE_CHECKING:
    from tui.ui.screens.everywhere import EverywhereSearch
    from tui.viewmodel.found import FoundPlace


class FindCommands(PaneSearch):
    """`g/` looks everywhere and lists what it finds; `n` and `N` then walk through all of it.

    What only a search needs is imported by the search: the first picture does not wait for it.
    """

    _everywhere: EverywhereSearch | None = None
    _place: int | None = None
    """Which place of the search everywhere one stands on, while `n` walks through those."""

    def action_search_everywhere(self) -> None:
        """Search the graph and the payloads; results appear while the search goes on."""
        self.ask("g/ everywhere", "", self._remark_everywhere, self._begin_everywhere, check=self._wrong_everywhere)
        self.remark_in_prompt(self._remark_everywhere(""))

    def _remark_everywhere(self, text: str) -> str:
        if not text:
            has_results = self._everywhere is not None and self._everywhere.is_current
            return "Enter shows the last results" if has_results else "plain text, or re: and an expression"
        return self._wrong_everywhere(text) or "Enter searches"

    def _wrong_everywhere(self, text: str) -> str:
        from tui.analysis.byte_pattern import BytePattern
        from tui.analysis.pattern import PatternError, parse_pattern

        try:
            if text:
                BytePattern(parse_pattern(text))
        except PatternError as error:
            return str(error)
        return ""

    def _begin_everywhere(self, text: str | None) -> None:
        from tui.analysis.pattern import parse_pattern
        from tui.ui.screens.everywhere import EverywhereSearch
        from tui.viewmodel.row_words import row_words

        if text is None:
            return
        if text:
            if self._everywhere is not None:
                self._everywhere.stop()
            words = row_words(self.store.trace, self.store.index)
            self._everywhere = EverywhereSearch(self.store, parse_pattern(text), words)
        if self._everywhere is not None and self._everywhere.is_current:
            self._show_found(self._everywhere)

    def _show_found(self, search: EverywhereSearch) -> None:
        from tui.ui.screens.found_screen import FoundScreen

        def chosen(place: int | None) -> None:
            if place is not None:
                self._go_to_place(search, place)

        self.app.push_screen(FoundScreen(search, style_for=style_for), chosen)

    # Walking through what was found

    def walk_on(self, *, forward: bool) -> bool:
        """Go to the next place of the search everywhere; whether one walks through those at all."""
        search = self._everywhere
        if self._place is None or search is None or not search.is_current or not search.found.place_count:
            return False
        count = search.found.place_count
        place = (self._place + (1 if forward else -1)) % count
        has_wrapped = (place <= self._place) is forward
        self._go_to_place(search, place)
        if has_wrapped:
            self.say_wrapped(forward=forward)
        return True

    def _go_to_place(self, search: EverywhereSearch, number: int) -> None:
        place = search.found.place_at(number)
        if place is None:
            return
        left = self.here()
        self.forget_search()
        if not self._arrive_at_place(search, place):
            self.say("that is not on the screen yet; it comes with the rest of the recording", "warning")
            return
        self.history.leave(left)
        self.pattern = search.pattern
        self._place = number
        search.found.cursor = search.found.row_of_place(number)
        self.modes.enter("search")
        self.note_search(f"g/{search.pattern.typed} {number + 1:,} of {search.found.place_count:,}")

    def _arrive_at_place(self, search: EverywhereSearch, place: FoundPlace) -> bool:
        node = place.group.node
        if not self.arrive(node):
            return False
        if not place.group.hits:
            span = search.span_of(place)
            if span is not None:
                self.inspector.show_match(search.pattern, span[0])
        elif node.kind == "item" and not self.conversation.search(search.pattern.text):
            self.show_item(node)  # only what is not shown of it matches: an id
        return True

    def stop_search(self) -> bool:
        """Stop a search that is under way; whether there was one."""
        search = self._everywhere
        if search is not None and search.is_running:
            search.stop()
            return True
        return super().stop_search()

    def forget_search(self) -> None:
        """Search for nothing any more: no marks, nothing to walk through."""
        self._place = None
        super().forget_search()
