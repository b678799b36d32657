"""Going somewhere else along the links of the graph, so that every jump can be taken back."""

from __future__ import annotations

from tui.model.ids import InferenceCallId
from tui.model.noderef import NodeRef
from tui.ui.footer import Footer
from tui.ui.panes import Panes
from tui.ui.selection import Selection
from tui.viewmodel.frame.navigation import History, Place


class Travel:
    """Knows where the person is, where they came from, and the marks."""

    def __init__(self, panes: Panes, selection: Selection, footer: Footer) -> None:
        self.history = History()
        self.marks: dict[str, Place] = {}
        self.mark_words: dict[str, str] = {}
        """What a person calls some of the marks."""
        self._panes = panes
        self._selection = selection
        self._footer = footer

    def here(self) -> Place:
        """The exact place, to come back to."""
        panes = self._panes
        return Place(panes.pane, panes.focused_node, panes.timeline.model.folding())

    def jump_to(self, node: NodeRef, request: InferenceCallId | None = None) -> None:
        """Go to a node wherever it is, an item to where `request` sent it, and remember the way back."""
        left = self.here()
        if not (self.arrive(node) if request is None else self._arrive_in(request, node)):
            self._footer.say(self._why_not_there(), "warning")
            return
        self.history.leave(left)

    def _why_not_there(self) -> str:
        if self._panes.is_as_of_earlier:
            return "that had not begun at this moment"
        return "that is not on the screen yet; it comes with the rest of the recording"

    def jump_to_choice(self, choice: object) -> None:
        """The same for what was chosen from a list, if that is a node."""
        if isinstance(choice, NodeRef):
            self.jump_to(choice)

    def arrive(self, node: NodeRef) -> bool:
        """Stand on a node, or on what contains it; whether there is such a place."""
        if node.kind == "payload":
            return self._selection.arrive_at_payload(node)
        if not self._panes.timeline.reveal(node):
            return False
        self._selection.show()
        if node.kind == "item":
            self._selection.show_item(node)
        else:
            self._panes.focus("timeline")
        return True

    def _arrive_in(self, request: InferenceCallId, node: NodeRef) -> bool:
        """Stand on a request, and if the node is an item, on it among what the request sent."""
        if not self._panes.timeline.reveal(NodeRef("inference", request)):
            return False
        self._selection.show()
        if node.kind == "item":
            self._selection.show_item(node, request)
        else:
            self._panes.focus("timeline")
        return True

    def return_to(self, place: Place | None, otherwise: str = "") -> None:
        """Stand exactly as at `place`; without one, say why."""
        if place is None:
            self._footer.say(otherwise)
            return
        timeline = self._panes.timeline
        timeline.restore(place.view)
        if place.node is not None and place.pane == "timeline" and timeline.model.focused != place.node:
            timeline.reveal(place.node)
        self._selection.show()
        if place.node is not None and place.node.kind == "item":
            self._selection.show_item(place.node)
        self._panes.focus(place.pane)

    def forget(self) -> None:
        """Another recording: no place of the former one exists any more."""
        self.history.clear()
        self.marks.clear()
        self.mark_words.clear()
