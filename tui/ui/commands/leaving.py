"""Leaving modes: Esc undoes the last one."""

from __future__ import annotations

from tui.ui.command import CommandGroup, Press
from tui.ui.workspace import Workspace
from tui.viewmodel.frame.modes import Mode

commands = CommandGroup[Workspace]("Search")


@commands.add("escape", "Leave the mode: a search, a filter, a zoom, another moment")
def cancel(work: Workspace, _press: Press) -> None:
    """Stop what is under way, else leave the mode that was entered last."""
    if work.as_of.stop() or work.panes.inspector.stop_work() or work.live.everywhere.stop() or work.live.search.stop():
        work.footer.say("stopped")
        return
    mode = work.modes.last_of()
    if mode is not None:
        leave_mode(work, mode)


def leave_mode(work: Workspace, mode: Mode) -> None:
    """Be in a mode no longer, and undo what it did."""
    work.modes.leave(mode)
    if mode == "zoom":
        work.panes.arrange()
    elif mode == "pair":
        work.panes.close_pair()
    elif mode == "filter":
        work.live.filtering.filter_rows("")
    elif mode == "search":
        work.live.search.forget()
    elif mode == "earlier":
        work.as_of.return_to_now()
    else:
        work.store.release()
        work.growth.catch_up()
    work.footer.refresh()
