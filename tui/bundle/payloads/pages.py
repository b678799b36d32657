"""Random access to the bytes of a payload that is a file."""

from __future__ import annotations

import os
from pathlib import Path

from tui.bundle.disk.regular import error_text, open_regular
from tui.source.fault import PayloadFault
from tui.source.pages import PayloadPages


class FilePages(PayloadPages):
    """A payload that is a file of its own; closes `descriptor` in the end."""

    def __init__(self, descriptor: int, size: int) -> None:
        self._descriptor: int | None = descriptor
        super().__init__(size)

    def read(self, offset: int, length: int) -> bytes:
        """Return the bytes from `offset` on, at most `length`: fewer at the end, none behind it or once closed."""
        if self._descriptor is None or offset < 0 or length <= 0:
            return b""
        try:
            return os.pread(self._descriptor, length, offset)
        except OSError as error:
            self.fault = PayloadFault("unreadable", f"cannot be read at byte {offset}: {error_text(error)}")
            return b""

    def close(self) -> None:
        """Give the descriptor back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __del__(self) -> None:
        self.close()


def pages_of_file(path: Path) -> FilePages | None:
    """The bytes of a file, or None if it cannot be opened."""
    try:
        descriptor, status = open_regular(path)
    except OSError:
        return None
    return FilePages(descriptor, status.st_size)
