"""What can become of a log that was read, and how it is said while what was read of it stays."""

from __future__ import annotations

from typing import Literal

from tui.schema.damage import Damage

LogChange = Literal["cut short", "replaced", "removed"]
"""What became of a log that was read: the same file is shorter now, another one is in its place, or none."""


def log_damage(change: LogChange | None, name: str, size: int) -> Damage | None:
    """The change of the log `name`, which has `size` bytes now; None if there is none."""
    if change is None:
        return None
    if change == "removed":
        return Damage(
            "log-removed",
            f"{name}: is gone",
            "everything read so far stays, and lines still written into the open file are shown",
        )
    if change == "cut short":
        return Damage(
            "log-cut", f"{name}: was cut to {size:,} bytes", "everything read so far stays until it grows again"
        )
    return Damage("log-replaced", f"{name}: was replaced", "everything read so far stays until the new one has more")


def fewer_lines(name: str) -> Damage:
    """The log was read again and has other lines than before, but fewer."""
    return Damage("log-replaced", f"{name}: has fewer lines than were read of it", "these stay until it has as many")
