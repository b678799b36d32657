"""When a running app has come to rest: asked of the event loop, which knows, and not of the clock."""

from __future__ import annotations

import asyncio
import time
from asyncio import BaseEventLoop
from collections.abc import Callable
from typing import Any, cast

SOON_SECONDS = 0.006
"""Timers that are due sooner belong to what is being done, as the one after which the other panes follow a move."""

MOST_SECONDS = 1.0
"""An app that has no rest is left alone after so much work and so many waits that it asked for.

The clock would count what other programs take of the processor, too, and an app that still works seem to have no rest.
"""

THREAD_SECONDS = 0.5
"""How long work in a thread may take until an app that waits for it counts as at rest."""

THREAD_LOOK_SECONDS = 0.001

_run_in_executor = BaseEventLoop.run_in_executor
_threaded: set[asyncio.Future[Any]] = set()


def run_in_executor(loop: BaseEventLoop, executor: Any, call: Callable[..., Any], *arguments: Any) -> Any:
    """What the event loop does, and remember what is not done yet."""
    future: asyncio.Future[Any] = _run_in_executor(loop, executor, call, *arguments)
    _threaded.add(future)
    future.add_done_callback(_threaded.discard)
    return future


async def until_idle(_least: float = 0.0, most: float = MOST_SECONDS) -> None:
    """Let the app work until nothing is ready to run, no timer is due soon, and no thread works for it.

    Textual compares the time of the processor with that of the clock instead: at least some milliseconds for each look,
    three looks a key, and on a busy machine an app that only waits for the processor seems to be at rest.
    """
    loop = cast("Any", asyncio.get_running_loop())
    passed = await _turn(0.0)
    while passed < most:
        if loop._ready:
            passed += await _turn(0.0)
        elif (seconds := _seconds_to_timer(loop)) < SOON_SECONDS:
            passed += await _turn(max(0.0, seconds))
        elif any(future.get_loop() is loop for future in _threaded) and passed < THREAD_SECONDS:
            passed += await _turn(THREAD_LOOK_SECONDS)
        else:
            return


async def _turn(seconds: float) -> float:
    """Let the app work for a turn of the loop after a while; how long that takes where nothing else is to be done."""
    began = time.process_time()
    await asyncio.sleep(seconds)
    return seconds + time.process_time() - began


def _seconds_to_timer(loop: Any) -> float:
    """How long the next timer has, below 0 if it is overdue; for ever if there is none."""
    due = min((timer.when() for timer in loop._scheduled if not timer.cancelled()), default=float("inf"))
    return float(due - loop.time())


async def until_screen_is_idle(_pilot: object, _timeout: float = 0.0) -> bool:
    """What a pilot asks before it goes on: whether each widget has done what it was told. Then the app is idle."""
    await until_idle()
    return True
