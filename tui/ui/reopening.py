"""A finished recording opens again at once: what was read of it is kept, and taken instead of the log."""

from __future__ import annotations

import asyncio
import gc
import os
import time
from asyncio import to_thread
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tui.model.delta import TraceDelta
from tui.store import TraceStore
from tui.ui.scheduler import Step, take
from tui.viewmodel.timeline.filling import begun_model, fill_model

if TYPE_CHECKING:
    from tui.cache.memory import KeptReading
    from tui.viewmodel.timeline.model import TimelineModel

WORTH_SECONDS = 0.5
"""What took less to read is read again just as fast."""

LOOK_SECONDS = 2.0
"""How often is looked whether the files are still as they were when they were read."""

KEEP_AFTER_SECONDS = 1.0
"""A person who has just got a recording to look at comes first."""

PACKED_SECONDS = 0.05
"""How long a thread makes pieces before they are written. Single steps go through all of the graph, and take as long
as a tenth of a second: on the event loop a key would wait for them."""


class Reopening:
    """Looks for the reading of a bundle, shows it, and writes one down. What this needs is loaded when it is asked."""

    def __init__(
        self,
        store: TraceStore,
        cache: Path | None,
        on_advance: Callable[[TraceDelta], None],
        slice_seconds: Callable[[], float],
        *,
        rest: Callable[[], Awaitable[None]],
        on_model: Callable[[TimelineModel], None],
        on_notes: Callable[[], None],
    ) -> None:
        """`rest` lets keys and pictures pass between two slices of work, each of which may take `slice_seconds`.

        `on_model` gets the timeline of a reading before that is shown; `on_notes` is called when what lets earlier
        moments be shown is there, too.
        """
        self.is_shown = False
        """Whether what is shown comes from the cache."""
        self.keeping: asyncio.Task[None] | None = None
        """Writes the reading down."""
        self._store = store
        self._cache = cache
        self._on_advance = on_advance
        self._slice_seconds = slice_seconds
        self._rest = rest
        self._on_model = on_model
        self._on_notes = on_notes
        self._began: float | None = None
        self._kept: KeptReading | None = None

    async def take(self) -> bool:
        """Show the reading that is kept, if there is one; whether it is shown. Looks for it the first time only."""
        if self._cache is None or self._began is not None:
            return False
        self._began = time.monotonic()
        self._kept = await to_thread(self._find, self._cache)
        self.is_shown = self._kept is not None and await self._show(self._kept)
        return self.is_shown

    def keep_if_worth_it(self) -> None:
        """The log was read to its end: write the reading down, soon, if that took long and the recording is over."""
        if self._began is None or time.monotonic() - self._began < WORTH_SECONDS or self.keeping is not None:
            return
        if self._store.is_sound_and_over:
            self.keeping = asyncio.create_task(self._keep())

    async def take_notes(self) -> None:
        """What is shown comes from the cache: take in what lets earlier moments be shown, which nobody waits for."""
        await self._do(self._store.shown.take_notes())
        self._on_notes()
        await to_thread(self._store.payloads.forget)  # what was unpacked left a tenth as much memory that is free

    async def until_changed(self) -> None:
        """Wait until the files of the bundle are not as they were when it was read."""
        kept = self._kept
        while kept is not None and await to_thread(kept.is_of, self._store.source):
            await asyncio.sleep(LOOK_SECONDS)
        self.is_shown = False

    def _find(self, cache: Path) -> KeptReading | None:
        from tui.cache.folder import ReadingFolder

        path = self._store.source.path
        if path is None or not ReadingFolder(cache).holds(os.path.realpath(path)):
            return None
        from tui.cache.memory import ReadingMemory  # most recordings have none: their first rows do not wait for it

        return ReadingMemory(cache).find(self._store.source)

    async def _show(self, kept: KeptReading) -> bool:
        from tui.cache.memory import UNFIT

        steps, store = kept.steps(), self._store
        try:
            while done := self._slice_of(steps):
                store.bytes_read = int(done[-1] * store.bytes_total)
                self._on_advance(TraceDelta())
                await self._rest()
            reading = kept.reading()
        except UNFIT:
            return False
        model = begun_model(reading.trace, reading.index, reading.diagnostics)
        await self._do(fill_model(model))
        self._on_model(model)
        self._on_advance(store.show_restored(reading, kept.log_bytes))
        return True

    async def _do(self, steps: Iterator[object]) -> None:
        """Take all steps, in slices."""
        while self._slice_of(steps):
            await self._rest()

    async def _keep(self) -> None:
        from tui.cache.memory import UNFIT, ReadingMemory, pieces_of

        await asyncio.sleep(KEEP_AFTER_SECONDS)
        store, writer = self._store, None
        reading, source = store.shown, store.source
        try:
            writer = None if self._cache is None else await to_thread(ReadingMemory(self._cache).begin, source)
            if writer is None:
                return
            steps = pieces_of(reading)
            while pieces := await to_thread(take, steps, PACKED_SECONDS):
                if store.shown is not reading or not store.is_sound_and_over:
                    return
                await to_thread(writer.add, [piece for piece in pieces if piece is not None])
            await to_thread(writer.finish, source)
            writer = None
        except (OSError, RuntimeError, *UNFIT):
            pass  # the next time it is read again; a `RuntimeError` says that the graph grew between two steps
        finally:
            if writer is not None:
                writer.drop()

    def _slice_of(self, steps: Iterator[Step]) -> list[Step]:
        """Take the steps of a slice. What they make stays: the collector need not look through it, nor later."""
        is_enabled = gc.isenabled()
        gc.disable()
        try:
            return take(steps, self._slice_seconds())
        finally:
            gc.freeze()
            if is_enabled:
                gc.enable()
