"""Random access to the bytes of one payload of any size."""

from __future__ import annotations

from abc import ABC, abstractmethod

from tui.source.fault import PayloadFault


class PayloadPages(ABC):
    """Bytes of one payload by range. Close them, or use them in a `with` block."""

    def __init__(self, size: int) -> None:
        self.size = size
        """Bytes of the payload when it was opened."""
        self.fault: PayloadFault | None = None
        """Set when a read failed; what that read returned is short."""

    @abstractmethod
    def read(self, offset: int, length: int) -> bytes:
        """Return the bytes from `offset` on, at most `length`: fewer at the end, none behind it or once closed."""

    @abstractmethod
    def close(self) -> None:
        """Give back what reading needs."""

    def __enter__(self) -> PayloadPages:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class MemoryPages(PayloadPages):
    """A payload that was read already."""

    def __init__(self, body: bytes) -> None:
        super().__init__(len(body))
        self._body = body

    def read(self, offset: int, length: int) -> bytes:
        """Return the bytes from `offset` on, at most `length`: fewer at the end, none behind it or once closed."""
        return b"" if offset < 0 or length <= 0 else self._body[offset : offset + length]

    def close(self) -> None:
        """Let the bytes go."""
        self._body = b""
