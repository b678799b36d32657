"""What ran when, and what all of it waited for: opens the time view, and what its own keys do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.analysis.kinds.thread_of import thread_of
from tui.model.ids import ThreadId
from tui.model.lookup import find_object, window_of
from tui.model.noderef import NodeRef
from tui.ui.command import CommandGroup, Press
from tui.ui.commands.in_lists import tools_of
from tui.ui.workspace import Workspace
from tui.viewmodel.rows.moves import Move

if TYPE_CHECKING:
    from tui.ui.lists.lanes import LanesScreen

commands = CommandGroup[Workspace]("Agents")
lanes_commands = CommandGroup["LanesScreen"]("Time", "lanes")


@commands.add("T", "Time: who worked when, and what decided how long it took")
def show_time(work: Workspace, _press: Press) -> None:
    """A lane an agent, and the chain of work that decided how long the session took."""
    from tui.ui.lists.lanes import LanesScreen, MomentTools

    moments = MomentTools(work.as_of, lambda command, press: command.run(work, press))
    lanes = LanesScreen(work.store, tools_of(work), moments, work.live.times, place=_place_of_selected(work))
    work.host.app.push_screen(lanes, lambda choice: _leave_lanes(work, choice))


def _leave_lanes(work: Workspace, choice: object) -> None:
    """Go to what was chosen; the way back leads here again."""
    left = work.travel.here()
    work.travel.jump_to_choice(choice)
    if isinstance(choice, NodeRef) and work.travel.history.newest == left:
        work.live.way_back.remember(left, lambda: show_time(work, Press()))


def _place_of_selected(work: Workspace) -> tuple[ThreadId, int] | None:
    """The agent of what is selected, and when that began; None for what has no time."""
    trace, node = work.store.trace, work.panes.focused_node
    if node is None:
        return None
    agent, window = thread_of(trace, node), window_of(find_object(trace, node))
    return None if agent is None or window is None else (ThreadId(agent), window.started_at_unix_ms)


@lanes_commands.add("enter | g d", "Go to the work under the cursor")
def go_to_work(lanes: LanesScreen, _press: Press) -> None:
    """The work of the path at the cursor, or the agent."""
    lanes.go_to_work()


@lanes_commands.add("l | right", "The agent's next stretch of work")
def next_stretch(lanes: LanesScreen, press: Press) -> None:
    """Forward in time, in the same lane."""
    lanes.move(Move.STEP_IN, press)


@lanes_commands.add("h | left", "The stretch before")
def previous_stretch(lanes: LanesScreen, press: Press) -> None:
    """Back in time, in the same lane."""
    lanes.move(Move.STEP_OUT, press)


@lanes_commands.add("tab | ] ]", "The next piece of the path, in whatever agent")
def next_piece(lanes: LanesScreen, press: Press) -> None:
    """Forward along the path."""
    lanes.move(Move.NEXT_TURN, press)


@lanes_commands.add("shift+tab | [ [", "The piece of the path before")
def previous_piece(lanes: LanesScreen, press: Press) -> None:
    """Back along the path."""
    lanes.move(Move.PREVIOUS_TURN, press)


@lanes_commands.add("p", "The longest piece of the path; again for the next longest")
def longest_piece(lanes: LanesScreen, press: Press) -> None:
    """What decided most of how long the session took."""
    lanes.move(Move.LONGEST_PIECE, press)


@lanes_commands.add("W", "The longest wait for another agent; again for the next longest")
def longest_wait(lanes: LanesScreen, press: Press) -> None:
    """Who waited longest, and for whom."""
    lanes.move(Move.LONGEST_WAIT, press)


@lanes_commands.add("+", "Zoom in at the cursor")
def zoom_in(lanes: LanesScreen, press: Press) -> None:
    """See half as much time."""
    lanes.move(Move.ZOOM_TIME_IN, press)


@lanes_commands.add("-", "Zoom out")
def zoom_out(lanes: LanesScreen, press: Press) -> None:
    """See twice as much time."""
    lanes.move(Move.ZOOM_TIME_OUT, press)


@lanes_commands.add("z a", "Zoom to the stretch under the cursor")
def zoom_to_stretch(lanes: LanesScreen, press: Press) -> None:
    """Fill the screen with it."""
    lanes.move(Move.TOGGLE_FOLD, press)


@lanes_commands.add("z f", "Fold the agents that have ended into one lane, or unfold them")
def fold_ended(lanes: LanesScreen, press: Press) -> None:
    """Those of which a child still works stay."""
    lanes.move(Move.FOLD_ENDED, press)


@lanes_commands.add("@", "Everything as of the moment under the cursor")
def go_to_moment(lanes: LanesScreen, _press: Press) -> None:
    """As it was behind the last event of that millisecond."""
    lanes.go_to_moment()


@lanes_commands.add("z M | z R", "Show all of the time")
def fit_all(lanes: LanesScreen, press: Press) -> None:
    """From the start of the recording to its end."""
    lanes.move(Move.FOLD_ALL, press)


@lanes_commands.add("J | shift+right", "Later")
def pan_later(lanes: LanesScreen, press: Press) -> None:
    """Show a quarter of a screen later."""
    lanes.move(Move.NEXT_SIBLING, press)


@lanes_commands.add("K | shift+left", "Earlier")
def pan_earlier(lanes: LanesScreen, press: Press) -> None:
    """Show a quarter of a screen earlier."""
    lanes.move(Move.PREVIOUS_SIBLING, press)
