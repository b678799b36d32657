"""While much is read, the garbage collector does not walk through what was read: it would hold keys up."""

from __future__ import annotations

import asyncio
import gc

import pytest

from tests.conftest import DEMO_BUNDLES
from tui.bundle.open import open_bundle
from tui.model.delta import TraceDelta
from tui.store import TraceStore
from tui.ui.feed import Feed


class StepClock:
    """A clock that moves a second each time somebody looks: every slice ends with its first line."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


async def test_what_was_reduced_is_kept_from_the_collector_slice_by_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    happened: list[str] = []
    monkeypatch.setattr(gc, "freeze", lambda: happened.append("kept"))
    store = TraceStore(open_bundle(DEMO_BUNDLES / "answer"), clock=StepClock())

    def note_slice(_delta: TraceDelta) -> None:
        if store.state == "loading":
            happened.append("slice")

    feed = Feed(store, note_slice, follow=False)
    feed.note_picture()
    feed.start()
    while not feed.is_over:
        await asyncio.sleep(0.01)
    await feed.stop()
    gc.unfreeze()
    slices = happened.count("slice")
    assert slices > 10
    assert happened == ["slice", "kept"] * slices + ["kept"]
