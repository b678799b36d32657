"""Room that is free in this process, back to the system."""

from __future__ import annotations

from contextlib import suppress


def give_back_free_memory() -> None:
    """Let the allocator return what is free between things that stay, where it can be asked to.

    The C library of most Linux systems keeps such room for the process: tens of megabytes after a recording was read
    through, though nothing uses them any more. Elsewhere this does nothing.
    """
    with suppress(ImportError, OSError, AttributeError, TypeError):
        from ctypes import CDLL

        CDLL(None).malloc_trim(0)
