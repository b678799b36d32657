"""Commands for a recording that grows."""

from __future__ import annotations

from tui.model.ids import ThreadId
from tui.ui.command import CommandGroup, Press
from tui.ui.commands.leaving import leave_mode
from tui.ui.workspace import Workspace

commands = CommandGroup[Workspace]("Live")


@commands.add("F", "Follow the newest; on an agent or in its conversation, that agent")
def follow_newest(work: Workspace, _press: Press) -> None:
    """Go to the newest row and stay with it; with an agent selected, stay with the end of its conversation.

    From an agent that is followed, the same key goes on to the newest of all.
    """
    if "earlier" in work.modes:
        leave_mode(work, "earlier")
    if "pause" in work.modes:
        leave_mode(work, "pause")
    agent = _agent_meant(work)
    if agent is not None:
        work.growth.catch_up()
        work.live.selection.follow_agent(agent)
        return
    work.panes.timeline.follow()
    work.growth.catch_up()
    work.live.selection.show()


def _agent_meant(work: Workspace) -> ThreadId | None:
    """The agent to follow: whose conversation has the focus, or whose row has; None for the whole recording.

    The row of the root agent means the whole: it is where one is before one has gone anywhere.
    """
    conversation, node = work.panes.conversation, work.panes.timeline.model.focused
    agent = None
    if work.panes.pane == "conversation":
        agent = conversation.shown_agent
    elif (
        work.panes.pane == "timeline"
        and node is not None
        and node.kind == "thread"
        and node.id != work.store.trace.root_thread_id
    ):
        agent = ThreadId(node.id)
    return None if agent == conversation.followed else agent


@commands.add("=", "Pause or resume: new lines wait in the log")
def pause_updates(work: Workspace, _press: Press) -> None:
    """Take in no new lines, or take in what has waited."""
    if "pause" in work.modes:
        leave_mode(work, "pause")
        return
    work.modes.enter("pause")
    work.store.hold()
    work.live.status.refresh()
    work.footer.say("new lines wait in the log; = goes on")
