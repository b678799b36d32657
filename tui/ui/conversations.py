"""The conversation pane, and a second one beside it while two agents are looked at together.

The one that had the focus last is the active one: it shows what one goes to. The other stays on its agent, and grows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from textual.containers import Container
from textual.widget import Widget

from tui.model.noderef import NodeRef
from tui.store import TraceStore
from tui.ui.widgets.conversation_view import ConversationView


class Conversations:
    """Owns the one or two conversations of a screen."""

    def __init__(self, store: TraceStore, make: Callable[[str], ConversationView]) -> None:
        """`make` gets the id of a view."""
        self.first = make("conversation")
        self.active = self.first
        self.second: ConversationView | None = None
        self.frame: Container | None = None
        """What holds the second one: its border is the line to the left of it."""
        self._store = store
        self._make = make

    def __iter__(self) -> Iterator[ConversationView]:
        """All of them, from left to right."""
        if self.second is not None:
            yield self.second
        yield self.first

    def note_focus(self, focused: Widget | None) -> bool:
        """Something got the focus; whether it was one of these, which then is the active one."""
        view = next((view for view in self if view is focused), None)
        self.active = view or self.active
        return view is not None

    def open_second(self, box: Widget, before: Widget) -> None:
        """Show what the active one shows in a second one, which `box` holds before another widget."""
        self.second = second = self._make("second")
        self.frame = Container(second, id="beside")
        box.mount(self.frame, before=before)
        agent, scope = self.active.followed, self.active.model.scope
        if agent is not None:
            second.follow_agent(agent)
        else:
            second.show(scope)

    def close_second(self) -> None:
        """Take it away."""
        frame, self.frame, self.second = self.frame, None, None
        self.active = self.first
        if frame is not None:
            frame.remove()

    def begin_again(self) -> None:
        """The store holds another recording, or another moment of this one: the second stays on its agent."""
        agent = None if self.second is None else self.second.shown_agent
        for view in self:
            view.begin_again()
        if self.second is not None and agent in self._store.trace.threads:
            from tui.viewmodel.conversation.scope import scope_of

            self.second.show(scope_of(self._store.trace, self._store.index, NodeRef("thread", agent)))
