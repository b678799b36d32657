"""What the commands of the main screen share: the panes, the store, and how to say something."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from textual.message import Message
from textual.screen import Screen

from tui.analysis.event_log import EventRow
from tui.model.noderef import NodeRef
from tui.store import TraceStore
from tui.ui.theme import style_for
from tui.ui.widgets.conversation_view import ConversationView
from tui.ui.widgets.payload_inspector import PayloadInspector
from tui.ui.widgets.row_view import RowView
from tui.ui.widgets.timeline_view import TimelineView
from tui.viewmodel.layout import PANES, Pane
from tui.viewmodel.modes import Mode, Modes
from tui.viewmodel.navigation import History, Place
from tui.viewmodel.spans import Span
from tui.viewmodel.text import Measure

if TYPE_CHECKING:
    from tui.analysis.agent_overview import AgentWatch
    from tui.ui.keyboard import Keyboard
    from tui.ui.screens.picker_screen import PickerScreen
    from tui.viewmodel.picker import PickEntry


class MainParts(Screen[None]):
    """Typed access to the parts, for the command classes that make up the main screen."""

    class Left(Message):
        """The person is done with this recording."""

    class BundlesWanted(Message):
        """The person wants to see what other recordings there are."""

    store: TraceStore
    keyboard: Keyboard
    timeline: TimelineView
    conversation: ConversationView
    inspector: PayloadInspector
    history: History
    modes: Modes
    marks: dict[str, Place]
    measure: Measure
    agent_watch: AgentWatch | None = None
    """What has been counted of all agents, once somebody asked for it."""
    search_note: str = ""
    """Where one is among the matches of a search, for the footer."""
    moved_by_growth: bool = False
    """Whether the cursor moved because new rows came, not by a key."""

    # What the main screen does for its commands

    def say(self, text: str, style: str = "") -> None:
        """Show one line in the footer until the next key."""
        raise NotImplementedError

    def refresh_footer(self) -> None:
        """Show the footer as things are."""
        raise NotImplementedError

    def focus_pane(self, pane: Pane) -> None:
        """Give a pane the focus and make it visible."""
        raise NotImplementedError

    def show_selection(self) -> None:
        """Let the other panes show what the timeline stands on, now."""
        raise NotImplementedError

    def arrive_at_payload(self, node: NodeRef) -> bool:
        """Show a payload, standing on one of its users."""
        raise NotImplementedError

    def show_item(self, node: NodeRef) -> None:
        """Let the conversation stand on an item."""
        raise NotImplementedError

    def ask(
        self,
        label: str,
        text: str,
        on_change: Callable[[str], str],
        on_done: Callable[[str | None], None],
        **extras: Any,
    ) -> None:
        """Type a line in the footer. `on_change` gets the text as it grows and gives a remark; done with None: Esc."""
        raise NotImplementedError

    def remark_in_prompt(self, remark: str) -> None:
        """Say something about the text that is being typed, if there is one."""
        raise NotImplementedError

    def send_to_terminal(self, sequence: str) -> None:
        """Write a control sequence of our own."""
        raise NotImplementedError

    def arrange_panes(self, focused: Pane | None = None) -> None:
        """Lay the panes out anew."""
        raise NotImplementedError

    def run_binding(self, binding_id: str, times: int | None = None, argument: str = "") -> None:
        """Do what a binding does."""
        raise NotImplementedError

    def leave_mode(self, mode: Mode) -> None:
        """Be in a mode no longer, and undo what it did."""
        raise NotImplementedError

    def catch_up(self) -> None:
        """Show what has been held back."""
        raise NotImplementedError

    def refresh_status(self) -> None:
        """Write the status line as things are."""
        raise NotImplementedError

    def show_line(self, row: EventRow) -> None:
        """Show a line of the log as the evidence for where one is."""
        raise NotImplementedError

    def problem_count(self) -> int:
        """How many problems there are, those that no row has included."""
        raise NotImplementedError

    def wear_theme(self, name: str) -> None:
        """Draw everything anew in another theme."""
        raise NotImplementedError

    def begin_again(self) -> None:
        """Another recording stands in the bundle now: build the views anew."""
        raise NotImplementedError

    def filter_rows(self, text: str) -> None:
        """Let the timeline show only rows that match; all rows if the text is empty."""
        raise NotImplementedError

    @property
    def has_place_to_take_up(self) -> bool:
        """Whether there is a place from last time to return to."""
        raise NotImplementedError

    def take_up_place(self) -> None:
        """Return to the place from last time as far as the recording has been read."""
        raise NotImplementedError

    # What every command may ask

    @property
    def pane(self) -> Pane:
        """The pane with the focus."""
        focused = self.focused
        return next((name for name in PANES if self.pane_widget(name) is focused), "timeline")

    def pane_widget(self, pane: Pane) -> RowView:
        """The widget of a pane."""
        widgets: dict[Pane, RowView] = {
            "timeline": self.timeline,
            "conversation": self.conversation,
            "payload": self.inspector,
        }
        return widgets[pane]

    @property
    def focused_node(self) -> NodeRef | None:
        """What the focused pane stands on: an item in the conversation, else the node of the timeline."""
        if self.pane == "conversation" and (item := self.conversation.focused_item) is not None:
            return NodeRef("item", item)
        return self.timeline.model.focused

    def here(self) -> Place:
        """The exact place, to come back to."""
        return Place(self.pane, self.focused_node, self.timeline.model.folding())

    def pick(
        self,
        title: str,
        entries: Sequence[PickEntry],
        on_choice: Callable[[object], None],
        *,
        cursor: int = 0,
        hints: Sequence[str] = (),
        closing_keys: Sequence[str] = (),
    ) -> PickerScreen:
        """Lay a list over the panes; `on_choice` gets the value of the chosen entry. The rest as in `PickerScreen`."""
        from tui.ui.screens.picker_screen import PickerScreen

        def chosen(value: object) -> None:
            if value is not None:
                on_choice(value)

        screen = PickerScreen(
            title, entries, style_for=style_for, cursor=cursor, hints=hints, closing_keys=closing_keys
        )
        self.app.push_screen(screen, chosen)
        return screen

    def note(self, span: Span) -> None:
        """Show a styled line in the footer."""
        self.say(span.text, span.style)
