"""Commands that look for text: in one pane, in the whole recording, and the filter of the timeline."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from tui.model.noderef import NodeRef
from tui.ui.screens.walk import WalkCommands

if TYPE_CHECKING:
    from tui.analysis.search import Hit
    from tui.ui.screens.picker_screen import PickerScreen
    from tui.viewmodel.picker import PickEntry

BODY_LIMIT = 64 << 20
"""Bytes of a payload body that a search reads; larger ones are left out."""

BODIES_PER_STEP = 50
"""Payload bodies searched between two signs of progress."""

MAX_BODY_HITS = 200


class FindCommands(WalkCommands):
    """`/` looks in the pane, `g/` everywhere, `f` hides what does not match; Esc undoes.

    What only a search needs is imported by the search: the first picture does not wait for it.
    """

    _pattern: re.Pattern[str] | None = None
    _search_task: asyncio.Task[None] | None = None

    # In the pane

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
            return "" if self._search(text, forward=True) else "no match"

        def done(text: str | None) -> None:
            if text is None:
                return_to_start()
                self._forget_search()
            elif text:
                self.history.leave(start)

        self.ask(f"/ in {self.pane}", "", changed, done)

    def action_search_next(self) -> None:
        """The next match."""
        self._search_again(forward=True)

    def action_search_previous(self) -> None:
        """The match before."""
        self._search_again(forward=False)

    def _search(self, text: str, *, forward: bool) -> bool:
        from tui.viewmodel.styled_lines import search_pattern

        pattern = search_pattern(text)
        if pattern is None:
            return True
        self._pattern = pattern
        self.modes.enter("search")
        return self._search_pane(pattern, forward=forward)

    def _search_again(self, *, forward: bool) -> None:
        if self._pattern is None:
            self.say("nothing was searched for; / searches", "warning")
        elif not self._search_pane(self._pattern, forward=forward):
            self.say(f"no match in the {self.pane}", "warning")

    def _search_pane(self, pattern: re.Pattern[str], *, forward: bool) -> bool:
        """Go to the next match in the focused pane; whether there is one, or may be one that is still looked for."""
        if self.pane == "conversation":
            return self.conversation.search(pattern, forward=forward)
        if self.pane == "payload":
            return self.inspector.search(pattern, forward=forward)
        self._stop_search()
        self._search_task = asyncio.create_task(self._search_timeline(pattern, forward=forward))
        return True

    async def _search_timeline(self, pattern: re.Pattern[str], *, forward: bool) -> None:
        from tui.viewmodel.timeline_search import rows_matching

        for found in rows_matching(self.timeline.model, pattern, forward=forward):
            if found is not None:
                self.timeline.reveal(found)
                return
            await asyncio.sleep(0)
        self.say("no match in the timeline", "warning")

    def _stop_search(self) -> bool:
        """Stop a search that is under way; whether there was one."""
        task, self._search_task = self._search_task, None
        return task is not None and not task.done() and task.cancel()

    def _forget_search(self) -> None:
        self._pattern = None
        self._stop_search()
        self.modes.leave("search")
        self.conversation.search(None)
        self.inspector.search(None)

    # The filter

    def action_filter_rows(self) -> None:
        """Show only the rows of the timeline that match, and what they hang below."""
        before = self.timeline.filter_text

        def changed(text: str) -> str:
            self.filter_rows(text)
            return f"{self.timeline.row_count():,} rows" if text else ""

        def done(text: str | None) -> None:
            self.filter_rows(before if text is None else text)

        self.ask("filter", before, changed, done)

    def filter_rows(self, text: str) -> None:
        """Let the timeline show only rows with `text`; all rows if it is empty."""
        self.timeline.set_filter(text)
        if text:
            self.modes.enter("filter")
        else:
            self.modes.leave("filter")

    # Everywhere

    def action_search_everywhere(self) -> None:
        """Search the graph and the payloads; results appear while the search goes on."""
        self.ask("g/ everywhere", "", lambda _text: "Enter searches", self._begin_search)

    def _begin_search(self, query: str | None) -> None:
        if not query:
            return
        results = self.pick(f"{query} …", [], self._jump_to_hit)
        self._search_task = asyncio.create_task(self._search_all(query, results))

    def _jump_to_hit(self, choice: object) -> None:
        if isinstance(choice, NodeRef):
            self.jump_to(choice)

    async def _search_all(self, query: str, results: PickerScreen) -> None:
        from tui.analysis.search import search_trace

        entries: list[PickEntry] = []
        slices = search_trace(self.store.trace, self.store.diagnostics, query)
        for hits, progress in slices:
            entries += self._entries(hits)
            self._show_results(results, query, entries, f"{int(progress * 100)}% of the graph; Esc stops")
            await asyncio.sleep(0)
            if results.is_over:
                return
        await self._search_bodies(query, results, entries)
        self._show_results(results, query, entries, f"{len(entries):,} found")

    async def _search_bodies(self, query: str, results: PickerScreen, entries: list[PickEntry]) -> None:
        refs = list(self.store.trace.raw_payloads.values())
        found = 0
        for start in range(0, len(refs), BODIES_PER_STEP):
            if results.is_over or found >= MAX_BODY_HITS:
                return
            chunk = refs[start : start + BODIES_PER_STEP]
            hits = await asyncio.to_thread(self._hits_in_bodies, chunk, query)
            found += len(hits)
            entries += self._entries(hits)
            share = int(100 * (start + len(chunk)) / len(refs))
            self._show_results(results, query, entries, f"{share}% of the payloads; Esc stops")

    def _hits_in_bodies(self, refs: list, query: str) -> list[Hit]:  # type: ignore[type-arg]
        from tui.analysis.search import Hit, find_in_body

        hits = []
        for ref in refs:
            body = self.store.payloads.read_once(ref, BODY_LIMIT)
            match = find_in_body(body, query) if isinstance(body, bytes) else None
            if match is not None:
                excerpt, start = match
                hits.append(Hit(NodeRef("payload", ref.raw_payload_id), "payload", excerpt, start, len(query)))
        return hits

    def _entries(self, hits: list[Hit]) -> list[PickEntry]:
        from tui.analysis.naming import name_of
        from tui.viewmodel.pick_lists import hit_entries

        return hit_entries(hits, [name_of(self.store.trace, self.store.index, hit.node) for hit in hits])

    def _show_results(self, results: PickerScreen, query: str, entries: list[PickEntry], state: str) -> None:
        if not results.is_over:
            results.replace_entries(entries, f"{query} · {state}")
