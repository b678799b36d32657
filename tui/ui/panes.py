"""The three panes: which of them has the focus, and how they share the screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Literal

from rich.cells import cell_len
from textual.containers import Container
from textual.geometry import Size
from textual.screen import Screen

from tui.model.noderef import NodeRef
from tui.store import TraceStore
from tui.ui.conversations import Conversations
from tui.ui.footer import Footer
from tui.ui.split import Details, Split
from tui.ui.theme import style_for, use_theme
from tui.ui.widgets.conversation_view import ConversationView
from tui.ui.widgets.line_bar import LineBar
from tui.ui.widgets.payload_inspector import PayloadInspector
from tui.ui.widgets.row_view import RowView
from tui.ui.widgets.summary_view import SummaryView
from tui.ui.widgets.timeline_view import TimelineView
from tui.viewmodel.frame.layout import PANES, Arrangement, Pane, arrange, next_pane
from tui.viewmodel.frame.modes import Modes
from tui.viewmodel.frame.useful_keys import Named
from tui.viewmodel.text.clean import Measure
from tui.viewmodel.timeline.model import TimelineModel

PairPlace = Literal["", "alone", "beside"]
"""Where a second conversation is shown, if it is: alone with the first one, or beside the timeline, too."""

THREE_COLUMNS = 160
"""Cells from which timeline and two conversations have room beside each other."""

LAYOUT_CLASSES = ("side-by-side", "stacked", "single", "too-small")


class Panes:
    """Owns the panes of one recording."""

    def __init__(self, host: Screen[None], store: TraceStore, modes: Modes, footer: Footer) -> None:
        self.measure: Measure = cell_len
        self._host = host
        self._store = store
        self._modes = modes
        self._footer = footer
        self._made: TimelineModel | None = None
        self.timeline = TimelineView(self.new_model(), style_for=style_for, id="timeline")
        self.conversations = Conversations(store, lambda name: ConversationView(store, style_for=style_for, id=name))
        self.inspector = PayloadInspector(store, style_for=style_for, id="payload")
        self.summary = SummaryView(store, id="summary")
        self.summary.display = False
        self.details = Details(self.summary, self.conversations.first, self.inspector, id="details")
        self.box = Container(self.timeline, self.details, id="panes")
        self.split = Split(self.timeline, self.details)
        self.useful: tuple[Named, ...] = ()
        """The commands that the footer named last for the row under the cursor."""
        self._detail: Pane = "conversation"
        self._arrangement: Arrangement | None = None
        self._shown_pair: PairPlace = ""

    @property
    def conversation(self) -> ConversationView:
        """The conversation that shows what one goes to."""
        return self.conversations.active

    @contextmanager
    def painted_once(self) -> Iterator[None]:
        """Paint every pane once, at the end of several steps."""
        with ExitStack() as stack:
            for view in (self.timeline, *self.conversations, self.inspector):
                stack.enter_context(view.painted_once())
            yield

    def keep_model(self, model: TimelineModel) -> None:
        """A timeline was made of a graph that will be shown: take it then."""
        self._made = model

    def new_model(self) -> TimelineModel:
        """A timeline of the graph as it is now."""
        made, self._made = self._made, None
        if made is not None and made.trace is self._store.trace:
            return made
        return TimelineModel(self._store.trace, self._store.index, self._store.diagnostics)

    @property
    def is_as_of_earlier(self) -> bool:
        """Whether the panes show an earlier moment."""
        return self._store.is_as_of_earlier

    # Who has the focus

    @property
    def pane(self) -> Pane:
        """The pane with the focus."""
        focused = self._host.focused
        if focused is self.inspector:
            return "payload"
        return "conversation" if any(view is focused for view in self.conversations) else "timeline"

    @property
    def focused(self) -> RowView:
        """Its widget."""
        return self.widget(self.pane)

    def widget(self, pane: Pane) -> RowView:
        """The widget of a pane."""
        return {"timeline": self.timeline, "conversation": self.conversation, "payload": self.inspector}[pane]

    @property
    def focused_node(self) -> NodeRef | None:
        """What the focused pane is on: an item in the conversation, else the node of the timeline."""
        if self.pane == "conversation" and (item := self.conversation.focused_item) is not None:
            return NodeRef("item", item)
        return self.timeline.model.focused

    def focus(self, pane: Pane) -> None:
        """Give a pane the focus and make it visible; the footer says so."""
        if pane != "timeline":
            self._detail = pane
        self.arrange(pane)
        # At once: `Widget.focus` waits for its turn, and keys that came with this one would go to the pane before.
        self._host.set_focus(self.widget(pane), scroll_visible=False)
        self._footer.refresh()

    def bring_into_view(self, pane: Pane) -> None:
        """Show a pane that is out of sight. The focus stays where it is, unless one pane alone is shown."""
        arrangement = self._arrangement
        if arrangement is None or pane in arrangement.visible:
            return
        if arrangement.layout == "single":
            self.focus(pane)
            return
        self._detail = pane
        self.arrange()
        self._footer.refresh()

    def focus_next(self, step: int) -> None:
        """Give the pane `step` panes further the focus; of two conversations the left one comes first."""
        views = list(self.conversations)
        place = views.index(self.conversation) + step
        if self.pane == "conversation" and 0 <= place < len(views):
            self.conversations.active = views[place]
            self.focus("conversation")
            return
        pane = next_pane(self.pane, step)
        if pane == "conversation":
            self.conversations.active = views[0 if step > 0 else -1]
        self.focus(pane)

    def note_focus(self) -> None:
        """A pane got the focus, perhaps by a click."""
        self.conversations.note_focus(self._host.focused)
        if self.pane != "timeline":
            self._detail = self.pane
        self._footer.refresh()

    # How they share the screen

    @property
    def is_too_small(self) -> bool:
        """Whether the screen has no room for a pane."""
        return self._arrangement is not None and self._arrangement.layout == "too-small"

    @property
    def is_reading(self) -> bool:
        """Whether rows of the recording may still come because it is being read."""
        return self._store.is_loading or self.timeline.is_behind

    @property
    def are_all_visible(self) -> bool:
        """Whether no pane is out of sight."""
        return self._arrangement is None or len(self._arrangement.visible) == len(PANES)

    def arrange_first(self) -> None:
        """Lay the panes out before they are mounted: they get their styles once, and the right ones."""
        self.arrange("timeline", self._host.app.size)

    def arrange(self, focused: Pane | None = None, size: Size | None = None) -> None:
        """Lay the panes out for the size of the screen, or for that which it will have."""
        focused, room = focused or self.pane, size or self._host.size
        arrangement = arrange(room.width, room.height, focused, self._detail, zoomed="zoom" in self._modes)
        pair = self._pair(arrangement, focused)
        if not pair and self.conversations.active is not self.conversations.first:
            self._go_on_in_the_first()
        if (arrangement, pair) == (self._arrangement, self._shown_pair):
            self.offer_summary(focused)
            return
        self._arrangement, self._shown_pair = arrangement, pair
        classes = {f"-{name}": name == arrangement.layout for name in LAYOUT_CLASSES}
        self._host.update_classes({**classes, "-three": pair == "beside"}, update=size is None)
        for pane in PANES:
            widget = self.conversations.first if pane == "conversation" else self.widget(pane)
            widget.display = pane in arrangement.visible and (pair != "alone" or pane == "conversation")
        for beside in (self.conversations.frame, self.conversations.second):
            if beside is not None:
                beside.display = pair != ""
        self.details.display = bool({"conversation", "payload"} & set(arrangement.visible))
        self.timeline.set_class(self.details.display, "-beside", update=size is None)
        self.split.arrange(arrangement.layout)
        self.offer_summary(focused)

    def open_pair(self) -> None:
        """Show the agent of the conversation in a second one, to the left of it, which stays when one goes on."""
        self.conversations.open_second(self.box, self.details)
        self.split.beside = self.conversations.frame
        self.split.change(self.split.percent)
        self.focus("conversation")

    def close_pair(self) -> None:
        """Show one conversation again."""
        is_there = self.pane == "conversation"
        self.conversations.close_second()
        self.split.beside = None
        self.focus("conversation" if is_there else self.pane)

    def _go_on_in_the_first(self) -> None:
        """The second conversation goes out of sight: what one goes to is shown in the first again."""
        had_focus = self.pane == "conversation"
        self.conversations.active = self.conversations.first
        if had_focus:
            self._host.set_focus(self.conversations.first, scroll_visible=False)

    def _pair(self, arrangement: Arrangement, focused: Pane) -> PairPlace:
        """Where the second conversation is: beside the timeline, in its place while they have the focus, or nowhere."""
        if self.conversations.second is None or arrangement.layout != "side-by-side":
            return ""
        if self._host.size.width >= THREE_COLUMNS:
            return "beside"
        return "alone" if focused == "conversation" else ""

    def offer_summary(self, focused: Pane | None = None) -> None:
        """Show the summary over the details while the root agent of a recording that is over is selected."""
        if self._arrangement is None:
            return
        node = self.timeline.model.focused
        is_root = node is not None and node.kind == "thread" and node.id == self._store.trace.root_thread_id
        in_timeline = (focused or self.pane) == "timeline"
        wanted = is_root and in_timeline and self.details.display and self._store.recording.is_over
        self.summary.display = wanted
        if wanted:
            self.summary.show_of(self.timeline.model)

    def wear_theme(self, name: str) -> None:
        """Draw everything again in another theme."""
        use_theme(name)
        self._host.app.theme = f"rtrace-{name}"
        for widget in (self.timeline, *self.conversations, self.inspector):
            widget.forget_styles()
        for bar in self._host.query(LineBar):
            bar.forget_styles()
