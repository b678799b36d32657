"""Wakes whoever waits for a bundle to grow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path

DirectoryWatch = Callable[[Path], AsyncIterator[object]]
"""Yields something whenever a file directly in the directory may have changed; raises `OSError` or `RuntimeError`
where watching does not work."""

_BUSY_STEP_MS = 20
_CALM_STEP_MS = 100
"""How often notifications are collected. Each time takes the interpreter for a moment, which adds up while nothing is
written. A change is told after two steps at most."""

_CALM_AFTER_MS = 10_000
_DEBOUNCE_MS = 60


async def watch_directory(directory: Path) -> AsyncGenerator[object, None]:
    """Watch by the operating system's notifications: closely while there are some, calmly at first and in a silence.

    No filter: the default one ignores everything below directories such as `.git` or `.venv`. Not recursive: payloads
    are written before the line that names them, so the log's own growth is all there is to know.
    What changes just when it turns from calm to busy or back is left to the tick.
    """
    calm = True
    while True:
        async with aclosing(_changes(directory, _CALM_STEP_MS if calm else _BUSY_STEP_MS)) as changes:
            async for is_silent in changes:
                if not is_silent:
                    yield directory
                if is_silent != calm:
                    break
        calm = not calm


async def _changes(directory: Path, step_ms: int) -> AsyncGenerator[bool, None]:
    """Yield whether there was silence: False at each change, True after a long while without one."""
    from watchfiles import awatch  # not needed before a log was read to its end: the first picture comes sooner

    watch = awatch(
        directory,
        watch_filter=None,
        recursive=False,
        step=step_ms,
        debounce=_DEBOUNCE_MS,
        rust_timeout=_CALM_AFTER_MS,
        yield_on_timeout=True,
    )
    async with aclosing(watch):
        async for changes in watch:
            yield not changes


class WakeUp:
    """Waits for growth: until the watch reports something, at most until the next tick.

    A notification is only a wake-up; the tick is the safety net where none comes (network file systems, a directory
    replaced by another one). Where watching fails (no inotify watches left, not supported), ticks become polling.
    """

    def __init__(self, directory: Path, watch: DirectoryWatch, *, tick_seconds: float, poll_seconds: float) -> None:
        self.polling = False
        """Whether watching has failed, so that the log is polled."""
        self._directory = directory
        self._watch = watch
        self._tick_seconds = tick_seconds
        self._poll_seconds = poll_seconds
        self._event = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to watch; what changes from now on is not missed. Does nothing while the watch is on."""
        if self._task is None:
            self.polling = False
            self._event.set()
            self._task = asyncio.create_task(self._listen())
            await asyncio.sleep(0)

    async def stop(self) -> None:
        """Stop watching."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def wait(self) -> bool:
        """Return True when woken, False after a tick without news."""
        seconds = self._poll_seconds if self.polling else self._tick_seconds
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True

    def wake(self) -> None:
        """End the present or the next wait."""
        self._event.set()

    async def _listen(self) -> None:
        try:
            async for _ in self._watch(self._directory):
                self._event.set()
        except (OSError, RuntimeError):
            self.polling = True
            self._event.set()
