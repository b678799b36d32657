"""Whether there is a terminal to draw on and to read keys from."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_STREAMS = (("stdin", "input"), ("stdout", "output"), ("stderr", "error"))


def missing_terminal() -> str | None:
    """One line on why the viewer cannot be shown here, or None if it can."""
    for name, word in _STREAMS:
        stream = getattr(sys, f"__{name}__")
        if stream is None or not stream.isatty():
            return (
                f"the viewer needs a terminal, and standard {word} is none; "
                "for scripts there are: rtrace-tui reduce BUNDLE, rtrace-tui check BUNDLE"
            )
    return None


@contextmanager
def exiting_on_signals() -> Iterator[None]:
    """End by an exception when the process is terminated or its terminal goes away, so that everything is tidied up."""
    before = {number: signal.signal(number, _exit) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
