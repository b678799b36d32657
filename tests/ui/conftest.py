"""Every test of the screen begins and leaves with the default theme."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tui.ui.theme import DEFAULT_THEME, use_theme


@pytest.fixture(autouse=True)
def _default_theme() -> Iterator[None]:
    yield
    use_theme(DEFAULT_THEME)
