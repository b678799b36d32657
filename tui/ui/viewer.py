"""One opened recording: what was read of it, who reads on, and its screen."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from tui.model.delta import TraceDelta
from tui.store import TraceStore
from tui.ui.command import Command
from tui.ui.feed import Feed
from tui.ui.keyboard import Keyboard
from tui.ui.screens.main import MainScreen
from tui.viewmodel.frame.remembered import Identity, Remembered


def identity_of(store: TraceStore) -> Identity:
    """Which recording a store holds, and where; before the first event by its manifest."""
    trace = store.trace
    path = os.fsencode(os.path.realpath(store.source.path or store.source.name)).decode("utf-8", "backslashreplace")
    return Identity(trace.trace_id, trace.rollout_id, path)


class Viewer:
    """A recording on the screen, from the first byte to the last key."""

    def __init__(
        self,
        store: TraceStore,
        bindings: Mapping[str, Command],
        notices: tuple[str, ...],
        *,
        follow: bool,
        place: Remembered | None = None,
        cache: Path | None = None,
    ) -> None:
        """`place` is where the person was last time; `cache` the folder of readings that are kept."""
        self.store = store
        self.main = MainScreen(store, Keyboard(bindings), notices)
        if place is not None:
            self.main.recall.recall(place)
        self.feed = Feed(
            store,
            self._advanced,
            follow=follow,
            cache=cache,
            seconds_to_room=self.main.growth.seconds_to_room,
            on_model=self.main.panes.keep_model,
            on_notes=self.main.as_of.prepare,
        )

    @property
    def path(self) -> str:
        """Where the recording is."""
        return str(self.store.source.path or self.store.source.name)

    async def close(self) -> None:
        """Stop reading and give all files back. What is still shown of it stays as it is."""
        await self.feed.stop()
        self.main.leave()
        self.store.payloads.forget()

    def _advanced(self, delta: TraceDelta) -> None:
        self.main.growth.take(delta)
