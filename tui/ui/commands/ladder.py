"""What went between agents: opens the message ladder, and what its own keys do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.noderef import NodeRef
from tui.ui.command import CommandGroup, Press
from tui.ui.commands.as_of import go_to_beginning
from tui.ui.commands.in_lists import tools_of
from tui.ui.commands.telling import causes_of, links_of
from tui.ui.workspace import Workspace

if TYPE_CHECKING:
    from tui.ui.lists.ladder import LadderScreen

commands = CommandGroup[Workspace]("Agents")
ladder_commands = CommandGroup["LadderScreen"]("Ladder", "ladder")


@commands.add("L", "Messages between agents, side by side")
def show_ladder(work: Workspace, _press: Press) -> None:
    """Who sent what to whom, agents side by side."""
    from tui.ui.lists.ladder import LadderScreen

    ladder = work.live.ladder
    screen = LadderScreen(
        work.store,
        ladder.model(),
        explain=causes_of(work),
        list_links=links_of(work),
        go_to_moment=lambda node: go_to_beginning(work, node),
        tools=tools_of(work),
    )
    ladder.on_growth, ladder.on_end = screen.grow, screen.end
    work.host.app.push_screen(screen, lambda node: _leave_ladder(work, node))


def _leave_ladder(work: Workspace, node: NodeRef | None) -> None:
    work.live.ladder.show_to_nobody()
    if node is None:
        return
    left = work.travel.here()
    work.travel.jump_to(node)
    if work.travel.history.newest == left:
        work.live.way_back.remember(left, lambda: show_ladder(work, Press()))


@ladder_commands.add("enter | g d", "Go to it in the timeline; back comes back here")
def open_edge(ladder: LadderScreen, _press: Press) -> None:
    """Go to what is under the cursor in the main view."""
    ladder.open_edge()


@ladder_commands.add("@", "Everything as of when this was sent")
def go_to_sending(ladder: LadderScreen, _press: Press) -> None:
    """Close the ladder, and go to the event with which the message came."""
    ladder.go_to_moment()


@ladder_commands.add("l | right | tab", "The next agent's column")
def next_agent(ladder: LadderScreen, press: Press) -> None:
    """The column to the right."""
    ladder.move_column(press.times or 1)


@ladder_commands.add("h | left | shift+tab", "The column before")
def previous_agent(ladder: LadderScreen, press: Press) -> None:
    """The column to the left."""
    ladder.move_column(-(press.times or 1))


@ladder_commands.add("J", "Next message of this column's agent")
def next_of_agent(ladder: LadderScreen, press: Press) -> None:
    """The next row that begins or ends in the current column."""
    ladder.move_in_agent(press.times or 1)


@ladder_commands.add("K", "Message of this agent before")
def previous_of_agent(ladder: LadderScreen, press: Press) -> None:
    """The row before that begins or ends in the current column."""
    ladder.move_in_agent(-(press.times or 1))


@ladder_commands.add("x", "Only what these two agents passed each other; all again")
def only_pair(ladder: LadderScreen, _press: Press) -> None:
    """Only what these two agents passed each other, or all again."""
    ladder.toggle_pair()
