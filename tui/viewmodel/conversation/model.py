"""The conversation pane: what the model saw, as rows, with a cursor that moves by rows and by items.

`listing` says what is listed and where the cursor stands; the other parts work on it: `folds`, `finder`, `following`,
and the walks of `CONVERSATION_MOVES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.requests.prompt_head import PromptHead
from tui.model.delta import TraceDelta
from tui.model.ids import InferenceCallId, ItemId, ThreadId
from tui.model.trace import RolloutTrace
from tui.viewmodel.conversation.agent_follow import AgentFollow
from tui.viewmodel.conversation.call_pairs import CallPairs
from tui.viewmodel.conversation.entry_list import EntryList
from tui.viewmodel.conversation.finding import ConversationFinder
from tui.viewmodel.conversation.folding import ConversationFolds
from tui.viewmodel.conversation.layout import ConversationLayout
from tui.viewmodel.conversation.listing import ConversationListing
from tui.viewmodel.conversation.opening import Opening, opening_here
from tui.viewmodel.conversation.rows import Fold
from tui.viewmodel.conversation.scope import ConversationScope
from tui.viewmodel.conversation.walking import go_entry, go_first_difference, is_item, is_new
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.clean import Measure
from tui.viewmodel.text.spans import Line, line_text
from tui.viewmodel.text.styled_lines import highlight


class ConversationModel:
    """What one conversation shows, and the way from one to another."""

    def __init__(self, trace: RolloutTrace, index: TraceIndex, measure: Measure) -> None:
        self.listing = ConversationListing(trace, index, measure)
        self.folds = ConversationFolds(self.listing)
        self.finder = ConversationFinder(self.listing)
        self.pairs = CallPairs(self.listing, self.show)
        self.following = AgentFollow()
        self._switched_from: InferenceCallId | None = None

    # What is shown

    @property
    def scope(self) -> ConversationScope | None:
        """What is shown; None before the first `show`."""
        return self.listing.scope

    @property
    def title(self) -> Line:
        """The name of what is shown."""
        return self.listing.listed.title

    @property
    def entries(self) -> EntryList:
        """Items and dividers, in order."""
        return self.listing.entries

    @property
    def layout(self) -> ConversationLayout:
        """The rows of the entries."""
        return self.listing.layout

    def show(self, scope: ConversationScope | None) -> None:
        """Show a scope and stand on its focus. The same scope again only moves the cursor to its focus."""
        known = self.scope
        if scope is None:
            self.listing.show_nothing()
            self.following.forget()
        elif known is None or known != msgspec.structs.replace(scope, focus=known.focus):
            if known is None or known.thread_id != scope.thread_id:
                self._switched_from = None
            self.following.forget()
            self.listing.show_from_start(scope)
        else:
            self.listing.scope = scope
            if scope.focus is not None:
                self.listing.place = self.listing.place_of(scope.focus) or self.listing.place
                self.note_place()

    def switch_scope(self) -> None:
        """From a request to its thread so far, and back to the request; the same item stays under the cursor."""
        scope, focus = self.scope, self.focused
        if scope is None:
            return
        if scope.inference_id is not None:
            self._switched_from = scope.inference_id
            self.show(ConversationScope(scope.thread_id, None, focus))
        else:
            latest = self.listing.index.inferences_of_thread.last(scope.thread_id)
            self.show(ConversationScope(scope.thread_id, self._switched_from or latest, focus))

    def update(self, delta: TraceDelta) -> bool:
        """Take in what changed in the graph; whether that concerns what is shown."""
        scope = self.scope
        self.layout.forget_all(delta.conversation_items)
        if scope is None:
            return False
        if scope.inference_id is None:
            touched = scope.thread_id in delta.threads
        else:
            touched = scope.inference_id in delta.inference_calls
        if touched or self.entries.holds_any(delta.conversation_items):
            self._list_again()
            return True
        return False

    def look_again(self) -> None:
        """The graph is that of another moment: list what is shown as it was then; nothing if that had not begun."""
        scope, trace = self.scope, self.listing.trace
        requests = trace.inference_calls
        self.pairs.forget()
        self._switched_from = self._switched_from if self._switched_from in requests else None
        self.layout.forget_everything()
        if scope is None:
            return
        if scope.thread_id in trace.threads and (scope.inference_id is None or scope.inference_id in requests):
            self._list_again()
        else:
            self.show(None)

    def _list_again(self) -> None:
        self.listing.list_again()
        if self.following.is_on:
            self.go_end()

    def supply(self, item_id: ItemId, raw: bytes) -> None:
        """Here is the whole JSON of an item that the graph abridges."""
        self.layout.supply(item_id, raw)
        place = self.listing.place_of(item_id)
        self.layout.forget(item_id, place.entry if place is not None else None)

    def supply_heads(self, heads: Mapping[InferenceCallId, PromptHead]) -> None:
        """Here is what requests send before their items; the cursor stays where it is, or at the end it follows."""
        self.listing.supply_heads(heads)
        if self.following.is_on:
            self.go_end()

    # Following an agent

    def follow_agent(self, agent: ThreadId) -> None:
        """Show the conversation of an agent so far, at its end, and stay there while it grows."""
        self.show(ConversationScope(agent))
        self.following.begin(agent)
        self.go_end()

    def go_end(self) -> None:
        """Stand on the last row."""
        self.listing.place = self.listing.end

    def note_place(self) -> None:
        """The cursor was moved: away from the end, following is over."""
        if self.listing.place != self.listing.end:
            self.stop_following()

    def stop_following(self) -> None:
        """Stay here, whatever comes."""
        self.following.stop(self._item_count)

    @property
    def new_items(self) -> int:
        """How many items came since the agent that is shown is followed no longer."""
        return self.following.new_items(self._item_count)

    @property
    def _item_count(self) -> int:
        thread = None if self.scope is None else self.listing.trace.threads.get(self.scope.thread_id)
        return 0 if thread is None else len(thread.conversation_item_ids)

    # Rows

    @property
    def cursor(self) -> int:
        """The row of the cursor."""
        return self.layout.row_of(self.listing.place)

    def stand_on(self, row: int) -> None:
        """Move the cursor to a row."""
        self.listing.place = self.layout.place_of(row)

    def row(self, number: int) -> Line:
        """The line of a row, with the matches of the search."""
        line, pattern = self.layout.line(number), self.finder.pattern
        return line if pattern is None else highlight(line, pattern)

    def item_headed_by(self, number: int) -> ItemId | None:
        """The item of which a row is the first; None for its other rows, and for dividers."""
        place = self.layout.place_of(number)
        entry = self.listing.entry_at(place.entry) if place.line == 0 else None
        return None if entry is None else entry.item_id

    def block_text(self) -> str:
        """The rows of the block under the cursor as one line: a note may take more than one."""
        here = self.listing.row_here
        if here is None:
            return ""
        rows = self.layout.rows_of(self.listing.place.entry)
        return " ".join(line_text(row.line).strip() for row in rows if row.block == here.block)

    @property
    def is_on_header(self) -> bool:
        """Whether the cursor is on the header of an item: the row that is about all of it."""
        here = self.listing.row_here
        return here is not None and here.role == "header"

    @property
    def focused(self) -> ItemId | None:
        """The item under the cursor."""
        entry = self.listing.entry_here
        return entry.item_id if entry is not None else None

    # Actions

    def perform(self, move: Move, count: int | None = None) -> None:
        """Do a move of `CONVERSATION_MOVES`. Where there is nothing to go to, the cursor stays."""
        if self.entries:
            CONVERSATION_MOVES[move](self, count or 1)

    def activate(self) -> Opening | None:
        """Enter: what to open, if the row represents something that is elsewhere; else unfold or fold."""
        if not self.entries:
            return None
        opening = opening_here(self.listing)
        if opening is None:
            self.folds.toggle()
        return opening


CONVERSATION_MOVES: dict[Move, Callable[[ConversationModel, int], None]] = {
    Move.NEXT_SIBLING: lambda model, count: go_entry(model.listing, 1, count, is_item),
    Move.PREVIOUS_SIBLING: lambda model, count: go_entry(model.listing, -1, count, is_item),
    Move.NEXT_NEW_ITEM: lambda model, count: go_entry(model.listing, 1, count, is_new),
    Move.PREVIOUS_NEW_ITEM: lambda model, count: go_entry(model.listing, -1, count, is_new),
    Move.GO_FIRST_DIFFERENCE: lambda model, _count: go_first_difference(model.listing),
    Move.GO_PAIR: lambda model, _count: model.pairs.go(),
    Move.STEP_OUT: lambda model, _count: model.folds.fold(),
    Move.STEP_IN: lambda model, _count: model.folds.unfold(),
    Move.TOGGLE_FOLD: lambda model, _count: model.folds.toggle(),
    Move.FOLD_ALL: lambda model, _count: model.folds.fold_everything(Fold.HEADER),
    Move.UNFOLD_ALL: lambda model, _count: model.folds.fold_everything(Fold.WHOLE),
}
"""The conversation's own moves; to go from row to row is the pane's."""
