"""A recording full of attacks, in every pane, list and line of the screen: shown, never obeyed."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.message import Message

from tests.hostile_bundle import CORPUS, OBEYED, write_hostile_bundle
from tests.ui.driving import Driver, running
from tui.bundle.open import open_bundle
from tui.store import TraceStore


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_hostile_bundle(tmp_path_factory.mktemp("hostile") / "\x1b]0;owned\x07\u202e[red]bundle[")


def cells(driver: Driver) -> str:
    """Everything that is on the screen now."""
    strips = driver.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def check_screen(driver: Driver, what: str) -> None:
    found = OBEYED.search(cells(driver).replace("\n", " "))
    assert found is None, (
        f"{what}: {found.group()!r} in {cells(driver)[max(0, found.start() - 40) : found.end() + 20]!r}"
    )
    for strip in driver.app.screen._compositor.render_strips():
        for segment in strip:
            assert segment.control is None
            assert segment.style is None or (segment.style.link is None and not segment.style.meta.get("@click")), what


async def walk(driver: Driver, keys: str, what: str) -> None:
    """Press keys one after the other, and look at the screen after each."""
    for key in keys.split():
        await driver.press(key)
        if driver.app.screen is driver.main:
            await driver.at_rest()
        check_screen(driver, f"{what} after {key}")


@pytest.mark.parametrize("size", [(120, 40), (50, 16)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_panes_show_attacks_and_obey_none(hostile: Path, size: tuple[int, int]) -> None:
    async with running(hostile, size=size) as driver:
        check_screen(driver, "at first")
        await walk(driver, "z R t pagedown pagedown g g l j j ] ]", "the timeline")
        await walk(driver, "tab pagedown pagedown v G", "the conversation")
        await walk(driver, "tab z R pagedown v v v v", "the payload")
        shown = cells(driver)
        assert "␛" in shown or "‹U+" in shown or "␇" in shown


async def test_lists_show_attacks_and_obey_none(hostile: Path) -> None:
    async with running(hostile) as driver:
        await driver.press("G")
        for key in ("a", "o", "w", "!", "L", "?"):
            await walk(driver, f"{key} down down", f"the list of {key}")
            await driver.press("escape")
        await driver.press("g /")
        await driver.type("owned")
        await walk(driver, "enter", "the results")
        await driver.press("escape escape")


async def test_problems_of_hostile_lines_are_shown_with_their_evidence(hostile: Path) -> None:
    """The lines that are no events, one after the other, each with its raw bytes in the payload pane."""
    async with running(hostile) as driver:
        await driver.press("g g l")
        for _ in range(min(12, len(driver.app.store.diagnostics))):
            await walk(driver, "j", "a diagnostic")
        await walk(driver, "tab tab v v", "its line")


async def test_footer_and_prompt_show_attacks_and_obey_none(hostile: Path) -> None:
    async with running(hostile) as driver:
        await walk(driver, "y y y t y r y p", "copying")
        for text in CORPUS:
            driver.main.say(text)  # what comes from the system: errors with names of files
            await driver.pilot.pause()
            check_screen(driver, "a message")
        await driver.press("/")
        for text in CORPUS:
            driver.app.post_message(paste(text))
        await driver.pilot.pause()
        check_screen(driver, "the prompt")


def paste(text: str) -> Message:
    from textual.events import Paste

    return Paste(text)


def test_no_name_of_the_recording_becomes_the_title_of_the_window(hostile: Path) -> None:
    from tui.ui.app import TraceApp

    app = TraceApp(TraceStore(open_bundle(hostile)))
    assert OBEYED.search(f"{app.title}{app.sub_title}") is None
    assert "owned" not in f"{app.title}{app.sub_title}"
