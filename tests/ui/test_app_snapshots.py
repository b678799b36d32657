"""Pictures: every demo bundle's first screen on a narrow, a normal and a wide terminal; and the lists over it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.driving import DEMO_BUNDLES, Driver
from tui.bundle.open import open_bundle
from tui.store import TraceStore
from tui.ui.app import TraceApp
from tui.ui.config import Config
from tui.ui.theme import DEFAULT_THEME, use_theme

NARROW, NORMAL, WIDE = (60, 20), (120, 40), (200, 50)

SnapCompare = Callable[..., bool]


@pytest.fixture(autouse=True)
def _default_theme() -> Iterator[None]:
    yield
    use_theme(DEFAULT_THEME)


def app_on(bundle: Path, theme: str | None = None) -> TraceApp:
    return TraceApp(TraceStore(open_bundle(bundle)), follow=False, config=Config(theme=theme))


def loaded_then(keys: str = "") -> Callable[[Pilot[int]], Awaitable[None]]:
    """Wait for the whole recording, press keys, and wait for the panes."""

    async def run(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, TraceApp)
        driver = Driver(app, pilot)
        await driver.until(lambda: app.store.state != "loading" and app.main.is_current_with_store, "the recording")
        if keys:
            await driver.press(keys)
        await driver.at_rest()
        conversation = app.main.conversation
        if conversation.model.scope is not None and conversation.model.scope.inference_id is None:
            # Items read from payloads arrive in any order, and may leave the end a line below the screen.
            conversation.scroll_rows(conversation.row_count())
        await pilot.pause()

    return run


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

    `pending` is no list: the footer tells what may follow an unfinished `y`.
    """
    keys = OVER_THE_PANES[name]
    assert snap_compare(app_on(DEMO_BUNDLES / "agents"), terminal_size=NORMAL, run_before=loaded_then(keys))


def test_a_pane_on_the_whole_screen(snap_compare: SnapCompare) -> None:
    """The conversation has all columns; the footer says ZOOM."""
    app = app_on(DEMO_BUNDLES / "shell")
    assert snap_compare(app, terminal_size=(80, 24), run_before=loaded_then("g g 3 j tab z j"))


def test_a_screen_that_is_too_small_says_so(snap_compare: SnapCompare) -> None:
    """One line, no panes."""
    assert snap_compare(app_on(DEMO_BUNDLES / "answer"), terminal_size=(18, 5), run_before=loaded_then())
