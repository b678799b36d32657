"""The way back from an object to the view over the whole screen from which one went there."""

from __future__ import annotations

from collections.abc import Callable

from tui.viewmodel.frame.navigation import History, Place


class WayBack:
    """Remembers one view: the one from which the last jump out of such a view started."""

    def __init__(self) -> None:
        self._left_from: Place | None = None
        self._reopen: Callable[[], None] | None = None

    def remember(self, left: Place, reopen: Callable[[], None]) -> None:
        """The jump from the view started at `left`; `reopen` shows the view again."""
        self._left_from, self._reopen = left, reopen

    def take(self, history: History) -> Callable[[], None] | None:
        """What shows the view again, if the newest step of the history leads there; it does so once."""
        if self._left_from is None or history.newest != self._left_from:
            return None
        reopen, self._left_from, self._reopen = self._reopen, None, None
        return reopen
