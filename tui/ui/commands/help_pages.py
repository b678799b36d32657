"""The pages of the help in the viewer: a list of topics, and the lines of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.help.layout import laid_out
from tui.help.pages import KEYS_TOPIC, TOPICS, page
from tui.ui.commands.in_lists import tools_of
from tui.ui.key_page import key_page
from tui.ui.workspace import Workspace
from tui.viewmodel.lists.help_page import page_entries, topic_entries

if TYPE_CHECKING:
    from tui.ui.lists.list_screen import Hints

_PAGE_COLUMNS = 100
_FRAME_COLUMNS = 8
"""Columns beside the text of a list: the frame, and the screen around it."""

_TOPIC_HINTS: Hints = (("activate", "reads it"), ("search_here", "narrows"), ("cancel", "closes"))
_PAGE_HINTS: Hints = (("search_here", "narrows"), ("cancel", "back to the pages"))


def show_topics(work: Workspace, at: str = "") -> None:
    """List the pages; the cursor is on the topic `at`."""
    from tui.ui.lists.picker import PickerScreen

    def chosen(topic: object) -> None:
        if topic is not None:
            show_page(work, str(topic))

    entries = topic_entries(TOPICS)
    cursor = list(TOPICS).index(at) if at else 0
    screen = PickerScreen("Help pages", entries, tools_of(work), cursor=cursor, hints=_TOPIC_HINTS)
    work.host.app.push_screen(screen, chosen)


def show_page(work: Workspace, topic: str) -> None:
    """Show the page of a topic; closing it leads back to the list."""
    from tui.ui.lists.picker import PickerScreen

    text = key_page(work.keyboard.commands.values()) if topic == KEYS_TOPIC else page(topic)
    width = min(_PAGE_COLUMNS, work.host.size.width - _FRAME_COLUMNS)
    entries = page_entries(laid_out(text, width))
    screen = PickerScreen(f"Help: {topic}", entries, tools_of(work), hints=_PAGE_HINTS)
    work.host.app.push_screen(screen, lambda _line: show_topics(work, topic))
