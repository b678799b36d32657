"""Bounds the time of one regular expression, which may otherwise take for ever on some texts."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

MATCHING_SECONDS = 0.05
"""What a regular expression may take for one text while a person waits: a thousand times what is usual."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TimeoutError` in the block once this process has computed for this many seconds in it.

    The engine of regular expressions looks for signals while it matches; nothing else could stop it, as it lets no
    other thread run. Works in the main thread alone: elsewhere there is no limit.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _raise)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _raise(_number: int, _frame: FrameType | None) -> NoReturn:
    raise TimeoutError
