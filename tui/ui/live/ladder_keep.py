"""Keeps the message ladder: what it shows is made when it is opened first; opened again, it is where it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.model.delta import TraceDelta
from tui.store import TraceStore

if TYPE_CHECKING:
    from tui.viewmodel.ladder.model import LadderModel


class LadderKeep:
    """The ladder's model, and who shows it."""

    def __init__(self, store: TraceStore) -> None:
        self.on_growth: Callable[[], None] = _nothing
        """Called when the model knows of more."""
        self.on_end: Callable[[], None] = _nothing
        """Called when the graph is another one, and the model out of date."""
        self._store = store
        self._model: LadderModel | None = None
        self._generation = 0

    def model(self) -> LadderModel:
        """What the ladder shows."""
        from tui.viewmodel.ladder.model import LadderModel

        if self._model is None or self._generation != self._store.generation:
            self._model = LadderModel(self._store.trace, self._store.index)
            self._generation = self._store.generation
            self._model.is_following = self._store.state == "live"
        return self._model

    def show_to_nobody(self) -> None:
        """The ladder was closed."""
        self.on_growth = self.on_end = _nothing

    def take(self, delta: TraceDelta) -> None:
        """The recording grew."""
        if self._model is None:
            return
        if self._generation == self._store.generation:
            self._model.take(delta)
            self.on_growth()
        else:
            self.on_end()


def _nothing() -> None:
    """Nobody looks."""
