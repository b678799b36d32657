"""The one loop that runs sliced work: long work on the event loop, cut so short that a key never waits for it.

Work is an iterator whose steps are short; what a step yields is a result, or None for "still looking". Three ways in:

    take(steps, seconds)            what is done within this many seconds, here and now
    async for batch in sliced(…)    the same again and again, with the keys in between
    SlicedWork(steps, on_done)      the first slice at once, so that small work is done when it returns; the rest behind

While a new screen is drawn for the first time, slices wait (`PAINTING`): that takes several turns of the loop, and each
slice in between would come before the picture.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Generic, TypeVar

from tui.store import SLICE_SECONDS

REST_SECONDS = 0.001
"""Rest between two slices: long enough for the loop to read a key and to draw."""

LONGEST_HOLD_SECONDS = 0.25
"""After this long slices go on, whatever became of the screen."""

Step = TypeVar("Step")


class Hold:
    """Whether slices wait."""

    def __init__(self) -> None:
        self._until = 0.0

    def begin(self) -> None:
        """Let slices wait, for `LONGEST_HOLD_SECONDS` at most."""
        self._until = time.monotonic() + LONGEST_HOLD_SECONDS

    def end(self) -> None:
        """Let slices go on."""
        self._until = 0.0

    async def pause(self, rest: float) -> None:
        """Rest between two slices, as long as they wait."""
        await asyncio.sleep(rest)
        while time.monotonic() < self._until:
            await asyncio.sleep(REST_SECONDS)


PAINTING = Hold()
"""Held from when a new screen may be seen until it is."""

IN_USE = Hold()
"""Held for a moment after each key: its answer takes several turns of the loop, and what nobody asked for waits."""


def take(steps: Iterator[Step], seconds: float) -> list[Step]:
    """What the steps of the next `seconds` give, at least one of them; nothing once all are done."""
    batch: list[Step] = []
    deadline = time.monotonic() + seconds
    for step in steps:
        batch.append(step)
        if time.monotonic() >= deadline:
            break
    return batch


async def sliced(
    steps: Iterable[Step], *, seconds: float = SLICE_SECONDS, rest: float = REST_SECONDS
) -> AsyncIterator[list[Step]]:
    """The results of one slice after the other; keys are answered in between."""
    ahead = iter(steps)
    while batch := take(ahead, seconds):
        yield batch
        await PAINTING.pause(rest)


async def first_of(steps: Iterable[Step | None]) -> Step | None:
    """The first result, looked for in slices; None if there is none."""
    async for batch in sliced(steps):
        for step in batch:
            if step is not None:
                return step
    return None


class SlicedWork(Generic[Step]):
    """Work of which the first slice is done at once and the rest between keys. Needs a running event loop.

    With `begins_later` the first slice, too, comes after what is to be painted now. With `unasked` it is
    preparation for what may be asked for: it waits while keys come, and what it makes is kept, so the collector passes
    over it, since to look through all of it again and again takes longer than a slice.
    """

    def __init__(
        self,
        steps: Iterable[Step],
        on_done: Callable[[], None],
        *,
        on_slice: Callable[[Step], None] | None = None,
        seconds: float = SLICE_SECONDS,
        begins_later: bool = False,
        unasked: bool = False,
    ) -> None:
        """`on_slice` gets the last result of each slice but the last one; `on_done` is called when all is done."""
        self.is_over = False
        """Whether all was done, or the work was given up."""
        self._steps = iter(steps)
        self._on_done = on_done
        self._on_slice = on_slice
        self._seconds = seconds
        self._unasked = unasked
        self._task: asyncio.Task[None] | None = None
        if begins_later or not self._work():
            self._task = asyncio.create_task(self._go_on())
            self._task.add_done_callback(_raise_failure)

    def stop(self) -> None:
        """Give the rest up; `on_done` is not called any more."""
        self.is_over = True
        if self._task is not None:
            self._task.cancel()

    def _work(self) -> bool:
        """Do a slice; whether it was the last one."""
        if self.is_over:
            return True
        deadline = time.monotonic() + self._seconds
        for step in self._steps:
            if time.monotonic() >= deadline:
                if self._on_slice is not None:
                    self._on_slice(step)
                if self._unasked:
                    gc.freeze()
                return False
        self.is_over = True
        self._on_done()
        return True

    async def _go_on(self) -> None:
        hold = IN_USE if self._unasked else PAINTING
        await hold.pause(REST_SECONDS)
        while not self._work():
            await hold.pause(REST_SECONDS)


def _raise_failure(task: asyncio.Task[None]) -> None:
    """An error in work that nobody awaits must not pass unseen: the loop reports what a callback raises."""
    if not task.cancelled():
        task.result()
