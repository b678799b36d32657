"""The window of time in which something ran (reduced model §3)."""

from __future__ import annotations

import msgspec

from tui.schema.events import ExecutionStatus


class ExecutionWindow(msgspec.Struct, gc=False):
    """Start, end and status. Times are Unix milliseconds, seqs are positions in the log; an open window has no end."""

    started_at_unix_ms: int
    started_seq: int
    ended_at_unix_ms: int | None = None
    ended_seq: int | None = None
    status: ExecutionStatus = "running"

    @property
    def is_open(self) -> bool:
        """Whether nothing has ended it yet."""
        return self.status == "running"

    def end(self, at_unix_ms: int, seq: int, status: ExecutionStatus) -> None:
        """Set or overwrite the end."""
        self.ended_at_unix_ms = at_unix_ms
        self.ended_seq = seq
        self.status = status
