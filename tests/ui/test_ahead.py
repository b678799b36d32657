"""What keys need is loaded while nobody waits."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.ui.driving import running
from tui.ui.live.ahead import NEEDED_BY_KEYS, load_ahead


def test_each_step_loads_what_a_key_needs() -> None:
    for name, _ in zip(NEEDED_BY_KEYS, load_ahead(), strict=True):
        assert name in sys.modules


async def test_it_is_loaded_once_a_recording_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "needed_by_a_key.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("tui.ui.live.ahead.NEEDED_BY_KEYS", ("needed_by_a_key",))
    async with running("answer") as driver:
        await driver.until(lambda: "needed_by_a_key" in sys.modules, "what a key needs")
