"""Wakes the code that waits for a bundle to grow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, suppress
from pathlib import Path

DirectoryWatch = Callable[[Path], AsyncIterator[object]]
"""Yields something whenever a file directly in the directory may have changed; raises `OSError` or `RuntimeError`
where watching does not work."""

_BUSY_STEP_MS = 20
_CALM_STEP_MS = 100
"""How often notifications are collected. Each time takes the interpreter for a moment, which adds up while nothing is
written. A change is reported after two steps at most."""

_CALM_AFTER_MS = 10_000
_DEBOUNCE_MS = 25

_UNREPORTED_TO_POLL = 2
"""Ticks in a row that find what nobody reported, before the log is polled."""


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


_CALM_POLLS = 100
_CALM_FACTOR = 2.5
"""After this many polls in vain they become rarer by this factor, but never so rare that news appears late."""


class WakeUp:
    """Waits for growth: until the watch reports something, at most until the next tick.

    A notification is only a wake-up; the tick is the safety net where none comes (a directory replaced by another
    one). Where watching fails (no inotify watches left, not supported), or where ticks find again and again what
    nobody reported (network file systems), ticks become polling.
    """

    def __init__(self, directory: Path, watch: DirectoryWatch, *, tick_seconds: float, poll_seconds: float) -> None:
        self._directory = directory
        self._watch = watch
        self._tick_seconds = tick_seconds
        self._poll_seconds = poll_seconds
        self._event = asyncio.Event()
        self._wanted = asyncio.Event()
        """Set while somebody waits. What happens while nobody does, the watch collects: it is one wake-up, later."""
        self._task: asyncio.Task[None] | None = None
        self._failure: str | None = None
        self._unreported = 0
        self._idle_polls = 0

    @property
    def polling(self) -> str | None:
        """Why the log is polled, in one line; None while it is watched."""
        if self._unreported >= _UNREPORTED_TO_POLL:
            return "this file system does not report changes: the log is polled"
        return self._failure

    async def start(self) -> None:
        """Begin to watch; what changes from now on is not missed. Does nothing while the watch is on."""
        if self._task is None and self._unreported < _UNREPORTED_TO_POLL:
            self._failure = None
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
        if not self.polling:
            self._wanted.set()
            return await self._woken_within(self._tick_seconds)
        calm = self._idle_polls >= _CALM_POLLS
        self._idle_polls += 1
        return await self._woken_within(self._poll_seconds * (_CALM_FACTOR if calm else 1.0))

    def note_growth(self) -> None:
        """The log grew: it is polled closely for a while."""
        self._idle_polls = 0

    async def sleep(self, seconds: float) -> None:
        """Wait for some time, or until `wake`."""
        await self._woken_within(seconds)

    def note_tick_found(self) -> None:
        """What a tick found, nobody had reported. Twice in a row is not chance."""
        self._unreported += 1

    def wake(self) -> None:
        """End the present or the next wait."""
        self._event.set()

    async def _woken_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()
        woken = self._event.is_set()
        self._event.clear()
        return woken

    async def _listen(self) -> None:
        try:
            async for _ in self._watch(self._directory):
                if self._unreported < _UNREPORTED_TO_POLL:
                    self._unreported = 0
                self._event.set()
                self._wanted.clear()
                await self._wanted.wait()
        except (OSError, RuntimeError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
            self._failure = f"the log is polled: changes cannot be watched here ({reason})"
            self._event.set()
