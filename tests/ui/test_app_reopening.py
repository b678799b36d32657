"""A finished recording opens from what was kept of it, and from its log whenever that does not fit."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.ui.driving import DEMO_BUNDLES, Driver
from tui.bundle.open import open_bundle
from tui.cache.memory import KeptReading
from tui.model.encode import encode_trace
from tui.store import TraceStore
from tui.ui.app import TraceApp


@pytest.fixture(autouse=True)
def everything_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """However fast it was read, and at once."""
    monkeypatch.setattr("tui.ui.reopening.WORTH_SECONDS", 0.0)
    monkeypatch.setattr("tui.ui.reopening.KEEP_AFTER_SECONDS", 0.0)
    monkeypatch.setattr("tui.ui.reopening.LOOK_SECONDS", 0.02)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "recording"
    shutil.copytree(DEMO_BUNDLES / "agents", path)
    return path


@asynccontextmanager
async def opened(bundle: Path, cache: Path | None, *, follow: bool = True) -> AsyncIterator[Driver]:
    app = TraceApp(TraceStore(open_bundle(bundle)), follow=follow, cache=cache)
    async with app.run_test(size=(120, 40)) as pilot:
        driver = Driver(app, pilot)
        await driver.until(lambda: app.store.state != "loading" and app.main.is_current_with_store, "the recording")
        await driver.at_rest()
        yield driver


def files(cache: Path) -> list[Path]:
    folder = cache / "readings"
    return sorted(folder.glob("*.reading")) if folder.is_dir() else []


def shown(driver: Driver) -> list[object]:
    model = driver.main.timeline.model
    rows = [row._asdict() | {"bar": tuple(row.bar(20))} for row in model.rows(0, model.row_count)]
    return [driver.status, driver.footer, rows, model.cursor]


async def keep(bundle: Path, cache: Path) -> Path:
    async with opened(bundle, cache) as driver:
        await driver.until(lambda: bool(files(cache)), "the file of the reading")
        assert not driver.app.feed.is_reopened
    return files(cache)[0]


async def test_second_time_shows_the_same_from_the_cache(bundle: Path, tmp_path: Path) -> None:
    await keep(bundle, tmp_path / "cache")
    async with opened(bundle, None) as driver:
        screen, graph = shown(driver), b"".join(encode_trace(driver.app.store.trace))
    async with opened(bundle, tmp_path / "cache") as driver:
        assert driver.app.feed.is_reopened
        assert shown(driver) == screen
        assert b"".join(encode_trace(driver.app.store.trace)) == graph


async def test_keys_work_on_what_was_reopened(bundle: Path, tmp_path: Path) -> None:
    await keep(bundle, tmp_path / "cache")
    async with opened(bundle, tmp_path / "cache", follow=False) as driver:
        assert driver.app.feed.is_reopened
        await driver.press("G")
        last = driver.app.main.timeline.model.focused
        await driver.press("g g")
        assert driver.app.main.timeline.model.focused != last
        await driver.press("S")
        assert driver.app.screen is not driver.app.main


async def test_damaged_file_means_reading_the_log(bundle: Path, tmp_path: Path) -> None:
    file = await keep(bundle, tmp_path / "cache")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0xFF
    file.write_bytes(data)
    async with opened(bundle, tmp_path / "cache") as driver:
        assert not driver.app.feed.is_reopened
        assert driver.app.store.event_log.events == 322


async def test_pieces_that_do_not_fit_mean_reading_on(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(bundle, tmp_path / "cache")

    def broken(_kept: KeptReading) -> None:
        raise ValueError("pieces are missing")

    monkeypatch.setattr(KeptReading, "reading", broken)
    async with opened(bundle, tmp_path / "cache") as driver:
        assert not driver.app.feed.is_reopened
        assert driver.app.store.event_log.events == 322


async def test_bundle_that_changes_later_is_read_again(bundle: Path, tmp_path: Path) -> None:
    await keep(bundle, tmp_path / "cache")
    log = bundle / "trace.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    async with opened(bundle, tmp_path / "cache") as driver:
        assert driver.app.feed.is_reopened
        with log.open("ab") as file:
            file.write(lines[-1])
        await driver.until(lambda: driver.app.store.event_log.events == 323, "the line that came")
        await driver.until(lambda: "the bundle changed: it was read again" in driver.footer, "the remark")
        assert not driver.app.feed.is_reopened


async def test_without_a_cache_nothing_is_kept(bundle: Path, tmp_path: Path) -> None:
    async with opened(bundle, None) as driver:
        assert not driver.app.feed.is_reopened
    assert files(tmp_path / "cache") == []


async def test_recording_without_an_end_is_not_kept(tmp_path: Path, bundle: Path) -> None:
    log = bundle / "trace.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[:-1]))
    async with opened(bundle, tmp_path / "cache") as driver:
        assert not driver.app.store.is_sound_and_over
        assert not driver.app.feed.is_keeping


async def test_unwritable_cache_costs_nothing(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    async with opened(bundle, tmp_path / "cache") as driver:
        await driver.until(lambda: not driver.app.feed.is_keeping, "the end of the attempt")
        assert driver.app.store.event_log.events == 322
