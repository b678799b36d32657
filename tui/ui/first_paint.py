"""One picture for a screen that opens: it is built unseen and shown when it is complete.

A screen gets its widgets, their sizes and their contents one after the other, and each of these steps is a frame: five
to seven for a list, the first of them empty. Over a slow line every one of them is waited for. Sliced work waits
while the picture is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic

from textual import events
from textual.message import Message
from textual.screen import Screen, ScreenResultType

from tui.ui.scheduler import PAINTING
from tui.ui.terminal.textual_private import SureTimers

LONGEST_SECONDS = 0.25
"""After this long the screen is shown as it is."""

MANY_EVENTS = 5_000
"""From this many events on, what is worked out in slices comes after the picture: of fewer it is soon done."""


class StyledOnce(SureTimers, Screen[ScreenResultType], Generic[ScreenResultType]):
    """A screen whose widgets get their styles when they come to be, and not a second time."""

    def post_message(self, message: Message) -> bool:
        """Textual would style all widgets again as soon as they are there, as if the screen came back."""
        if isinstance(message, events.ScreenResume) and not self.is_mounted:
            message.refresh_styles = False
        return super().post_message(message)


class FirstPaint:
    """Whether a screen may be seen."""

    def __init__(self, host: Screen[Any]) -> None:
        self.is_over = False
        """Whether the screen is complete, so that from now on each change is shown."""
        self._host = host
        self._then: Callable[[], None] = _nothing

    def begin(self) -> None:
        """The screen has its widgets: wait until they have their sizes, and then until they have used them."""
        self._host.call_after_refresh(self._host.call_after_refresh, self._show)
        self._host.set_timer(LONGEST_SECONDS, self._show)

    def hurry(self, events: int) -> None:
        """Let the picture of a recording of this many events come before what is worked out in slices."""
        if events >= MANY_EVENTS:
            PAINTING.begin()

    def then(self, work: Callable[[], None]) -> None:
        """Do what takes longer than a key may wait when the picture is out."""
        self._then = work

    def _show(self) -> None:
        if not self.is_over:
            self.is_over = True
            PAINTING.begin()
            self._host.refresh()
            self._host.call_after_refresh(self._painted)

    def _painted(self) -> None:
        PAINTING.end()
        self._then()


def _nothing() -> None:
    """The picture is complete."""
