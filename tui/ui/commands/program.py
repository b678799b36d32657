"""Commands of the program itself: help, other recordings, the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.message import Message

from tui.analysis.kinds.thread_of import thread_of
from tui.model.noderef import NodeRef
from tui.ui.command import PANE_SCOPES, CommandGroup, Press, Scope
from tui.ui.commands.in_lists import tools_of
from tui.ui.commands.leaving import leave_mode
from tui.ui.listed_commands import listed_commands
from tui.ui.workspace import Workspace

if TYPE_CHECKING:
    from tui.viewmodel.lists.commands import Steps

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


@commands.add(
    "g ?",
    "Help pages: search, filter, signs, scripts, …",
    group="Help",
    words="manual documentation mouse configuration",
)
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
    from tui.viewmodel.lists.commands import Steps

    if isinstance(choice, Steps):
        _take_steps(work, choice)
    elif choice is not None:
        work.keyboard.commands[str(choice)].run(work, Press())


def _take_steps(work: Workspace, steps: Steps) -> None:
    """Do what a question says: later commands mean something in what the first one opens, so their keys are pressed."""
    if steps.begins:
        work.panes.focus("timeline")
    if steps.begins == "request" and not _stand_on_request(work):
        work.footer.say("no request was recorded here; choose another agent, and ask again", "warning")
        return
    commands, (first, *later) = work.keyboard.commands, steps.command_ids
    commands[first].run(work, Press(about=steps.about))
    keys = [key for name in later for key in commands[name].keys[0].split()]
    typed = [*("space" if character == " " else character for character in steps.typed), *["enter"] * bool(steps.typed)]
    for key in (*keys, *typed):
        work.host.app.post_message(events.Key(key, key if len(key) == 1 else None))


def _stand_on_request(work: Workspace) -> bool:
    """Have the timeline's cursor on a request: the one that has it, else the first of its agent; whether there is one.

    The keys of such a question lead from the timeline to its conversation.
    """
    node = work.panes.timeline.model.focused
    if node is None or node.kind != "inference":
        agent = None if node is None else thread_of(work.store.trace, node)
        requests = () if agent is None else work.store.index.inferences_of_thread.of(agent)
        if not requests:
            return False
        work.travel.jump_to(NodeRef("inference", requests[0]))
    work.live.selection.show()
    return True


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


commands.add_as("quit", quit_program, "ctrl+c", "Quit; in a list or a typed line: close it", words="exit leave cancel")
