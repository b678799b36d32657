"""All agents over the panes: the big picture, the list, and what is known of the agent under the cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.widget import Widget

from tui.analysis.agents.overview import AgentOverview, RolloutOverview
from tui.analysis.state.agent import IN_TURN
from tui.model.noderef import NodeRef
from tui.store import TraceStore
from tui.ui.lists.list_screen import Hints, ListTools
from tui.ui.lists.picker import PickerScreen
from tui.ui.theme import style_for
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.lists.agent_words import big_picture, rollout_sentence
from tui.viewmodel.lists.agents import DETAIL_LINES, AgentOrder, agent_details, agent_list, next_order, plain_entries
from tui.viewmodel.text.clean import Measure, elide
from tui.viewmodel.text.spans import Line, Span

REFRESH_SECONDS = 1.0
"""How often the list is made again while the recording goes on: ages count in seconds."""

_HEAD_ROWS = 6
"""Rows of the box that are neither agents nor details: borders, state, big picture, headings, typed line."""

_LEAST_LIST_ROWS = 5
"""Details are left out where the list would get less."""


class AgentsScreen(PickerScreen):
    """Ends with the chosen agent's node, or None. `look` gives the overview of now, None while it is counted."""

    def __init__(
        self,
        store: TraceStore,
        look: Callable[[], RolloutOverview | None],
        *,
        here: NodeRef,
        tools: ListTools,
        measure: Measure,
    ) -> None:
        entries = plain_entries(store.trace)
        cursor = next((slot for slot, entry in enumerate(entries) if entry.value == here), 0)
        super().__init__("Agents · counting …", entries, tools, cursor=cursor)
        self.first_paint.hurry(len(store.event_log))
        self.total = LineBar(style_for=style_for, id="agents-total")
        self.head = LineBar(style_for=style_for, id="agents-head")
        self.details = [LineBar(style_for=style_for, id=f"agents-detail-{number}") for number in range(DETAIL_LINES)]
        self.order: AgentOrder = "tree"
        self._store = store
        self._look = look
        self._measure = measure
        self._overview: RolloutOverview | None = None
        self._agents: dict[object, AgentOverview] = {}

    def parts(self) -> Sequence[Widget]:
        """The state of the whole, the list, and the details."""
        return (self.total, self.head, *super().parts(), *self.details)

    def opened(self) -> None:
        """Show what is known, and keep it current."""
        super().opened()
        self.show_now()
        self.set_interval(REFRESH_SECONDS, self._keep_current)

    def resized(self) -> None:
        """Other columns fit."""
        super().resized()
        self._make_list()

    def change_order(self) -> bool:
        """Take the next order."""
        self.order = next_order(self.order)
        self._make_list()
        return True

    def activate(self) -> None:
        """Go to the agent under the cursor; to what it had open if the recording stopped there."""
        agent = self._agents.get(self.picker.chosen.value) if self.picker.chosen else None
        state = None if agent is None else agent.chain.links[0].state
        if state is not None and state.word in ("cut off", "left open") and state.doing in IN_TURN:
            self.close(state.node)
        else:
            super().activate()

    def show_now(self) -> None:
        """Show how the agents stand at this moment; a key that waits comes between the look and the list."""
        if not self.is_over:
            self._overview = self._look()
            self.fit()
            self.call_later(self._make_list)

    def _keep_current(self) -> None:
        """Show what is new; once the end of the recording is shown, nothing is."""
        shown = None if self._overview is None else self._overview.state.recording
        if shown is None or not shown.is_over or shown.word != self._store.state:
            self.show_now()

    def _make_list(self) -> None:
        overview = self._overview
        if not self.is_mounted or self.is_over:
            return
        if overview is None:
            self.refresh_entries()
            return
        trace, index = self._store.trace, self._store.index
        self._agents = {NodeRef("thread", agent.thread_id): agent for agent in overview.agents}
        found = agent_list(trace, index, overview, self._inner_width, self.order, self._measure)
        title = f"Agents · {rollout_sentence(trace, index, overview)}"
        self.title_text = elide(title, self._inner_width, self._measure)
        total = big_picture(overview, self._inner_width, self._measure)
        self.total.show((Span(f" {total}"),))
        self.head.show(found.head)
        self.picker.replace(found.entries)
        self.refresh_entries()

    def refresh_entries(self) -> None:
        """Show what the picker says, and the details of the agent under its cursor."""
        super().refresh_entries()
        agent = self._agents.get(self.picker.chosen.value) if self.picker.chosen else None
        lines: list[Line] = [()] * DETAIL_LINES
        if agent is not None:
            lines = agent_details(self._store.trace, self._store.index, agent, self._inner_width, self._measure)
        for bar, line in zip(self.details, lines, strict=True):
            bar.show(line)

    def hints(self) -> Hints:
        """The order, too, beside what every list says."""
        first, *rest = super().hints()
        return (first, ("change_order", f"order: {self.order}"), *rest)

    @property
    def _inner_width(self) -> int:
        """Cells of a line of the list, without the one for the scroll position."""
        return max(20, self._box_width - 3)

    @property
    def _box_width(self) -> int:
        return max(10, self.size.width - 2)

    def fit(self) -> None:
        """The whole width; as high as the agents need. It grows with them and never shrinks under the eyes."""
        self._most = max(self._most, len(self.picker.shown), len(self._overview.agents) if self._overview else 0)
        room = max(5, self.size.height - 2)
        details = DETAIL_LINES if room - _HEAD_ROWS - DETAIL_LINES >= min(self._most, _LEAST_LIST_ROWS) else 0
        for bar in self.details:
            bar.display = details > 0
        self.box.styles.width = self._box_width
        self.box.styles.height = min(self._most + _HEAD_ROWS + details, room)
