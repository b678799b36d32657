"""Keeps the store fed on the event loop, in slices so short that keys are answered in between."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, suppress
from typing import Any

from tui.bundle.batch import TraceBatch
from tui.bundle.tail import tail
from tui.model.delta import TraceDelta
from tui.store import SLICE_SECONDS, TraceStore

KEY_GRACE_SECONDS = 0.06
"""How long after a key the loop belongs to the key: its way through the widgets takes several turns of the loop."""

REST_SECONDS = 0.001
"""Rest between two slices while nobody presses anything."""

FIRST_PICTURE_SECONDS = 1.0
"""The longest that reading waits for the first picture, should none ever come."""


class Feed:
    """Reads a bundle to its end, then follows it, and calls `on_advance` with what changed, slice by slice."""

    def __init__(self, store: TraceStore, on_advance: Callable[[TraceDelta], None], *, follow: bool) -> None:
        self._store = store
        self._on_advance = on_advance
        self._follow = follow
        self._stop = asyncio.Event()
        self._pictured = asyncio.Event()
        self._last_key = 0.0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; needs a running event loop."""
        self._task = asyncio.create_task(self._run())

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be read."""
        return self._task is not None and self._task.done()

    async def stop(self) -> None:
        """End, and wait until the reading thread let go."""
        self._stop.set()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def note_picture(self) -> None:
        """The first lines are on the screen: go on reading."""
        self._pictured.set()

    def note_key(self) -> None:
        """A key was pressed: let it pass before the next slice."""
        self._last_key = time.monotonic()

    async def _run(self) -> None:
        source: Any = tail(self._store.bundle, payloads=self._store.payloads, stop=self._stop)
        async with aclosing(source) as batches:
            await self._take(batches)

    async def _take(self, batches: AsyncIterator[TraceBatch]) -> None:
        async for batch in batches:
            is_loading = self._store.state == "loading"
            self._store.enqueue(batch)
            await self._reduce()
            await self._let_first_picture_pass()
            if is_loading:
                # What was just built stays as long as the program runs. Walking through all of it in every full garbage
                # collection would hold keys up for a quarter of a second.
                gc.freeze()
            if not self._follow and self._store.state != "loading":
                return

    async def _let_first_picture_pass(self) -> None:
        """Reduce the first lines, then none until they are drawn: both want the same processor."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FIRST_PICTURE_SECONDS):
                await self._pictured.wait()
        self._pictured.set()
        gc.enable()

    async def _reduce(self) -> None:
        while True:
            self._on_advance(self._store.advance(SLICE_SECONDS))
            if not self._store.has_pending:
                return
            await asyncio.sleep(REST_SECONDS)
            while (left := self._last_key + KEY_GRACE_SECONDS - time.monotonic()) > 0:
                await asyncio.sleep(left)
