"""What a conversation lists, and where the cursor stands in it: what folds, searches and walks all work on.

    scope ──▶ entries (items, dividers) ──▶ rows of each entry, built when they come near the screen

The place of the cursor is an entry and a line in it; a row number is derived from it, since rows above may be measured
or folded at any time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.requests.prompt_head import PromptHead
from tui.model.conversation import ConversationItem
from tui.model.ids import InferenceCallId, ItemId
from tui.model.objects import InferenceCall
from tui.model.trace import RolloutTrace
from tui.viewmodel.conversation.entries import ConversationEntries, entries_of
from tui.viewmodel.conversation.entry_list import Entry, EntryList
from tui.viewmodel.conversation.layout import ConversationLayout
from tui.viewmodel.conversation.rows import BlockRow
from tui.viewmodel.conversation.scope import ConversationScope
from tui.viewmodel.rows.heights import EntryLine
from tui.viewmodel.text.clean import Measure

_NOTHING = ConversationEntries((), EntryList())

HEADS_KEPT = 32
"""Heads of requests that are kept: each holds instructions and tool definitions, some 50 kB."""


class ConversationListing:
    """Scope, entries and cursor of one conversation; `layout` has its rows."""

    def __init__(self, trace: RolloutTrace, index: TraceIndex, measure: Measure) -> None:
        self.trace = trace
        self.index = index
        self.layout = ConversationLayout(trace, measure)
        self.scope: ConversationScope | None = None
        """What is shown; None for nothing."""
        self.listed = _NOTHING
        """The entries with what is known about the request before."""
        self.place = EntryLine(0, 0)
        self.shows_gone = False
        """Whether items that only the request before had are listed, too."""
        self._heads: OrderedDict[InferenceCallId, PromptHead] = OrderedDict()
        self._head_of_thread: InferenceCallId | None = None
        """The request whose head a thread so far has: its newest when that was read, however it grows."""

    @property
    def entries(self) -> EntryList:
        """Items and dividers, in order."""
        return self.listed.entries

    @property
    def request(self) -> InferenceCall | None:
        """The request that is shown; None for a thread so far."""
        inference_id = None if self.scope is None else self.scope.inference_id
        return None if inference_id is None else self.trace.inference_calls.get(inference_id)

    @property
    def request_of_head(self) -> InferenceCall | None:
        """The request whose settings, instructions and tools are listed; None where none was recorded."""
        of_thread = self.scope is not None and self.scope.inference_id is None
        head = self._head_of_thread if of_thread else None
        return self.request if head is None else self.trace.inference_calls.get(head)

    # Listing

    def show_nothing(self) -> None:
        """No conversation is shown."""
        self.scope, self.listed, self.place = None, _NOTHING, EntryLine(0, 0)
        self.layout.lay_out(())

    def show_from_start(self, scope: ConversationScope) -> None:
        """List a scope and stand where one begins to read it: at its focus, at what is new, or at its end."""
        self.scope, self.shows_gone, self._head_of_thread = scope, scope.lists_gone, None
        self._list(scope)
        self.place = self._starting_place(scope)

    def list_again(self) -> None:
        """List the entries again and stay on the same item, or on the same divider."""
        if self.scope is None:
            return
        place, standing = self.place, self.entry_here
        self._list(self.scope)
        number = None if standing is None else self.entries.number_of(standing)
        last = max(0, len(self.entries) - 1)
        self.place = EntryLine(min(place.entry, last) if number is None else number, place.line)

    def _list(self, scope: ConversationScope) -> None:
        shown = self._head_of_thread
        if scope.inference_id is None and (shown not in self._heads or shown not in self.trace.inference_calls):
            self._head_of_thread = self.index.inferences_of_thread.last(scope.thread_id)
        self.listed = entries_of(
            self.trace,
            self.index,
            scope,
            self._heads,
            show_gone=self.shows_gone,
            head_of_thread=self._head_of_thread,
        )
        self.layout.lay_out(self.entries)

    def _starting_place(self, scope: ConversationScope) -> EntryLine:
        found = self.place_of(scope.focus) if scope.focus is not None else None
        if found is not None:
            return found
        gone = self.entries.number_of(Entry(None, divider="gone")) if scope.lists_gone else None
        if gone is not None:
            return EntryLine(gone, 0)
        if self.listed.first_difference is not None:
            return EntryLine(self.listed.first_difference, 0)
        return EntryLine(0 if scope.inference_id is not None else max(0, len(self.entries) - 1), 0)

    # Where the cursor stands

    def place_of(self, item_id: ItemId) -> EntryLine | None:
        """The first row of an item; None if it is not listed."""
        number = self.entries.number_of_item(item_id)
        return None if number is None else EntryLine(number, 0)

    @property
    def end(self) -> EntryLine:
        """The last row."""
        last = len(self.entries) - 1
        return EntryLine(0, 0) if last < 0 else EntryLine(last, len(self.layout.rows_of(last)) - 1)

    @property
    def entry_here(self) -> Entry | None:
        """The entry under the cursor; None if there are none."""
        return self.entry_at(self.place.entry)

    @property
    def row_here(self) -> BlockRow | None:
        """The row under the cursor; None if there are none."""
        rows = self.layout.rows_of(self.place.entry) if self.entries else ()
        return rows[min(self.place.line, len(rows) - 1)] if rows else None

    @property
    def item_here(self) -> ConversationItem | None:
        """The item under the cursor, if it is one."""
        return self.layout.item_at(self.place.entry)

    def entry_at(self, number: int) -> Entry | None:
        """The entry of a number; None outside of the list."""
        return self.entries[number] if 0 <= number < len(self.entries) else None

    # Heads

    def wanted_heads(self) -> list[InferenceCallId]:
        """Requests whose heads are to be read: the one that is shown, and the one before it, to be compared with."""
        call, difference = self.request_of_head, self.listed.difference
        if call is None:
            return []
        calls = [call, *([] if difference is None or difference.previous is None else [difference.previous])]
        return [one.inference_call_id for one in calls if one.inference_call_id not in self._heads]

    def supply_heads(self, heads: Mapping[InferenceCallId, PromptHead]) -> None:
        """Here is what requests send before their items; the cursor stays where it is."""
        self._heads.update(heads)
        while len(self._heads) > HEADS_KEPT:
            self._heads.popitem(last=False)
        self.list_again()
