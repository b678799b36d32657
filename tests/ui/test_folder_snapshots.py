"""Pictures of the folder screen, on a normal, a small and a narrow terminal."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.test_app_catalog import Lister
from tui.ui.app import TraceApp
from tui.ui.lists.folder_found import FolderFoundScreen

SnapCompare = Callable[..., bool]

SIZES = {"120x40": (120, 40), "80x24": (80, 24), "60x20": (60, 20)}

DEMOS = ("agents", "compaction", "failures", "failures-schema2", "killed", "patch", "terminal")

NOW_UNIX_MS = 1_795_000_000_000


@pytest.fixture(autouse=True)
def _one_place_and_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times look alike on every day and in every time zone."""
    monkeypatch.setattr("tui.ui.folder.watch._now", lambda: NOW_UNIX_MS)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def app(tmp_path: Path, demo_bundles: Path, monkeypatch: pytest.MonkeyPatch) -> TraceApp:
    for name in DEMOS:
        shutil.copytree(demo_bundles / name, tmp_path / "traces" / name)
    monkeypatch.chdir(tmp_path)
    return TraceApp(root="traces", follow=False)


def read_then(*stages: str) -> Callable[[Pilot[int]], Any]:
    async def run(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, TraceApp)
        lister = Lister(app, pilot)
        board = lister.catalog.model
        await lister.until(lambda: board.count == len(DEMOS) and not board.totals().unread, "all to be read")
        for stage in stages:
            await pilot.press(*("space" if key == " " else key for key in stage))
        await pilot.pause()

    return run


@pytest.mark.parametrize("size", SIZES)
def test_folder(size: str, app: TraceApp, snap_compare: SnapCompare) -> None:
    """Totals, headings with the sign of the order, a row a recording, what is hidden and the proof below.

    Outcome, name and prompt are readable at every size; columns that do not fit are counted in the headings, and the
    line above the footer says them of the row under the cursor.
    """
    assert snap_compare(app, terminal_size=SIZES[size], run_before=read_then("j"))


@pytest.mark.parametrize("size", SIZES)
def test_folder_filtered_and_sorted(size: str, app: TraceApp, snap_compare: SnapCompare) -> None:
    """The filter in the status line, the tokens of what is left, sorted by them; the footer types the filter."""
    assert snap_compare(app, terminal_size=SIZES[size], run_before=read_then("6s", "/", "tokens>20k"))


@pytest.mark.parametrize("size", ["120x40", "80x24"])
def test_search_of_all_recordings(size: str, app: TraceApp, snap_compare: SnapCompare) -> None:
    """A line a text: the name where a recording begins, what the text is, and the words marked in their context."""

    async def run(pilot: Pilot[Any]) -> None:
        await read_then("g/", "parser")(pilot)
        await pilot.press("enter")
        assert isinstance(pilot.app, TraceApp)
        lister = Lister(pilot.app, pilot)
        await lister.until(lambda: isinstance(pilot.app.screen, FolderFoundScreen), "the list of places")
        screen = pilot.app.screen
        assert isinstance(screen, FolderFoundScreen)
        await lister.until(lambda: screen.search.places and not screen.search.is_running, "the places")
        await pilot.pause()

    assert snap_compare(app, terminal_size=SIZES[size], run_before=run)
