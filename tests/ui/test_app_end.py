"""The end that comes at a moment when something is still being built."""

from __future__ import annotations

import asyncio
import signal

import pytest

from tests.ui.driving import running

TURNS_OF_THE_LOOP = (0, 1, 2, 4)
"""The last is more than it takes from a key to a screen that stands."""


@pytest.mark.parametrize("key", ["?", "a", "L", "S", "!", "w", "o"])
async def test_an_end_while_a_screen_is_being_built_is_an_end_in_order(key: str) -> None:
    """What was pressed just before brings up a screen whose parts will never come, whichever the moment.

    Among the slowest tests: each moment ends a program, so each needs one of its own.
    """
    for turns in TURNS_OF_THE_LOOP:
        async with running("answer") as driver:
            driver.app.simulate_key(key)
            for _ in range(turns):
                await asyncio.sleep(0)
            driver.app.end_by_signal(signal.SIGTERM)
        assert driver.app.return_code == 128 + signal.SIGTERM


@pytest.mark.parametrize("first", ["!", "a", "L", "T", "w"])
async def test_lists_over_lists_close_from_the_top(first: str) -> None:
    """A key may be on its way to a list that another one covers by now; it must not close the one below."""
    async with running("agents") as driver:
        for turns in (0, 3, 6, 10, 15, 20, 27):
            for key in (first, "?", "escape"):
                driver.app.simulate_key(key)
                for _ in range(turns):
                    await asyncio.sleep(0)
            await driver.pilot.pause(0.05)
            for _ in range(3):
                await driver.press("escape")
            await driver.until(lambda: driver.app.screen is driver.main, f"the panes, {turns} turns of the loop a key")
            assert len(driver.app.screen_stack) == 1
