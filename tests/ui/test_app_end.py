"""The end that comes at a moment when something is still being built."""

from __future__ import annotations

import asyncio
import signal

import pytest

from tests.ui.driving import running

TURNS_OF_THE_LOOP = 5
"""More than it takes from a key to a screen that stands."""


@pytest.mark.parametrize("key", ["?", "a", "L", "S", "!", "w", "o"])
async def test_an_end_while_a_screen_is_being_built_is_an_end_in_order(key: str) -> None:
    """What was pressed just before brings up a screen whose parts will never come, whichever the moment."""
    for turns in range(TURNS_OF_THE_LOOP):
        async with running("agents") as driver:
            driver.app.simulate_key(key)
            for _ in range(turns):
                await asyncio.sleep(0)
            driver.app.end_by_signal(signal.SIGTERM)
        assert driver.app.return_code == 128 + signal.SIGTERM
