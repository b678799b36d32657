"""One picture for a screen that opens: it is built unseen and shown when it is complete.

A screen gets its widgets, their sizes and their contents one after the other, and each of these steps is a frame: five
to seven for a list, the first of them empty. Over a slow line every one of them is waited for.
"""

from __future__ import annotations

from typing import Any

from textual.screen import Screen

LONGEST_SECONDS = 0.25
"""After this long the screen is shown as it is."""


class FirstPaint:
    """Whether a screen may be seen."""

    def __init__(self, host: Screen[Any]) -> None:
        self.is_over = False
        """Whether the screen is complete, so that from now on each change is shown."""
        self._host = host

    def begin(self) -> None:
        """The screen has its widgets: wait until they have their sizes, and then until they have used them."""
        self._host.call_after_refresh(self._host.call_after_refresh, self._show)
        self._host.set_timer(LONGEST_SECONDS, self._show)

    def _show(self) -> None:
        if not self.is_over:
            self.is_over = True
            self._host.refresh()
