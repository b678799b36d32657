"""Follows a bundle while it is written."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor

from tui.bundle.batch import BatchLimits, BatchReader, TraceBatch
from tui.bundle.open import Bundle
from tui.bundle.payloads import PayloadStore
from tui.bundle.watch import DirectoryWatch, WakeUp, watch_directory

TICK_SECONDS = 1.0
"""How often a silent log is looked at although nothing was reported."""

POLL_SECONDS = 0.1
"""How often the log is looked at where watching does not work."""


async def tail(
    bundle: Bundle,
    *,
    payloads: PayloadStore | None = None,
    stop: asyncio.Event | None = None,
    limits: BatchLimits | None = None,
    watch: DirectoryWatch = watch_directory,
    tick_seconds: float = TICK_SECONDS,
    poll_seconds: float = POLL_SECONDS,
) -> AsyncGenerator[TraceBatch, None]:
    """Yield the log from its beginning, then what is added to it, in batches.

    Reading and decoding happen in a thread, one batch at a time: the next one is read only when it is asked for, so
    a slow consumer holds the reading back. (Reading ahead would gain nothing: both share one interpreter lock.) A
    batch without lines reports progress, a torn tail or a fault.

    Ends after `recording_completed`, when `stop` is set, and never otherwise: a log that stands still may go on. The
    last line without a newline is delivered after a tick without growth, if it is an event.
    """
    reader = BatchReader(bundle, payloads or PayloadStore(bundle.path), limits)
    stop = stop or asyncio.Event()
    waker = WakeUp(bundle.path, watch, tick_seconds=tick_seconds, poll_seconds=poll_seconds)
    stopping = asyncio.create_task(_wake_on(stop, waker))
    # One thread of its own keeps the reader's calls in order, closing included, whatever is cancelled here.
    thread = ThreadPoolExecutor(1, thread_name_prefix="bundle-reader")
    try:
        async with contextlib.aclosing(_batches(reader, thread, waker, stop)) as batches:
            async for batch in batches:
                if batch.restarted:
                    await waker.stop()  # the directory may be another one; the next wait watches it again
                yield batch
    finally:
        thread.submit(reader.close)
        thread.shutdown(wait=False)
        stopping.cancel()
        await waker.stop()


async def _batches(
    reader: BatchReader, thread: ThreadPoolExecutor, waker: WakeUp, stop: asyncio.Event
) -> AsyncGenerator[TraceBatch, None]:
    async def run(read: Callable[[], TraceBatch | None]) -> TraceBatch | None:
        return await asyncio.get_running_loop().run_in_executor(thread, read)

    still = False
    while not stop.is_set():
        batch = await run(reader.next)
        if batch is None and (still or reader.complete):
            batch = await run(reader.finish)
        if batch is not None:
            still = False
            yield batch
        elif reader.complete:
            return
        else:
            await waker.start()
            still = not await waker.wait()


async def _wake_on(stop: asyncio.Event, waker: WakeUp) -> None:
    with contextlib.suppress(asyncio.CancelledError):
        await stop.wait()
        waker.wake()
