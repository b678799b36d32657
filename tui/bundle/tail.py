"""Follows a bundle while it is written."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor

from tui.bundle.batch import BundleBatchReader
from tui.bundle.files import BundleFiles
from tui.bundle.payloads.awaited import AWAIT_SECONDS, Patience
from tui.bundle.payloads.store import PayloadStore
from tui.bundle.watch import DirectoryWatch, WakeUp, watch_directory
from tui.source.batch import BatchLimits, TraceBatch
from tui.source.log_change import LogChange
from tui.source.source import Payloads

TICK_SECONDS = 1.0
"""How often a silent log is looked at although nothing was reported."""

POLL_SECONDS = 0.1
"""How often the log is looked at where watching does not work, and a payload that is waited for."""

ENDED_SECONDS = 2.0
"""How often a recording that has ended is looked at: it might be replaced by another one."""


async def tail(
    bundle: BundleFiles,
    *,
    payloads: Payloads | None = None,
    stop: asyncio.Event | None = None,
    again: asyncio.Event | None = None,
    limits: BatchLimits | None = None,
    watch: DirectoryWatch = watch_directory,
    tick_seconds: float = TICK_SECONDS,
    poll_seconds: float = POLL_SECONDS,
    ended_seconds: float = ENDED_SECONDS,
    await_seconds: float = AWAIT_SECONDS,
) -> AsyncGenerator[TraceBatch, None]:
    """Yield the log from its beginning, then what is added to it, in batches.

    Reading and decoding happen in a thread, one batch at a time: the next one is read only when it is asked for, so
    a slow consumer holds the reading back. (Reading ahead would gain nothing: both share one interpreter lock.) A
    batch without lines reports progress, a torn tail or a fault.

    Ends when `stop` is set, and never otherwise: a log that does not grow may go on, and a recording that has ended may
    give way to another one; that is looked for now and then, without a watch. Setting `again` makes it start again.

    A line that has just been written waits up to `await_seconds` for its payload. The last line without a newline is
    delivered after a tick without growth, if it is an event.
    """
    reader = BundleBatchReader(bundle, payloads or PayloadStore(bundle.path), limits, Patience(await_seconds))
    stop, again = stop or asyncio.Event(), again or asyncio.Event()
    waker = WakeUp(bundle.path, watch, tick_seconds=tick_seconds, poll_seconds=poll_seconds)
    orders = [asyncio.create_task(_wake_on(stop, waker)), asyncio.create_task(_obey(again, reader, waker))]
    # One thread of its own keeps the reader's calls in order, closing included, whatever is cancelled here.
    thread = ThreadPoolExecutor(1, thread_name_prefix="bundle-reader")
    try:
        change: LogChange | None = None
        async with contextlib.aclosing(_batches(reader, thread, waker, stop, ended_seconds)) as batches:
            async for batch in batches:
                if batch.restarted or (batch.change == "replaced" and change != "replaced"):
                    await waker.stop()  # the directory may be another one; the next wait watches it again
                change = batch.change
                batch.polling = waker.polling
                yield batch
    finally:
        thread.submit(reader.close)
        thread.shutdown(wait=False)
        for order in orders:
            order.cancel()
        await waker.stop()


async def _batches(
    reader: BundleBatchReader, thread: ThreadPoolExecutor, waker: WakeUp, stop: asyncio.Event, ended_seconds: float
) -> AsyncGenerator[TraceBatch, None]:
    async def run(read: Callable[[], TraceBatch | None]) -> TraceBatch | None:
        return await asyncio.get_running_loop().run_in_executor(thread, read)

    still, polling, size = False, waker.polling, 0
    while not stop.is_set():
        batch = await run(reader.next)
        if batch is not None and still and batch.bytes_total and batch.bytes_total != size:
            waker.note_tick_found()
        if batch is None and not reader.awaited and (still or reader.complete):
            batch = await run(reader.finish)
        if batch is None and polling != waker.polling:
            batch = await run(reader.report)
        if batch is not None:
            waker.note_growth()
            still, polling, size = False, waker.polling, batch.bytes_total
            yield batch
        else:
            still = await _pause(reader, waker, ended_seconds)


async def _pause(reader: BundleBatchReader, waker: WakeUp, ended_seconds: float) -> bool:
    """Wait for news; return whether the log stood still for a tick of the watch."""
    if reader.awaited:
        await waker.sleep(POLL_SECONDS / 2)
    elif reader.complete:
        await waker.stop()
        await waker.sleep(ended_seconds)
    else:
        await waker.start()
        return not await waker.wait()
    return False


async def _wake_on(stop: asyncio.Event, waker: WakeUp) -> None:
    with contextlib.suppress(asyncio.CancelledError):
        await stop.wait()
        waker.wake()


async def _obey(again: asyncio.Event, reader: BundleBatchReader, waker: WakeUp) -> None:
    """Read everything again whenever somebody asks for it."""
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            await again.wait()
            again.clear()
            reader.begin_again()
            waker.wake()
