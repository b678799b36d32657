"""Writes down where the person is in the bundles that are open, and finds where they were."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tui.ui.viewer import Viewer, identity_of

if TYPE_CHECKING:
    from textual.timer import Timer

    from tui.store import TraceStore
    from tui.ui.remembered import PlaceMemory
    from tui.viewmodel.frame.remembered import Remembered

SAVE_SECONDS = 5.0
"""How long after a key the place is written down, should it have changed."""


class PlaceKeeper:
    """Keeps places in `memory`; without one it does nothing. `viewers` are the bundles that are open at any time.

    `set_timer` calls a function once, after some seconds.
    """

    def __init__(
        self,
        memory: PlaceMemory | None,
        viewers: Sequence[Viewer],
        set_timer: Callable[[float, Callable[[], None]], Timer],
    ) -> None:
        self._memory = memory
        self._viewers = viewers
        self._set_timer = set_timer
        self._timer: Timer | None = None
        self.trouble = ""
        """Why places could not be remembered, in one line."""

    def of(self, store: TraceStore) -> tuple[Remembered | None, str]:
        """Where the person was in a recording, or None; and one line if a file had to be left aside."""
        return (None, "") if self._memory is None else self._memory.load(identity_of(store))

    def save(self) -> None:
        """Write down where the person is in each open bundle, if that has changed."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self._memory is not None:
            for viewer in self._viewers:
                self._save_place(viewer, self._memory)

    def save_soon(self) -> None:
        """A key was pressed: should the program be killed, not much is lost."""
        if self._memory is not None and self._timer is None:
            self._timer = self._set_timer(SAVE_SECONDS, self.save)

    def _save_place(self, viewer: Viewer, memory: PlaceMemory) -> None:
        place = viewer.main.recall.remember(identity_of(viewer.store))
        trouble = "" if place is None else memory.save(place)
        if trouble and not self.trouble:
            self.trouble = trouble
            viewer.main.say(trouble, "warning")
