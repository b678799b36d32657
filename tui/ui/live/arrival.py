"""Goes to the place that the command line names, as soon as the recording has been read."""

from __future__ import annotations

from tui.model.ids import RawPayloadId
from tui.model.noderef import NodeRef
from tui.store import TraceStore
from tui.ui.footer import Footer
from tui.ui.key_reader import KeyReader
from tui.ui.panes import Panes
from tui.ui.travel import Travel


class Arrival:
    """If you move before that, you are somewhere else already, and stay there; other keys keep what they did."""

    def __init__(self, store: TraceStore, panes: Panes, travel: Travel, footer: Footer, keys: KeyReader) -> None:
        self._store = store
        self._panes = panes
        self._travel = travel
        self._footer = footer
        self._keys = keys
        self._name = ""

    def aim(self, name: str) -> None:
        """Go to the place with this name (`tui.analysis.links.place_names`) once everything is there."""
        self._name = name

    def take_up(self) -> None:
        """Go there if the recording has been read; what it does not hold is said."""
        if not self._name or self._store.state == "loading" or self._panes.timeline.is_behind:
            return
        name, self._name = self._name, ""
        pane = self._panes.pane
        timeline, root = self._panes.timeline, NodeRef("thread", self._store.trace.root_thread_id)
        if self._keys.is_touched and timeline.cursor and timeline.model.focused != root:
            self._footer.say(f"you moved before {name} was there, and stay here", "dim")
        elif self.go_to(name) and self._keys.is_touched:
            self._panes.focus(pane)

    def go_to(self, name: str) -> bool:
        """Go to the place with this name; whether there is one. Why there is none is said."""
        from tui.analysis.kinds.node_names import UnknownNodeError
        from tui.analysis.kinds.numbered_names import numbered_node
        from tui.analysis.links.place_names import NamedPlace, find_place

        trace = self._store.trace
        try:
            numbered = numbered_node(trace, self._store.index, name)
            node, path = find_place(trace, name) if numbered is None else NamedPlace(numbered)
        except UnknownNodeError as error:
            self._footer.say(str(error), "warning")
            return False
        if not self._travel.arrive(node):
            self._footer.say(f"{name} is in this recording, but nothing on the screen shows it", "warning")
            return False
        ref = trace.raw_payloads.get(RawPayloadId(node.id)) if path else None
        if ref is not None:
            self._panes.inspector.forget_path()
            self._panes.inspector.show(ref, path)
        return True
