"""Commands that change how things look: panes, zoom, theme. None of them changes what is selected."""

from __future__ import annotations

from tui.ui.command import CommandGroup, Press
from tui.ui.commands.leaving import leave_mode
from tui.ui.theme import THEMES, active_theme
from tui.ui.workspace import Workspace
from tui.viewmodel.frame.layout import DEFAULT_SPLIT, SPLIT_STEP, next_pane

commands = CommandGroup[Workspace]("View")


@commands.add("tab", "Next pane")
def focus_next_pane(work: Workspace, _press: Press) -> None:
    """Give the next pane the focus."""
    work.panes.focus(next_pane(work.panes.pane, 1))


@commands.add("shift+tab", "Previous pane")
def focus_previous_pane(work: Workspace, _press: Press) -> None:
    """Give the pane before the focus."""
    work.panes.focus(next_pane(work.panes.pane, -1))


@commands.add("z", "One pane on the whole screen, and back")
def zoom_pane(work: Workspace, _press: Press) -> None:
    """Give the focused pane the whole screen, or take it back."""
    if "zoom" in work.modes:
        leave_mode(work, "zoom")
    else:
        work.modes.enter("zoom")
        work.panes.arrange()


@commands.add("z >", "A wider timeline; with a count, so many percent of the screen")
def widen_timeline(work: Workspace, press: Press) -> None:
    """Give the timeline more of the screen."""
    split = work.panes.split
    split.change(press.times or split.percent + SPLIT_STEP)


@commands.add("z <", "A narrower timeline")
def narrow_timeline(work: Workspace, _press: Press) -> None:
    """Give the panes beside the timeline more of the screen."""
    split = work.panes.split
    split.change(split.percent - SPLIT_STEP)


@commands.add("z =", "Share the screen as at the beginning")
def reset_split(work: Workspace, _press: Press) -> None:
    """Put the line between the panes back."""
    work.panes.split.change(DEFAULT_SPLIT)


@commands.add("c", "Times: since the start, since the row above, local, UTC")
def switch_times(work: Workspace, _press: Press) -> None:
    """Write the times of the timeline in the next way."""
    work.footer.say(f"times: {work.panes.timeline.next_time_mode()}")


@commands.add("g m", "Markdown rendered, or as it was written")
def switch_markdown(work: Workspace, _press: Press) -> None:
    """Show the texts of the conversation with their marks, or without."""
    shows_source = work.panes.conversation.switch_source()
    work.footer.say("Markdown as it was written" if shows_source else "Markdown rendered")


@commands.add("g c", "Next colour theme")
def cycle_theme(work: Workspace, _press: Press) -> None:
    """Take the next theme."""
    names = list(THEMES)
    name = names[(names.index(active_theme().name) + 1) % len(names)]
    work.panes.wear_theme(name)
    work.footer.say(f"theme {name}: {THEMES[name].description}")
