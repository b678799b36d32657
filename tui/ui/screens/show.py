"""The other panes follow the timeline when its cursor rests."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual.timer import Timer

from tui.analysis.event_log import EventRow
from tui.model.noderef import NodeRef
from tui.ui.screens.parts import MainParts
from tui.ui.widgets.conversation_view import ConversationView
from tui.ui.widgets.payload_inspector import PayloadInspector
from tui.ui.widgets.timeline_view import TimelineView
from tui.viewmodel.raw_evidence import payloads_behind

REST_SECONDS = 0.09
"""How long the cursor must rest before the other panes follow: longer than the gap between repeats of a held key."""

FOLLOW_SECONDS = 0.5
"""How often the other panes change while the newest row is followed, at most."""

SINGLE_SECONDS = 0.15
"""A key that comes this long after the one before is a single one."""


class ShowSelection(MainParts):
    """Timeline → conversation → payload: each pane shows what the one before stands on."""

    _rest_timer: Timer | None = None
    _moved_at = 0.0
    _shown_node: NodeRef | None = None
    """The row that the other panes show."""
    _line: tuple[NodeRef | None, EventRow] | None = None

    def on_timeline_view_node_highlighted(self, _event: TimelineView.NodeHighlighted) -> None:
        """The cursor of the timeline moved: by a key, or because it follows what is written.

        After a jump the panes show what was jumped to already; it may be another part of the row than its first.
        """
        by_growth, self.moved_by_growth = self.moved_by_growth, False
        if self.timeline.model.focused == self._shown_node:
            return
        if by_growth:
            self._soon(self.show_selection)
        else:
            self._after_rest(self.show_selection)

    def on_timeline_view_follow_changed(self, _event: TimelineView.FollowChanged) -> None:
        """Following began or ended."""
        self.refresh_footer()

    def on_payload_inspector_remark_changed(self, _event: PayloadInspector.RemarkChanged) -> None:
        """The footer tells where one is in the payload."""
        if self.pane == "payload":
            self.refresh_footer()

    def on_conversation_view_item_highlighted(self, event: ConversationView.ItemHighlighted) -> None:
        """The cursor of the conversation moved; only a person's own moves there change the payload."""
        item_id = event.item_id
        if self.pane == "conversation" and item_id is not None:
            self._after_rest(lambda: self._show_payload_of(NodeRef("item", item_id)))

    def on_conversation_view_payload_requested(self, event: ConversationView.PayloadRequested) -> None:
        """Enter on a row whose whole stands in a payload: show it there, at the place that is meant."""
        opening = event.opening
        ref = self.store.trace.raw_payloads.get(opening.raw_payload_id)
        if ref is not None:
            self.inspector.show(ref, opening.path, opening.missing)
            self.focus_pane("payload")

    def _after_rest(self, show: Callable[[], None]) -> None:
        """Show at once after a single key; while keys follow each other, when the last one is over."""
        self._stop_rest_timer()
        now = time.monotonic()
        is_single, self._moved_at = now - self._moved_at > SINGLE_SECONDS, now
        # Even at once, the pane with the cursor is drawn first: a millisecond lets its own update through.
        self._rest_timer = self.set_timer(0.001 if is_single else REST_SECONDS, show)
        self.refresh_footer()

    def _soon(self, show: Callable[[], None]) -> None:
        """Show after a while, however often it is asked for: a busy recording must not repaint everything each time."""
        if self._rest_timer is None:
            self._rest_timer = self.set_timer(FOLLOW_SECONDS, show)

    def _stop_rest_timer(self) -> None:
        if self._rest_timer is not None:
            self._rest_timer.stop()
            self._rest_timer = None

    @property
    def is_at_rest(self) -> bool:
        """Whether the other panes show what the cursor stands on."""
        return self._rest_timer is None

    def show_selection(self) -> None:
        """Let the other panes show what the timeline stands on, now."""
        self._stop_rest_timer()
        node = self._shown_node = self.timeline.model.focused
        if node is not None:
            from tui.viewmodel.conversation_scope import scope_of

            self.conversation.show(scope_of(self.store.trace, self.store.index, node))
            self._show_payload_of(node)
        self.refresh_footer()

    def show_item(self, node: NodeRef) -> None:
        """Let the conversation stand on an item, with the focus in it, and the payload pane show where it was."""
        from tui.viewmodel.conversation_scope import scope_of

        self.conversation.show(scope_of(self.store.trace, self.store.index, node))
        self._show_payload_of(node)
        self.focus_pane("conversation")

    def arrive_at_payload(self, node: NodeRef) -> bool:
        """Show a payload, standing on one of its users."""
        ref = next(iter(payloads_behind(self.store.trace, self.store.index, node)), None)
        if ref is None:
            return False
        users = self.store.index.payload_users.of(ref.raw_payload_id)  # type: ignore[arg-type]  # the schema has plain ids
        if any(self.timeline.reveal(user) for user in users):
            self.show_selection()
        self.inspector.show(ref)
        self.focus_pane("payload")
        return True

    def show_line(self, row: EventRow) -> None:
        """Show a line of the log in the payload pane, as long as the timeline stands where it stands now."""
        self._line = (self.timeline.model.focused, row)
        self.inspector.show_line(row)

    def _line_of(self, node: NodeRef) -> EventRow | None:
        """The line of the log that is the evidence here: of a diagnostic, or of what was jumped to."""
        if self._line is not None and self._line[0] == node:
            return self._line[1]
        self._line = None
        number = int(node.id) if node.kind == "diagnostic" and node.id.isdigit() else len(self.store.diagnostics)
        line = self.store.diagnostics[number].line if number < len(self.store.diagnostics) else None
        return None if line is None else self.store.event_log.row_of_line(line)

    def _show_payload_of(self, node: NodeRef) -> None:
        self._stop_rest_timer()
        row = self._line_of(node)
        if row is not None:
            self.inspector.show_line(row)
            return
        found = payloads_behind(self.store.trace, self.store.index, node)
        self.inspector.show(found[0] if found else None)
