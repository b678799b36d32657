"""Commands for a recording that grows."""

from __future__ import annotations

from tui.ui.command import CommandGroup, Press
from tui.ui.commands.leaving import leave_mode
from tui.ui.workspace import Workspace

commands = CommandGroup[Workspace]("Live")


@commands.add("F", "Follow the newest")
def follow_newest(work: Workspace, _press: Press) -> None:
    """Go to the newest row and stay with it."""
    if "pause" in work.modes:
        leave_mode(work, "pause")
    work.panes.timeline.follow()
    work.growth.catch_up()
    work.live.selection.show()


@commands.add("=", "Take in no new lines, or go on")
def pause_updates(work: Workspace, _press: Press) -> None:
    """Take in no new lines, or take in what has waited."""
    if "pause" in work.modes:
        leave_mode(work, "pause")
        return
    work.modes.enter("pause")
    work.store.hold()
    work.live.status.refresh()
    work.footer.say("new lines wait in the log; = goes on")
