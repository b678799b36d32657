"""What commands do in the lists over the panes: they act on what the list's cursor is on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.model.noderef import NodeRef
from tui.ui.command import CommandGroup, Press
from tui.ui.commands.as_of import go_to_beginning
from tui.ui.commands.copying import copy_line, copy_payload, copy_to_clipboard, opening_line
from tui.ui.commands.telling import causes_of, links_of
from tui.ui.listed_commands import listed_commands
from tui.ui.workspace import Workspace
from tui.viewmodel.payload.raw_evidence import payloads_behind
from tui.viewmodel.text.plain_text import plain_text

if TYPE_CHECKING:
    from tui.ui.lists.list_screen import ListScreen, ListTools
    from tui.ui.lists.why import Explain

list_commands = CommandGroup["ListScreen"]("Lists", "list")


@list_commands.add("s | ctrl+t", "The next order of the rows")
def change_order(screen: ListScreen, _press: Press) -> None:
    """Sort otherwise, where there are several orders."""
    if not screen.change_order():
        screen.footer.say("this list has one order only", "warning")


@list_commands.add("S", "The same order the other way round")
def reverse_order(screen: ListScreen, _press: Press) -> None:
    """Turn the order of the rows around, where that can be."""
    if not screen.reverse_order():
        screen.footer.say("the order of this list cannot be turned around", "warning")


def tools_of(work: Workspace) -> ListTools:
    """What the lists of a recording get."""
    from tui.ui.lists.list_screen import ListTools

    about: dict[str, Callable[[ListScreen], None]] = {
        "copy_item": lambda screen: _copy_item(work, screen),
        "copy_text": lambda screen: _copy_text(work, screen),
        "copy_raw": lambda screen: _copy_raw(work, screen),
        "copy_path": lambda screen: _copy_path(work, screen),
        "explain_why": lambda screen: _tell(work, screen, causes_of(work)),
        "list_edges": lambda screen: _tell(work, screen, links_of(work)),
        "ask_moment": lambda screen: _go_to_moment(work, screen),
        "show_help": lambda screen: _show_help(work, screen),
    }
    return ListTools(work.keyboard, about)


def _show_help(work: Workspace, over: ListScreen) -> None:
    """The keys that work in a list."""
    from tui.ui.lists.list_screen import LIST_COMMANDS
    from tui.ui.lists.picker import COMMAND_HINTS, PickerScreen
    from tui.viewmodel.lists.commands import command_entries

    commands, tools = work.keyboard.commands, tools_of(work)
    here = [one for one in commands.values() if one.scope == "rows" and one.group in ("Move", "Walk")]
    here += [one for one in commands.values() if one.scope == "list"]
    here += [commands[name] for name in (*LIST_COMMANDS, *over.tools.about)]

    def run(choice: object) -> None:
        if choice is not None:
            over.run_command(commands[str(choice)], Press())

    entries = command_entries(listed_commands(here))
    screen = PickerScreen("Keys in lists", entries, tools, hints=COMMAND_HINTS, opened_by="show_help")
    work.host.app.push_screen(screen, run)


def _copy_item(work: Workspace, screen: ListScreen) -> None:
    chosen = screen.chosen()
    copy_to_clipboard(work, screen.footer, "" if chosen is None else chosen.text, "the row")


def _copy_text(work: Workspace, screen: ListScreen) -> None:
    node = _node(screen)
    if node is not None:
        copy_to_clipboard(work, screen.footer, plain_text(work.store.trace, work.store.index, node), "the text")


def _copy_raw(work: Workspace, screen: ListScreen) -> None:
    node = _node(screen)
    if node is None:
        return
    found = payloads_behind(work.store.trace, work.store.index, node)
    copy_payload(work, screen.footer, found[0] if found else None)


def _copy_path(work: Workspace, screen: ListScreen) -> None:
    node = _node(screen)
    if node is None:
        return
    if node.kind == "diagnostic":
        screen.footer.say("a finding about the log has no place of its own; Enter goes to its line", "warning")
        return
    from tui.analysis.links.place_names import NamedPlace

    copy_line(work, screen.footer, opening_line(work, NamedPlace(node)))


def _tell(work: Workspace, screen: ListScreen, tell: Explain) -> None:
    """Lay a list about the chosen object over this one; what is chosen there closes both."""
    from tui.model.lookup import find_object
    from tui.ui.lists.why import WhyScreen

    node = _node(screen)
    if node is None:
        return
    if find_object(work.store.trace, node) is None:
        screen.footer.say("this is not an object of the recording, so nothing is linked with it", "warning")
        return

    def chosen(choice: object) -> None:
        if isinstance(choice, NodeRef):
            screen.close()
            work.travel.jump_to(choice)

    work.host.app.push_screen(WhyScreen(node, tell, work.store, tools_of(work)), chosen)


def _go_to_moment(work: Workspace, screen: ListScreen) -> None:
    """Close the list, and show everything as of when the chosen object began."""
    node = _node(screen)
    if node is not None:
        screen.close()
        go_to_beginning(work, node)


def _node(screen: ListScreen) -> NodeRef | None:
    """The object under the cursor; where there is none, the list says so."""
    chosen = screen.chosen()
    if chosen is None or chosen.node is None:
        screen.footer.say("there is no object behind this line", "warning")
        return None
    return chosen.node
