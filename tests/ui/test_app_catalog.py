"""The list of bundles: from it to a bundle and back, narrowed, kept current, and never pulled away."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.cli.bundles import append_to_log, write_bundle
from tests.ui.driving import DEMO_BUNDLES, running, wait_until
from tui.ui.app import TraceApp
from tui.ui.config import Config
from tui.ui.lists.catalog import CatalogScreen
from tui.ui.lists.picker import PickerScreen
from tui.ui.screens.main import MainScreen
from tui.ui.widgets.line_bar import LineBar


@pytest.fixture(autouse=True)
def _nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """What reading the recordings shows is the business of other tests; here nobody reads them."""
    monkeypatch.setattr("tui.fleet.client.WorkerClient.ask", lambda *_: False)


class Lister:
    """A running app that began with a list."""

    def __init__(self, app: TraceApp, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def catalog(self) -> CatalogScreen:
        assert isinstance(self.app.screen, CatalogScreen), self.app.screen
        return self.app.screen

    @property
    def names(self) -> list[str]:
        return [row.summary.name for row in self.catalog.model.rows]

    @property
    def chosen(self) -> str | None:
        row = self.catalog.model.chosen
        return None if row is None else row.summary.name

    def bar(self, name: str) -> str:
        return "".join(span.text for span in self.app.screen.query_one(f"#{name}", LineBar).line)

    async def until(self, condition: Callable[[], object], what: str) -> None:
        await wait_until(self.app, condition, lambda: f"{what}; {self.app.screen}")

    async def press(self, keys: str) -> None:
        await self.pilot.press(*keys.split())
        await self.pilot.pause()

    async def listed(self) -> None:
        await self.until(lambda: isinstance(self.app.screen, CatalogScreen), "the list")

    async def opened(self, name: str) -> None:
        await self.until(lambda: isinstance(self.app.screen, MainScreen), "the viewer")
        await self.until(lambda: Path(self.app.viewer.path).name == name, name)


@asynccontextmanager
async def listing(root: Path, *, size: tuple[int, int] = (120, 40), waits: bool = False) -> AsyncIterator[Lister]:
    app = TraceApp(root=str(root), waits=waits, follow=False)
    async with app.run_test(size=size) as pilot:
        lister = Lister(app, pilot)
        await lister.until(lambda: not lister.catalog.folder.is_looking, "the folder to be looked at")
        yield lister


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("alpha", "beta", "gamma"):
        write_bundle(tmp_path / name)
    return tmp_path


async def test_enter_opens_and_q_comes_back_to_the_same_row(root: Path) -> None:
    async with listing(root) as lister:
        await lister.press("j")
        name = lister.chosen
        assert name is not None
        await lister.press("enter")
        await lister.opened(name)
        await lister.press("q")
        await lister.listed()
        assert lister.chosen == name
        assert not lister.app._exit
        await lister.press("q")
        await lister.until(lambda: lister.app._exit, "the end")
        assert lister.app.return_code == 0


async def test_escape_does_not_quit() -> None:
    async with listing(DEMO_BUNDLES) as lister:
        await lister.press("escape")
        assert "q quits" in lister.bar("footer")
        assert not lister.app._exit


async def test_a_list_of_keys_says_what_they_do_here_and_runs_them(root: Path) -> None:
    async with listing(root) as lister:
        await lister.press("?")
        screen = lister.app.screen
        assert isinstance(screen, PickerScreen)
        texts = " ".join(" ".join(entry.text.split()) for entry in screen.picker.shown)
        assert "/ Filter: outcome:failed" in texts
        assert "g/ Search prompts, answers and commands of all recordings" in texts
        assert "Open the recording" in texts
        await lister.press("/")
        await lister.pilot.press(*"sort", "space", "by", "enter")
        await lister.listed()
        assert "sort: took" in lister.bar("status")


async def test_a_narrowed_list_is_still_narrowed_but_takes_commands_when_one_comes_back() -> None:
    async with listing(DEMO_BUNDLES) as lister:
        everything = lister.names
        await lister.press("/ a g e n t s")
        narrowed = lister.names
        assert 1 < len(narrowed) < len(everything)
        name = lister.chosen
        assert name is not None
        await lister.press("enter")
        await lister.opened(name)
        await lister.press("q")
        await lister.listed()
        await lister.press("j")
        assert (lister.names, lister.chosen) == (narrowed, narrowed[1])
        assert "Esc show all" in lister.bar("footer")
        await lister.press("escape")
        assert lister.names == everything


async def test_from_a_bundle_to_its_neighbours_to_another_bundle_and_back() -> None:
    async with running("agents") as driver:
        lister = Lister(driver.app, driver.pilot)
        await lister.press("g l")
        await lister.listed()
        await lister.until(lambda: lister.chosen == "agents", "the cursor on the bundle one comes from")
        await lister.press("/")
        await lister.press("s h e l l")
        assert lister.chosen == "shell"
        await lister.press("enter")
        await lister.opened("shell")
        await lister.press("g l")
        await lister.listed()
        assert lister.chosen == "shell"
        await lister.press("enter")
        await lister.opened("shell")
        await lister.press("q")
        await lister.listed()
        await lister.press("escape q")
        await lister.opened("agents")
        assert not lister.app._exit
        await lister.press("q")
        await lister.until(lambda: lister.app._exit, "the end")


async def test_choosing_the_bundle_one_comes_from_goes_back_to_it_as_it_was() -> None:
    async with running("agents") as driver:
        lister = Lister(driver.app, driver.pilot)
        await driver.press("j j j")
        node = driver.main.timeline.model.focused
        await lister.press("g l")
        await lister.listed()
        await lister.until(lambda: lister.chosen == "agents", "the cursor on the bundle one comes from")
        await lister.press("enter")
        await lister.opened("agents")
        assert driver.main.timeline.model.focused == node
        assert len(lister.app.screen_stack) == 1


async def test_a_slash_narrows_and_escape_leaves_the_innermost_first() -> None:
    async with listing(DEMO_BUNDLES) as lister:
        everything = lister.names
        await lister.press("/ m c p")
        assert lister.names == ["mcp"]
        assert "filter mcp" in lister.bar("footer")
        await lister.press("backspace backspace backspace backspace")
        assert lister.names == everything
        await lister.press("/ k i l l")
        narrowed = lister.names
        assert "killed" in narrowed
        assert len(narrowed) < len(everything)
        await lister.press("escape")
        assert lister.names == narrowed
        assert "/ filter" not in lister.bar("footer")
        await lister.press("escape")
        assert lister.names == everything
        await lister.press("escape")
        assert not lister.app._exit


async def test_a_word_with_q_narrows_and_does_not_quit() -> None:
    async with listing(DEMO_BUNDLES) as lister:
        await lister.press("/ q u i c k")
        assert lister.catalog.model.words == "quick"
        assert not lister.app._exit


async def test_a_letter_that_means_nothing_says_so() -> None:
    async with listing(DEMO_BUNDLES) as lister:
        await lister.press("~")
        assert "~ means nothing here" in lister.bar("footer")
        await lister.press("w")
        assert "not in this list" in lister.bar("footer")


async def test_the_keys_of_the_person_move_in_the_folder(root: Path) -> None:
    app = TraceApp(root=str(root), config=Config(keys={"move_down": ("ctrl+y",), "search_here": ("ctrl+e",)}))
    async with app.run_test(size=(120, 40)) as pilot:
        lister = Lister(app, pilot)
        await lister.until(lambda: len(lister.names) == 3, "the bundles")
        await lister.press("ctrl+y j")
        assert lister.chosen == lister.names[1]
        await lister.press("ctrl+e b e")
        assert lister.names == ["beta"]


async def test_next_match_goes_around_a_narrowed_folder() -> None:
    async with listing(DEMO_BUNDLES) as lister:
        await lister.press("n")
        assert "no search yet" in lister.bar("footer")
        await lister.press("/ a g e n t s escape n")
        assert lister.chosen == lister.names[1]
        await lister.press("N N")
        assert lister.chosen == lister.names[-1]


@pytest.mark.parametrize(
    ("keys", "row"),
    [("j j k", 1), ("down down", 2), ("G", -1), ("G g g", 0), ("end", -1), ("end home", 0), ("pagedown", -1), ("k", 0)],
)
async def test_the_cursor_moves_as_everywhere(keys: str, row: int) -> None:
    async with listing(DEMO_BUNDLES) as lister:
        rows = lister.names
        await lister.press(keys)
        assert lister.chosen == rows[row]


async def test_new_bundles_appear_and_the_cursor_stays_on_its_own(root: Path) -> None:
    async with listing(root) as lister:
        await lister.press("j")
        name = lister.chosen
        write_bundle(root / "delta")
        await lister.until(lambda: "delta" in lister.names, "the new bundle")
        assert lister.chosen == name
        shutil.rmtree(root / "delta")
        await lister.until(lambda: "delta" not in lister.names, "the row to go")
        assert lister.chosen == name


async def test_states_are_kept_current(root: Path) -> None:
    write_bundle(root / "open", complete=False)
    async with listing(root) as lister:

        def state() -> str:
            return next(row.state.word for row in lister.catalog.model.rows if row.summary.name == "open")

        assert state() in ("cut off", "live", "waiting")
        done = (root / "alpha/trace.jsonl").read_bytes().splitlines()[-1]
        append_to_log(root / "open", done + b"\n")
        await lister.until(lambda: state() == "ended", "the end")


async def test_a_folder_without_bundles_is_waited_in(tmp_path: Path) -> None:
    async with listing(tmp_path / "root") as lister:
        assert "No recording yet; waiting in" in lister.catalog._list.empty_text()
        write_bundle(tmp_path / "root/first")
        await lister.until(lambda: lister.names == ["first"], "the first bundle")
        shutil.rmtree(tmp_path / "root")
        await lister.until(lambda: not lister.names, "the row to go")
        assert "No such file or directory" in lister.bar("status")


async def test_what_is_waited_for_is_opened_when_it_is_a_bundle(tmp_path: Path) -> None:
    async with listing(tmp_path / "bundle", waits=True) as lister:
        write_bundle(tmp_path / "bundle")
        await lister.opened("bundle")
        await lister.press("q")
        await lister.until(lambda: lister.app._exit, "the end: there is nothing to go back to")


async def test_a_bundle_that_vanished_meanwhile_is_said(root: Path) -> None:
    async with listing(root) as lister:
        lister.catalog.post_message(CatalogScreen.BundleChosen(str(root / "gone")))
        await lister.until(lambda: "there is no such directory" in lister.bar("footer"), "the reason")


async def test_the_evidence_for_the_chosen_state_is_named(root: Path) -> None:
    async with listing(root) as lister:
        assert "recording_completed was written" in lister.bar("evidence")
        assert f"{root}/" in lister.bar("evidence-more")


async def test_a_click_selects_and_a_second_one_opens(root: Path) -> None:
    async with listing(root) as lister:
        name = lister.names[1]
        await lister.pilot.click("#catalog", offset=(10, 1))
        await lister.pilot.pause()
        assert lister.chosen == name
        await lister.pilot.click("#catalog", offset=(10, 1))
        await lister.opened(name)


async def test_pasted_text_narrows() -> None:
    from textual import events

    async with listing(DEMO_BUNDLES) as lister:
        lister.app.screen.post_message(events.Paste("mcp"))
        await lister.until(lambda: lister.names == ["mcp"], "the list to be narrowed")


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (20, 6), (1, 1)], ids=str)
async def test_every_size_is_drawn(size: tuple[int, int]) -> None:
    async with listing(DEMO_BUNDLES, size=size) as lister:
        await lister.press("j")
        assert lister.chosen == lister.names[1]


async def test_nothing_is_drawn_while_nothing_changes(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with listing(root) as lister:
        await lister.pilot.pause(0.3)
        drawn = []
        monkeypatch.setattr(lister.catalog._list, "refresh", lambda *regions, **_: drawn.append(regions))
        await lister.pilot.pause(2.5)
        assert drawn == []
