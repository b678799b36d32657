"""Keys that arrive faster than a list can close."""

from __future__ import annotations

from textual import events

from tests.ui.driving import running
from tui.ui.lists.picker import PickerScreen, PickList
from tui.viewmodel.lists.picker import PickEntry
from tui.viewmodel.text.spans import Span


async def test_keys_typed_before_a_list_has_closed_go_to_what_comes_after_it() -> None:
    """A key behind the one that closes a list neither closes anything else nor gets lost."""
    async with running("agents") as driver:
        await driver.press("g g a")
        await driver.picked()
        before = driver.main.timeline.model.cursor
        for key in ("escape", "j"):
            driver.picker.post_message(events.Key(key, key if len(key) == 1 else None))
        await driver.until(lambda: driver.main.timeline.model.cursor == before + 1, "the key behind Esc")
        assert driver.app.screen is driver.main


async def test_a_second_enter_does_not_close_what_is_under_the_list() -> None:
    async with running("agents") as driver:
        await driver.press("a")
        await driver.picked()
        picker = driver.picker
        for _ in range(3):
            picker.post_message(events.Key("enter", "\r"))
        await driver.until(lambda: not isinstance(driver.app.screen, PickerScreen), "the list to close")
        await driver.pilot.pause()
        assert driver.app.screen is driver.main


async def test_a_list_that_gets_more_entries_makes_room_for_them() -> None:
    """Results of a search arrive while the list is open: the first of them must not fix its size."""
    async with running("agents") as driver:
        await driver.press("a")
        await driver.picked()
        found = [PickEntry((Span(f" result {number}"),), number) for number in range(20)]
        driver.picker.replace_entries(found, "found")
        await driver.until(lambda: driver.picker.query_one(PickList).size.height == len(found), "room for all results")


async def test_enter_where_nothing_matches_keeps_the_list() -> None:
    async with running("agents") as driver:
        await driver.press("a")
        await driver.picked()
        await driver.narrow("zzz")
        await driver.press("enter")
        assert driver.app.screen is driver.picker
        assert driver.picker.narrowed_to == "zzz"


async def test_the_help_key_closes_the_help_but_is_typed_among_words() -> None:
    async with running("agents") as driver:
        await driver.press("?")
        await driver.picked()
        await driver.narrow("f?")
        assert driver.picker.narrowed_to == "f?"
        await driver.press("escape ?")
        await driver.until(lambda: driver.app.screen is driver.main, "the help to close")


async def test_a_narrow_list_says_whole_hints_and_how_to_get_out() -> None:
    async with running("agents", size=(60, 20)) as driver:
        await driver.press("j w")
        await driver.picked()
        typed = str(driver.picker.query_one("#picker-typed").render_line(0).text).rstrip()
        assert typed.endswith("Esc closes")
        assert "Enter goes there" in typed


async def test_the_first_heading_is_seen() -> None:
    async with running("failures", size=(80, 24)) as driver:
        await driver.press("!")
        await driver.picked()
        await driver.until(lambda: bool(driver.picker.picker.shown), "the problems")
        await driver.pilot.pause()
        assert driver.picker.query_one(PickList).top == 0
