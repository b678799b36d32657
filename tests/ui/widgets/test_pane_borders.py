"""A pane draws its borders once, and looks as if Textual drew every line."""

from __future__ import annotations

from typing import Any

import pytest
from rich.segment import Segment
from textual.geometry import Region
from textual.widget import Widget

from tests.ui.driving import running
from tui.ui.widgets.row_view import RowView


def looks(strips: Any) -> list[list[tuple[str, Any, Any, Any]]]:
    """Each cell of each line with its colours and weight."""
    return [[_look(letter, segment) for segment in strip for letter in segment.text] for strip in strips]


def _look(letter: str, segment: Segment) -> tuple[str, Any, Any, Any]:
    style = segment.style
    assert style is not None
    return letter, style.color, style.bgcolor, style.bold


@pytest.mark.parametrize("keys", ["", "j", "tab", "2 j tab tab", "g c", "z >"])
async def test_lines_look_as_textual_draws_them(keys: str) -> None:
    async with running("agents", size=(120, 40)) as driver:
        if keys:
            await driver.press(keys)
            await driver.at_rest()
        for pane in driver.app.screen.query(RowView):
            whole = Region(0, 0, *pane.outer_size)
            assert looks(pane.render_lines(whole)) == looks(Widget.render_lines(pane, whole)), pane
