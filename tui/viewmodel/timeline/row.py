"""`TimelineRow`: what the timeline says about one object."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from tui.analysis.kinds.timing import TimeSpan
from tui.analysis.requests.tokens import Tokens
from tui.model.noderef import NodeRef
from tui.named_tuple import NamedTuple
from tui.viewmodel.text.spans import Line, Span

Status = Literal["ok", "failed", "running", "cancelled", "waiting", "unknown"]
"""The state of an object. `waiting`: left behind or yielded, open but not at work; `unknown`: it has no status."""

Work = Literal["idle", "moment", "waiting", "model", "tool", "failed"]
"""What a cell shows. Of several in one cell the last of these counts."""

GLYPHS: dict[Status, str] = {
    "ok": "✓",
    "failed": "✗",
    "running": "●",
    "cancelled": "⊘",
    "waiting": "◌",
    "unknown": " ",
}
"""One sign for each status, so that colour is never the only one to tell."""

_STATUS_OF: dict[str, Status] = {
    "running": "running",
    "starting": "running",
    "completed": "ok",
    "failed": "failed",
    "cancelled": "cancelled",
    "aborted": "cancelled",
    "terminated": "cancelled",
    "yielded": "waiting",
}

_STYLE_OF: dict[Status, str] = {
    "ok": "glyph.ok",
    "failed": "glyph.failed",
    "running": "glyph.running",
    "cancelled": "glyph.cancelled",
    "waiting": "glyph.unknown",
    "unknown": "glyph.unknown",
}


class TimelineRow(NamedTuple):
    """One row, before it is laid out for a width.

    `glyph` shows the status, with the exit code of a command that failed. `label` is the untruncated text. `tokens` are
    those of its requests, None for what has none. `bar` gives for a number of cells what the row worked at in each of
    them, over the visible part of the time axis. `problems` counts what is wrong here and below. `ages`: time alone
    changes it, because it is open or sums up what may be.
    """

    node: NodeRef
    depth: int
    foldable: bool
    folded: bool
    glyph: str
    status: Status
    label: Line
    span: TimeSpan | None
    tokens: Tokens | None
    bar: Callable[[int], Sequence[Work]]
    problem: bool
    problems: int
    ages: bool = False

    @property
    def start_ms(self) -> int | None:
        """Start, in milliseconds from the start of the recording."""
        return None if self.span is None or self.span.clock is None else self.span.start_ms

    @property
    def duration_ms(self) -> int | None:
        """Duration in milliseconds, so far if it is open; None if the clock of the recording could not measure it."""
        return None if self.span is None else self.span.known_ms


def status_of(word: str) -> Status:
    """The status that a word of the format (`completed`, `aborted`, `yielded`, …) represents."""
    return _STATUS_OF.get(word, "unknown")


def glyph_span(status: Status, text: str = "") -> Span:
    """The sign of a status; `text` represents it where there is more to tell."""
    return Span(text or GLYPHS[status], _STYLE_OF[status])
