"""Tests of the screen go on when the app is at rest, and not because a machine is busy."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from tests.ui.idle import until_idle

SLOW_SECONDS = 0.02
"""How long others have the processor before each step."""


class Steps:
    """Steps that the loop does one after the other."""

    def __init__(self, steps: int, delay: float) -> None:
        self._left = steps
        self._delay = delay
        self.are_done = threading.Event()
        asyncio.get_running_loop().call_soon(self._step)

    def _step(self) -> None:
        time.sleep(SLOW_SECONDS)
        self._left -= 1
        if self._left:
            asyncio.get_running_loop().call_later(self._delay, self._step)
        else:
            self.are_done.set()


@pytest.mark.parametrize("delay", [0.0, 0.001], ids=["at once", "by timers"])
async def test_slow_steps_are_waited_for(delay: float) -> None:
    steps = Steps(8, delay)
    await until_idle(most=4 * SLOW_SECONDS)
    assert steps.are_done.is_set()


async def test_the_result_of_a_slow_thread_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others have the processor for longer than a thread that does nothing is waited for."""
    monkeypatch.setattr("tests.ui.idle.THREAD_SECONDS", 6 * SLOW_SECONDS)
    steps = Steps(8, 0.001)

    def work() -> None:
        steps.are_done.wait()
        time.sleep(SLOW_SECONDS / 2)

    came = asyncio.create_task(asyncio.to_thread(work))
    await until_idle()
    assert came.done()


@pytest.mark.parametrize("delay", [0.0, 0.001], ids=["at once", "by timers"])
async def test_an_app_without_rest_is_left_alone(delay: float) -> None:
    loop = asyncio.get_running_loop()

    def again() -> None:
        loop.call_later(delay, again)

    again()
    await until_idle(most=0.05)


async def test_a_thread_that_waits_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.ui.idle.THREAD_SECONDS", 0.02)
    end = threading.Event()
    waiting = asyncio.create_task(asyncio.to_thread(end.wait))
    await until_idle()
    assert not waiting.done()
    end.set()
    await waiting
