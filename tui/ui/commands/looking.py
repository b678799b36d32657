"""Commands that change how things look: panes, zoom, theme. None of them changes what is selected."""

from __future__ import annotations

from tui.model.ids import ThreadId
from tui.model.objects import SpawnedOrigin
from tui.ui.command import CommandGroup, Press
from tui.ui.commands.leaving import leave_mode
from tui.ui.terminal.textual_private import draw_whole
from tui.ui.theme import THEMES, active_theme
from tui.ui.workspace import Workspace
from tui.viewmodel.frame.layout import DEFAULT_SPLIT, SIDE_BY_SIDE_COLUMNS, SPLIT_STEP

commands = CommandGroup[Workspace]("View")


@commands.add("tab", "Next pane; the conversation is what the model saw: prompt, tools, items")
def focus_next_pane(work: Workspace, _press: Press) -> None:
    """Give the next pane the focus."""
    work.panes.focus_next(1)


@commands.add("shift+tab", "Previous pane")
def focus_previous_pane(work: Workspace, _press: Press) -> None:
    """Give the pane before the focus."""
    work.panes.focus_next(-1)


@commands.add("z | z z", "One pane on the whole screen, and back")
def zoom_pane(work: Workspace, _press: Press) -> None:
    """Give the focused pane the whole screen, or take it back."""
    if "zoom" in work.modes:
        leave_mode(work, "zoom")
    else:
        work.modes.enter("zoom")
        work.panes.arrange()


@commands.add("|", "This agent beside another: its conversation stays while you go on")
def show_two_agents(work: Workspace, _press: Press) -> None:
    """Keep the conversation in a second pane and go on in the first, or show one again."""
    if "pair" in work.modes:
        leave_mode(work, "pair")
    elif work.host.size.width < SIDE_BY_SIDE_COLUMNS:
        key = work.keyboard.first_key("pick_agent")
        need = f"two conversations need {SIDE_BY_SIDE_COLUMNS} columns"
        work.footer.say(f"{need}; {key} and g1 … g9 go to an agent", "warning")
    elif len(work.store.trace.threads) < 2:
        work.footer.say("there is no second agent to show beside this one", "warning")
    elif (here := work.panes.conversation.shown_agent) is None:
        work.footer.say("no conversation is shown that could stay beside another", "warning")
    else:
        work.modes.enter("pair")
        work.panes.open_pair()
        work.live.selection.follow_agent(_other_agent(work, here))
        work.footer.say("the left one stays; g1 … g9 or a: the agent on the right; Tab: the other side; | one again")


def _other_agent(work: Workspace, here: ThreadId) -> ThreadId:
    """The agent that is shown beside another until one chooses: what spawned it, else what it spawned first."""
    threads = work.store.trace.threads
    thread = threads.get(here)
    parent = thread.origin.parent_thread_id if thread is not None and isinstance(thread.origin, SpawnedOrigin) else None
    near = (parent, work.store.index.child_threads.first(here), *threads)
    return next((one for one in near if one is not None and one != here and one in threads), here)


@commands.add(
    "z >",
    "More room for the timeline; with a count, that percentage of the screen",
    words="split resize width wider columns",
)
def widen_timeline(work: Workspace, press: Press) -> None:
    """Give the timeline more of the screen."""
    split = work.panes.split
    split.change(press.times or split.percent + SPLIT_STEP)


@commands.add("z <", "Less room for the timeline", words="split resize width narrower columns")
def narrow_timeline(work: Workspace, _press: Press) -> None:
    """Give the panes beside the timeline more of the screen."""
    split = work.panes.split
    split.change(split.percent - SPLIT_STEP)


@commands.add("z =", "Share the screen as at the beginning")
def reset_split(work: Workspace, _press: Press) -> None:
    """Put the line between the panes back."""
    work.panes.split.change(DEFAULT_SPLIT)


@commands.add("c", "Times: since the start, since the row above, local, UTC", words="columns clock")
def switch_times(work: Workspace, _press: Press) -> None:
    """Write the times of the timeline in the next way."""
    work.footer.say(f"times: {work.panes.timeline.next_time_mode()}")


@commands.add("g m", "Markdown and colours of outputs shown, or both as they were written")
def switch_markdown(work: Workspace, _press: Press) -> None:
    """Show the texts of the conversation with their marks and escapes, or what these mean."""
    shows_source = [view.switch_source() for view in work.panes.conversations][-1]
    work.footer.say("Markdown and colours as they were written" if shows_source else "Markdown and colours shown")


@commands.add("g c", "Next colour theme", words="color dark light contrast black white look")
def cycle_theme(work: Workspace, _press: Press) -> None:
    """Take the next theme."""
    names = list(THEMES)
    name = names[(names.index(active_theme().name) + 1) % len(names)]
    work.panes.wear_theme(name)
    work.footer.say(f"theme {name}: {THEMES[name].description}")


@commands.add(
    "ctrl+l", "Draw the screen again, should something else have written to it", words="refresh broken garbage"
)
def draw_again(work: Workspace, _press: Press) -> None:
    """Send every cell, whatever the terminal is believed to show."""
    draw_whole(work.host)
