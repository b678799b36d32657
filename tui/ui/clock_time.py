"""The clock where the person is."""

from __future__ import annotations

import time
from contextlib import suppress


def local_time(unix_ms: int) -> int | None:
    """Milliseconds since midnight; None for what no calendar holds."""
    with suppress(OverflowError, OSError, ValueError):
        found = time.localtime(unix_ms // 1000)
        return ((found.tm_hour * 60 + found.tm_min) * 60 + found.tm_sec) * 1000 + unix_ms % 1000
    return None


def day_of(unix_ms: int, *, is_local: bool) -> str:
    """The date, here or in UTC; empty for what no calendar holds."""
    with suppress(OverflowError, OSError, ValueError):
        return time.strftime("%Y-%m-%d", (time.localtime if is_local else time.gmtime)(unix_ms // 1000))
    return ""


def minute_of(unix_ms: int) -> str:
    """The local date and time to the minute; empty for what no calendar holds."""
    with suppress(OverflowError, OSError, ValueError):
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(unix_ms // 1000))
    return ""
