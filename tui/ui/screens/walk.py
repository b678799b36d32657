"""Commands that go somewhere else: along edges, back and forward, to agents, causes, problems and marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.noderef import NodeRef
from tui.ui.screens.parts import MainParts
from tui.ui.theme import style_for
from tui.ui.widgets.timeline_view import TimelineView
from tui.viewmodel.moves import Move
from tui.viewmodel.navigation import Place
from tui.viewmodel.picker import PickEntry

if TYPE_CHECKING:
    from tui.ui.screens.why_screen import Explain


class WalkCommands(MainParts):
    """The keyboard walks along the links of the graph; every jump can be taken back.

    What only a command needs is imported by the command: the first picture does not wait for it.
    """

    def jump_to(self, node: NodeRef) -> None:
        """Go to a node wherever it is, and remember the way back."""
        left = self.here()
        if not self.arrive(node):
            self.say("that is not on the screen yet; it comes with the rest of the recording", "warning")
            return
        self.history.leave(left)

    def arrive(self, node: NodeRef) -> bool:
        """Stand on a node, or on what contains it; whether there is such a place."""
        if node.kind == "payload":
            return self.arrive_at_payload(node)
        if not self.timeline.reveal(node):
            return False
        self.show_selection()
        if node.kind == "item":
            self.show_item(node)
        else:
            self.focus_pane("timeline")
        return True

    # Edges

    def action_follow_edge(self) -> None:
        """Go where the focus leads: into the child, to the sender, to the cell or the process."""
        from tui.analysis.links import primary_link

        node = self.focused_node
        link = None if node is None else primary_link(self.store.trace, self.store.index, node)
        if link is None:
            self.say("nothing leads away from here; o lists what is linked", "warning")
        else:
            self.jump_to(link.target)

    def on_timeline_view_edge_entered(self, event: TimelineView.EdgeEntered) -> None:
        """Enter on a row that leads to another agent."""
        event.stop()
        self.action_follow_edge()

    def action_list_edges(self) -> None:
        """Choose among everything that is linked with the focus."""
        self._tell_about_focus(self._list_links)

    def action_explain_why(self) -> None:
        """Show the chain from here back to the prompt, and what followed; Enter goes to a step of it."""
        self._tell_about_focus(self._explain)

    def _tell_about_focus(self, tell: Explain) -> None:
        from tui.analysis.lookup import find_object
        from tui.ui.screens.why_screen import WhyScreen

        node = self.focused_node
        if node is None or find_object(self.store.trace, node) is None:
            self.say("this is no object of the recording, so nothing is linked with it", "warning")
            return
        self.app.push_screen(WhyScreen(node, tell, self.store, style_for=style_for), self._jump_to_choice)

    def _list_links(self, node: NodeRef) -> tuple[str, list[PickEntry]]:
        from tui.viewmodel.why_list import Layout, link_entries, links_title

        trace, index, layout = self.store.trace, self.store.index, Layout(self.measure, self.size.width)
        return links_title(trace, index, node), link_entries(trace, index, node, layout)

    def _explain(self, node: NodeRef) -> tuple[str, list[PickEntry]]:
        from tui.viewmodel.why_list import Layout, why_entries, why_title

        trace, index, layout = self.store.trace, self.store.index, Layout(self.measure, self.size.width)
        return why_title(trace, index, node), why_entries(trace, index, node, layout)

    def action_go_pair(self) -> None:
        """From a call to its output as the model saw it, in the request that sent it first; and back."""
        left = self.here()
        if self.pane == "timeline":
            self.show_selection()
        model = self.conversation.model
        before = (model.scope, model.place)
        self.conversation.perform(Move.GO_PAIR)
        if (model.scope, model.place) == before:
            self.say("no output that a request holds; select a tool call that has ended", "warning")
        else:
            self.history.leave(left)
            self.focus_pane("conversation")

    def _jump_to_choice(self, choice: object) -> None:
        if isinstance(choice, NodeRef):
            self.jump_to(choice)

    # Back and forward

    def action_go_back(self) -> None:
        """Return to the exact place from which the last jump started."""
        self._return_to(self.history.go_back(self.here()), "this is where you began")

    def action_go_forward(self) -> None:
        """Undo the last step back."""
        self._return_to(self.history.go_forward(self.here()), "there is nothing ahead")

    def _return_to(self, place: Place | None, otherwise: str) -> None:
        if place is None:
            self.say(otherwise)
            return
        self.timeline.restore(place.view)
        if place.node is not None and place.pane == "timeline" and self.timeline.model.focused != place.node:
            self.timeline.reveal(place.node)
        self.show_selection()
        if place.node is not None and place.node.kind == "item":
            self.show_item(place.node)
        self.focus_pane(place.pane)

    # Problems and marks

    def action_next_problem(self) -> None:
        """The next row that something is wrong with."""
        self._go_problem(Move.NEXT_PROBLEM)

    def action_previous_problem(self) -> None:
        """The row before that something is wrong with."""
        self._go_problem(Move.PREVIOUS_PROBLEM)

    def _go_problem(self, move: Move) -> None:
        left, before = self.here(), self.timeline.model.focused
        self.timeline.perform(move)
        if self.timeline.model.focused == before:
            self.say("no other problem" if self.timeline.problem_count else "no problem in this recording")
        else:
            self.history.leave(left)
            self.focus_pane("timeline")

    def action_set_mark(self, letter: str) -> None:
        """Remember this place under a letter."""
        self.marks[letter] = self.here()
        self.say(f"marked as {letter}; '{letter} comes back here")

    def action_go_to_mark(self, letter: str) -> None:
        """Go to the place marked with a letter."""
        place = self.marks.get(letter)
        if place is None:
            self.say(f"nothing is marked as {letter}; m{letter} marks this place", "warning")
            return
        self.history.leave(self.here())
        self._return_to(place, "")
