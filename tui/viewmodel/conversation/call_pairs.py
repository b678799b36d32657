"""From a call to its output and back, also where the output was sent in a later request."""

from __future__ import annotations

from collections.abc import Callable

from tui.analysis.requests.compared import first_output_sent
from tui.model.conversation import CALL_KINDS, OUTPUT_KINDS, ConversationItem
from tui.viewmodel.conversation.listing import ConversationListing
from tui.viewmodel.conversation.scope import ConversationScope
from tui.viewmodel.rows.heights import EntryLine


class CallPairs:
    """Walks between the two; remembers from which answer it came to a later request."""

    def __init__(self, listing: ConversationListing, show: Callable[[ConversationScope], None]) -> None:
        """`show` shows another conversation."""
        self._listing = listing
        self._show = show
        self._called_from: tuple[ConversationScope, ConversationScope] | None = None
        """Where an output is shown, and the call from which that was reached."""

    def forget(self) -> None:
        """The graph is another one: there is no way back."""
        self._called_from = None

    def go(self) -> None:
        """Stand on the other one of the pair, if there is one."""
        layout, item = self._listing.layout, self._listing.item_here
        if item is None or item.call_id is None or self._go_back_to_call(item):
            return
        kinds = OUTPUT_KINDS if item.kind in CALL_KINDS else CALL_KINDS
        for number in range(len(self._listing.entries)):
            other = layout.item_at(number)
            if other is not None and other.call_id == item.call_id and other.kind in kinds:
                self._listing.place = EntryLine(number, 0)
                return
        if item.kind in CALL_KINDS:
            self._go_later_output(item)

    def _go_later_output(self, call: ConversationItem) -> None:
        """Show the first request of the thread that holds the output of `call`, if one does."""
        scope, request = self._listing.scope, self._listing.request
        if scope is None or request is None:
            return
        trace, index = self._listing.trace, self._listing.index
        requests = [trace.inference_calls[name] for name in index.inferences_of_thread.of(scope.thread_id)]
        sent = first_output_sent(trace, requests, call, request)
        if sent is not None:
            there = ConversationScope(scope.thread_id, sent[0].inference_call_id, sent[1])
            self._called_from = (there, ConversationScope(scope.thread_id, scope.inference_id, call.item_id))
            self._show(there)

    def _go_back_to_call(self, item: ConversationItem) -> bool:
        """Return to the request whose answer was the call, if one came from there to this output."""
        scope, called_from = self._listing.scope, self._called_from
        if scope is None or called_from is None:
            return False
        there, here = called_from
        if (scope.inference_id, item.item_id) != (there.inference_id, there.focus):
            return False
        self._called_from = None
        self._show(here)
        return True
