"""Commands that go somewhere else: along edges, to causes, back and forward."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.noderef import NodeRef
from tui.model.objects import ToolCall
from tui.ui.command import CommandGroup, Press
from tui.ui.commands.in_lists import tools_of
from tui.ui.commands.telling import causes_of, links_of
from tui.ui.workspace import Workspace
from tui.viewmodel.rows.moves import Move

if TYPE_CHECKING:
    from tui.analysis.messages.edges import EdgeView
    from tui.ui.lists.why import Explain

commands = CommandGroup[Workspace]("Walk")


@commands.add("g d", "Go where this leads: the child, the sender, the process")
def follow_edge(work: Workspace, _press: Press) -> None:
    """Go to the other end; of what was sent and not seen to arrive, to the agent it was meant for."""
    from tui.analysis.links.linked import primary_link

    sent = _sent_without_edge(work)
    if sent is not None:
        if sent.target_agent is None:
            work.footer.say(f"it led to no agent of this recording: {sent.reason}", "warning")
        else:
            work.travel.jump_to(NodeRef("thread", sent.target_agent))
        return
    node = work.panes.focused_node
    link = None if node is None else primary_link(work.store.trace, work.store.index, node)
    if link is None:
        work.footer.say("nothing leads away from here; o lists what is linked", "warning")
    else:
        work.travel.jump_to(link.target)


def _sent_without_edge(work: Workspace) -> EdgeView | None:
    """What the focused call sent, if no edge of the graph reports it."""
    from tui.analysis.messages.edges import views_of_call
    from tui.model.lookup import find_object

    node = work.panes.focused_node
    found = None if node is None else find_object(work.store.trace, node)
    if not isinstance(found, ToolCall):
        return None
    is_over = work.panes.timeline.model.labels.is_over
    sent = views_of_call(work.store.trace, work.store.index, found, is_over)
    return next((one for one in sent if not one.is_in_graph), None)


@commands.add("%", "From a call to its output as the model saw it, and back")
def go_pair(work: Workspace, _press: Press) -> None:
    """From a call to its output as the model saw it, in the request that sent it first; and back."""
    left = work.travel.here()
    if work.panes.pane == "timeline":
        work.live.selection.show()
    model = work.panes.conversation.model
    before = (model.scope, model.listing.place)
    work.panes.conversation.perform(Move.GO_PAIR)
    if (model.scope, model.listing.place) == before:
        work.footer.say("no output that a request holds; select a tool call that has ended", "warning")
    else:
        work.travel.history.leave(left)
        work.panes.focus("conversation")


@commands.add("o", "Everything linked with this")
def list_edges(work: Workspace, _press: Press) -> None:
    """Choose among everything that is linked with the focus."""
    _tell_about_focus(work, links_of(work))


@commands.add("ctrl+o | alt+left | g b", "Back to where one came from")
def go_back(work: Workspace, _press: Press) -> None:
    """Return to the exact place from which the last jump started; if that was in another view, to its row."""
    history = work.travel.history
    reopen = work.live.way_back.take(history)
    work.travel.return_to(history.go_back(work.travel.here()), "this is where you began")
    if reopen is not None:
        reopen()


@commands.add("alt+right | g f", "Forward again")
def go_forward(work: Workspace, _press: Press) -> None:
    """Undo the last step back."""
    work.travel.return_to(work.travel.history.go_forward(work.travel.here()), "there is nothing ahead")


@commands.add("w", "Why is this here")
def explain_why(work: Workspace, _press: Press) -> None:
    """Show the chain from here back to the prompt, and what followed; Enter goes to a step of it."""
    _tell_about_focus(work, causes_of(work))


def _tell_about_focus(work: Workspace, tell: Explain) -> None:
    from tui.model.lookup import find_object
    from tui.ui.lists.why import WhyScreen

    node = work.panes.focused_node
    if node is None or find_object(work.store.trace, node) is None:
        work.footer.say("this is not an object of the recording, so nothing is linked with it", "warning")
        return
    screen = WhyScreen(node, tell, work.store, tools_of(work))
    work.host.app.push_screen(screen, work.travel.jump_to_choice)
