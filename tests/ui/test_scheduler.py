"""Sliced work gives way to the loop, and gives what it would have given in one piece."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator

from tui.ui.scheduler import IN_USE, PAINTING, SlicedWork, first_of, sliced, take


def counted(log: list[int], count: int) -> Iterator[int]:
    for number in range(count):
        log.append(number)
        yield number


def test_a_slice_takes_at_least_one_step() -> None:
    steps = iter(range(3))
    assert [take(steps, 0.0) for _ in range(4)] == [[0], [1], [2], []]
    assert take(iter(range(3)), 60.0) == [0, 1, 2]


async def test_others_run_between_two_slices() -> None:
    seen: list[object] = []

    async def work() -> None:
        async for batch in sliced(range(3), seconds=0.0, rest=0):
            seen.extend(batch)

    async def other() -> None:
        for _ in range(3):
            seen.append("key")
            await asyncio.sleep(0)

    await asyncio.gather(work(), other())
    assert seen == [0, "key", 1, "key", 2, "key"]


async def test_the_first_result_ends_the_search() -> None:
    looked: list[int] = []
    steps = (number if number == 2 else None for number in counted(looked, 1000))
    assert await first_of(steps) == 2
    assert await first_of([None, None]) is None


async def test_small_work_is_done_at_once() -> None:
    done: list[str] = []
    work = SlicedWork(range(3), lambda: done.append("done"), seconds=60.0)
    assert (done, work.is_over) == (["done"], True)


async def test_large_work_goes_on_behind_and_tells_how_far_it_is() -> None:
    told: list[object] = []
    work = SlicedWork(range(3), lambda: told.append("done"), on_slice=told.append, seconds=0.0)
    assert (told, work.is_over) == ([0], False)
    while not work.is_over:
        await asyncio.sleep(0.001)
    assert told == [0, 1, 2, "done"]


async def test_what_nobody_asked_for_waits_while_keys_come() -> None:
    taken: list[int] = []
    asked: list[int] = []
    IN_USE.begin()
    try:
        work = SlicedWork(counted(taken, 3), lambda: None, seconds=0.0, unasked=True)
        SlicedWork(counted(asked, 3), lambda: None, seconds=0.0)
        while len(asked) < 3:
            await asyncio.sleep(0.001)
        assert taken == [0]
    finally:
        IN_USE.end()
    while not work.is_over:
        await asyncio.sleep(0.001)
    assert taken == asked


async def test_the_collector_passes_over_what_was_not_asked_for() -> None:
    made: list[list[object]] = []
    gc.unfreeze()
    try:
        work = SlicedWork((made.append([]) for _ in range(1000)), lambda: None, seconds=0.0, unasked=True)
        while not work.is_over:
            await asyncio.sleep(0.001)
        assert gc.get_freeze_count() > len(made)
    finally:
        gc.unfreeze()


async def test_stopped_work_takes_no_further_step() -> None:
    taken: list[int] = []
    done: list[str] = []
    work = SlicedWork(counted(taken, 1000), lambda: done.append("done"), seconds=0.0)
    work.stop()
    await asyncio.sleep(0.01)
    assert (taken, done) == ([0], [])


async def test_an_error_behind_reaches_the_loop() -> None:
    def failing() -> Iterator[None]:
        yield
        raise ValueError("broken")

    reported: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: reported.append(context.get("exception")))
    work = SlicedWork(failing(), lambda: None, seconds=0.0)
    while not reported:
        await asyncio.sleep(0.001)
    assert not work.is_over
    assert [str(error) for error in reported] == ["broken"]


async def test_slices_wait_for_a_picture() -> None:
    told: list[object] = []
    PAINTING.begin()
    work = SlicedWork(range(3), lambda: told.append("done"), on_slice=told.append, seconds=0.0)
    await asyncio.sleep(0.01)
    assert told == [0]
    PAINTING.end()
    while not work.is_over:
        await asyncio.sleep(0.001)
    assert told == [0, 1, 2, "done"]
