"""The folder screen with what reading its recordings shows: sorted, filtered, searched, kept current."""

from __future__ import annotations

import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.cli.bundles import append_to_log, write_bundle
from tests.ui.test_app_catalog import Lister, listing
from tui.bundle.open import open_bundle
from tui.store import TraceStore
from tui.ui.app import TraceApp
from tui.ui.folder.rows import day_and_time, short_time
from tui.ui.lists.folder_found import FolderFoundScreen
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.text.spans import line_text

DEMOS = ("agents", "failures", "failures-schema2", "killed")


@pytest.fixture(autouse=True)
def _nothing_is_read() -> None:
    """Here a process reads the recordings, as in life."""


@pytest.fixture
def root(tmp_path: Path, demo_bundles: Path) -> Path:
    for name in DEMOS:
        shutil.copytree(demo_bundles / name, tmp_path / "root" / name)
    return tmp_path / "root"


@asynccontextmanager
async def reading(root: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Lister]:
    async with listing(root, size=size) as lister:
        await lister.until(lambda: not lister.catalog.model.totals().unread, "all recordings to be read")
        yield lister


def line(lister: Lister, number: int) -> str:
    return line_text(lister.catalog._list.row_line(number, 118))


async def test_rows_say_what_reading_showed(root: Path) -> None:
    async with reading(root) as lister:
        await lister.press("9 s")
        assert [line(lister, number)[:21].strip() for number in range(4)] == [
            "✓ succeeded",
            "✓ succeeded",
            "✗ failed: Incomplet…",
            "? unknown: cut off",
        ]
        assert "452.4k" in line(lister, 0)
        assert "4 runs  ✗ 1 failed  ⊘ 1 cut off" in lister.bar("status")


async def test_s_sorts_by_any_column_and_reverses(root: Path) -> None:
    async with reading(root) as lister:
        await lister.press("6 s")
        assert lister.names == ["agents", "failures", "failures-schema2", "killed"]
        assert "sort: tokens ▼" in lister.bar("status")
        await lister.press("S")
        assert lister.names == ["killed", "failures-schema2", "failures", "agents"]
        assert "tokens▲" in lister.bar("headings")
        await lister.press("s")
        assert "sort: cached ▼" in lister.bar("status")
        await lister.press("4 2 s")
        assert "there is no column 42: 1 outcome 2 when" in lister.bar("footer")


async def test_filter_words_of_the_viewer_narrow(root: Path) -> None:
    async with reading(root) as lister:
        await lister.press("/")
        await lister.pilot.press(*"outcome:great")
        assert "there is no outcome 'great'" in lister.bar("footer")
        assert len(lister.names) == 4
        await lister.press("escape escape /")
        await lister.pilot.press(*"outcome:failed")
        assert lister.names == ["failures-schema2"]


async def test_search_of_all_opens_the_recording_there(root: Path) -> None:
    async with reading(root) as lister:
        await lister.press("g /")
        await lister.pilot.press(*"sleep", "space", "i", "enter")
        await lister.until(lambda: isinstance(lister.app.screen, FolderFoundScreen), "the list of places")
        screen = lister.app.screen
        assert isinstance(screen, FolderFoundScreen)
        await lister.until(lambda: screen.search.places, "places")
        assert Path(screen.search.places[0].path).name == "killed"
        assert "Sleep in a tool" in line_text(screen.search.line(0, len))
        assert "in 1 of 4 recordings" in line_text(screen.query_one("#picker-title", LineBar).line)
        await lister.press("enter")
        await lister.opened("killed")
        conversation = lister.app.main.conversation
        await lister.until(lambda: conversation.focused_item == "conversation_item:4", "the prompt")


async def test_search_from_an_open_recording_goes_there_in_it(root: Path) -> None:
    app = TraceApp(TraceStore(open_bundle(root / "killed")), follow=False)
    async with app.run_test(size=(120, 40)) as pilot:
        lister = Lister(app, pilot)
        await lister.until(lambda: app.store.state != "loading", "the recording")
        await lister.press("g l")
        await lister.listed()
        await lister.until(lambda: lister.catalog.model.count and not lister.catalog.model.totals().unread, "all read")
        await lister.press("g /")
        await lister.pilot.press(*"begin", "enter")
        await lister.until(lambda: isinstance(app.screen, FolderFoundScreen), "the list of places")
        screen = app.screen
        assert isinstance(screen, FolderFoundScreen)
        await lister.until(lambda: screen.search.places, "places")
        await lister.press("enter")
        await lister.opened("killed")
        await lister.until(lambda: str(app.main.work.panes.timeline.model.focused).count("call"), "the command")
        assert len(app.screen_stack) == 1


async def test_a_recording_that_grows_is_read_again(root: Path) -> None:
    write_bundle(root / "open", complete=False)
    async with reading(root) as lister:
        row = lister.catalog.model.row(str(root / "open"))
        assert row is not None
        before = row.summary.newest_seq
        done = (root / "agents/trace.jsonl").read_bytes().splitlines()[-1]
        append_to_log(root / "open", done + b"\n")

        def is_read() -> bool:
            row = lister.catalog.model.row(str(root / "open"))
            return row is not None and row.summary.newest_seq != before and row.state.word == "ended"

        await lister.until(is_read, "the end")


async def test_the_next_program_knows_all_at_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with reading(root):
        pass
    monkeypatch.setattr("tui.fleet.client.WorkerClient.ask", lambda *_: pytest.fail("nothing has changed"))
    for _ in range(50):  # the process writes down what it has read after the screen is gone
        async with listing(root) as lister:
            if not lister.catalog.model.totals().unread:
                return
    pytest.fail("the index does not know the recordings")


@pytest.mark.parametrize(
    ("hours", "short", "wide"),
    [(1, "14:00", "14:00"), (24, "07-01", "07-01 15:00"), (400 * 24, "2025", "2025-05-28")],
)
def test_day_has_its_time_where_there_is_room(hours: int, short: str, wide: str) -> None:
    now = time.mktime((2026, 7, 2, 15, 0, 0, 0, 0, -1))
    then = int(time.mktime((2026, 7, 2, 15 - hours, 0, 0, 0, 0, -1))) * 1000
    assert (short_time(then, int(now) * 1000), day_and_time(then, int(now) * 1000)) == (short, wide)
