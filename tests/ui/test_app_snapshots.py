"""Pictures: every demo bundle's first screen on a narrow, a normal and a wide terminal; and the lists over it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.driving import DEMO_BUNDLES
from tests.ui.pictures import NARROW, NORMAL, WIDE, app_on, loaded_then
from tui.source.writer import LogWriter
from tui.ui.key_reader import BOX_SECONDS

SnapCompare = Callable[..., bool]


@pytest.fixture(autouse=True)
def nobody_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it can be told who writes a log depends on the file system; a picture must not."""
    monkeypatch.setattr("tui.bundle.open.writer_of", lambda _log: LogWriter("gone"))


@pytest.mark.parametrize("size", [NARROW, NORMAL, WIDE], ids=["narrow", "normal", "wide"])
def test_first_screen(demo_bundle: Path, size: tuple[int, int], snap_compare: SnapCompare) -> None:
    """The agent tree at the left or on top, its first row under the cursor; the conversation of the root agent.

    Narrow: timeline over conversation. Normal and wide: all three panes. The status line names the recording, its state
    and its problems; the footer the place and the keys. Nothing is cut in the middle of a wide character, no pane is
    empty without a word, columns stand below each other.
    """
    assert snap_compare(app_on(demo_bundle), terminal_size=size, run_before=loaded_then())


@pytest.mark.parametrize("theme", ["light", "ansi", "mono", "colour-blind"])
def test_themes(theme: str, snap_compare: SnapCompare) -> None:
    """Failures, the cursor and the roles stay recognisable: in `light` dark on white, in `mono` without any colour."""
    app = app_on(DEMO_BUNDLES / "shell", theme)
    assert snap_compare(app, terminal_size=NORMAL, run_before=loaded_then("g g e"))


def test_no_color_in_the_environment(monkeypatch: pytest.MonkeyPatch, snap_compare: SnapCompare) -> None:
    """With NO_COLOR the picture has no colour, and a failure is still told by its glyph and its weight."""
    monkeypatch.setenv("NO_COLOR", "1")
    app = app_on(DEMO_BUNDLES / "shell")
    assert snap_compare(app, terminal_size=NORMAL, run_before=loaded_then("g g e"))


OVER_THE_PANES = {"help": "?", "agents": "a", "links": "5 j o", "why": "alt+5 w", "pending": "y"}


@pytest.mark.parametrize("name", OVER_THE_PANES)
def test_lists_over_the_panes(name: str, snap_compare: SnapCompare) -> None:
    """The list has a thin frame and covers only what it needs; what was typed and what one can do stand at its foot.

    `pending` is no list: a box tells what may follow an unfinished `y`.
    """

    async def run(pilot: Pilot[Any]) -> None:
        await loaded_then(OVER_THE_PANES[name])(pilot)
        if name == "pending":
            await pilot.pause(3 * BOX_SECONDS)  # the box comes when nobody goes on typing

    assert snap_compare(app_on(DEMO_BUNDLES / "agents"), terminal_size=NORMAL, run_before=run)


def test_a_pane_on_the_whole_screen(snap_compare: SnapCompare) -> None:
    """The conversation has all columns; the footer says ZOOM."""
    app = app_on(DEMO_BUNDLES / "shell")
    assert snap_compare(app, terminal_size=(80, 24), run_before=loaded_then("g g 3 j tab z j"))


def test_a_screen_that_is_too_small_says_so(snap_compare: SnapCompare) -> None:
    """One line, no panes."""
    assert snap_compare(app_on(DEMO_BUNDLES / "answer"), terminal_size=(18, 5), run_before=loaded_then())
