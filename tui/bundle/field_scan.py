"""Looks through a log for fields that no known recorder writes. The graph needs it not, so it is done on demand."""

from __future__ import annotations

from tui.bundle.log import LogReader
from tui.bundle.open import Bundle
from tui.schema.decode import unknown_fields

LINES_AT_ONCE = 500
"""Lines of one step: some milliseconds of work."""


class FieldScan:
    """Counts unknown fields over the log, step by step. For one thread at a time."""

    def __init__(self, bundle: Bundle) -> None:
        self.found: dict[str, tuple[int, int]] = {}
        """Name of a field (`envelope.x`, `<kind>.x`) → how often it came, and the line where it came first."""
        self._log = LogReader(bundle.log_path)

    def step(self) -> bool:
        """Look at the next lines; return False at the end of what is written so far."""
        if self._log.look():
            self.found = {}
        for _ in range(LINES_AT_ONCE):
            line = self._log.next_line()
            while line is None and self._log.fill():
                line = self._log.next_line()
            if line is None:
                return False
            for name in unknown_fields(line.data):
                count, first = self.found.get(name, (0, line.number))
                self.found[name] = (count + 1, first)
        return True

    def close(self) -> None:
        """Give the log back."""
        self._log.close()
