"""What went between agents: opens the message ladder, keeps its place, leads from it into the panes and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.analysis.lookup import find_object
from tui.model.delta import TraceDelta
from tui.model.noderef import NodeRef
from tui.model.objects import ToolCall
from tui.ui.screens.growth import GrowthDisplay
from tui.ui.screens.walk import WalkCommands
from tui.viewmodel.navigation import Place

if TYPE_CHECKING:
    from tui.analysis.edges import EdgeView
    from tui.ui.screens.ladder_screen import LadderScreen
    from tui.viewmodel.ladder import LadderModel


class LadderCommands(WalkCommands, GrowthDisplay):
    """What the ladder shows is made when it is opened first, and kept: opened again, it stands where it stood."""

    _ladder: LadderModel | None = None
    _ladder_generation = 0
    _ladder_screen: LadderScreen | None = None
    _left_from_ladder: Place | None = None
    """The place from which the last jump out of the ladder started: the way back leads through the ladder."""

    def action_show_ladder(self) -> None:
        """Who sent what to whom, agents side by side."""
        from tui.ui.screens.ladder_screen import LadderScreen

        self._ladder_screen = LadderScreen(
            self.store, self.keyboard, self._ladder_model(), explain=self._explain, list_links=self._list_links
        )
        self.app.push_screen(self._ladder_screen, self._leave_ladder)

    def _ladder_model(self) -> LadderModel:
        from tui.viewmodel.ladder import LadderModel

        if self._ladder is None or self._ladder_generation != self.store.generation:
            self._ladder = LadderModel(self.store.trace, self.store.index)
            self._ladder_generation = self.store.generation
            self._ladder.is_following = self.store.state == "live"
        return self._ladder

    def _leave_ladder(self, node: NodeRef | None) -> None:
        self._ladder_screen = None
        if node is None:
            return
        left = self.here()
        self.jump_to(node)
        self._left_from_ladder = left if self.history.newest == left else None

    def action_follow_edge(self) -> None:
        """Go to the other end; of what was sent and not seen to arrive, to the agent it was meant for."""
        sent = self._sent_without_edge()
        if sent is None:
            super().action_follow_edge()
        elif sent.target_agent is None:
            self.say(f"it led to no agent of this recording: {sent.reason}", "warning")
        else:
            self.jump_to(NodeRef("thread", sent.target_agent))

    def _sent_without_edge(self) -> EdgeView | None:
        """What the focused call sent, if no edge of the graph tells of it."""
        from tui.analysis.edges import views_of_call

        node = self.focused_node
        found = None if node is None else find_object(self.store.trace, node)
        if not isinstance(found, ToolCall):
            return None
        sent = views_of_call(self.store.trace, self.store.index, found, self.timeline.model.labels.is_over)
        return next((one for one in sent if not one.is_in_graph), None)

    def action_go_back(self) -> None:
        """Return to where the last jump started; if that was in the ladder, to its row."""
        leads_through_ladder = self._left_from_ladder is not None and self.history.newest == self._left_from_ladder
        super().action_go_back()
        if leads_through_ladder:
            self._left_from_ladder = None
            self.action_show_ladder()

    def refresh_status(self) -> None:
        """Write the status line; the rows say of what is under way whether it may still arrive."""
        super().refresh_status()
        self.timeline.tell_end(is_over=self.store.state in ("ended", "cut off"))

    def _show_changes(self, delta: TraceDelta) -> None:
        super()._show_changes(delta)
        if self._ladder is None:
            return
        if self._ladder_generation == self.store.generation:
            self._ladder.take(delta)
            if self._ladder_screen is not None:
                self._ladder_screen.grow()
        elif self._ladder_screen is not None:
            self._ladder_screen.action_go_out()
