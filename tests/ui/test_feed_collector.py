"""While much is read, the garbage collector does not walk through what was read: it would hold keys up."""

from __future__ import annotations

import asyncio
import gc

import pytest

from tests.conftest import DEMO_BUNDLES
from tests.step_clock import StepClock
from tui.bundle.open import open_bundle
from tui.model.delta import TraceDelta
from tui.store import SLICE_SECONDS, TraceStore
from tui.ui.feed import LOADING_SLICE_SECONDS, Feed


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
    assert happened == ["kept", "slice"] * slices + ["kept"]


async def test_collector_rests_within_a_slice_and_works_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    within, between = set[bool](), set[bool]()
    store = TraceStore(open_bundle(DEMO_BUNDLES / "answer"), clock=StepClock())
    advance = store.advance

    def note_advance(budget_seconds: float) -> TraceDelta:
        within.add(gc.isenabled())
        return advance(budget_seconds)

    monkeypatch.setattr(store, "advance", note_advance)
    feed = Feed(store, lambda _delta: between.add(gc.isenabled()), follow=False)
    feed.note_picture()
    feed.start()
    while not feed.is_over:
        await asyncio.sleep(0.01)
    await feed.stop()
    gc.unfreeze()
    assert (within, between) == ({False}, {True})


@pytest.mark.parametrize(
    ("is_key_pressed", "seconds"),
    [(False, LOADING_SLICE_SECONDS), (True, SLICE_SECONDS)],
    ids=["nobody there", "a key was pressed"],
)
async def test_slices_of_loading_are_long_only_while_nobody_presses_a_key(
    seconds: float, monkeypatch: pytest.MonkeyPatch, *, is_key_pressed: bool
) -> None:
    store = TraceStore(open_bundle(DEMO_BUNDLES / "answer"))
    advance, while_loading = store.advance, set[float]()

    def note_advance(budget_seconds: float) -> TraceDelta:
        if store.is_loading:
            while_loading.add(budget_seconds)
        return advance(budget_seconds)

    monkeypatch.setattr(store, "advance", note_advance)
    feed = Feed(store, lambda _delta: None, follow=False)
    feed.note_picture()
    if is_key_pressed:
        feed.note_key()
    feed.start()
    while not feed.is_over:
        await asyncio.sleep(0.01)
    await feed.stop()
    gc.unfreeze()
    assert while_loading == {seconds}
