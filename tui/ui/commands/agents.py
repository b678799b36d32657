"""Commands that lead to agents: the list of all, the parent, the numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from tui.analysis.kinds.thread_of import thread_of
from tui.model.ids import ThreadId
from tui.model.noderef import NodeRef
from tui.model.objects import SpawnedOrigin
from tui.ui.command import Command, CommandGroup, Press
from tui.ui.commands.in_lists import tools_of
from tui.ui.commands.live import follow_agent
from tui.ui.moment_commands import MOMENT_COMMANDS
from tui.ui.workspace import Workspace

if TYPE_CHECKING:
    from tui.ui.lists.list_screen import ListScreen

commands = CommandGroup[Workspace]("Agents")


@commands.add("a", "Agents")
def pick_agent(work: Workspace, _press: Press) -> None:
    """Choose an agent; its number chooses at once. Enter on one that was cut off goes to what it had open.

    Who works and who waits is kept current while one looks.
    """
    from tui.ui.lists.agents import AgentsScreen

    if not work.store.trace.threads:
        work.footer.say("no agent has started yet", "warning")
        return
    agents = work.live.agents
    agents.begin()
    here = NodeRef("thread", _thread_here(work) or "")
    tools = tools_of(work)
    follow = partial(_follow_chosen, work)
    tools = tools._replace(about={**tools.about, **_to_other_moments(work), "follow_newest": follow})
    screen = AgentsScreen(work.store, agents.looking, here=here, tools=tools, measure=work.panes.measure)
    agents.on_counted = work.as_of.on_shown = screen.show_now
    work.as_of.say = screen.footer.say

    def closed(choice: object) -> None:
        work.as_of.show_to_nobody_else()
        work.travel.jump_to_choice(choice)

    work.host.app.push_screen(screen, closed)


def _to_other_moments(work: Workspace) -> dict[str, Callable[[ListScreen], None]]:
    """Commands by which the list goes from moment to moment: it shows how the agents were then."""
    commands = work.keyboard.commands
    return {name: partial(_run_here, work, commands[name]) for name in MOMENT_COMMANDS}


def _run_here(work: Workspace, command: Command, _screen: ListScreen) -> None:
    command.run(work, Press())


def _follow_chosen(work: Workspace, screen: ListScreen) -> None:
    """Close the list, and stay with the end of the conversation of the agent under its cursor."""
    chosen = screen.chosen()
    if chosen is not None and chosen.node is not None:
        screen.close()
        follow_agent(work, ThreadId(chosen.node.id))


@commands.add("p", "The agent that spawned this one")
def go_parent_agent(work: Workspace, _press: Press) -> None:
    """Go to the call that spawned this agent, or to the parent itself if the call is not known."""
    here, trace = _thread_here(work), work.store.trace
    thread = None if here is None else trace.threads.get(here)
    if thread is None or not isinstance(thread.origin, SpawnedOrigin):
        work.footer.say("no agent spawned this one; a lists all agents", "warning")
        return
    edge = trace.interaction_edges.get(thread.origin.spawn_edge_id)
    source = None if edge is None else getattr(edge.source, "tool_call_id", None)
    parent = NodeRef("thread", thread.origin.parent_thread_id)
    work.travel.jump_to(parent if source is None else NodeRef("tool_call", source))


def _thread_here(work: Workspace) -> ThreadId | None:
    node = work.panes.focused_node
    return None if node is None else thread_of(work.store.trace, node)


def _go_agent(number: int, work: Workspace, _press: Press) -> None:
    """Go to the agent with that number; while an agent is followed, or two are shown, follow that one."""
    from tui.viewmodel.lists.agents import agents_by_slot

    agents = agents_by_slot(work.store.trace)
    if number > len(agents):
        work.footer.say(f"there is no agent {number}; a lists them", "warning")
    elif work.panes.conversation.followed is not None or "pair" in work.modes:
        work.live.selection.follow_agent(agents[number - 1])
    else:
        work.travel.jump_to(NodeRef("thread", agents[number - 1]))


for _slot in range(1, 10):
    commands.add_as(
        f"go_agent_{_slot}",
        partial(_go_agent, _slot),
        f"alt+{_slot} | g {_slot}",
        f"Agent {_slot}" if _slot > 1 else "Agent 1, and so on to 9",
    )
