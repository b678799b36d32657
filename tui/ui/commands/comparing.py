"""Two recordings, or two requests of one, side by side: opens the comparison, and what its own keys do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from tui.analysis.kinds.plural import counted
from tui.model.ids import InferenceCallId
from tui.model.noderef import NodeRef
from tui.model.objects import InferenceCall
from tui.ui.command import CommandGroup, Press
from tui.ui.commands.in_lists import tools_of
from tui.ui.workspace import Workspace

if TYPE_CHECKING:
    from tui.ui.lists.compare import CompareScreen

commands = CommandGroup[Workspace]("Compare")
compare_commands = CommandGroup["CompareScreen"]("Comparison", "compare")


class ComparisonWanted(Message):
    """The recording that is open is to be compared with the one at `path`."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path


@commands.add("D", "Compare with another recording: where they part, and what caused it")
def compare_recordings(work: Workspace, _press: Press) -> None:
    """Choose the other recording, those of the same folder first."""
    from tui.ui.lists.neighbours import NeighboursScreen

    def chosen(path: object) -> None:
        if isinstance(path, str):
            work.host.post_message(ComparisonWanted(path))

    work.host.app.push_screen(
        NeighboursScreen(str(work.store.source.path or work.store.source.name), tools_of(work)), chosen
    )


@commands.add(
    "g x", "Why the cache broke: this request beside the one before, its prompt, tools, items; 3gx: the third before"
)
def compare_requests(work: Workspace, press: Press) -> None:
    """Hold the request in focus against an earlier one of the same agent."""
    trace, index = work.store.trace, work.store.index
    now = _request_in_focus(work)
    if now is None:
        work.footer.say("no request here; select one, or something that a request asked for", "warning")
        return
    requests = [trace.inference_calls[name] for name in index.inferences_of_thread.of(now.thread_id)]
    place = requests.index(now) - (press.times or 1)
    if place < 0:
        before = counted(requests.index(now), "request")
        is_first = requests[0] is now
        words = "this is the agent's first request" if is_first else f"the agent sent only {before} before this one"
        work.footer.say(words, "warning")
        return
    _show_requests(work, requests[place], now)


def _request_in_focus(work: Workspace) -> InferenceCall | None:
    from tui.viewmodel.conversation.scope import scope_of

    scope = work.panes.conversation.model.scope
    if work.panes.pane == "timeline":
        node = work.panes.timeline.model.focused
        scope = None if node is None else scope_of(work.store.trace, work.store.index, node)
    name = None if scope is None else scope.inference_id
    return None if name is None else work.store.trace.inference_calls.get(name)


def _show_requests(work: Workspace, before: InferenceCall, now: InferenceCall) -> None:
    from tui.ui.compared_requests import ComparedRequests
    from tui.ui.lists.compare import CompareScreen

    def show() -> None:
        work.host.app.push_screen(CompareScreen(compared.model, compared, tools_of(work)))

    def visit(node: NodeRef, request: InferenceCallId) -> None:
        screen = work.host.app.screen
        if isinstance(screen, CompareScreen):
            screen.close()
        left = work.travel.here()
        work.travel.jump_to(node, request)
        if work.travel.history.newest == left:
            work.live.way_back.remember(left, show)

    compared = ComparedRequests(work.store, before, now, visit)
    show()


@compare_commands.add("enter | g d", "Go to it in its own recording; back comes back here")
def open_compared(screen: CompareScreen, _press: Press) -> None:
    """Go to the item of the row; A's, unless the row is B's."""
    screen.open_compared()


@compare_commands.add("g o", "Go to the item of the other side, B")
def open_other(screen: CompareScreen, _press: Press) -> None:
    """Go to the item on the other side."""
    screen.open_compared(of_b=True)


@compare_commands.add("n | ] d", "Next place where they part")
def next_parting(screen: CompareScreen, press: Press) -> None:
    """The next parting, of whatever agent."""
    screen.go_parting(press.times or 1)


@compare_commands.add("N | [ d", "Place before where they part")
def previous_parting(screen: CompareScreen, press: Press) -> None:
    """The parting before."""
    screen.go_parting(-(press.times or 1))


@compare_commands.add("=", "Show what is the same, too, or only what differs")
def show_same(screen: CompareScreen, _press: Press) -> None:
    """Equal items on or off."""
    screen.show_same()


@compare_commands.add("x", "Swap the sides")
def swap_sides(screen: CompareScreen, _press: Press) -> None:
    """What was A is B."""
    screen.swap_sides()
