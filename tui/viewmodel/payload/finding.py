"""The search in the payload pane: from the cursor on, at once in a small payload, by jobs in a large one."""

from __future__ import annotations

from bisect import bisect_right

from tui.analysis.search.byte_pattern import BytePattern
from tui.analysis.search.pattern import Pattern
from tui.viewmodel.payload.json_scan import KEY_BYTES
from tui.viewmodel.payload.search import ByteSearch
from tui.viewmodel.payload.shown import ShownPayload
from tui.viewmodel.payload.source import Job
from tui.viewmodel.payload.views import HexView, PayloadView, TextView, TreeView

SEARCHED_AT_ONCE = 4 << 20
"""A payload up to this size is searched without a job."""


class PayloadFinder:
    """What is looked for in the payload, where the last match was, and what is marked."""

    def __init__(self, shown: ShownPayload) -> None:
        self.pattern: Pattern | None = None
        """What this pane is searched for."""
        self.has_wrapped = False
        """Whether the last match lies beyond the end at which the search turned over."""
        self._shown = shown
        self._marked: Pattern | None = None
        self._bytes: BytePattern | None = None
        self._sought: int | None = None
        self._search: ByteSearch | None = None

    def begin_again(self) -> None:
        """Another payload is shown: the pattern stays, its matches are others."""
        self._search, self._sought = None, None
        self.mark_rows()

    def search(self, pattern: Pattern | None, *, forward: bool = True) -> bool:
        """Look for the next match from the cursor on; None clears. Whether there is one, as far as is known yet.

        In a small payload the answer is there at once; in a large one jobs look and `progress` reports. Raises
        `PatternError` for what cannot be looked for in bytes.
        """
        self._shown.message, self._search = "", None
        if pattern is None or pattern != self.pattern:
            self._sought = None
            self._bytes = None if pattern is None else BytePattern(pattern)
        self.pattern = pattern
        self.mark_rows()
        view = self._shown.view
        if self._bytes is None or view is None:
            return False
        start = self._search_start(view, forward=forward)
        self._search = ByteSearch(view.pages, self._bytes, start, forward=forward)
        if view.pages.size <= min(SEARCHED_AT_ONCE, 4 * self._bytes.window):
            self._search_to_end()
        return self._shown.message == ""

    def show_match(self, pattern: Pattern, start: int) -> None:
        """Stand on a match that begins at a byte of the file, with all matches marked."""
        self._shown.message, self._search = "", None
        self.pattern, self._bytes = pattern, BytePattern(pattern)
        self.mark_rows()
        if self._shown.pages is None:
            return
        self._sought = start
        # The tree shows only the beginning of a long text; raw mode shows the match itself.
        self._shown.set_mode("raw")
        if self._shown.view is not None:
            self._shown.view.go_to(start)

    def mark(self, pattern: Pattern | None) -> None:
        """Mark what another pane is searched for; None marks nothing any more."""
        self._marked = pattern
        self.mark_rows()

    @property
    def marked(self) -> Pattern | None:
        """What is marked: what this pane is searched for, else what another one is."""
        return self.pattern or self._marked

    def mark_rows(self) -> None:
        """Let the views know what is marked."""
        # An expression is run row by row only: nobody knows how long it takes on more.
        marked = self.marked
        shown = None if marked is None or marked.is_regex else marked.shown
        for view in self._shown.views.values():
            if isinstance(view, TextView):
                view.mark(shown)

    def first_match(self, pattern: Pattern) -> int | None:
        """The byte at which the first match begins; None without one, and where looking would take long."""
        pages, wanted = self._shown.pages, BytePattern(pattern)
        if pages is None or pages.size > SEARCHED_AT_ONCE or wanted.is_regex:
            return None
        return next((start for start, _ in wanted.spans(pages.read(0, pages.size))), None)

    def place_of_match(self) -> tuple[int, int] | None:
        """Which match one is on, from 1, and how many there are; None where counting would take long."""
        view = self._shown.view
        if self._bytes is None or self._sought is None or view is None or view.pages.size > self._bytes.window:
            return None
        starts = [start for start, _ in self._bytes.spans(view.pages.read(0, view.pages.size))]
        return bisect_right(starts, self._sought), len(starts)

    # Under way

    @property
    def progress(self) -> float | None:
        """How much of a large payload has been searched, up to 1; None while nothing is looked for."""
        return None if self._search is None else self._search.progress

    def next_job(self) -> Job | None:
        """The next piece of the search; None if nothing is looked for."""
        search = self._search
        if search is None:
            return None
        is_regex = self._bytes is not None and self._bytes.is_regex
        return Job(search.advance, lambda _result: self._take(search), needs_limit=is_regex)

    def stop(self) -> None:
        """Look no further."""
        self._search = None

    def give_up(self) -> None:
        """The expression takes too long on this payload."""
        self._search = self.pattern = self._marked = None
        self._shown.message = "the expression takes too long here; a simpler one may do"

    def _search_to_end(self) -> None:
        while self._search is not None:
            search = self._search
            search.advance()
            self._take(search)

    def _take(self, search: ByteSearch) -> None:
        if self._search is not search or not search.done:
            return
        self._search = None
        if search.found is None or self._shown.view is None:
            self._shown.message = "no match"
            return
        self._sought = search.found
        self.has_wrapped = search.has_wrapped
        self._shown.view.go_to(search.found)

    def _search_start(self, view: PayloadView, *, forward: bool) -> int:
        """The byte to search from: the cursor, or behind the last match if the cursor is still there."""
        if self._sought is None or not _is_still_at(self._sought, view):
            return view.offset
        if not isinstance(view, TreeView) or view.node is None:
            return self._sought + (1 if forward else 0)
        # In the tree, the row of a value that is not open represents all matches in it.
        if not forward:
            return min(self._sought, view.node.start)
        return self._sought + 1 if view.node.expanded else max(self._sought + 1, view.node.end)


def _is_still_at(sought: int, view: PayloadView) -> bool:
    """Whether the cursor has not been moved since the last match."""
    if isinstance(view, TreeView):
        node = view.node
        # The match may be in the key, which is before the value.
        return node is not None and node.start - 2 * KEY_BYTES <= sought < node.end
    if isinstance(view, HexView):
        return view.offset == sought
    return abs(view.offset - sought) < 4096
