"""The line of the terminal is quiet while the viewer starts, and as it was when somebody gives it back."""

from __future__ import annotations

import os
import signal
import termios
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from tui.ui.terminal.line_before import LineBefore


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A terminal of its own as standard input, in the foreground."""
    controller, terminal = os.openpty()
    monkeypatch.setattr("sys.__stdin__", SimpleNamespace(fileno=lambda: terminal))
    monkeypatch.setattr(os, "tcgetpgrp", lambda _descriptor: os.getpgrp())
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    yield terminal
    os.close(controller)
    os.close(terminal)


def is_quiet(terminal: int) -> bool:
    settings = termios.tcgetattr(terminal)
    return not settings[3] & (termios.ECHO | termios.ICANON) and not settings[0] & termios.ICRNL


@pytest.mark.parametrize("taken", [False, True])
def test_line_is_given_back_unless_others_do(line: int, taken: bool) -> None:
    before = termios.tcgetattr(line)
    first = LineBefore()
    first.make_quiet()
    assert is_quiet(line)
    if taken:
        assert first.take() == before
    first.give_back()
    assert (termios.tcgetattr(line) == before) is not taken


def test_background_leaves_the_line_alone(line: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "tcgetpgrp", lambda _descriptor: os.getpgrp() + 1)
    first = LineBefore()
    first.make_quiet()
    assert not is_quiet(line)
    assert first.settings is None
