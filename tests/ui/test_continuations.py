"""A box lists what may follow unfinished keys, for those who hesitate."""

from __future__ import annotations

import pytest

from tests.ui.driving import Driver, running
from tui.viewmodel.text.spans import line_text


def box(driver: Driver) -> list[str]:
    return [line_text(line).strip() for line in driver.main.keys.box.lines]


@pytest.mark.parametrize(
    ("prefix", "line"),
    [
        ("g", "d  Go where this leads: the child, the sender, the process"),
        ("y", "p  Copy a shell line that opens this place"),
        ("m", "a–z  Mark this place with a letter; once more gives the mark a word"),
        ("'", "a–z  Go to the mark with that letter"),
        ("[", "[  Previous turn"),
        ("]", "]  Next turn"),
    ],
)
async def test_a_prefix_lists_its_continuations(prefix: str, line: str) -> None:
    async with running("answer") as driver:
        await driver.press(prefix)
        await driver.until(lambda: box(driver) and driver.main.keys.box.region.width, "the box in its place")
        assert line in box(driver)
        assert driver.main.keys.box.region.bottom_right == (120, 39)
        await driver.press("escape")
        assert not driver.main.keys.box.display


async def test_a_pause_that_decides_takes_the_box_away() -> None:
    async with running("answer") as driver:
        await driver.press("z")
        await driver.until(lambda: box(driver), "the box")
        assert "M  Fold everything to the agents" in box(driver)
        await driver.until(lambda: "zoom" in driver.main.modes, "the zoom")
        assert box(driver) == []


async def test_keys_typed_quickly_need_no_box(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running("answer") as driver:
        shown: list[object] = []
        monkeypatch.setattr(driver.main.keys, "_show_box", lambda: shown.append(1))
        await driver.press("g g")
        await driver.pilot.pause(0.3)
        assert shown == []
