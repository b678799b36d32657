"""Commands of the program itself: help, other recordings, the way out."""

from __future__ import annotations

from textual.message import Message

from tui.ui.command import PANE_SCOPES, CommandGroup, Press, Scope
from tui.ui.commands.in_lists import tools_of
from tui.ui.commands.leaving import leave_mode
from tui.ui.listed_commands import listed_commands
from tui.ui.workspace import Workspace
from tui.viewmodel.lists.commands import ABOUT

commands = CommandGroup[Workspace]("Program")

RUNS_IN_PANES: tuple[Scope, ...] = (*PANE_SCOPES, "rows", "global")
"""Scopes of the commands that work on the workspace; the others belong to what is laid over the panes."""


class RecordingLeft(Message):
    """The person is done with this recording."""


class BundlesWanted(Message):
    """The person wants to see what other recordings there are."""


@commands.add("g l", "The other recordings in this folder")
def list_bundles(work: Workspace, _press: Press) -> None:
    """Show the recordings beside this one."""
    work.host.post_message(BundlesWanted())


@commands.add("? | f1", "Help")
def show_help(work: Workspace, _press: Press) -> None:
    """The questions of those who are new, what the signs mean, and all keys that work now, the focused pane's first."""
    from tui.ui.commands.questions import listed_questions
    from tui.ui.lists.picker import COMMAND_HINTS, PickerScreen
    from tui.viewmodel.lists.commands import command_entries, sign_entries

    pane = work.panes.pane
    here = [command for command in work.keyboard.commands.values() if command.scope in ("rows", "global", pane)]
    pages = work.keyboard.commands["show_help_pages"]
    first = command_entries((*listed_commands([pages]), *listed_questions(work.keyboard.first_key)))
    entries = [*first, *sign_entries(), *command_entries(listed_commands(one for one in here if one is not pages))]
    title, tools = f"Keys in the {pane}", tools_of(work)
    screen = PickerScreen(title, entries, tools, hints=COMMAND_HINTS, opened_by="show_help", told_first=True)
    work.host.app.push_screen(screen, lambda choice: _run_chosen(work, choice))


@commands.add("g ?", "Help pages: search, filter, signs, scripts, …", group="Help")
def show_help_pages(work: Workspace, _press: Press) -> None:
    """Longer explanations than the list of keys has room for."""
    from tui.ui.commands.help_pages import show_topics

    show_topics(work)


@commands.add(": | ctrl+p", "All commands by name")
def show_palette(work: Workspace, _press: Press) -> None:
    """All commands, found by typing."""
    from tui.ui.commands.questions import words_of
    from tui.ui.lists.picker import CommandLine
    from tui.viewmodel.lists.commands import entries_by_name

    runnable = [command for command in work.keyboard.commands.values() if command.scope in RUNS_IN_PANES]
    screen = CommandLine("Commands", entries_by_name(listed_commands(runnable, words_of)), tools_of(work))
    work.host.app.push_screen(screen, lambda choice: _run_chosen(work, choice))


def _run_chosen(work: Workspace, choice: object) -> None:
    if choice is not None:
        command_id, _, about = str(choice).partition(ABOUT)
        work.keyboard.commands[command_id].run(work, Press(about=about))


@commands.add("q", "Close this view; at the root, quit")
def go_out(work: Workspace, _press: Press) -> None:
    """Leave a zoom, a filter or an earlier moment; with none, the recording; the program where nothing lies below."""
    mode = work.modes.last_of("zoom", "filter", "earlier", "pair")
    if mode is None:
        work.host.post_message(RecordingLeft())
    else:
        leave_mode(work, mode)


@commands.add("ctrl+z", "Stop in the background; fg comes back")
def suspend_program(work: Workspace, _press: Press) -> None:
    """Give the terminal back to the shell until `fg`."""
    work.host.app.action_suspend_process()


def quit_program(work: Workspace, _press: Press) -> None:
    """Leave the program."""
    work.host.app.exit(0)


commands.add_as("quit", quit_program, "ctrl+c", "Quit; in a list or a typed line: close it")
