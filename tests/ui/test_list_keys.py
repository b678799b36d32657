"""One keyboard grammar in every list: move mode, `/` narrows, Esc leaves the innermost first, `q` closes."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator

import pytest
from textual import events

from tests.ui.driving import Driver, running
from tui.ui.config import Config
from tui.ui.lists.why import WhyScreen
from tui.ui.widgets.line_bar import LineBar
from tui.viewmodel.text.spans import line_text

LISTS = {
    "agents": "a",
    "statistics": "S",
    "problems": "!",
    "links": "g 2 o",
    "why": "g 2 w",
    "help": "?",
}
"""Keys that open each list on the demo `agents`."""


async def every_list(driver: Driver) -> AsyncIterator[str]:
    """Each list in turn, opened from the panes and left again; its name."""
    for name, keys in LISTS.items():
        await opened(driver, keys)
        yield name
        while driver.app.screen is not driver.main:
            await driver.press("escape")


async def opened(driver: Driver, keys: str) -> None:
    await driver.press(keys)
    await driver.picked()
    await driver.until(lambda: len([entry for entry in driver.picker.picker.shown if entry.value]) > 1, "the entries")


def lowest(driver: Driver) -> str:
    return line_text(driver.app.screen.query_one("#picker-typed", LineBar).line)


def choosable(driver: Driver) -> list[int]:
    return [row for row, entry in enumerate(driver.picker.picker.shown) if entry.value is not None]


async def test_keys_move_as_in_the_panes() -> None:
    async with running("agents") as driver:
        async for name in every_list(driver):
            rows, picker = choosable(driver), driver.picker.picker
            for pressed, row in (
                ("g g", rows[0]),
                ("j", rows[1]),
                ("k", rows[0]),
                ("down", rows[1]),
                ("up", rows[0]),
                ("G", rows[-1]),
                ("home", rows[0]),
                ("end", rows[-1]),
            ):
                await driver.press(pressed)
                assert picker.cursor == row, (name, pressed)
            await driver.press("home ctrl+d")
            after_half = picker.cursor
            await driver.press("home pagedown")
            assert rows[0] < after_half <= picker.cursor, name
            await driver.press("pageup pageup ctrl+u")
            assert picker.cursor <= rows[1], name


async def test_a_letter_neither_vanishes_nor_narrows() -> None:
    async with running("agents") as driver:
        async for name in every_list(driver):
            shown = len(driver.picker.picker.shown)
            await driver.press("~")
            assert "~ means nothing here" in lowest(driver), name
            if name != "agents":
                await driver.press("F")
                assert "follow the newest: not in this list; / narrows it, q closes it" in lowest(driver), name
            assert len(driver.picker.picker.shown) == shown, name


async def test_keys_that_fold_say_which_keys_choose_and_close() -> None:
    async with running("agents") as driver:
        for name, chooses in (("a", "goes there"), ("?", "runs it"), ("D", "compares")):
            await opened(driver, name)
            await driver.press("l")
            assert lowest(driver).strip() == f"nothing unfolds here; Enter {chooses}", name
            await driver.press("h")
            assert lowest(driver).strip() == "nothing folds here; q closes the list", name
            await driver.press("q")
            await driver.until(lambda: driver.app.screen is driver.main, f"the list to close: {name}")


async def test_escape_leaves_words_then_narrowing_then_the_list() -> None:
    async with running("agents") as driver:
        async for name in every_list(driver):
            shown = len(driver.picker.picker.shown)
            await driver.narrow("a")
            await driver.type("q")
            assert driver.picker.narrowed_to == "aq", name
            await driver.press("backspace escape")
            assert (driver.picker.narrowed_to, driver.picker.footer.is_typing) == ("a", False), name
            assert "/ a" in lowest(driver), name
            await driver.press("escape")
            assert len(driver.picker.picker.shown) == shown, name
            await driver.press("escape")
            await driver.until(lambda: driver.app.screen is driver.main, f"the list to close: {name}")


async def test_q_closes_the_list_and_not_the_program() -> None:
    async with running("agents") as driver:
        async for name in every_list(driver):
            await driver.press("q")
            await driver.until(lambda: driver.app.screen is driver.main, f"the list to close: {name}")
            assert driver.app.return_code is None


async def test_the_keys_of_the_person_reach_the_list() -> None:
    mapped = Config(keys={"move_down": ("ctrl+y",), "go_out": ("Q",), "search_here": ("ctrl+e",)})
    async with running("agents", config=mapped) as driver:
        async for name in every_list(driver):
            rows = choosable(driver)
            await driver.press("g g ctrl+y")
            assert driver.picker.picker.cursor == rows[1], name
            await driver.press("j")
            assert driver.picker.picker.cursor == rows[1], name
            await driver.press("ctrl+e a")
            assert driver.picker.narrowed_to == "a", name
            await driver.press("escape Q")
            await driver.until(lambda: driver.app.screen is driver.main, f"the list to close: {name}")


async def test_arrows_move_while_words_are_typed_and_enter_goes_there() -> None:
    async with running("agents") as driver:
        await opened(driver, "a")
        await driver.narrow("alpha")
        await driver.press("down enter")
        await driver.until(lambda: driver.app.screen is driver.main, "the list to close")
        assert driver.label.startswith("/root/alpha/deep")


async def test_f_follows_the_agent_under_the_cursor() -> None:
    async with running("agents") as driver:
        await opened(driver, "a")
        await driver.press("g g j F")
        await driver.until(lambda: driver.app.screen is driver.main, "the list to close")
        assert driver.footer.strip().startswith("the end of the conversation of /root/alpha")
        assert driver.main.pane == "conversation"


async def test_next_match_goes_around_a_narrowed_list() -> None:
    async with running("agents") as driver:
        await opened(driver, "a")
        await driver.press("n")
        assert "no search yet" in lowest(driver)
        await driver.narrow("alpha")
        await driver.press("escape n n")
        assert driver.picker.picker.cursor == 0
        await driver.press("N")
        assert driver.picker.picker.cursor == len(driver.picker.picker.shown) - 1


async def test_counts_and_digits() -> None:
    async with running("agents") as driver:
        await opened(driver, "!")
        rows = choosable(driver)
        await driver.press("g g 1 j")
        assert driver.picker.picker.cursor == rows[1]
        await driver.press("q")
        await opened(driver, "a")
        await driver.press("3")  # an agent's own number
        await driver.until(lambda: driver.app.screen is driver.main, "the list to close")
        assert driver.label.startswith("/root/beta")


@pytest.mark.parametrize(
    ("keys", "copied"), [("y y", "alpha Hume"), ("y p", " --at "), ("y t", "alpha")], ids=["row", "id", "text"]
)
async def test_what_the_cursor_is_on_can_be_copied(keys: str, copied: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr("tui.ui.commands.copying._send_to_terminal", lambda _work, sequence: sent.append(sequence))
    async with running("agents") as driver:
        await opened(driver, "a")
        await driver.press(f"g g j {keys}")
        text = base64.b64decode(sent[0].split(";")[-1].rstrip("\x07").removesuffix("\x1b\\")).decode()
        assert copied in text
        assert "copied: " in lowest(driver) or "sent to clipboard: " in lowest(driver)


async def test_why_and_links_lie_over_a_list_and_lead_out_of_both() -> None:
    async with running("agents") as driver:
        await opened(driver, "a")
        await driver.press("g g j w")
        await driver.until(lambda: isinstance(driver.app.screen, WhyScreen), "the causes")
        await driver.press("q")
        await driver.until(lambda: not isinstance(driver.app.screen, WhyScreen), "the list below")
        assert driver.picker.title_text.startswith("Agents")
        await driver.press("o")
        await driver.until(lambda: isinstance(driver.app.screen, WhyScreen), "the links")
        node = driver.picker.picker.chosen.value  # type: ignore[union-attr]
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is driver.main, "both lists to close")
        assert driver.main.focused_node == node


async def test_help_in_a_list_names_the_keys_of_lists() -> None:
    async with running("agents") as driver:
        await opened(driver, "a")
        await driver.press("?")
        await driver.until(lambda: driver.picker.title_text == "Keys in lists", "the help")
        assert any("The next order of the rows" in text for text in driver.picker_texts)
        assert not any("Fold" in text for text in driver.picker_texts)
        await driver.press("?")
        await driver.until(lambda: driver.picker.title_text.startswith("Agents"), "the list below")


async def test_a_prefix_lists_its_continuations_in_a_list_too() -> None:
    async with running("agents") as driver:
        await opened(driver, "a")
        await driver.press("y")
        await driver.until(lambda: driver.picker.key_reader.box.lines, "the box")
        await driver.press("escape")
        assert not driver.picker.key_reader.box.lines


async def test_pasted_text_narrows() -> None:
    async with running("agents") as driver:
        await opened(driver, "a")
        driver.app.post_message(events.Paste("alpha"))
        await driver.until(lambda: driver.picker.narrowed_to == "alpha", "the narrowing")
