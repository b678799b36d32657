"""Commands that lead to agents: the list of all, the pinned numbers, the parent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tui.model.ids import ThreadId
from tui.model.noderef import NodeRef
from tui.model.objects import SpawnedOrigin
from tui.store import SLICE_SECONDS
from tui.ui.screens.walk import WalkCommands
from tui.ui.theme import style_for
from tui.viewmodel.thread_of import thread_of

if TYPE_CHECKING:
    from tui.analysis.agent_overview import RolloutOverview


class AgentCommands(WalkCommands):
    """What only a command needs is imported by the command: the first picture does not wait for it.

    The agents are counted when somebody asks for the first time, in slices; from then on only what changes is.
    """

    _counting: Iterator[None] | None = None

    def action_pick_agent(self) -> None:
        """Choose an agent; its number chooses at once. Who works and who waits is kept current while one looks."""
        from tui.ui.screens.agents_screen import AgentsScreen

        if not self.store.trace.threads:
            self.say("no agent has started yet", "warning")
            return
        self._count_agents()
        here = NodeRef("thread", self._thread_here() or "")
        screen = AgentsScreen(self.store, self._look_at_agents, here=here, style_for=style_for, measure=self.measure)
        self.app.push_screen(screen, self._go_to_agent)

    def _count_agents(self) -> None:
        """Begin to count, unless that was done; small recordings are counted when this returns."""
        from tui.analysis.agent_overview import AgentWatch

        if self.agent_watch is None or not self.agent_watch.is_of(self.store.trace):
            self.agent_watch = AgentWatch(self.store.trace, self.store.index)
            self._counting = self.agent_watch.take_whole(self.store.recording)
            self._count_a_slice()
            if self._counting is not None:
                self.run_worker(self._go_on_counting(), group="agents", exclusive=True)

    def _count_a_slice(self) -> None:
        deadline = time.monotonic() + SLICE_SECONDS
        while self._counting is not None and time.monotonic() < deadline:
            if next(self._counting, self) is self:
                self._counting = None

    async def _go_on_counting(self) -> None:
        """Count the rest of a large recording between the keys, then show it to whoever looks."""
        from tui.ui.screens.agents_screen import AgentsScreen

        while self._counting is not None:
            await asyncio.sleep(0.001)
            self._count_a_slice()
        if isinstance(self.app.screen, AgentsScreen):
            self.app.screen.show_now()

    def _look_at_agents(self) -> RolloutOverview | None:
        """How all agents stand now; None while they are still counted."""
        watch = self.agent_watch
        if watch is None or not watch.is_of(self.store.trace):
            self._count_agents()
            watch = self.agent_watch
        if self.store.state == "waiting":  # no clock runs while nothing grows
            self.store.index.tick(int(time.time() * 1000))
        return None if watch is None or self._counting is not None else watch.look(self.store.recording)

    def _go_to_agent(self, choice: object) -> None:
        if isinstance(choice, NodeRef):
            self.jump_to(choice)

    def action_go_agent(self, slot: str) -> None:
        """Go to the agent with that number."""
        from tui.viewmodel.agent_list import agents_by_slot

        agents = agents_by_slot(self.store.trace)
        number = int(slot)
        if number > len(agents):
            self.say(f"there is no agent {number}; a lists them", "warning")
        else:
            self.jump_to(NodeRef("thread", agents[number - 1]))

    def action_go_parent_agent(self) -> None:
        """Go to the call that spawned this agent, or to the parent itself if the call is not known."""
        here = self._thread_here()
        thread = None if here is None else self.store.trace.threads.get(here)
        if thread is None or not isinstance(thread.origin, SpawnedOrigin):
            self.say("no agent spawned this one; a lists all agents", "warning")
            return
        edge = self.store.trace.interaction_edges.get(thread.origin.spawn_edge_id)
        source = None if edge is None else getattr(edge.source, "tool_call_id", None)
        parent = NodeRef("thread", thread.origin.parent_thread_id)
        self.jump_to(parent if source is None else NodeRef("tool_call", source))

    def _thread_here(self) -> ThreadId | None:
        node = self.focused_node
        return None if node is None else thread_of(self.store.trace, node)
