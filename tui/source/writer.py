"""Who can still write a recording."""

from __future__ import annotations

from typing import Literal

from tui.named_tuple import NamedTuple


class LogWriter(NamedTuple):
    """Who can write a log. `name` says who for people, or why that is unknown; it is empty for nobody."""

    evidence: Literal["holds", "gone", "unknown"]
    name: str = ""
    pid: int | None = None
    """The process, where it is known."""
