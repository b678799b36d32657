"""Keeps the store fed on the event loop, in slices so short that keys are answered in between."""

from __future__ import annotations

import asyncio
import gc
import time
from asyncio import to_thread
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.model.delta import TraceDelta
from tui.source.batch import TraceBatch
from tui.store import SLICE_SECONDS, TraceStore
from tui.ui.reopening import Reopening

if TYPE_CHECKING:
    from tui.viewmodel.timeline.model import TimelineModel

KEY_GRACE_SECONDS = 0.06
"""How long after a key the loop belongs to the key: its way through the widgets takes several turns of the loop."""

LOADING_SLICE_SECONDS = 0.04
"""How long a slice may be while the log is read for the first time and nobody presses anything.

Each slice ends with letting the index know what changed, and with a turn of the event loop: a fifth of them is a tenth
less to do. The first key waits so much longer.
"""

CALM_SECONDS = 2.0
"""After a key, slices are short again for so long."""

REST_TURNS = 8
"""Turns of the event loop between two slices while nobody presses anything: until a key is noted, or a picture drawn.

A sleep, however short, lets other programs have the processor, and on a busy machine they give it back late.
"""

FIRST_PICTURE_SECONDS = 1.0
"""The longest that reading waits for the first picture, should none ever come."""


CARE_SECONDS = 2.0
"""How often is looked who writes a silent log, and whether payloads came late or changed."""

CARE_SECONDS_IN_SILENCE = 5.0
"""The same once it has been silent for long."""

LONG_SILENCE_MS = 60_000

HELD_SECONDS = 0.05
"""How soon the end of a pause is noticed."""

COUNT_SECONDS = 0.5
"""How often the lines are counted that wait during a pause."""

REREADING_PART = 10
"""Reading everything again for late payloads may take at most one part in this many of the time."""


class Feed:
    """Reads a recording to its end, then follows it, and calls `on_advance` with what changed, slice by slice.

    While a recording is followed, it also finds out who writes it and whether payloads are still as they were read, and
    reads it again when a payload came late.
    During a pause (`store.is_held`) it counts what waits.
    """

    def __init__(
        self,
        store: TraceStore,
        on_advance: Callable[[TraceDelta], None],
        *,
        follow: bool,
        cache: Path | None = None,
        seconds_to_room: Callable[[], float] = float,
        on_model: Callable[[TimelineModel], None] = lambda _model: None,
        on_notes: Callable[[], None] = lambda: None,
    ) -> None:
        """`cache` is the folder in which readings of finished recordings are kept; None for nowhere.

        `seconds_to_room` says after which time new lines would be shown at once; see `Reopening` for `on_model` and
        `on_notes`.
        """
        self._store = store
        self._on_advance = on_advance
        self._follow = follow
        self._seconds_to_room = seconds_to_room
        self._stop = asyncio.Event()
        self._again = asyncio.Event()
        self._pictured = asyncio.Event()
        self._last_key = 0.0
        self._frozen_generation = 0
        self._reread_not_before = 0.0
        self._reopening = Reopening(
            store, cache, on_advance, self._slice_seconds, rest=self._rest, on_model=on_model, on_notes=on_notes
        )
        self._task: asyncio.Task[None] | None = None
        self._caring: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; needs a running event loop."""
        self._task = asyncio.create_task(self._or_tell(self._run()))

    @property
    def is_reopened(self) -> bool:
        """Whether what is shown comes from the cache."""
        return self._reopening.is_shown

    @property
    def is_keeping(self) -> bool:
        """Whether the reading is being written down."""
        return self._reopening.keeping is not None and not self._reopening.keeping.done()

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be read."""
        return self._task is not None and self._task.done()

    async def stop(self) -> None:
        """End, and wait until the reading thread let go."""
        self._stop.set()
        tasks = [task for task in (self._task, self._caring, self._reopening.keeping) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def note_picture(self) -> None:
        """The first lines are on the screen: go on reading."""
        self._pictured.set()

    def note_key(self) -> None:
        """A key was pressed: let it pass before the next slice."""
        self._last_key = time.monotonic()

    async def _or_tell(self, work: Coroutine[Any, Any, None]) -> None:
        """Do the work; should it fail, say so: a recording that nobody reads any more must not look as if it lived."""
        try:
            await work
        except Exception as error:
            self._store.note_failure(error)
            self._on_advance(TraceDelta())

    async def _run(self) -> None:
        store, is_again = self._store, False
        while True:
            async with aclosing(store.source.follow(store.payloads, self._stop, self._again)) as batches:
                await self._take(batches, is_again=is_again)
            if not (self._reopening.is_shown and self._follow):
                return
            await self._reopening.until_changed()
            is_again = True

    async def _take(self, batches: AsyncIterator[TraceBatch], *, is_again: bool) -> None:
        async for batch in batches:
            is_loading = self._store.is_loading
            if is_again and not batch.restarted:
                batch.restarted, batch.restart_reason = True, "changed"
            is_again = False
            self._store.enqueue(batch)
            await self._reduce()
            await self._let_first_picture_pass()
            if is_loading and self._store.is_loading and await self._reopening.take():
                self._freeze()
                await self._reopening.take_notes()
                return
            if is_loading and not self._store.is_loading:
                self._freeze()
                await self._begin_to_care()
                self._reopening.keep_if_worth_it()
            if not self._follow and not self._store.is_loading:
                return
            if not self._store.is_loading and batch.bytes_read >= batch.bytes_total:
                await asyncio.sleep(self._seconds_to_room())

    def _freeze(self) -> None:
        """Let garbage collection pass over what was just built: it stays as long as the program runs.

        Walking through all of it in every full collection would hold keys up for a quarter of a second. A graph that
        another one has replaced is garbage, though.
        """
        if self._frozen_generation not in (0, self._store.generation):
            gc.unfreeze()
            gc.collect()
        self._frozen_generation = self._store.generation
        gc.freeze()

    async def _let_first_picture_pass(self) -> None:
        """Reduce the first lines, then none until they are drawn: both want the same processor."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FIRST_PICTURE_SECONDS):
                await self._pictured.wait()
        self._pictured.set()
        gc.enable()

    async def _reduce(self) -> None:
        while True:
            if not self._store.is_amid_line:  # what the graph has of a line, the index is to know before a pause
                await self._wait_while_held()
            self._on_advance(self._advance())
            if not self._store.has_pending:
                return
            await self._rest()

    def _advance(self) -> TraceDelta:
        """Reduce for a slice. While much is read, the garbage collector does not look at what was just built.

        It stays, and has nothing in circles; looking through it again and again takes a part in fifteen of the reading.
        """
        is_enabled = gc.isenabled()
        if self._store.is_loading:
            gc.disable()
        try:
            delta = self._store.advance(self._slice_seconds())
            if self._store.is_loading or self._store.is_amid_line:
                gc.freeze()  # see `_freeze`
        finally:
            if is_enabled:
                gc.enable()
        return delta

    def _slice_seconds(self) -> float:
        is_calm = self._pictured.is_set() and time.monotonic() - self._last_key > CALM_SECONDS
        return LOADING_SLICE_SECONDS if is_calm and self._store.is_loading else SLICE_SECONDS

    async def _rest(self) -> None:
        """Let keys be read and pictures be drawn, for longer if a key has just come."""
        for _ in range(REST_TURNS):
            await asyncio.sleep(0)
        while (left := self._last_key + KEY_GRACE_SECONDS - time.monotonic()) > 0:
            await asyncio.sleep(left)

    async def _wait_while_held(self) -> None:
        store = self._store
        counter = store.source.waiting_lines(store.reduced_to)
        count_at = 0.0
        while store.is_held:
            if time.monotonic() >= count_at:
                count_at = time.monotonic() + COUNT_SECONDS
                lines = await to_thread(counter.count)
                if store.is_held and lines != store.waiting_lines:
                    store.waiting_lines = lines
                    self._on_advance(TraceDelta())
            await asyncio.sleep(HELD_SECONDS)

    async def _begin_to_care(self) -> None:
        if self._store.wants_writer:
            await self._look_for_writer()
        if self._follow and self._caring is None:
            self._caring = asyncio.create_task(self._or_tell(self._care()))

    async def _care(self) -> None:
        """Find out what no line of the log says."""
        while True:
            is_long_silent = self._store.quiet_ms >= LONG_SILENCE_MS
            await asyncio.sleep(CARE_SECONDS_IN_SILENCE if is_long_silent else CARE_SECONDS)
            if self._store.wants_writer and not self._store.is_held:
                await self._look_for_writer()
            if self._store.late:
                await self._look_for_late_payloads()

    async def _look_for_writer(self) -> None:
        size, looked_at_ns = self._store.bytes_total, time.time_ns()
        writer = await to_thread(self._store.source.writer)
        has_grown = size != self._store.bytes_total  # which says more
        if not has_grown and self._store.note_writer(writer, looked_at_ns):
            self._on_advance(TraceDelta())

    async def _look_for_late_payloads(self) -> None:
        started = time.monotonic()
        arrived = [] if started < self._reread_not_before else await to_thread(self._store.late.arrived)
        if not arrived:
            return
        if self._store.aside is not None:
            return
        self._again.set()
        await asyncio.sleep(CARE_SECONDS)
        while self._store.is_loading:
            await asyncio.sleep(CARE_SECONDS)
        now = time.monotonic()
        self._reread_not_before = now + REREADING_PART * (now - started - CARE_SECONDS)
