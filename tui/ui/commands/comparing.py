"""Two recordings, or two requests of one, side by side: opens the comparison, and what its own keys do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

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


@commands.add("D", "Compare with another recording: where they part, and who is to blame")
def compare_recordings(work: Workspace, _press: Press) -> None:
    """Choose the other recording, those of the same folder first."""
    from tui.ui.lists.neighbours import NeighboursScreen

    def chosen(path: object) -> None:
        if isinstance(path, str):
            work.host.post_message(ComparisonWanted(path))

    work.host.app.push_screen(
        NeighboursScreen(str(work.store.source.path or work.store.source.name), tools_of(work)), chosen
    )


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
