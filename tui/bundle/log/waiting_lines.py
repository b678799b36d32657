"""Counts the lines that wait in a log while nobody takes them in."""

from __future__ import annotations

import os
from pathlib import Path

from tui.bundle.disk.confine import open_inside

_CHUNK_BYTES = 1 << 20


class LineCounter:
    """Counts the whole lines of a growing log from one place on; each byte is read once. For one thread at a time."""

    def __init__(self, log: Path, offset: int) -> None:
        self._log = log
        self._start = self._offset = offset
        self._count = 0

    def count(self) -> int:
        """How many lines there are now: none in a log that became shorter than where counting began."""
        try:
            descriptor, status = open_inside(self._log)
        except OSError:
            return self._count
        try:
            if status.st_size < self._offset:
                self._offset, self._count = self._start, 0
            while chunk := os.pread(descriptor, _CHUNK_BYTES, self._offset):
                self._count += chunk.count(b"\n")
                self._offset += len(chunk)
        except OSError:
            pass  # what could be read is counted
        finally:
            os.close(descriptor)
        return self._count
