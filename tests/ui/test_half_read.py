"""What the status line says while a finished recording is read step by step: nothing of a half is told as the whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.driving import DEMO_BUNDLES, Driver
from tui.bundle.open import open_bundle
from tui.model.delta import TraceDelta
from tui.store import TraceStore
from tui.ui.app import TraceApp
from tui.viewmodel.text.spans import line_text

FINISHED = ("failures", "agents", "code-mode", "failures-schema2", "compaction")


async def said_while_reading(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The status line after every step of every line, and of every step by which the index learns of it."""
    said: list[str] = []
    app = TraceApp(TraceStore(open_bundle(bundle)), follow=False)
    advance = TraceStore.advance

    def in_the_smallest_steps(store: TraceStore, _budget: float = 0.0) -> TraceDelta:
        delta = advance(store, 0.0)
        if app.main.is_mounted:
            app.main.work.live.status.refresh()
            said.append(line_text(app.main.work.live.status.bar.line))
        return delta

    monkeypatch.setattr(TraceStore, "advance", in_the_smallest_steps)
    async with app.run_test(size=(160, 40)) as pilot:
        driver = Driver(app, pilot)
        await driver.until(lambda: app.store.state != "loading" and app.main.is_current_with_store, "the recording")
        await driver.at_rest()
        said.append(driver.status)
    return said


@pytest.mark.parametrize("name", FINISHED)
async def test_status_has_no_outcome_of_a_half(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said = await said_while_reading(DEMO_BUNDLES / name, monkeypatch)
    whole = said[-1]
    assert "■ ENDED" in whole
    assert len(said) > 20
    assert [line for line in said if "◔ loading" not in line and line != whole] == []


async def test_end_of_the_log_is_shown_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.ui.live.growth.LOADING_INTERVAL", 3_600.0)
    app = TraceApp(TraceStore(open_bundle(DEMO_BUNDLES / "agents")), follow=False)
    async with app.run_test(size=(160, 40)) as pilot:
        driver = Driver(app, pilot)
        await driver.until(lambda: "■ ENDED" in driver.status, "the end of the recording")
