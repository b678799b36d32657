"""A moment of a recording, up to which it is to be read."""

from __future__ import annotations

from tui.named_tuple import NamedTuple
from tui.schema.decode import EventLine, TraceLine


class Until(NamedTuple):
    """The last event that counts: by its `seq`, or by its time in milliseconds since the Unix epoch."""

    seq: int | None = None
    unix_ms: int | None = None

    def is_before(self, line: TraceLine) -> bool:
        """Whether a line of the log lies behind the moment. A line that is not an event goes with those before it."""
        if not isinstance(line, EventLine):
            return False
        event = line.event
        if self.seq is not None and event.seq is not None and event.seq > self.seq:
            return True
        at = event.wall_time_unix_ms
        return self.unix_ms is not None and at is not None and at > self.unix_ms
