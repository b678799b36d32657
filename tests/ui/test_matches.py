"""What a search found is seen: marked in every pane, readable in every theme, in the upper third of its pane."""

from __future__ import annotations

import re

import pytest
from rich.color import Color
from rich.style import Style

from tests.ui.driving import Driver, running
from tests.ui.test_app_everywhere import found_screen
from tests.ui.widgets.panes import screen_lines
from tui.ui.lists.found import FoundScreen
from tui.ui.theme import THEMES, style_for, use_theme
from tui.ui.widgets.row_strip import CURSOR_KEEPS, line_strip
from tui.ui.widgets.row_view import RowView
from tui.viewmodel.text.spans import Span
from tui.viewmodel.timeline.marks import mark_label

LEAST_CONTRAST = 4.5
"""What the Web Content Accessibility Guidelines ask of text."""

ROW = (Span("before "), Span("found", "match"), Span(" behind", "error"))
MARKS = ("", "cursor", "cursor.blurred", "sticky")


def match_style(mark: str) -> Style:
    strip = line_strip(ROW, 40, Style(), style_for, mark)
    return next(style for text, style, _ in strip if text == "found" and style is not None)


def luminance(colour: Color) -> float:
    parts = [part / 255 for part in colour.get_truecolor()]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(style: Style) -> float:
    assert style.color is not None
    assert style.bgcolor is not None
    light, dark = sorted((luminance(style.color), luminance(style.bgcolor)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("name", [name for name in THEMES if name != "mono"])
def test_match_is_readable_on_every_row(name: str, mark: str) -> None:
    use_theme(name)
    assert contrast(match_style(mark)) >= LEAST_CONTRAST


@pytest.mark.parametrize("name", ["dark", "light", "colour-blind"])
def test_what_keeps_its_colour_on_a_marked_row_is_readable(name: str) -> None:
    use_theme(name)
    kept = [style for style in THEMES[name].styles if style.startswith(CURSOR_KEEPS)]
    assert len(kept) >= 13
    weak = {
        (style, mark): contrast(look)
        for style in kept
        for mark in MARKS[1:]
        for look in [next(iter(line_strip((Span("x", style),), 1, Style(), style_for, mark))).style]
        if look is not None and contrast(look) < LEAST_CONTRAST
    }
    assert weak == {}


@pytest.mark.parametrize("mark", MARKS)
def test_match_without_colours_differs_from_its_row(mark: str) -> None:
    use_theme("mono")
    row = style_for(mark) if mark else Style()
    assert bool(match_style(mark).reverse) is not bool(row.reverse)


@pytest.mark.parametrize("name", THEMES)
def test_current_match_is_stronger(name: str) -> None:
    use_theme(name)
    assert match_style("cursor") != match_style("")
    assert match_style("cursor").bold


@pytest.mark.parametrize(
    ("shown", "label", "expected"),
    [
        ("▾ run pytest      ✓ 12ms", "run pytest", ["pytest"]),
        ("▾ run py…         ✓ 12ms", "run pytest", ["…"]),
        ("▾ run pytest pytest     ", "run pytest pytest", ["pytest", "pytest"]),
        ("▾ run make         pytest", "run make", []),
    ],
)
def test_marks_in_a_laid_out_row(shown: str, label: str, expected: list[str]) -> None:
    line = mark_label((Span(shown[:4], "dim"), Span(shown[4:])), (Span(label),), 19, re.compile("pytest"))
    assert "".join(span.text for span in line) == shown
    assert [span.text for span in line if span.style == "match"] == expected


def marked(view: RowView) -> list[str]:
    """The matches on the screen of a pane, in order."""
    lines = [
        view._line(row, view.size.width) for row in range(view.top, min(view.top + view.page_height, view.row_count()))
    ]
    return [span.text.lower() for line in lines for span in line if span.style == "match"]


def line_of_cursor(view: RowView) -> int:
    return view.cursor - view.top


async def test_search_in_one_pane_is_marked_in_all() -> None:
    async with running("agents", size=(160, 50)) as driver:
        await driver.press("/")
        await driver.type("spawn")
        await driver.press("enter")
        await driver.until(lambda: "/spawn" in driver.footer, "the count of the matches")
        await driver.at_rest()
        assert set(marked(driver.main.timeline)) == {"spawn"}
        assert set(marked(driver.main.conversation)) == {"spawn"}
        await driver.press("escape")
        assert not marked(driver.main.timeline)
        assert not marked(driver.main.conversation)


async def test_every_match_in_view_is_marked() -> None:
    async with running("agents", size=(160, 50)) as driver:
        await driver.press("/")
        await driver.type("wait")
        await driver.press("enter")
        view = driver.main.timeline
        shown = [row.label for row in view.model.rows(view.top, view.page_height)]
        places = ["".join(span.text for span in label).lower().count("wait") for label in shown]
        assert sum(place > 0 for place in places) <= len(marked(view)) <= sum(places)


async def test_search_goes_on_after_escape() -> None:
    async with running("answer") as driver:
        await driver.press("tab g g /")
        await driver.type("once")
        await driver.press("enter")
        await driver.until(lambda: "/once" in driver.footer, "the count of the matches")
        await driver.press("escape")
        assert "/once" not in driver.footer
        await driver.press("n")
        await driver.until(lambda: "/once" in driver.footer, "the search to go on")
        assert marked(driver.main.conversation)


async def test_abandoned_search_leaves_the_one_before() -> None:
    async with running("answer") as driver:
        await driver.press("tab g g /")
        await driver.type("once")
        await driver.press("enter")
        await driver.until(lambda: "/once" in driver.footer, "the count of the matches")
        await driver.press("escape /")
        await driver.type("nothing of this kind")
        await driver.press("escape n")
        await driver.until(lambda: "/once" in driver.footer, "the search before")


async def test_text_found_everywhere_is_marked_where_it_leads() -> None:
    async with running("shell") as driver:
        await driver.press("g /")
        await driver.type("seq 1 60000")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, FoundScreen), "the list")
        await driver.until(lambda: found_screen(driver).search.found.place_count > 0, "a result")
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is driver.main, "the list to close")
        await driver.at_rest()
        panes = (driver.main.timeline, driver.main.conversation, driver.main.inspector)
        assert any(marked(pane) for pane in panes)


async def far_down(driver: Driver) -> None:
    """Go where the next jump lands below the screen."""
    await driver.press("g g")
    await driver.at_rest()


async def test_what_one_goes_to_is_in_the_upper_third() -> None:
    async with running("agents", size=(120, 24)) as driver:
        view = driver.main.timeline
        for keys in ("e", "e e", "g 3", "G g g e", "alt+2"):
            await far_down(driver)
            await driver.press(keys)
            assert view.top == 0 or line_of_cursor(view) <= view.page_height // 3, keys
            assert len(view.pinned_rows(view.top)) <= line_of_cursor(view), keys


async def test_output_of_a_call_is_shown_with_its_text() -> None:
    async with running("agents-schema2") as driver:
        await driver.press("/")
        await driver.type("$ cat")
        await driver.press("enter escape %")
        await driver.at_rest()
        view = driver.main.conversation
        assert driver.main.pane == "conversation"
        last = view.top + view.page_height >= view.row_count()
        assert last or line_of_cursor(view) <= view.page_height // 3
        assert re.match(r"input\[\d+\]", driver.main.inspector.value_path())
        assert "type" in "\n".join(screen_lines(driver.main.inspector))


async def test_payload_pane_follows_the_item() -> None:
    async with running("agents-schema2") as driver:
        await driver.press("tab g g J")
        await driver.at_rest()
        first = driver.main.inspector.value_path()
        await driver.press("J")
        await driver.at_rest()
        assert re.fullmatch(r"(input|output_items)\[\d+\]", first)
        assert driver.main.inspector.value_path() != first


async def test_count_gives_room_after_a_move() -> None:
    async with running("shell", size=(160, 40)) as driver:
        await driver.press("g g /")
        await driver.type("request ")
        await driver.press("enter")
        await driver.until(lambda: "/request  1 of " in driver.footer, "the count")
        await driver.press("j")
        assert " of " not in driver.footer
        await driver.press("n")
        await driver.until(lambda: "/request  2 of " in driver.footer, "the second")


async def test_every_place_that_was_found_is_on_a_narrow_screen() -> None:
    """A row has no room for what a command wrote, and of the other panes one is out of sight."""
    async with running("shell", size=(80, 24)) as driver:
        await driver.press("g /")
        await driver.type("3000")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, FoundScreen), "the list")
        await driver.until(lambda: not found_screen(driver).search.is_running, "the end of the search")
        found = found_screen(driver).search.found
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is driver.main, "the list to close")
        unseen = []
        for place in range(found.place_count):
            await driver.at_rest()
            main = driver.main
            panes = [pane for pane in (main.timeline, main.conversation, main.inspector) if pane.display]
            if not any(marked(pane) for pane in panes):
                unseen.append((place, driver.footer))
            await driver.press("n")
        assert found.place_count > 3
        assert unseen == []
