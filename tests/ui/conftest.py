"""Every test of the screen begins and leaves with the default theme, and waits no longer than the app works."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ui.driving import LOOK_SECONDS
from tests.ui.shared_styles import parse_once
from tui.ui.theme import DEFAULT_THEME, use_theme


@pytest.fixture(autouse=True)
def _default_theme() -> Iterator[None]:
    yield
    use_theme(DEFAULT_THEME)


@pytest.fixture(autouse=True)
def _quick_apps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual's pilot looks several times a key whether the app still works on it; its own 20 ms between two looks
    would be most of the time of a test that presses many. What comes later than the key, `Driver.until` waits for.
    Nor does each app parse the styles again. A second key that a busy machine brings late still follows the first.
    """
    monkeypatch.setattr("tui.ui.key_reader.PAUSE_SECONDS", 1.0)
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", LOOK_SECONDS)
    monkeypatch.setattr("textual.css.stylesheet.Stylesheet._parse_rules", parse_once)
