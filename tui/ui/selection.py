"""The other panes follow the timeline when its cursor rests."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from textual.screen import Screen
from textual.timer import Timer

from tui.model.ids import InferenceCallId, ItemId, ThreadId
from tui.model.noderef import NodeRef
from tui.store import TraceStore
from tui.ui.footer import Footer
from tui.ui.panes import Panes
from tui.ui.terminal.textual_private import painted_at_once
from tui.viewmodel.payload.raw_evidence import path_to, payloads_behind

if TYPE_CHECKING:
    from tui.analysis.recording.event_log import EventRow
    from tui.viewmodel.conversation.opening import Opening

REST_SECONDS = 0.09
"""How long the cursor must rest before the other panes follow: longer than the gap between repeats of a held key."""

FOLLOW_SECONDS = 1.2
"""How long the other panes stay as they are at most, while the newest row is followed and goes on."""

NEARLY_DUE_PART = 0.9
"""An update that comes so near to what is due that the next one would be late, in parts of the time to that."""

SINGLE_SECONDS = 0.15
"""A key that comes this long after the one before is a single one."""


class Selection:
    """Timeline → conversation → payload: each pane shows what the one before is on."""

    def __init__(self, host: Screen[None], store: TraceStore, panes: Panes, footer: Footer) -> None:
        self.moved_by_growth = False
        """Whether the cursor moved because new rows came, not by a key."""
        self._host = host
        self._store = store
        self._panes = panes
        self._footer = footer
        self._rest_timer: Timer | None = None
        self._soon_shown: tuple[float, Callable[[], None]] | None = None
        """What the timer shows because the recording grew, and when."""
        self._moved_at = 0.0
        self._shown_node: NodeRef | None = None
        self._line: tuple[NodeRef | None, EventRow] | None = None

    # What the panes report

    def timeline_moved(self) -> None:
        """The cursor of the timeline moved: by a key, or because it follows what is written.

        After a jump the panes show what was jumped to already; it may be another part of the row than its first.
        """
        by_growth, self.moved_by_growth = self.moved_by_growth, False
        if self._panes.timeline.model.focused == self._shown_node:
            return
        if by_growth:
            self._soon(self.show)
        else:
            self._after_rest(self.show)

    def item_highlighted(self) -> None:
        """The cursor of the conversation moved; only a person's own moves there change the payload."""
        if self._panes.pane != "conversation":
            return
        if self._panes.conversation.followed is not None:
            self._soon(self._show_payload_of_item)
        else:
            self._after_rest(self._show_payload_of_item)

    def open_payload(self, opening: Opening) -> None:
        """Show the payload that holds the whole of something, at the place that is meant, and stay there.

        A payload that waits for the cursor of the conversation to rest must not take its place.
        """
        self._stop_rest_timer()
        ref = self._store.trace.raw_payloads.get(opening.raw_payload_id)
        if ref is not None:
            self._panes.inspector.forget_path()
            self._panes.inspector.show(ref, opening.path, opening.missing)
            self._panes.focus("payload")

    # When

    def _after_rest(self, show: Callable[[], None]) -> None:
        """Show at once after a single key; while keys follow each other, when the last one is over."""
        self._stop_rest_timer()
        now = time.monotonic()
        is_single, self._moved_at = now - self._moved_at > SINGLE_SECONDS, now
        # Even at once, the pane with the cursor is drawn first: a millisecond lets its own update through.
        self._rest_timer = self._host.set_timer(0.001 if is_single else REST_SECONDS, partial(self._at_once, show))
        self._footer.refresh()

    def _soon(self, show: Callable[[], None]) -> None:
        """Show after a while, however often it is asked for: a busy recording must not repaint everything each time."""
        if self._rest_timer is None:
            self._rest_timer = self._host.set_timer(FOLLOW_SECONDS, partial(self._at_once, show))
            self._soon_shown = (time.monotonic() + FOLLOW_SECONDS, show)

    def go_with_update(self, seconds: float) -> None:
        """The screen is being updated because the recording grew: show now what would be due within `seconds`."""
        if self._rest_timer is not None and self._soon_shown is not None:
            due, show = self._soon_shown
            if due - time.monotonic() <= NEARLY_DUE_PART * seconds:
                show()

    def _at_once(self, show: Callable[[], None]) -> None:
        """Show something in one frame with all that the last key has changed."""
        with painted_at_once(self._host):
            show()

    def _stop_rest_timer(self) -> None:
        if self._rest_timer is not None:
            self._rest_timer.stop()
            self._rest_timer = None
        self._soon_shown = None

    @property
    def is_at_rest(self) -> bool:
        """Whether the other panes show what the cursor is on."""
        return self._rest_timer is None

    # What

    def show(self) -> None:
        """Let the other panes show what the timeline is on, now."""
        self._stop_rest_timer()
        node = self._shown_node = self._panes.timeline.model.focused
        if node is None:
            self._panes.inspector.show(None)
        else:
            from tui.viewmodel.conversation.scope import scope_of, scope_of_root

            trace = self._store.trace
            self._panes.conversation.show(scope_of(trace, self._store.index, node) or scope_of_root(trace))
            self._show_payload_of(node)
        self._panes.offer_summary()
        self._footer.refresh()

    def enter(self, node: NodeRef) -> None:
        """Give the focus to the pane that shows what the timeline is on: its conversation, or its payload.

        In the conversation of a request one stands on what it answered, which its row names.
        """
        from tui.viewmodel.conversation.scope import scope_of

        self.show()
        answered = self._answer_of(node)
        if answered is not None:
            self.show_item(NodeRef("item", answered), InferenceCallId(node.id))
            return
        is_spoken_of = scope_of(self._store.trace, self._store.index, node) is not None
        self._panes.focus("conversation" if is_spoken_of else "payload")

    def _answer_of(self, node: NodeRef) -> ItemId | None:
        """The first item that a request answered, after its reasoning if more than that came; None of other rows."""
        trace = self._store.trace
        call = trace.inference_calls.get(InferenceCallId(node.id)) if node.kind == "inference" else None
        answer = [] if call is None else [one for one in call.response_item_ids if one in trace.conversation_items]
        said = (one for one in answer if trace.conversation_items[one].kind != "reasoning")
        return next(said, next(iter(answer), None))

    def follow_agent(self, agent: ThreadId) -> None:
        """Keep the end of an agent's conversation in view, with the focus in it; the timeline stays where it is."""
        self._stop_rest_timer()
        self._panes.timeline.stop_following()
        self._shown_node = self._panes.timeline.model.focused
        self._panes.conversation.follow_agent(agent)
        self._panes.focus("conversation")
        self._show_payload_of_item()

    def look_again(self) -> None:
        """The graph is that of another moment: let the other panes show what is selected as it was then."""
        item = self._panes.conversation.focused_item if self._panes.pane == "conversation" else None
        if item is None:
            self.show()
        else:
            self._show_payload_of(NodeRef("item", item))

    def show_item(self, node: NodeRef, request: InferenceCallId | None = None) -> None:
        """Let the conversation stand on an item, with the focus in it, and the payload pane show where it was.

        It is the conversation as `request` sent it, else the first one that the item is in.
        """
        from tui.viewmodel.conversation.scope import scope_in_request, scope_of

        trace, index = self._store.trace, self._store.index
        scope = scope_of(trace, index, node) if request is None else scope_in_request(trace, node, request)
        self._panes.conversation.show(scope)
        self._show_payload_of(node)
        self._panes.focus("conversation")

    def arrive_at_payload(self, node: NodeRef) -> bool:
        """Show a payload, standing on one of its users."""
        ref = next(iter(payloads_behind(self._store.trace, self._store.index, node)), None)
        if ref is None:
            return False
        users = self._store.index.payload_users.of(ref.raw_payload_id)  # type: ignore[arg-type]  # the schema has plain ids
        if any(self._panes.timeline.reveal(user) for user in users):
            self.show()
        self._panes.inspector.show(ref)
        self._panes.focus("payload")
        return True

    def show_line(self, row: EventRow) -> None:
        """Show a line of the log in the payload pane, as long as the timeline stays where it is now."""
        self._line = (self._panes.timeline.model.focused, row)
        self._panes.inspector.show_line(row)

    def _line_of(self, node: NodeRef) -> EventRow | None:
        """The line of the log that is the evidence here: of a diagnostic, or of what was jumped to."""
        if self._line is not None and self._line[0] == node:
            return self._line[1]
        self._line = None
        number = int(node.id) if node.kind == "diagnostic" and node.id.isdigit() else len(self._store.diagnostics)
        line = self._store.diagnostics[number].line if number < len(self._store.diagnostics) else None
        return None if line is None else self._store.event_log.row_of_line(line)

    def _show_payload_of_item(self) -> None:
        """Show the payload of the item under the cursor of the conversation; on a divider, that of the request."""
        item_id, request = self._panes.conversation.focused_item, self._panes.conversation.shown_request
        if item_id is not None:
            self._show_payload_of(NodeRef("item", item_id))
        elif request is not None:
            self._show_payload_of(NodeRef("inference", request))
        else:
            self._stop_rest_timer()
        self._footer.refresh()  # while the cursor moves its hints stay as they were

    def _show_payload_of(self, node: NodeRef) -> None:
        self._stop_rest_timer()
        row = self._line_of(node)
        if row is not None:
            self._panes.inspector.show_line(row)
            return
        found = next(iter(payloads_behind(self._store.trace, self._store.index, node)), None)
        self._panes.inspector.show(found, () if found is None else path_to(self._store.trace, node, found))
