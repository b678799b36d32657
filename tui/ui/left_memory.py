"""The memory of bundles that were left: it is given back while something else is looked at."""

from __future__ import annotations

import asyncio
import contextvars
import gc

from tui.ui.terminal.textual_private import forget_cancelled_timers, forget_removed_widgets

LEFT_SECONDS = 1.0
"""How long after a bundle was left its memory is given back: the list is drawn first."""


class LeftMemory:
    """Knows whether there is memory to give back, and does so once."""

    def __init__(self) -> None:
        self._due: asyncio.TimerHandle | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether memory is still to be given back."""
        return self._due is not None

    def give_back_soon(self) -> None:
        """A bundle was left."""
        # The feed froze all of it for the collector. It is freed while the list is looked at.
        gc.unfreeze()
        # Not a timer of Textual's: it would run in a context that knows the screen that was left.
        loop = asyncio.get_running_loop()
        self._due = loop.call_later(LEFT_SECONDS, self.give_back, context=contextvars.Context())

    def give_back(self) -> None:
        """Give back what waits for it, now: the next bundle will be frozen."""
        if self._due is not None:
            self._due.cancel()
            self._due = None
            forget_removed_widgets()
            forget_cancelled_timers()
            gc.collect()
