"""`RowView` repaints what changed and nothing else, and costs the same with ten rows and with a million."""

from __future__ import annotations

import pytest
from rich.style import Style
from textual.app import App, ComposeResult

from tui.ui.widgets.row_strip import line_strip
from tui.ui.widgets.row_view import RowView
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.text.spans import Line, Span


class Numbers(RowView):
    """Rows `row 0`, `row 1`, …; remembers which ones it was asked for."""

    def __init__(self, count: int) -> None:
        super().__init__(style_for=lambda name: Style(reverse=True) if name.startswith("cursor") else Style.null())
        self.texts: dict[int, str] = {}
        self.count = count
        self.asked: list[int] = []
        self.visited: list[int] = []

    def row_count(self) -> int:
        return self.count

    def row_line(self, index: int, width: int) -> Line:
        self.asked.append(index)
        return (Span(self.texts.get(index, f"row {index}")),)

    def cursor_changed(self) -> None:
        self.visited.append(self.cursor)


class NumbersApp(App[None]):
    def __init__(self, count: int) -> None:
        super().__init__()
        self.view = Numbers(count)

    def compose(self) -> ComposeResult:
        yield self.view


def painted(view: RowView) -> set[int]:
    """Lines of the pane that wait to be repainted."""
    return {y for region in view._exchange_repaint_regions() for y in region.line_range}


def text_of(view: RowView, y: int) -> str:
    return view.render_line(y).text.rstrip()


async def test_only_visible_rows_of_a_million_are_asked_for():
    app = NumbersApp(1_000_000)
    async with app.run_test(size=(40, 20)) as pilot:
        app.view.move_cursor(999_999)
        await pilot.pause()
        assert len(set(app.view.asked)) <= 2 * 20
        assert text_of(app.view, 19).startswith("row 999999")


async def test_a_cursor_move_repaints_two_lines():
    app = NumbersApp(100)
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.pause()
        painted(app.view)
        app.view.perform(Move.MOVE_DOWN)
        assert painted(app.view) == {0, 1}


async def test_a_step_over_the_edge_scrolls_half_a_page_and_then_no_more_for_half_a_page():
    app = NumbersApp(100)
    async with app.run_test(size=(40, 20)):
        app.view.move_cursor(19)
        tops = []
        for _ in range(11):
            app.view.perform(Move.MOVE_DOWN)
            tops.append(app.view.top)
        assert tops == [10] * 10 + [20]


async def test_rows_that_land_below_the_screen_repaint_nothing_but_the_scroll_mark():
    app = NumbersApp(1_000)
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.pause()
        painted(app.view)
        app.view.count += 1
        app.view.rows_changed()
        assert painted(app.view) == set()


async def test_a_changed_row_repaints_its_line_alone():
    app = NumbersApp(100)
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.pause()
        painted(app.view)
        app.view.texts[7] = "seven"
        app.view.rows_changed()
        assert painted(app.view) == {7}
        assert text_of(app.view, 7) == "seven"


async def test_rows_inserted_above_move_neither_the_cursor_row_nor_the_screen():
    app = NumbersApp(100)
    async with app.run_test(size=(40, 20)):
        app.view.move_cursor(50)
        screen_line = app.view.cursor - app.view.top
        app.view.count += 5
        app.view.rows_changed(cursor=55)
        assert app.view.cursor == 55
        assert app.view.cursor - app.view.top == screen_line


async def test_the_cursor_is_clamped_and_says_when_it_moved():
    app = NumbersApp(10)
    async with app.run_test(size=(40, 20)):
        app.view.perform(Move.MOVE_UP)
        app.view.perform(Move.GO_LAST)
        app.view.perform(Move.MOVE_DOWN, 5)
        app.view.perform(Move.GO_FIRST, 3)
        assert app.view.visited == [9, 2]


async def test_page_down_keeps_the_place_on_the_screen():
    app = NumbersApp(100)
    async with app.run_test(size=(40, 20)):
        app.view.move_cursor(3)
        app.view.perform(Move.PAGE_DOWN)
        assert (app.view.top, app.view.cursor) == (19, 22)


async def test_wide_characters_never_cross_the_edge_of_the_pane():
    app = NumbersApp(3)
    async with app.run_test(size=(11, 5)) as pilot:
        app.view.texts[1] = "漢" * 1_000
        app.view.rows_changed()
        await pilot.pause()
        assert app.view.render_line(1).cell_length == 11
        assert app.view.render_line(1).text == "漢" * 5 + "…"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("12345678901", "12345678901"),
        ("123456789012", "1234567890…"),
        ("12345678901   ", "12345678901"),
        ("1234567890漢", "1234567890…"),
        ("123456789漢字", "123456789 …"),
    ],
)
def test_cropped_lines_say_so(text: str, shown: str) -> None:
    strip = line_strip((Span(text[:5]), Span(text[5:], "dim")), 11, Style(), lambda _name: Style())
    assert strip.text == shown
    assert strip.cell_length == 11


async def test_no_rows_is_an_empty_pane():
    app = NumbersApp(0)
    async with app.run_test(size=(20, 5)):
        app.view.perform(Move.MOVE_DOWN)
        assert (app.view.cursor, app.view.visited) == (0, [])
        assert text_of(app.view, 0) == ""
