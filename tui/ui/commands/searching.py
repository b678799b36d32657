"""Commands that look for text, and those that hide what does not match."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.ui.command import CommandGroup, Press
from tui.ui.commands.in_lists import tools_of
from tui.ui.workspace import Workspace

if TYPE_CHECKING:
    from tui.ui.live.everywhere import EverywhereSearch

commands = CommandGroup[Workspace]("Search")


@commands.add("/", "Search in this pane")
def search_here(work: Workspace, _press: Press) -> None:
    """Search in the focused pane, as one types."""
    work.live.search.ask()


@commands.add("g /", "Search the whole recording")
def search_everywhere(work: Workspace, _press: Press) -> None:
    """Search the graph and the payloads; results appear while the search goes on."""

    def show(search: EverywhereSearch) -> None:
        from tui.ui.lists.found import FoundScreen
        from tui.ui.lists.results import SEARCH_AGAIN

        def chosen(place: object) -> None:
            if place == SEARCH_AGAIN:
                work.live.everywhere.ask(show)
            elif isinstance(place, int):
                work.live.everywhere.go_to(search, place)

        work.host.app.push_screen(FoundScreen(search, tools_of(work)), chosen)

    work.live.everywhere.ask(show)


@commands.add("n", "Next match")
def search_next(work: Workspace, _press: Press) -> None:
    """The next match: in the pane, or of the search everywhere."""
    _again(work, forward=True)


@commands.add("N", "Previous match")
def search_previous(work: Workspace, _press: Press) -> None:
    """The match before."""
    _again(work, forward=False)


def _again(work: Workspace, *, forward: bool) -> None:
    if not work.live.everywhere.walk_on(forward=forward):
        work.live.search.again(forward=forward)


@commands.add("f", "Show only the rows that match")
def filter_rows(work: Workspace, _press: Press) -> None:
    """Show only the rows of the timeline that match, and what they hang below."""
    work.live.filtering.ask()
