"""One opened bundle: what was read of it, who reads on, and its screen."""

from __future__ import annotations

from collections.abc import Mapping

from tui.model.delta import TraceDelta
from tui.store import TraceStore
from tui.ui.bindings import KeyBinding
from tui.ui.feed import Feed
from tui.ui.keyboard import Keyboard
from tui.ui.screens.main import MainScreen


class Viewer:
    """A bundle on the screen, from the first byte to the last key."""

    def __init__(
        self, store: TraceStore, bindings: Mapping[str, KeyBinding], notices: tuple[str, ...], *, follow: bool
    ) -> None:
        self.store = store
        self.main = MainScreen(store, Keyboard(bindings), notices)
        self.feed = Feed(store, self._advanced, follow=follow)

    @property
    def path(self) -> str:
        """Where the bundle is."""
        return str(self.store.bundle.path)

    def _advanced(self, delta: TraceDelta) -> None:
        self.main.take_delta(delta)
