"""Leaves out the search for garbage where a command makes none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """The graph only grows and holds no cycles worth finding, so looking for them is time lost.

    Neither is what came into being meanwhile looked at later: the process ends with it, and walking through all of it
    takes as long as a tenth of the reading.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.freeze()
            gc.enable()
