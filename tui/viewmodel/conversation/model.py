"""The conversation pane: what the model saw, as rows, with a cursor that moves by rows and by items.

    scope ──▶ entries (items, dividers) ──▶ rows of each entry, built when they come near the screen

The place of the cursor is an entry and a line in it; a row number is derived from it, since rows above may be measured
or folded at any time.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping

import msgspec

from tui.analysis.index.trace_index import TraceIndex
from tui.analysis.requests.compared import first_output_sent
from tui.analysis.requests.prompt_head import PromptHead
from tui.model.conversation import CALL_KINDS, OUTPUT_KINDS, ConversationItem
from tui.model.delta import TraceDelta
from tui.model.ids import InferenceCallId, ItemId, ThreadId
from tui.model.objects import InferenceCall
from tui.model.trace import RolloutTrace
from tui.viewmodel.conversation.agent_follow import AgentFollow
from tui.viewmodel.conversation.entries import ConversationEntries, entries_of
from tui.viewmodel.conversation.entry_list import Entry, EntryList
from tui.viewmodel.conversation.head import HeadEntry
from tui.viewmodel.conversation.layout import ConversationLayout
from tui.viewmodel.conversation.opening import Opening, missing_part_of, opening_of, opening_of_head
from tui.viewmodel.conversation.rows import Fold
from tui.viewmodel.conversation.scope import ConversationScope
from tui.viewmodel.rows.heights import EntryLine
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.clean import Measure
from tui.viewmodel.text.spans import Line, line_text
from tui.viewmodel.text.styled_lines import highlight

_NOTHING = ConversationEntries((), EntryList())

HEADS_KEPT = 32
"""Heads of requests that are kept: each holds instructions and tool definitions, some 50 kB."""


COUNTED_AT_ONCE = 50
"""Entries looked at between two pauses of a count."""


class ConversationModel:
    """Entries, cursor and search of one conversation; `layout` has its rows."""

    def __init__(self, trace: RolloutTrace, index: TraceIndex, measure: Measure) -> None:
        self._trace = trace
        self._index = index
        self._scope: ConversationScope | None = None
        self._listed = _NOTHING
        self._show_gone = False
        self._switched_from: InferenceCallId | None = None
        self._heads: OrderedDict[InferenceCallId, PromptHead] = OrderedDict()
        self._called_from: tuple[ConversationScope, ConversationScope] | None = None
        self.layout = ConversationLayout(trace, measure)
        self.place = EntryLine(0, 0)
        self.pattern: re.Pattern[str] | None = None
        self.following = AgentFollow()

    # What is shown

    @property
    def scope(self) -> ConversationScope | None:
        """What is shown; None before the first `show`."""
        return self._scope

    @property
    def title(self) -> Line:
        """The name of what is shown."""
        return self._listed.title

    @property
    def entries(self) -> EntryList:
        """Items and dividers, in order."""
        return self._listed.entries

    @property
    def listed(self) -> ConversationEntries:
        """The entries with what is known about the request before."""
        return self._listed

    def show(self, scope: ConversationScope | None) -> None:
        """Show a scope and stand on its focus. The same scope again only moves the cursor to its focus."""
        known, self._scope = self._scope, scope
        if scope is None:
            self._listed, self.place = _NOTHING, EntryLine(0, 0)
            self.layout.lay_out(())
            self.following.forget()
        elif known is None or known != msgspec.structs.replace(scope, focus=known.focus):
            self._show_gone = scope.lists_gone
            if known is None or known.thread_id != scope.thread_id:
                self._switched_from = None
            self.following.forget()
            self._list_entries(scope)
            self.place = self._starting_place(scope)
        elif scope.focus is not None:
            self.place = self._place_of_item(scope.focus) or self.place
            self.note_place()

    def switch_scope(self) -> None:
        """From a request to its thread so far, and back to the request; the same item stays under the cursor."""
        scope, focus = self._scope, self.focused
        if scope is None:
            return
        if scope.inference_id is not None:
            self._switched_from = scope.inference_id
            self.show(ConversationScope(scope.thread_id, None, focus))
        elif self._switched_from is not None:
            self.show(ConversationScope(scope.thread_id, self._switched_from, focus))
        else:
            latest = self._index.inferences_of_thread.last(scope.thread_id)
            self.show(ConversationScope(scope.thread_id, latest, focus))

    def _list_entries(self, scope: ConversationScope) -> None:
        self._listed = entries_of(self._trace, self._index, scope, self._heads, show_gone=self._show_gone)
        self.layout.lay_out(self.entries)

    def _starting_place(self, scope: ConversationScope) -> EntryLine:
        found = self._place_of_item(scope.focus) if scope.focus is not None else None
        if found is not None:
            return found
        gone = self.entries.number_of(Entry(None, divider="gone")) if scope.lists_gone else None
        if gone is not None:
            return EntryLine(gone, 0)
        if self._listed.first_difference is not None:
            return EntryLine(self._listed.first_difference, 0)
        return EntryLine(0 if scope.inference_id is not None else max(0, len(self.entries) - 1), 0)

    def _place_of_item(self, item_id: ItemId) -> EntryLine | None:
        number = self.entries.number_of_item(item_id)
        return None if number is None else EntryLine(number, 0)

    def update(self, delta: TraceDelta) -> bool:
        """Take in what changed in the graph; whether that concerns what is shown."""
        scope = self._scope
        self.layout.forget_all(delta.conversation_items)
        if scope is None:
            return False
        if scope.inference_id is None:
            touched = scope.thread_id in delta.threads
        else:
            touched = scope.inference_id in delta.inference_calls
        if touched or self.entries.holds_any(delta.conversation_items):
            self._list_again(scope)
            return True
        return False

    def look_again(self) -> None:
        """The graph is that of another moment: list what is shown as it was then; nothing if that had not begun."""
        scope, requests = self._scope, self._trace.inference_calls
        self._called_from = None
        self._switched_from = self._switched_from if self._switched_from in requests else None
        self.layout.forget_everything()
        if scope is None:
            return
        if scope.thread_id in self._trace.threads and (scope.inference_id is None or scope.inference_id in requests):
            self._list_again(scope)
        else:
            self.show(None)

    def _list_again(self, scope: ConversationScope) -> None:
        """List the entries again and stay on the same item, or on the same divider."""
        place = self.place
        standing = self._entry_at(place.entry)
        self._list_entries(scope)
        if self.following.is_on:
            self.go_end()
            return
        last = max(0, len(self.entries) - 1)
        self.place = EntryLine(min(place.entry, last), place.line)
        number = None if standing is None else self.entries.number_of(standing)
        if number is not None:
            self.place = EntryLine(number, place.line)

    # Following an agent

    def follow_agent(self, agent: ThreadId) -> None:
        """Show the conversation of an agent so far, at its end, and stay there while it grows."""
        self.show(ConversationScope(agent))
        self.following.begin(agent)
        self.go_end()

    def go_end(self) -> None:
        """Stand on the last row."""
        self.place = self._end

    def note_place(self) -> None:
        """The cursor was moved: away from the end, following is over."""
        if self.place != self._end:
            self.stop_following()

    def stop_following(self) -> None:
        """Stay here, whatever comes."""
        self.following.stop(self._item_count)

    @property
    def new_items(self) -> int:
        """How many items came since the agent that is shown is followed no longer."""
        return self.following.new_items(self._item_count)

    @property
    def _end(self) -> EntryLine:
        last = len(self.entries) - 1
        return EntryLine(0, 0) if last < 0 else EntryLine(last, len(self.layout.rows_of(last)) - 1)

    @property
    def _item_count(self) -> int:
        thread = None if self._scope is None else self._trace.threads.get(self._scope.thread_id)
        return 0 if thread is None else len(thread.conversation_item_ids)

    def supply(self, item_id: ItemId, raw: bytes) -> None:
        """Here is the whole JSON of an item that the graph abridges."""
        self.layout.supply(item_id, raw)
        place = self._place_of_item(item_id)
        self.layout.forget(item_id, place.entry if place is not None else None)

    def wanted_heads(self) -> list[InferenceCallId]:
        """Requests whose heads are to be read: the one that is shown, and the one before it, to be compared with."""
        call = self._request
        difference = self._listed.difference
        if call is None or difference is None:
            return []
        calls = [call, *([] if difference.previous is None else [difference.previous])]
        return [one.inference_call_id for one in calls if one.inference_call_id not in self._heads]

    def supply_heads(self, heads: Mapping[InferenceCallId, PromptHead]) -> None:
        """Here is what requests send before their items; the cursor stays where it is."""
        self._heads.update(heads)
        while len(self._heads) > HEADS_KEPT:
            self._heads.popitem(last=False)
        if self._scope is not None:
            self._list_again(self._scope)

    @property
    def _request(self) -> InferenceCall | None:
        inference_id = None if self._scope is None else self._scope.inference_id
        return None if inference_id is None else self._trace.inference_calls.get(inference_id)

    # Rows

    @property
    def cursor(self) -> int:
        """The row of the cursor."""
        return self.layout.row_of(self.place)

    def stand_on(self, row: int) -> None:
        """Move the cursor to a row."""
        self.place = self.layout.place_of(row)

    def row(self, number: int) -> Line:
        """The line of a row, with the matches of the search."""
        line = self.layout.line(number)
        return line if self.pattern is None else highlight(line, self.pattern)

    def item_headed_by(self, number: int) -> ItemId | None:
        """The item of which a row is the first; None for its other rows, and for dividers."""
        place = self.layout.place_of(number)
        entry = self._entry_at(place.entry) if place.line == 0 else None
        return None if entry is None else entry.item_id

    def block_text(self) -> str:
        """The rows of the block under the cursor as one line: a note may take more than one."""
        rows = self.layout.rows_of(self.place.entry) if self.entries else ()
        block = rows[min(self.place.line, len(rows) - 1)].block if rows else None
        return " ".join(line_text(row.line).strip() for row in rows if row.block == block)

    @property
    def focused(self) -> ItemId | None:
        """The item under the cursor."""
        entry = self._entry_at(self.place.entry)
        return entry.item_id if entry is not None else None

    def _entry_at(self, number: int) -> Entry | None:
        return self.entries[number] if 0 <= number < len(self.entries) else None

    # Actions

    def perform(self, move: Move, count: int | None = None) -> None:
        """Do a move of `CONVERSATION_MOVES`. Where there is nothing to go to, the cursor stays."""
        if self.entries:
            CONVERSATION_MOVES[move](self, count or 1)

    def go_entry(self, step: int, count: int, wanted: Callable[[Entry], bool]) -> None:
        """Stand on the header of the next entry, in either direction, that is `wanted`; `count` times."""
        if step < 0 and self.place.line and wanted(self.entries[self.place.entry]):
            self.place = EntryLine(self.place.entry, 0)
            count -= 1
        for _ in range(count):
            number = self.place.entry + step
            while 0 <= number < len(self.entries) and not wanted(self.entries[number]):
                number += step
            if not 0 <= number < len(self.entries):
                return
            self.place = EntryLine(number, 0)

    def go_first_difference(self) -> None:
        """Stand where this request begins to differ from the one before."""
        if self._listed.first_difference is not None:
            self.place = EntryLine(self._listed.first_difference, 0)

    def go_pair(self) -> None:
        """From a call to its output and back; where the output was sent later, to the request that sent it first."""
        item = self.layout.item_at(self.place.entry)
        if item is None or item.call_id is None or self._go_back_to_call(item):
            return
        kinds = OUTPUT_KINDS if item.kind in CALL_KINDS else CALL_KINDS
        for number in range(len(self.entries)):
            other = self.layout.item_at(number)
            if other is not None and other.call_id == item.call_id and other.kind in kinds:
                self.place = EntryLine(number, 0)
                return
        if item.kind in CALL_KINDS:
            self._go_later_output(item)

    def _go_later_output(self, call: ConversationItem) -> None:
        """Show the first request of the thread that holds the output of `call`, if one does."""
        scope = self._scope
        if scope is None or scope.inference_id is None:
            return
        known = self._trace.inference_calls
        requests = [known[name] for name in self._index.inferences_of_thread.of(scope.thread_id)]
        sent = first_output_sent(self._trace, requests, call, known[scope.inference_id])
        if sent is not None:
            there = ConversationScope(scope.thread_id, sent[0].inference_call_id, sent[1])
            self._called_from = (there, ConversationScope(scope.thread_id, scope.inference_id, call.item_id))
            self.show(there)

    def _go_back_to_call(self, item: ConversationItem) -> bool:
        """Return to the request whose answer was the call, if one came from there to this output."""
        scope, called_from = self._scope, self._called_from
        if scope is None or called_from is None:
            return False
        there, here = called_from
        if (scope.inference_id, item.item_id) != (there.inference_id, there.focus):
            return False
        self._called_from = None
        self.show(here)
        return True

    def fold(self) -> None:
        """One step: whole to short, short to the header."""
        entry = self.entries[self.place.entry]
        fold = Fold.HEADER if entry.key is None else self.layout.fold_of_entry(entry)
        if entry.head is not None:
            fold = min(fold, Fold.SHORT)
        self._set_fold(Fold(max(Fold.HEADER, fold - 1)))

    def unfold(self) -> None:
        """One step: header to short; whole if short hides something."""
        if (
            self._head is not None
            or self.focused is None
            or (self._hides_lines() and self.layout.fold_of(self.focused) is Fold.SHORT)
        ):
            self._set_fold(Fold.WHOLE)
        else:
            self._set_fold(max(self.layout.fold_of(self.focused), Fold.SHORT))

    def toggle_fold(self) -> None:
        """Show more if there is more, else the header only."""
        if self._head is not None:
            is_folded = self.layout.fold_of_entry(self.entries[self.place.entry]) is Fold.HEADER
            self._set_fold(Fold.WHOLE if is_folded else Fold.HEADER)
        elif self.focused is None:
            self._set_fold(Fold.HEADER if self._show_gone else Fold.WHOLE)
        elif self.layout.fold_of(self.focused) is Fold.HEADER or self._hides_lines():
            self.unfold()
        else:
            self._set_fold(Fold.HEADER)

    def fold_everything(self, fold: Fold) -> None:
        """Show all items alike."""
        self.layout.set_all_folds(fold)
        self.place = EntryLine(self.place.entry, 0)

    def switch_source(self) -> bool:
        """Show Markdown and colours as they were written, or what they mean; whether it is as written now."""
        self.layout.switch_source()
        self.place = EntryLine(self.place.entry, 0)
        return self.layout.shows_source

    def _hides_lines(self) -> bool:
        return self.layout.rows_of(self.place.entry)[-1].role == "more"

    def _set_fold(self, fold: Fold) -> None:
        entry = self.entries[self.place.entry]
        if entry.divider == "gone" and self._scope is not None:
            self._show_gone = fold is not Fold.HEADER
            self._list_again(self._scope)
        elif entry.key is not None:
            self.layout.set_fold(self.place.entry, fold)
            rows = self.layout.rows_of(self.place.entry)
            self.place = EntryLine(self.place.entry, min(self.place.line, len(rows) - 1))

    @property
    def _head(self) -> HeadEntry | None:
        """The part of the head under the cursor."""
        entry = self._entry_at(self.place.entry)
        return entry.head if entry is not None else None

    def activate(self) -> Opening | None:
        """Enter: what to open, if the row represents something that is elsewhere; else unfold or fold."""
        if not self.entries:
            return None
        call, head = self._request, self._head
        if call is not None and head is not None:
            rows = self.layout.rows_of(self.place.entry)
            opening = opening_of_head(call, head, rows[min(self.place.line, len(rows) - 1)])
            if opening is None:
                self.toggle_fold()
            return opening
        item = self.layout.item_at(self.place.entry)
        opening = self._opening(item) if item is not None else None
        if opening is None:
            self.toggle_fold()
        return opening

    def _opening(self, item: ConversationItem) -> Opening | None:
        rows = self.layout.rows_of(self.place.entry)
        role = rows[min(self.place.line, len(rows) - 1)].role
        if role == "cut":
            return missing_part_of(self._trace, item) or opening_of(self._trace, item)
        elsewhere = role == "note" or (role == "more" and self.layout.fold_of(item.item_id) is Fold.WHOLE)
        return opening_of(self._trace, item) if elsewhere else None

    # Search

    def search(self, pattern: re.Pattern[str] | None, *, forward: bool = True) -> bool:
        """Stand on the next row that matches, around the end if need be; whether there is one. None clears."""
        self.pattern = pattern
        if pattern is None:
            return False
        count = len(self.entries)
        step = 1 if forward else -1
        # Once around and the starting entry again: its other lines come last.
        for distance in range(count + 1 if count else 0):
            number = (self.place.entry + step * distance) % count
            lines = self._matching_lines(number, pattern)
            if distance == 0:
                lines = [line for line in lines if (line - self.place.line) * step > 0]
            if lines:
                self.place = EntryLine(number, lines[0 if forward else -1])
                return True
        return False

    def matching_entries(self, pattern: re.Pattern[str]) -> Iterator[int | None]:
        """The number of every entry whose text matches, and None after every slice of entries."""
        for number in range(len(self.entries)):
            item = self.layout.item_at(number)
            if item is not None and any(pattern.search(text) for text in _texts(item)):
                yield number
            if number % COUNTED_AT_ONCE == COUNTED_AT_ONCE - 1:
                yield None

    def _matching_lines(self, number: int, pattern: re.Pattern[str]) -> list[int]:
        """The lines of an entry that match. Unfolds the item if its text matches where it is folded."""
        item = self.layout.item_at(number)
        if item is None or not any(pattern.search(text) for text in _texts(item)):
            return []
        found = self._shown_matches(number, pattern)
        if not found and self.layout.fold_of(item.item_id) is not Fold.WHOLE:
            self.layout.set_fold(number, Fold.WHOLE)
            found = self._shown_matches(number, pattern)
        return found

    def _shown_matches(self, number: int, pattern: re.Pattern[str]) -> list[int]:
        rows = self.layout.rows_of(number)
        return [line for line, row in enumerate(rows) if pattern.search(line_text(row.line))]


def _texts(item: ConversationItem) -> Iterator[str]:
    for part in item.body.parts:
        for name in ("text", "summary", "source"):
            text = getattr(part, name, None)
            if isinstance(text, str):
                yield text


def _is_item(entry: Entry) -> bool:
    return entry.item_id is not None


def _is_new(entry: Entry) -> bool:
    return entry.novelty == "new"


CONVERSATION_MOVES: dict[Move, Callable[[ConversationModel, int], None]] = {
    Move.NEXT_SIBLING: lambda model, count: model.go_entry(1, count, _is_item),
    Move.PREVIOUS_SIBLING: lambda model, count: model.go_entry(-1, count, _is_item),
    Move.NEXT_NEW_ITEM: lambda model, count: model.go_entry(1, count, _is_new),
    Move.PREVIOUS_NEW_ITEM: lambda model, count: model.go_entry(-1, count, _is_new),
    Move.GO_FIRST_DIFFERENCE: lambda model, _count: model.go_first_difference(),
    Move.GO_PAIR: lambda model, _count: model.go_pair(),
    Move.STEP_OUT: lambda model, _count: model.fold(),
    Move.STEP_IN: lambda model, _count: model.unfold(),
    Move.TOGGLE_FOLD: lambda model, _count: model.toggle_fold(),
    Move.FOLD_ALL: lambda model, _count: model.fold_everything(Fold.HEADER),
    Move.UNFOLD_ALL: lambda model, _count: model.fold_everything(Fold.WHOLE),
}
"""The conversation's own moves; to go from row to row is the pane's."""
