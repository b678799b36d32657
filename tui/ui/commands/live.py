"""Commands for a recording that grows."""

from __future__ import annotations

from tui.analysis.kinds.naming import agent_name
from tui.model.ids import ThreadId, ToolCallId
from tui.model.noderef import NodeRef
from tui.ui.command import CommandGroup, Press
from tui.ui.commands.leaving import leave_mode
from tui.ui.workspace import Workspace
from tui.viewmodel.text.clean import clean

commands = CommandGroup[Workspace]("Live")


@commands.add("F", "Follow the newest; on an agent, on its spawn or in its conversation, that agent")
def follow_newest(work: Workspace, _press: Press) -> None:
    """Go to the newest row and stay with it; with an agent selected, stay with the end of its conversation.

    From an agent that is followed, the same key goes on to the newest of all.
    """
    _return_to_now(work)
    agent = _agent_meant(work)
    if agent is not None:
        follow_agent(work, agent)
        return
    work.panes.timeline.follow()
    work.growth.catch_up()
    work.live.selection.show()


def follow_agent(work: Workspace, agent: ThreadId) -> None:
    """Stay with the end of the conversation of one agent."""
    _return_to_now(work)
    work.growth.catch_up()
    work.live.selection.follow_agent(agent)
    _say_followed(work, agent)


def _return_to_now(work: Workspace) -> None:
    """New lines belong to the present, and come only while nothing holds them back."""
    if "earlier" in work.modes:
        leave_mode(work, "earlier")
    if "pause" in work.modes:
        leave_mode(work, "pause")


def _say_followed(work: Workspace, agent: ThreadId) -> None:
    """Whose conversation is followed, and that it has the focus now: one may have come from the timeline."""
    name = clean(agent_name(work.store.trace, agent))
    if work.store.recording.is_over:
        work.footer.say(f"the end of the conversation of {name}")
    else:
        key = work.keyboard.first_key("follow_newest")
        work.footer.say(f"following {name} in the conversation; {key} again follows the newest of all agents")


def _agent_meant(work: Workspace) -> ThreadId | None:
    """The agent to follow: whose conversation has the focus, whose row has, or whom the call on the row spawned.

    None for the whole recording. The row of the root agent means the whole: it is where one is before one has gone
    anywhere.
    """
    conversation, node = work.panes.conversation, work.panes.timeline.model.focused
    agent = None
    if work.panes.pane == "conversation":
        agent = conversation.shown_agent
    elif work.panes.pane == "timeline" and node is not None:
        agent = _agent_of_row(work, node)
    return None if agent == conversation.followed else agent


def _agent_of_row(work: Workspace, node: NodeRef) -> ThreadId | None:
    """The agent that a row is, or that the call on it spawned."""
    if node.kind == "thread":
        return None if node.id == work.store.trace.root_thread_id else ThreadId(node.id)
    if node.kind != "tool_call":
        return None
    from tui.analysis.messages.edges import views_of_call

    call = work.store.trace.tool_calls[ToolCallId(node.id)]
    sent = views_of_call(work.store.trace, work.store.index, call, work.store.recording.is_over)
    return next((one.target_agent for one in sent if one.kind == "spawn_agent"), None)


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
