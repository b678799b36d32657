"""A partial update sends byte for byte what Textual's would, and asks only the widgets that changed."""

from __future__ import annotations

import random
from typing import Any

import pytest
from rich.color import ColorSystem
from textual._compositor import Compositor
from textual.geometry import Region, Size
from textual.widget import Widget

from tests.ui.driving import Driver, running
from tui.ui.terminal.covered import is_covered
from tui.ui.terminal.shown import Shown
from tui.ui.terminal.textual_private import SparingCompositor, painted_at_once, pieces_of, strips_behind
from tui.ui.widgets.line_bar import LineBar


def regions(chance: random.Random, count: int) -> set[Region]:
    """Some places of a screen of 120 × 40, at most three lines high."""
    found = set()
    for _ in range(count):
        x, y = chance.randrange(119), chance.randrange(38)
        found.add(Region(x, y, chance.randint(1, 120 - x), chance.randint(1, 3)))
    return found


def drawn(driver: Driver, dirty: set[Region], draw: Any) -> str:
    compositor = driver.app.screen._compositor
    assert isinstance(compositor, SparingCompositor)
    compositor._dirty_regions = set(dirty)
    return Shown().difference(pieces_of(draw(compositor)), ColorSystem.TRUECOLOR)


def by_textual(draw: Any) -> Any:
    """How Textual draws, of all widgets."""

    def drawing(compositor: SparingCompositor) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(SparingCompositor, "_get_renders", Compositor._get_renders)
            return draw(compositor)

    return drawing


@pytest.mark.parametrize(
    "keys", ["", "S", "?", "L", "g", "a"], ids=["panes", "list", "help", "ladder", "box", "agents"]
)
async def test_draws_what_textual_draws(keys: str) -> None:
    async with running("agents") as driver:
        if keys:
            await driver.pilot.press(*keys)
            await driver.pilot.pause()
        chance = random.Random(7)
        for count in (1, 2, 3, 5, 8) * 4:
            dirty = regions(chance, count)
            ours = drawn(driver, dirty, SparingCompositor.render_partial_update)
            assert ours == drawn(driver, dirty, by_textual(Compositor.render_partial_update)), dirty
        ours = drawn(driver, set(), SparingCompositor.render_full_update)
        assert ours == drawn(driver, set(), by_textual(Compositor.render_full_update))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The ids of the widgets that are asked for lines from now on."""
    ids: list[str | None] = []

    def counting(render: Any) -> Any:
        def counted(widget: Widget, crop: Region) -> Any:
            ids.append(widget.id)
            return render(widget, crop)

        return counted

    for kind in (Widget, LineBar):
        monkeypatch.setattr(kind, "render_lines", counting(kind.render_lines))
    return ids


async def test_only_widgets_that_changed_are_asked(asked: list[str | None]) -> None:
    async with running("agents") as driver:
        status, footer = (driver.app.screen.query_one(name).region for name in ("#status", "#footer"))
        asked.clear()
        drawn(driver, {status, footer}, SparingCompositor.render_partial_update)
        assert sorted(map(str, asked)) == ["footer", "status"]


async def test_what_lies_behind_is_not_asked(asked: list[str | None]) -> None:
    async with running("agents") as driver:
        await driver.pilot.press("S")
        await driver.pilot.pause()
        line = driver.app.screen.query_one("#picker-title").region
        asked.clear()
        drawn(driver, {line}, SparingCompositor.render_partial_update)
        assert asked == ["picker-title"]


async def test_boxes_full_of_panes_are_not_asked(asked: list[str | None]) -> None:
    async with running("agents") as driver:
        drawn(driver, set(), SparingCompositor.render_full_update)
        assert "timeline" in asked
        assert "panes" not in asked


@pytest.mark.parametrize(
    ("by", "covered"),
    [
        ([], False),
        ([Region(0, 0, 4, 2), Region(0, 2, 4, 2)], True),
        ([Region(0, 0, 3, 9), Region(3, 1, 9, 9)], False),
        ([Region(1, 1, 2, 2)], False),
        ([Region(1, 1, 2, 2), Region(0, 0, 4, 1), Region(0, 3, 4, 1), Region(0, 0, 1, 4), Region(3, 0, 9, 9)], True),
    ],
)
def test_regions_together_cover_one(by: list[Region], covered: bool) -> None:
    assert is_covered(Region(0, 0, 4, 4), by) is covered


async def test_what_lies_behind_fills_a_screen_that_grew() -> None:
    async with running("agents") as driver:
        await driver.pilot.press("S")
        await driver.pilot.pause()
        behind = driver.app.screen_stack[-2]
        behind._compositor.reflow(behind, Size(80, 24))  # the list has the new size before the panes have it
        assert [strip.cell_length for strip in strips_behind(driver.app.screen)] == [120] * 40


async def test_a_missing_line_moves_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running("agents") as driver:
        await driver.pilot.press("S")
        await driver.pilot.pause()
        compositor = driver.app.screen._compositor
        title = driver.app.screen.query_one("#picker-title").region
        whole = {piece[:2] for piece in pieces_of(compositor.render_full_update())}
        monkeypatch.setattr(type(driver.app.screen), "render_lines", lambda _screen, _crop: [])
        found = {piece[:2] for piece in pieces_of(compositor.render_full_update())}
        assert (title.x, title.y) in found < whole


@pytest.mark.parametrize(("changes_size", "painted"), [(False, ["at once"]), (True, [])])
async def test_what_changes_together_is_painted_in_one_frame(
    changes_size: bool, painted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes another size is laid out in Textual's time, with all that changed beside it."""
    async with running("agents") as driver:
        screen, frames = driver.main, list[str]()
        monkeypatch.setattr(screen, "_compositor_refresh", lambda: frames.append("at once"))
        with painted_at_once(screen), painted_at_once(screen):
            screen.timeline.refresh()
            screen.conversation.refresh(layout=changes_size)
        assert frames == painted
        assert screen.timeline._repaint_required is changes_size
