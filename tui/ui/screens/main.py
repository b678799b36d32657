"""The screen of one recording: status line, three panes, footer. It owns their parts; keys go in, commands come out."""

from __future__ import annotations

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.message import Message

from tui.model.noderef import NodeRef
from tui.store import TraceStore
from tui.ui.command import Command, Press
from tui.ui.first_paint import StyledOnce
from tui.ui.footer import Footer
from tui.ui.key_reader import KeyReader
from tui.ui.keyboard import Keyboard, key_of
from tui.ui.live.agent_tally import AgentTally
from tui.ui.live.ahead import load_ahead
from tui.ui.live.announcer import Announcer
from tui.ui.live.arrival import Arrival
from tui.ui.live.as_of import AsOf
from tui.ui.live.everywhere_walk import EverywhereWalk
from tui.ui.live.filter_run import FilterRun
from tui.ui.live.growth import Growth
from tui.ui.live.ladder_keep import LadderKeep
from tui.ui.live.notes import Notes
from tui.ui.live.pane_search import PaneSearch
from tui.ui.live.parts import LiveParts
from tui.ui.live.problem_tally import ProblemTally
from tui.ui.live.rebuild import Rebuild
from tui.ui.live.recall import Recall
from tui.ui.live.row_signs import Signs
from tui.ui.live.status import Status
from tui.ui.live.time_keep import TimeKeep
from tui.ui.live.way_back import WayBack
from tui.ui.main_footer import main_footer
from tui.ui.panes import Panes
from tui.ui.scheduler import SlicedWork
from tui.ui.selection import Selection
from tui.ui.split import Details
from tui.ui.terminal.textual_private import compose_sparingly
from tui.ui.travel import Travel
from tui.ui.widgets.conversation_view import ConversationView
from tui.ui.widgets.payload_inspector import PayloadInspector
from tui.ui.widgets.timeline_view import TimelineView
from tui.ui.workspace import Workspace
from tui.viewmodel.frame.layout import Pane
from tui.viewmodel.frame.modes import Modes


class MainScreen(StyledOnce[None]):
    """Makes the parts, hands each of them what it needs, and leads what happens to the one that it concerns."""

    BINDINGS = []  # noqa: RUF012  (one way for every key: `press`)

    class FirstPictured(Message):
        """What was read first is on the screen."""

    def __init__(self, store: TraceStore, keyboard: Keyboard, notices: tuple[str, ...] = ()) -> None:
        """`notices` are said until the first key."""
        super().__init__()
        compose_sparingly(self)
        self.modes = modes = Modes()
        self.footer = footer = Footer(lambda message, width: main_footer(self.work, message, width), cell_len)
        self.panes = panes = Panes(self, store, modes, footer)
        self.keys = keys = KeyReader(
            self, keyboard, footer, scope=lambda: panes.pane, run=self.run_command, marks=self._marks
        )
        selection = Selection(self, store, panes, footer)
        travel = Travel(panes, selection, footer)
        search = PaneSearch(panes, modes, travel, footer)
        filtering = FilterRun(store, panes, modes, footer)
        problems = ProblemTally(store, panes.timeline)
        notes = Notes(store)
        self.recall = Recall(store, panes, travel, selection, filtering, keys, footer)
        live = LiveParts(
            selection=selection,
            search=search,
            everywhere=EverywhereWalk(store, panes, travel, selection, search, footer),
            filtering=filtering,
            agents=AgentTally(store),
            problems=problems,
            ladder=LadderKeep(store),
            times=TimeKeep(store),
            rebuild=Rebuild(store, panes, travel, footer),
            recall=self.recall,
            arrival=Arrival(store, panes, travel, footer, keys),
            notes=notes,
            signs=Signs(panes, travel, notes),
            status=Status(store, panes, modes, problems),
            announcer=Announcer(store, footer),
            way_back=WayBack(),
        )
        self.growth = Growth(
            self, store, panes, modes, footer, keys, live, on_pictured=lambda: self.post_message(self.FirstPictured())
        )
        self.as_of = AsOf(store, panes, modes, travel, footer, live, catch_up=self.growth.catch_up_if_behind)
        self.growth.on_read = self._prepare
        self._ahead: SlicedWork[None] | None = None
        self.work = Workspace(self, store, keyboard, panes, modes, footer, travel, live, self.growth, self.as_of)
        if notices:
            footer.say("  ".join(notices), "warning")

    def compose(self) -> ComposeResult:
        """Status, panes, footer."""
        self.panes.arrange_first()
        yield self.work.live.status.bar
        yield self.work.live.status.banner
        yield self.panes.box
        yield self.footer.bar
        yield self.keys.box

    def on_mount(self) -> None:
        """Show what has been read while the screen was being built."""
        self.timeline.show_title("Timeline")
        self.panes.conversation.show_title("Conversation")
        self.inspector.show_title("Payload")
        self.timeline.focus()
        self.panes.arrange()
        self.growth.catch_up()

    def _prepare(self) -> None:
        """All was read, and nothing is to be done: work out what takes long and may be asked for."""
        self._ahead = SlicedWork(load_ahead(), lambda: None, unasked=True)
        self.as_of.prepare()
        self.work.live.times.prepare()

    def leave(self) -> None:
        """The bundle is left: nothing more comes, and nothing is worked out for it that would keep it in memory."""
        self.growth.stop()
        if self._ahead is not None:
            self._ahead.stop()
        self.as_of.close()
        self.work.live.times.stop()
        self.inspector.close()

    def on_resize(self, _event: events.Resize) -> None:
        """Fit the panes to the new size."""
        self.panes.arrange()

    # Keys

    def press(self, event: events.Key) -> None:
        """Do what a key means: for the typed line if there is one, else for the focused pane."""
        self.keys.press(key_of(event))

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text goes into the typed line."""
        self.footer.paste(event.text)

    def run_command(self, command: Command, press: Press) -> None:
        """Call the function of a command."""
        command.run(self.work, press)

    def _marks(self) -> list[tuple[str, str]]:
        """The letters that are marks, each with what it is on."""
        from tui.viewmodel.lists.marks import mark_words

        store, travel = self.work.store, self.work.travel
        return mark_words(store.trace, store.index, travel.marks, travel.mark_words)

    # What the panes report

    def on_descendant_focus(self, _event: events.DescendantFocus) -> None:
        """A pane got the focus, perhaps by a click."""
        self.panes.note_focus()

    def on_details_dragged(self, event: Details.Dragged) -> None:
        """The line between the panes was dragged."""
        self.panes.split.change(round(event.column / max(1, self.size.width) * 100))

    def on_timeline_view_node_highlighted(self, _event: TimelineView.NodeHighlighted) -> None:
        """The cursor of the timeline moved."""
        self.work.live.selection.timeline_moved()

    def on_timeline_view_follow_changed(self, _event: TimelineView.FollowChanged) -> None:
        """Following began or ended."""
        self.footer.refresh()

    def on_timeline_view_edge_entered(self, event: TimelineView.EdgeEntered) -> None:
        """Enter on a row that leads to another agent."""
        from tui.ui.commands.walking import follow_edge  # the first rows need no command

        event.stop()
        follow_edge(self.work, Press())

    def on_timeline_view_leaf_entered(self, event: TimelineView.LeafEntered) -> None:
        """Enter on a row without rows below: what it is about is in the other panes."""
        event.stop()
        self.work.live.selection.enter(event.node)

    def on_conversation_view_item_highlighted(self, _event: ConversationView.ItemHighlighted) -> None:
        """The cursor of the conversation moved."""
        self.work.live.selection.item_highlighted()

    def on_conversation_view_follow_changed(self, _event: ConversationView.FollowChanged) -> None:
        """Following an agent ended by the mouse."""
        self.footer.refresh()

    def on_conversation_view_payload_requested(self, event: ConversationView.PayloadRequested) -> None:
        """Enter on a row whose whole is in a payload."""
        self.work.live.selection.open_payload(event.opening)

    def on_payload_inspector_remark_changed(self, _event: PayloadInspector.RemarkChanged) -> None:
        """The footer shows where one is in the payload."""
        if self.pane == "payload":
            self.footer.refresh()

    # What others ask

    @property
    def timeline(self) -> TimelineView:
        """The timeline pane."""
        return self.panes.timeline

    @property
    def conversation(self) -> ConversationView:
        """The conversation pane."""
        return self.panes.conversation

    @property
    def inspector(self) -> PayloadInspector:
        """The payload pane."""
        return self.panes.inspector

    @property
    def pane(self) -> Pane:
        """The pane with the focus."""
        return self.panes.pane

    @property
    def focused_node(self) -> NodeRef | None:
        """What the focused pane is on."""
        return self.panes.focused_node

    def say(self, text: str, style: str = "") -> None:
        """Show one line in the footer until the next key."""
        self.footer.say(text, style)

    @property
    def is_at_rest(self) -> bool:
        """Whether all panes show what the cursor is on."""
        return self.work.live.selection.is_at_rest and self.as_of.is_at_rest

    @property
    def is_current_with_store(self) -> bool:
        """Whether everything that was reduced is on the screen."""
        return self.growth.is_current
