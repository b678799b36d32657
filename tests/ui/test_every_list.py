"""Every list and every box, one grammar: the same keys do the same; a typed word loses no letter and ends nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ui.driving import Driver, running
from tui.ui.lists.catalog import CatalogScreen
from tui.ui.lists.compare import CompareScreen
from tui.ui.lists.found import FoundScreen
from tui.ui.lists.picker import PickerScreen
from tui.ui.widgets.row_view import RowView


@pytest.fixture(autouse=True)
def _nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """What reading the other recordings of a folder shows is the business of other tests."""
    monkeypatch.setattr("tui.fleet.client.WorkerClient.ask", lambda *_: False)


LISTS = {
    "agents": "a",
    "statistics": "S",
    "problems": "!",
    "links": "g 2 o",
    "why": "g 2 w",
    "help": "?",
    "marks": "m a j m b ' '",
    "search results": "g / p a r s e r enter",
    "ladder": "L",
    "time": "T",
    "folder": "g l",
    "recordings to compare with": "D",
    "export": "X",
    "two recordings": "D enter",
    "two requests": "/ 3 enter g x",
    "notes": "M a b enter j M c enter ' '",
    "help pages": "g ?",
    "page of help": "g ? enter",
}
"""Keys that open each list on the demo `agents`."""

COMPARISONS = {"two recordings", "two requests"}

NUMBERED = {"agents", "links"}
"""Lists whose lines have numbers: there a digit chooses at once, elsewhere it counts."""

BOXES = {
    "search": "/",
    "search everywhere": "g /",
    "filter": "f",
    "note": "M",
    "word of a mark": "m a m a",
    "narrowing agents": "a /",
    "narrowing statistics": "S /",
    "narrowing problems": "! /",
    "narrowing links": "o /",
    "narrowing causes": "w /",
    "narrowing help": "? /",
    "narrowing commands": ":",
    "narrowing marks": "m a ' ' /",
    "searching the ladder": "L /",
    "as of": "@",
    "narrowing help pages": "g ? /",
    "narrowing a page of help": "g ? enter /",
    "narrowing the folder": "g l /",
    "narrowing what to compare with": "D /",
    "narrowing export": "X /",
}
"""Keys that open each box into which one types."""

WORDS = ("kill", "quick", "git jog", "no?", "GoTo :q", "'m@", "5jq")


def place(driver: Driver) -> int:
    """The row of the list under its cursor."""
    screen: Any = driver.app.screen
    if isinstance(screen, PickerScreen):
        return screen.picker.cursor
    if isinstance(screen, FoundScreen):
        return screen.search.found.cursor
    if isinstance(screen, CatalogScreen):
        return screen.model.cursor
    return screen.query(RowView).first().cursor


def footer_of(driver: Driver) -> Any:
    screen: Any = driver.app.screen
    return getattr(screen, "footer", None) or screen._footer


def typed(driver: Driver) -> str:
    prompt = footer_of(driver)._prompt
    return "" if prompt is None else prompt.edit.text


async def opened(driver: Driver, name: str) -> None:
    await driver.press("g g")
    await driver.press(LISTS[name])
    if name in COMPARISONS:
        await driver.until(
            lambda: isinstance(driver.app.screen, CompareScreen) and driver.app.screen.is_up_to_date, "the comparison"
        )
    await driver.until(lambda: driver.app.screen is not driver.main, "the list")
    await driver.press("G")
    await driver.until(lambda: place(driver) > 0, "the rows")


@pytest.mark.parametrize("name", LISTS)
async def test_same_keys_do_the_same(name: str) -> None:
    async with running("agents", size=(120, 40)) as driver:
        await opened(driver, name)

        async def after(pressed: str) -> int:
            await driver.press(pressed)
            return place(driver)

        first = await after("g g")
        second = await after("j")
        assert second > first
        assert await after("k") == first
        assert await after("down") == second
        assert await after("up") == first
        if name not in NUMBERED:
            assert await after("2 j") >= second
        last = await after("G")
        assert await after("home") == first
        assert await after("end") == last
        assert first <= await after("ctrl+u") <= last
        assert await after("g g") == first
        assert first < await after("ctrl+d") <= last
        assert await after("home") == first
        assert first < await after("pagedown") <= last
        assert await after("pageup g g") == first
        assert driver.app.screen is not driver.main
        page = driver.app.screen
        await driver.press("l right h left")
        assert driver.app.screen is page, "keys that fold choose nothing and leave nothing"
        await driver.press("q")
        if name == "page of help":  # which leads back to the pages
            await driver.until(lambda: driver.app.screen not in (page, driver.main), "the pages")
            await driver.press("q")
        await driver.until(lambda: driver.app.screen is driver.main, "the list to close")
        assert driver.app.return_code is None


@pytest.mark.parametrize("part", range(3))
async def test_every_word_can_be_typed_in_every_box(part: int) -> None:
    async with running("agents", size=(120, 40)) as driver:
        for name in list(BOXES)[part::3]:
            await driver.press(BOXES[name])
            await driver.until(lambda: footer_of(driver).is_typing, f"the box: {name}")
            screen = driver.app.screen
            for word in WORDS:
                await driver.type(word)
                assert typed(driver) == word, name
                assert driver.app.screen is screen, (name, word)
                assert driver.app.return_code is None
                await driver.press("ctrl+u")
                assert typed(driver) == "", (name, word)
            while driver.app.screen is not driver.main or footer_of(driver).is_typing:
                await driver.press("escape")


async def test_a_key_of_another_pane_says_where_it_works() -> None:
    async with running("agents") as driver:
        for pane, keys, said in (
            ("timeline", "v", "v works in the conversation and the payload; Tab leads there"),
            ("timeline", "g X", "gX works in the conversation; Tab leads there"),
            ("timeline", "g Q", "gQ means nothing here; ? shows the keys"),
            ("conversation", "t", "t works in the timeline; Tab leads there"),
            ("payload", "]", "] works in the timeline and the conversation; Tab leads there"),
        ):
            while driver.main.pane != pane:
                await driver.press("tab")
            await driver.press(keys)
            assert said in driver.footer, keys
