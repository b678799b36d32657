"""Marks: a letter for a place."""

from __future__ import annotations

from tui.ui.command import CommandGroup, Press
from tui.ui.workspace import Workspace
from tui.viewmodel.keys import ANY_LETTER

commands = CommandGroup[Workspace]("Marks")


@commands.add(f"m {ANY_LETTER}", "Mark this place with a letter")
def set_mark(work: Workspace, press: Press) -> None:
    """Remember this place under a letter."""
    work.travel.marks[press.letter] = work.travel.here()
    work.footer.say(f"marked as {press.letter}; '{press.letter} comes back here")


@commands.add(f"' {ANY_LETTER}", "Go to the mark with that letter")
def go_to_mark(work: Workspace, press: Press) -> None:
    """Go to the place marked with a letter."""
    place = work.travel.marks.get(press.letter)
    if place is None:
        work.footer.say(f"nothing is marked as {press.letter}; m{press.letter} marks this place", "warning")
        return
    work.travel.history.leave(work.travel.here())
    work.travel.return_to(place)
