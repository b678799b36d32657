"""Layouts, zoom, help, palette, themes."""

from __future__ import annotations

import re

import pytest
from textual.geometry import Region

from tests.ui.driving import Driver, running
from tui.ui.config import Config
from tui.ui.theme import active_theme
from tui.viewmodel.frame.layout import PANES
from tui.viewmodel.text.spans import line_text


def visible(driver: Driver) -> list[str]:
    """The panes that have cells on the screen."""
    return [pane for pane in PANES if driver.main.panes.widget(pane).region.area]


@pytest.mark.parametrize(
    ("size", "panes"),
    [
        ((200, 50), ["timeline", "conversation", "payload"]),
        ((120, 40), ["timeline", "conversation", "payload"]),
        ((80, 24), ["timeline", "conversation"]),
        ((50, 20), ["timeline"]),
        ((20, 6), ["timeline"]),
    ],
)
async def test_every_size_has_its_layout(size: tuple[int, int], panes: list[str]) -> None:
    async with running("agents", size=size) as driver:
        await driver.press("j")  # off the root agent, whose details are the summary
        await driver.until(lambda: visible(driver) == panes, "the panes")


async def test_resizing_keeps_the_place_and_a_tiny_screen_says_so() -> None:
    async with running("agents") as driver:
        await driver.press("g g 9 j")
        for size in ((80, 24), (15, 4), (40, 10), (200, 60)):
            await driver.pilot.resize_terminal(*size)
            if size == (15, 4):
                await driver.until(lambda: visible(driver) == [] and "too small" in driver.footer, "the panes to go")
            assert driver.main.timeline.cursor == 9
        await driver.until(lambda: visible(driver) == list(PANES), "all panes")
        assert driver.main.timeline.cursor == 9


async def test_on_a_middle_screen_tab_changes_the_pane_below() -> None:
    async with running("agents", size=(80, 24)) as driver:
        await driver.press("j")
        await driver.until(lambda: "conversation" in visible(driver), "the conversation")
        await driver.press("tab tab")
        assert visible(driver) == ["timeline", "payload"]
        await driver.press("tab")
        assert driver.main.pane == "timeline"
        assert visible(driver) == ["timeline", "payload"]


async def test_the_pane_with_the_focus_carries_a_sign_that_needs_no_colour() -> None:
    async with running("agents") as driver:
        for key in ("", "tab", "tab", "shift+tab"):
            await driver.press(key)
            signed = [pane for pane in PANES if str(driver.main.panes.widget(pane).border_title).startswith("▌")]
            assert signed == [driver.main.pane]


async def test_a_key_typed_right_behind_tab_reaches_the_new_pane() -> None:
    async with running("agents") as driver:
        for pane in ("conversation", "payload", "timeline"):
            driver.main.panes.focus(pane)
            assert driver.main.pane == pane  # before the app has had a turn to do anything else


async def test_a_screen_with_a_pane_out_of_sight_says_where_tab_leads() -> None:
    async with running("agents", size=(80, 24)) as driver:
        for following in ("conversation", "payload", "timeline"):
            assert f"Tab {following}" in driver.footer
            assert driver.footer.startswith((" /root", " (root)"))
            await driver.press("tab")
    async with running("agents") as driver:
        assert "Tab " not in driver.footer


async def test_a_zoomed_pane_has_the_screen_and_tab_goes_on() -> None:
    async with running("agents") as driver:
        await driver.press("z j")
        assert visible(driver) == ["timeline"]
        await driver.press("tab")
        assert visible(driver) == ["conversation"]
        await driver.press("escape")
        assert visible(driver) == list(PANES)


async def test_help_is_made_from_the_key_map_in_force() -> None:
    async with running("answer", config=Config(keys={"explain_why": ("ctrl+y",)})) as driver:
        await driver.press("?")
        await driver.picked()
        assert any(text.startswith("^Y ") and "Why is this here" in text for text in driver.picker_texts)
        assert any("Zoom into the time bars" in text for text in driver.picker_texts)
        assert not any("raw bytes" in text for text in driver.picker_texts)  # a key of another pane
        await driver.narrow("theme")
        assert driver.picker_texts == ["View", "gc             Next colour theme"]


async def test_a_command_is_run_from_the_palette() -> None:
    async with running("agents") as driver:
        await driver.press(":")
        await driver.picked()
        await driver.type("last row")
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is driver.main, "the palette to close")
        await driver.until(lambda: driver.main.timeline.cursor == driver.main.timeline.row_count() - 1, "the last row")


async def test_letters_typed_after_the_colon_find_commands() -> None:
    async with running("answer") as driver:
        for typed, found in (
            ("copy", "copy_item"),  # no letter of it is a key
            ("q", "quit"),  # a name that begins so comes before one that holds it
            ("Search_Next", "search_next"),
            ("why", "explain_why"),
        ):
            await driver.press(":")
            await driver.picked()
            await driver.type(typed)
            assert driver.picker.picker.chosen is not None
            assert driver.picker.picker.chosen.value == found
            await driver.press("escape escape escape")
            await driver.until(lambda: driver.app.screen is driver.main, "the list to close")


async def test_commands_of_one_pane_name_it() -> None:
    async with running("agents") as driver:
        await driver.press(":")
        await driver.picked()
        await driver.type("gt")
        turns = [text for text in driver.picker_texts if "]]" in text]
        assert [(text.split()[0], text.rpartition(" ")[2]) for text in turns] == [
            ("next_turn", "(timeline)"),
            ("next_new_item", "(conversation)"),
        ]


async def test_escape_closes_every_list() -> None:
    async with running("answer") as driver:
        for key in ("?", "f1", ":", "ctrl+p", "a"):
            await driver.press(key)
            await driver.picked()
            await driver.press("escape")
            await driver.until(lambda: driver.app.screen is driver.main, "the list to close")


async def test_themes_change_while_running() -> None:
    async with running("answer", config=Config(theme="light")) as driver:
        assert active_theme().name == "light"
        await driver.press("g c")
        assert active_theme().name == "ansi"
        assert "theme ansi" in driver.footer


async def test_the_title_of_the_window_is_never_set() -> None:
    """A recording could put anything into a window title."""
    async with running("answer") as driver:
        assert driver.app.title == "rtrace-tui"
        assert driver.app.sub_title == ""


async def test_a_size_that_changes_under_a_list_changes_the_lines_below() -> None:
    async with running("agents") as driver:
        before = driver.status, driver.footer
        for keys in ("w", "question_mark", "a", "exclamation_mark", "S", "o", "colon", "L", "g l"):
            await driver.press(keys)
            await driver.until(lambda: driver.app.screen is not driver.main, f"the list of {keys}")
            await driver.pilot.resize_terminal(20, 10)
            await driver.pilot.resize_terminal(120, 40)
            await driver.press("escape")
            await driver.until(lambda: driver.app.screen is driver.main, "the panes")
            await driver.until(lambda: (driver.status, driver.footer) == before, f"the former width, after {keys}")


async def test_a_key_goes_through_the_ways_to_tell_times() -> None:
    async with running("agents") as driver:
        await driver.press("j j")
        view = driver.main.timeline
        shown = []
        for _ in range(4):
            await driver.press("c")
            shown.append((str(view.border_title), line_text(view.row_line(view.cursor, view.size.width))))
        titles = [title for title, _ in shown]
        assert "since the row above" in titles[0]
        assert "local time, 20" in titles[1]
        assert "UTC, 20" in titles[2]
        assert "since" not in titles[3]
        lines = [line for _, line in shown]
        assert re.search(r" [+-]\d+ms ", lines[0])
        assert re.search(r" \d\d:\d\d:\d\d\.\d{3} ", lines[2])
        assert re.search(r" \d\.\d{3}s ", lines[3])


async def test_border_goes_on_behind_the_ruler_without_a_gap() -> None:
    async with running("patch", size=(120, 30)) as driver:
        view = driver.main.timeline
        border = view.render_lines(Region(0, 0, view.outer_size.width, 1))[0].text
        assert border.endswith(" start── took ───"), "the names of the columns are whole"
        await driver.press("t")
        border = view.render_lines(Region(0, 0, view.outer_size.width, 1))[0].text
        moments = border.partition("┬0─")[2]
        assert "┬" in moments
        assert " " not in moments
