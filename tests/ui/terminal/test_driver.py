"""The driver takes the terminal back when the program goes on, unless the program ends."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tui.ui.terminal.driver import TerminalDriver
from tui.ui.terminal.shown import Shown
from tui.ui.terminal.textual_private import OpenDriver


@pytest.mark.parametrize(("is_ending", "takes"), [(False, 1), (True, 0)])
def test_program_that_ends_leaves_the_terminal(is_ending: bool, takes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Service managers send SIGTERM and SIGCONT together."""
    taken: list[object] = []
    monkeypatch.setattr(OpenDriver, "on_continue_signal", lambda driver: taken.append(driver))
    driver: Any = TerminalDriver.__new__(TerminalDriver)
    driver.shown, driver._app = Shown(), SimpleNamespace(is_ending=is_ending)
    driver.on_continue_signal()
    assert len(taken) == takes
