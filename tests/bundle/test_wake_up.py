"""How long is waited between two looks at a log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tui.bundle.watch import WakeUp


async def no_watch(directory: Path) -> AsyncIterator[object]:
    raise OSError(24, "Too many open files")
    yield directory


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of each wait, none of which is waited."""
    seconds: list[float] = []

    async def note(_waker: WakeUp, wait: float) -> bool:
        seconds.append(wait)
        return False

    monkeypatch.setattr(WakeUp, "_woken_within", note)
    return seconds


async def test_a_log_that_is_polled_in_vain_is_polled_less_often_until_it_grows(
    tmp_path: Path, waits: list[float]
) -> None:
    waker = WakeUp(tmp_path, no_watch, tick_seconds=1.0, poll_seconds=0.1)
    assert await waker.wait() is False
    await waker.start()
    for _ in range(101):
        await waker.wait()
    waker.note_growth()
    await waker.wait()
    await waker.stop()
    assert waits == [1.0, *[0.1] * 100, 0.25, 0.1]


async def test_two_ticks_in_a_row_that_find_something_mean_polling(tmp_path: Path, waits: list[float]) -> None:
    waker = WakeUp(tmp_path, no_watch, tick_seconds=1.0, poll_seconds=0.1)
    waker.note_tick_found()
    assert waker.polling is None
    waker.note_tick_found()
    assert "does not report changes" in str(waker.polling)
    await waker.wait()
    assert waits == [0.1]


async def test_watch_reports_a_burst_once_to_who_waits(tmp_path: Path) -> None:
    asked = 0

    async def burst(directory: Path) -> AsyncIterator[object]:
        nonlocal asked
        while True:
            asked += 1
            yield directory
            await asyncio.sleep(0)

    waker = WakeUp(tmp_path, burst, tick_seconds=5.0, poll_seconds=0.1)
    await waker.start()
    for reports in (1, 2, 3):
        assert await waker.wait() is True
        for _ in range(20):
            await asyncio.sleep(0)  # nobody waits: what happens now is one report, when somebody does
        assert asked <= reports + 1
    await waker.stop()
