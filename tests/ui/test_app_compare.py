"""Two recordings side by side in the app: how one gets there, what its keys do, and where the ways lead."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from textual.geometry import Region
from textual.strip import Strip

from tests.ui.driving import DEMO_BUNDLES, Driver, running
from tests.ui.test_app_growth import begin
from tui.analysis.compare.comparison import AgentComparison
from tui.analysis.compare.recordings import Comparer
from tui.bundle.disk.folders import cache_path
from tui.bundle.open import open_bundle
from tui.bundle.write.writer import BundleWriter
from tui.fleet.listing import FolderListing
from tui.schema.events import InferenceStarted, RecordingCompleted
from tui.store import TraceStore
from tui.ui.app import TraceApp
from tui.ui.compared import compared_sides
from tui.ui.folder.rows import FolderRows
from tui.ui.lists.catalog import CatalogScreen
from tui.ui.lists.compare import CompareScreen
from tui.ui.lists.neighbours import NeighboursScreen
from tui.ui.screens.main import MainScreen
from tui.ui.widgets.compare_view import CompareView
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.text.spans import line_text

RECORDED = "trace-6d0c10b7-ba9a-4f8e-a671-4cacb02f5f5f-01a21d6e-0998-7eb2-8493-3553e186c88d"
"""A name such as a recorder gives."""


def stands_on(driver: Driver, item: str | None) -> bool:
    node = driver.main.focused_node
    return node is not None and node.id == item


@asynccontextmanager
async def compared(
    a: str, b: str, size: tuple[int, int] = (120, 40), *, is_whole: bool = True
) -> AsyncIterator[Driver]:
    """The app with the comparison of two demo bundles over the first one; `is_whole`: once all is compared."""
    stores = [TraceStore(open_bundle(DEMO_BUNDLES / name)) for name in (a, b)]
    app = TraceApp(stores[0], follow=False, against=stores[1])
    async with app.run_test(size=size) as pilot:
        driver = Driver(app, pilot)
        if is_whole:
            await shown(driver)
        else:
            await driver.until(lambda: isinstance(app.screen, CompareScreen), "the comparison")
        yield driver


async def shown(driver: Driver) -> CompareScreen:
    await driver.until(lambda: isinstance(driver.app.screen, CompareScreen), "the comparison")
    await driver.until(lambda: screen_of(driver).is_up_to_date, "all of it")
    await driver.pilot.pause()
    return screen_of(driver)


def screen_of(driver: Driver) -> CompareScreen:
    assert isinstance(driver.app.screen, CompareScreen), driver.app.screen
    return driver.app.screen


def bar(screen: CompareScreen, name: str) -> str:
    return line_text(screen.query_one(f"#compare-{name}", LineBar).line)


def row(screen: CompareScreen) -> str:
    return line_text(screen.view.row_line(screen.view.cursor, 120))


async def test_first_parting_is_selected() -> None:
    async with compared("patch", "shell") as driver:
        screen = screen_of(driver)
        assert screen.model.current is not None
        assert screen.model.current.kind == "parting"
        assert "the INPUT differs" in row(screen)
        assert "parting 1 of" in bar(screen, "title")
        assert "instructions" in bar(screen, "settings")
        assert screen.view.size.height == len(screen.model.rows)
        assert screen.view.size.height + screen.detail.outer_size.height == 40 - 3
        await driver.pilot.resize_terminal(60, 8)
        await driver.until(lambda: screen.view.size.height == 3, "rows above the panel")


async def test_first_difference_is_shown_before_the_rest_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison stops behind its first result until the terminal has got that."""
    is_held = True
    all_steps = Comparer.steps
    drawn: list[str] = []
    all_lines = CompareView.render_lines

    def steps(comparer: Comparer, agent: str | None = None) -> Iterator[AgentComparison | None]:
        for found in all_steps(comparer, agent):
            yield found
            while found is not None and is_held:
                yield None

    def render_lines(view: CompareView, crop: Region) -> list[Strip]:
        lines = all_lines(view, crop)
        drawn.extend(line.text for line in lines)
        return lines

    monkeypatch.setattr(Comparer, "steps", steps)
    monkeypatch.setattr(CompareView, "render_lines", render_lines)
    async with compared("agents", "agents-schema2", is_whole=False) as driver:
        screen = screen_of(driver)
        await driver.until(lambda: screen.view.row_count() > 1, "the first parting")
        await driver.until(lambda: any("comparing" in line for line in drawn), "a picture of it")
        assert "comparing" in line_text(screen.view.row_line(0, 120))
        assert "INPUT" in row(screen) or "MODEL" in row(screen)
        assert "parting 1 of 1 so far" in bar(screen, "title")
        assert [len(one.pairs) < len(one.items_a) for one in screen.model.agents] == [True]
        is_held = False
        await driver.until(lambda: screen.is_up_to_date, "the rest")
        assert len(screen.model.agents) > 1
        assert "so far" not in bar(screen, "title")


async def test_recording_is_the_same_as_itself() -> None:
    async with compared("agents", "agents") as driver:
        screen = screen_of(driver)
        assert "the same" in bar(screen, "title")
        assert all("=" in line_text(screen.view.row_line(number, 120)) for number in range(screen.view.row_count()))
        await driver.press("] d")
        assert "nothing differs" in bar(screen, "footer")


async def test_partings_are_walked_both_ways() -> None:
    async with compared("agents", "agents-schema2") as driver:
        screen = screen_of(driver)
        start = screen.model.parting_number
        await driver.press("] d")
        assert screen.model.parting_number == start + 1
        await driver.press("[ d")
        assert screen.model.parting_number == start
        await driver.press("9 9 ] d")
        assert screen.model.parting_number == screen.model.parting_count
        await driver.press("] d")
        assert "last parting" in bar(screen, "footer")


async def test_equal_rows_and_other_side_are_shown_on_demand() -> None:
    async with compared("agents", "agents-schema2") as driver:
        screen = screen_of(driver)
        few = screen.view.row_count()
        names = [side.name for side in screen.model.sides]
        here = screen.model.parting_number
        await driver.press("=")
        assert "zR unfolds" in bar(screen, "footer")
        await driver.press("z R")
        unfolded = screen.view.row_count()
        await driver.press("=")
        assert few < screen.view.row_count() < unfolded
        await driver.press("z M x")
        assert screen.view.row_count() == few
        assert [side.name for side in screen.model.sides] == names[::-1]
        assert screen.model.parting_number == here


async def test_enter_goes_to_the_item_below_and_back_returns() -> None:
    async with compared("patch", "shell") as driver:
        screen = screen_of(driver)
        target = screen.model.target()
        assert target is not None
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is driver.main, "the recording of A")
        await driver.until(lambda: driver.main.focused_node == target[1], "the item")
        assert driver.app.store.source.name == "patch"
        await driver.press("ctrl+o")
        screen = await shown(driver)
        assert screen.model.target() == target


@pytest.mark.parametrize(
    ("a", "b", "names"),
    [
        ("x/run", "x/other", ("run", "other")),
        ("x/run", "y/run", ("x/run", "y/run")),
        (f"x/{RECORDED}", f"y/{RECORDED[:-1]}0", ("x/trace-6d0c10b7…", "y/trace-6d0c10b7…")),
        (f"x/{RECORDED}", "y/run", ("x/trace-6d0c10b7…", "y/run")),
        (f"x/same/{RECORDED}", f"y/same/{RECORDED}", ("x/…/trace-6d0c10b7…", "y/…/trace-6d0c10b7…")),
        ("same/run", f"same/{RECORDED}", ("run", "trace-6d0c10b7…")),
    ],
)
def test_names_of_recordings_say_which_is_which(a: str, b: str, names: tuple[str, str], tmp_path: Path) -> None:
    stores = []
    for place in (a, b):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        begin(tmp_path / place).close()
        stores.append(TraceStore(open_bundle(tmp_path / place)))
    sides = compared_sides(stores[0], stores[1], lambda _: None, lambda _: None)
    assert tuple(side.name for side in sides) == names


async def test_item_of_the_other_side_opens_its_own_recording() -> None:
    async with compared("patch", "shell") as driver:
        for way_back in ("ctrl+o", "q"):
            screen = screen_of(driver)
            await driver.press("g o")
            await driver.until(lambda: isinstance(driver.app.screen, MainScreen), "the recording of B")
            assert driver.app.store.source.name == "shell"
            assert screen.model.current is not None
            assert screen.model.current.b is not None
            item = screen.model.current.b.item_id
            await driver.until(partial(stands_on, driver, item), "it")
            await driver.press(way_back)
            assert await shown(driver) is screen
        await driver.press("q")
        await driver.until(lambda: driver.app.screen is driver.main, "A again")
        assert driver.app.store.source.name == "patch"


async def test_viewer_asks_for_the_other_recording() -> None:
    async with running("agents") as driver:
        await driver.press("D")
        await driver.until(lambda: isinstance(driver.app.screen, NeighboursScreen), "the neighbours")
        await driver.until(lambda: any("shell" in text for text in driver.picker_texts), "shell")
        assert "in the same folder" in driver.picker_texts[0]
        assert not any(text.startswith("agents  ") for text in driver.picker_texts)
        await driver.narrow("shell")
        await driver.press("enter")
        screen = await shown(driver)
        assert [side.name for side in screen.model.sides] == ["agents", "shell"]


async def test_two_rows_of_the_folder_are_compared() -> None:
    app = TraceApp(root=str(DEMO_BUNDLES), follow=False)
    async with app.run_test(size=(120, 40)) as pilot:
        driver = Driver(app, pilot)
        catalog = app.screen
        assert isinstance(catalog, CatalogScreen)
        await driver.until(lambda: len(catalog.model.rows) > 3, "the recordings")
        await driver.press("D j D")
        screen = await shown(driver)
        assert len({side.name for side in screen.model.sides}) == 2
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, MainScreen), "a side")
        await driver.press("q")
        assert await shown(driver) is screen
        await driver.press("q")
        await driver.until(lambda: app.screen is catalog, "the folder")


async def test_marked_row_of_the_folder_has_a_sign() -> None:
    app = TraceApp(root=str(DEMO_BUNDLES), follow=False)
    async with app.run_test(size=(120, 40)) as pilot:
        driver = Driver(app, pilot)
        catalog = app.screen
        assert isinstance(catalog, CatalogScreen)
        await driver.until(lambda: len(catalog.model.rows) > 3, "the recordings")

        def signs() -> list[str]:
            rows = catalog.query_one(FolderRows)
            return [line_text(rows.row_line(number, 120))[0] for number in range(3)]

        def status() -> str:
            return line_text(catalog.query_one("#status", LineBar).line)

        await driver.press("j D")
        assert signs() == [" ", "A", " "]
        assert f"A {catalog.model.rows[1].summary.name}" in status()
        await driver.press("j escape")
        assert signs() == [" ", " ", " "]


async def test_key_without_a_meaning_here_says_so() -> None:
    async with compared("patch", "shell") as driver:
        await driver.press("f")
        assert "not in the comparison" in bar(screen_of(driver), "footer")


def ask(writer: BundleWriter, number: int, *texts: str) -> None:
    """A request of the root agent that holds these messages of a person."""
    content = [[{"type": "input_text", "text": text}] for text in texts]
    items = [{"type": "message", "role": "user", "content": one} for one in content]
    writer.append(
        InferenceStarted(
            inference_call_id=f"i{number}",
            thread_id="T",
            codex_turn_id="U",
            model="m",
            provider_name="p",
            request_payload=writer.write_payload("inference_request", {"model": "m", "input": items}),
        ),
        thread_id="T",
        codex_turn_id="U",
    )


async def test_comparison_grows_with_a_live_recording(tmp_path: Path) -> None:
    with begin(tmp_path / "a") as a, begin(tmp_path / "b") as b:
        ask(a, 1, "one", "two", "three")
        ask(b, 1, "one", "two")
        stores = [TraceStore(open_bundle(tmp_path / name)) for name in ("a", "b")]
        app = TraceApp(stores[0], against=stores[1])
        async with app.run_test(size=(120, 40)) as pilot:
            driver = Driver(app, pilot)
            screen = await shown(driver)
            await driver.until(lambda: "B has no more items so far" in row(screen), "what B lacks")
            ask(b, 2, "one", "two", "four")
            await driver.until(lambda: "the INPUT differs" in row(screen), "the difference")
            ask(a, 2, "one", "two", "three", "same")
            ask(b, 3, "one", "two", "four", "same")
            await driver.until(lambda: "4 ≠ 4" in line_text(screen.view.row_line(0, 120)), "both ends")
            b.append(RecordingCompleted())
            await driver.until(lambda: screen.is_up_to_date, "rest")
            assert screen.model.parting_count == 1


async def test_request_is_held_against_the_one_before() -> None:
    async with running("agents") as driver:
        await driver.press("j j j")
        await driver.press("G")
        await driver.at_rest()
        later = driver.main.focused_node
        await driver.press("g x")
        screen = await shown(driver)
        assert "A  nothing here" in line_text(screen.view.row_line(screen.view.cursor + 1, 120))
        assert screen.model.is_one_recording
        assert "request" in bar(screen, "title")
        assert "same from the start:" in bar(screen, "settings")
        assert "· cached: " in bar(screen, "settings")
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is driver.main, "the item")
        scope = driver.main.work.panes.conversation.model.scope
        assert scope is not None
        assert later is not None
        assert scope.inference_id == later.id, "only B sent the item"
        assert stands_on(driver, scope.focus)
        await driver.press("ctrl+o")
        assert (await shown(driver)).model is screen.model
        await driver.press("g x")
        await driver.until(lambda: driver.app.screen is driver.main, "the panes")


async def test_first_request_has_none_before_it() -> None:
    async with running("agents") as driver:
        await driver.press("g x")
        assert "no request here" in driver.footer
        await driver.press("j j g x")
        assert "this is the agent's first request" in driver.footer


@pytest.mark.parametrize(("place", "note"), [(5, "nothing here explains why nothing was cached"), (9, "")])
async def test_same_beginning_explains_no_empty_cache(place: int, note: str) -> None:
    async with running("compaction") as driver:
        await driver.press(f"{' '.join(str(place))} G g x")
        screen = await shown(driver)
        await driver.until(lambda: screen.is_current, "the comparison")
        assert bar(screen, "note").strip().endswith(note)
        assert bool(bar(screen, "note").strip()) == bool(note)
        assert bar(screen, "settings").startswith("  same from the start:")
        await driver.press("x")
        assert bar(screen, "settings").startswith("  A: same from the start:"), "the numbers are of the later one"


async def test_mark_of_the_parting_goes_with_the_cursor() -> None:
    async with running("compaction") as driver:
        await driver.press("9 G g x")
        screen = await shown(driver)
        await driver.until(lambda: screen.model.parting_count == 2, "the partings")

        def marked() -> list[str]:
            lines = [screen.view.render_line(y).text for y in range(screen.view.size.height)]
            return [line.split()[1] for line in lines if "▶" in line]

        assert marked() == ["1"]
        assert "same text of 2 items, other JSON: only `id` and `internal_chat" in row(screen)
        await driver.press("n")
        assert marked() == ["4"]
        await driver.press("k k k k k k")
        assert screen.model.parting_number == 1
        assert marked() == ["1"]


async def test_known_outcomes_are_listed_before_one_chooses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They come from the index that lists of folders keep; what is not in it is not read for that."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    listing = FolderListing(str(DEMO_BUNDLES), cache_path())
    known = str(DEMO_BUNDLES / "failures-schema2")
    listing.read([listing.catalog.bundles[known]], lambda _done: None)
    async with running("answer") as driver:
        await driver.press("D")

        def outcomes() -> dict[str, str]:
            lines = [text.split() for text in driver.picker_texts]
            return {line[0]: line[1] for line in lines if len(line) > 2}

        await driver.until(lambda: outcomes().get("failures-schema2") == "✗", "the outcome")
        assert outcomes()["failures"] == "?"
