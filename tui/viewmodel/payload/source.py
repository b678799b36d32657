"""Bytes of a payload of any size, by range; and work on them that has to be done elsewhere than on the event loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol


class Pages(Protocol):
    """Random access to bytes. Reading a page of some tens of kilobytes is quick enough for drawing."""

    @property
    def size(self) -> int:
        """Number of bytes."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """The bytes from `offset` on, at most `length`; fewer at the end."""
        ...


class PageRange:
    """A range of other bytes, counted from its own start."""

    def __init__(self, pages: Pages, start: int, end: int) -> None:
        self._pages = pages
        self._start = start
        self._size = max(0, min(end, pages.size) - start)

    @property
    def size(self) -> int:
        """Number of bytes."""
        return self._size

    def read(self, offset: int, length: int) -> bytes:
        """The bytes from `offset` on, at most `length`."""
        return self._pages.read(self._start + offset, max(0, min(length, self._size - offset)))


class Job(NamedTuple):
    """Work in two steps: `run` may take long and touches nothing shared; `accept` takes its result into the model.

    `needs_limit`: nobody knows how long it takes, so it must run where it can be stopped.
    """

    run: Callable[[], Any]
    accept: Callable[[Any], None]
    needs_limit: bool = False
