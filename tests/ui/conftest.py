"""Every test of the screen begins and leaves with the default theme, and waits no longer than the app works."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ui.idle import run_in_executor, until_idle, until_screen_is_idle
from tests.ui.shared_styles import parse_once
from tui.ui.theme import DEFAULT_THEME, use_theme


def pytest_runtest_teardown() -> None:
    """The next test begins with the default theme."""
    use_theme(DEFAULT_THEME)


@pytest.fixture(autouse=True, scope="package")
def _quick_apps() -> Iterator[None]:
    """Textual's pilot waits several times a key until the processor rests, and asks each widget for an answer: that
    would be most of the time of a test that presses many. What comes later than the key, `Driver.until` waits for.
    Nor does each app parse the styles again. A second key that a busy machine brings late still follows the first.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tui.ui.key_reader.PAUSE_SECONDS", 1.0)
        patch.setattr("textual.app.wait_for_idle", until_idle)
        patch.setattr("textual.pilot.wait_for_idle", until_idle)
        patch.setattr("textual.pilot.Pilot._wait_for_screen", until_screen_is_idle)
        patch.setattr("asyncio.BaseEventLoop.run_in_executor", run_in_executor)
        patch.setattr("textual.css.stylesheet.Stylesheet._parse_rules", parse_once)
        yield
