"""All agents over the panes: the big picture, the list, and what is known of the agent under the cursor."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from textual.widget import Widget

from tui.analysis.agents.overview import AgentOverview, RolloutOverview
from tui.analysis.state.agent import IN_TURN
from tui.model.noderef import NodeRef
from tui.store import TraceStore
from tui.ui.lists.list_screen import Hints, ListTools
from tui.ui.lists.picker import PickerScreen
from tui.ui.scheduler import SlicedWork
from tui.ui.theme import style_for
from tui.ui.time_share import TimeShare
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.lists.agent_details import DETAIL_LINES, agent_details
from tui.viewmodel.lists.agent_words import big_picture, legend_text, rollout_title
from tui.viewmodel.lists.agents import (
    AgentList,
    AgentOrder,
    agent_list_steps,
    next_order,
    plain_entries,
)
from tui.viewmodel.text.clean import Measure
from tui.viewmodel.text.spans import Line, Span

REFRESH_SECONDS = 1.0
"""How often the list is made again while the recording goes on: ages count in seconds."""

REFRESH_PARTS = 10
"""That takes at most one part in this many of the time."""

MANY_AGENTS = 200
"""From this many agents on, the picture comes before their states: it shows their names."""

_HEAD_ROWS = 6
"""Rows of the box that are neither agents nor details: borders, state, big picture, headings, typed line."""

MOST_SPARE_LINES = 4
"""Lines that details get beside their own where those are too short and there is room."""

_TITLE = "Agents · "

_LEAST_LIST_ROWS = 5
"""Details are left out where the list would get less."""


class _Wanted(NamedTuple):
    """What a list is written of."""

    overview: RolloutOverview
    width: int
    order: AgentOrder
    is_reversed: bool


class AgentsScreen(PickerScreen):
    """Ends with the chosen agent's node, or None.

    `looking` leads to the overview of now in steps, the last of which gives it, or None while agents are still counted.
    """

    SAYS_WHOLE = False

    def __init__(
        self,
        store: TraceStore,
        looking: Callable[[], Iterator[RolloutOverview | None]],
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
        bars = range(DETAIL_LINES + MOST_SPARE_LINES)
        self.details = [LineBar(style_for=style_for, id=f"agents-detail-{number}") for number in bars]
        self._detail_rows = DETAIL_LINES
        """Lines of details that were needed so far."""
        self._legend = ""
        self.legend = LineBar(style_for=style_for, id="agents-legend")
        self.order: AgentOrder = "tree"
        self.is_reversed = False
        self._store = store
        self._looking = looking
        self._measure = measure
        self._overview: RolloutOverview | None = None
        self._agents: dict[object, AgentOverview] = {}
        self._work: SlicedWork[None] = SlicedWork((), lambda: None)
        self._is_looking = False
        self._listed: _Wanted | None = None
        """What the list was written of, or is being written of."""
        self._share = TimeShare(REFRESH_PARTS)
        self._rest_until = 0.0

    def parts(self) -> Sequence[Widget]:
        """The state of the whole, the list, and the details."""
        return (self.total, self.head, *super().parts(), *self.details, self.legend)

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
        self.is_reversed = False
        self._make_list()
        return True

    def reverse_order(self) -> bool:
        """Turn the order around; a tree has its root on top."""
        if self.order == "tree":
            return False
        self.is_reversed = not self.is_reversed
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
        """Show how the agents stand at this moment; keys come in between."""
        if not self.is_over:
            self._is_looking = True
            self._begin(self._look())

    def _keep_current(self) -> None:
        """Show what is new; once the end of the recording is shown, nothing is."""
        shown = None if self._overview is None else self._overview.state.recording
        is_final = shown is not None and shown.is_over and shown.word == self._store.state
        if not is_final and self._work.is_over and time.monotonic() >= self._rest_until:
            self.show_now()

    def _begin(self, steps: Iterator[None]) -> None:
        self._work.stop()
        self._share.begin()
        self._work = SlicedWork(steps, self._rest, begins_later=len(self._store.trace.threads) >= MANY_AGENTS)

    def _rest(self) -> None:
        self._share.end()
        self._rest_until = time.monotonic() + self._share.rest_seconds

    def _look(self) -> Iterator[None]:
        for overview in self._looking():
            self._overview = overview or self._overview
            yield
        self._is_looking = False
        self.fit()
        yield from self._list()

    def _make_list(self) -> None:
        """Write the list for the size and the order of now, unless that is done, or comes after a look."""
        if not self._is_looking and self._listed != self._wanted():
            self._begin(self._list())

    def _wanted(self) -> _Wanted | None:
        if self._overview is None:
            return None
        return _Wanted(self._overview, self._inner_width, self.order, self.is_reversed)

    def _list(self) -> Iterator[None]:
        wanted = self._listed = self._wanted()
        if wanted is None:
            self.refresh_entries()
            return
        trace, index = self._store.trace, self._store.index
        steps = agent_list_steps(
            trace, index, wanted.overview, wanted.width, wanted.order, self._measure, is_reversed=wanted.is_reversed
        )
        for found in steps:
            if found is None:
                yield
            elif not self.is_over:
                self._show(wanted.overview, found)

    def _show(self, overview: RolloutOverview, found: AgentList) -> None:
        trace, index = self._store.trace, self._store.index
        self._agents = {NodeRef("thread", agent.thread_id): agent for agent in overview.agents}
        room = self._inner_width - len(_TITLE)
        self.title_text = _TITLE + rollout_title(trace, index, overview, room, self._measure)
        self._legend = legend_text(overview, found.heads, self._inner_width - 1, self._measure)
        self.legend.show((Span(f" {self._legend}", "dim"),))
        total = big_picture(overview, self._inner_width, self._measure)
        self.total.show((Span(f" {total}"),))
        self.head.show(found.head)
        self.picker.replace(found.entries)
        self.fit()
        self.refresh_entries()

    def on_unmount(self) -> None:
        """Look no further."""
        super().on_unmount()
        self._work.stop()

    def refresh_entries(self) -> None:
        """Show what the picker says, and the details of the agent under its cursor."""
        super().refresh_entries()
        agent = self._agents.get(self.picker.chosen.value) if self.picker.chosen else None
        lines: list[Line] = []
        if agent is not None:
            trace, index, width = self._store.trace, self._store.index, self._inner_width
            lines = agent_details(trace, index, agent, width, self._measure, self._spare_lines)
        if len(lines) > self._detail_rows:
            self._detail_rows = len(lines)
            self.fit()
        for place, bar in enumerate(self.details):
            bar.show(lines[place] if place < len(lines) else ())

    @property
    def _spare_lines(self) -> int:
        """How far the details may go on in further lines: as far as the agents leave rows."""
        left = self._room - _HEAD_ROWS - self._most - DETAIL_LINES - 1
        return max(0, min(MOST_SPARE_LINES, left))

    @property
    def _room(self) -> int:
        return max(5, self.size.height - 2)

    def hints(self) -> Hints:
        """The order, too, beside what every list says."""
        first, *rest = super().hints()
        turned = " from below" if self.is_reversed else ""
        return (first, ("change_order", f"order: {self.order}{turned}"), *rest)

    @property
    def _inner_width(self) -> int:
        """Cells of a line of the list, without the one for the scroll position."""
        return max(20, self._box_width - 3)

    @property
    def _box_width(self) -> int:
        return self.box_width(self.size.width, margin=2)

    def fit(self) -> None:
        """The whole width; as high as the agents need. It grows with them and never shrinks under the eyes."""
        self._most = max(self._most, len(self.picker.shown), len(self._overview.agents) if self._overview else 0)
        room = self._room
        has_details = room - _HEAD_ROWS - DETAIL_LINES >= min(self._most, _LEAST_LIST_ROWS)
        details = min(self._detail_rows, DETAIL_LINES + self._spare_lines) if has_details else 0
        for place, bar in enumerate(self.details):
            bar.display = place < details
        self.box.styles.width = self._box_width
        wanted = self._most + _HEAD_ROWS + details
        self.legend.display = details > 0 and wanted < room and bool(self._legend)
        self.box.styles.height = min(wanted + self.legend.display, room)
