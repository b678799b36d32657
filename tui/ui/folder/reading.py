"""Has the recordings of a folder read beside the screen: those in view first, those that grow again and again."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import TYPE_CHECKING

from tui.fleet.protocol import Reply, Request
from tui.fleet.remembered import FolderMemory, Stamp, stamp_of
from tui.schema.summary import BundleSummary

if TYPE_CHECKING:
    from tui.fleet.client import WorkerClient

MOST_ASKED = 6
"""Recordings that are asked for at once: the worker never waits for the screen, and what comes into view comes soon."""

REST_SECONDS = 1.0
"""How long a recording that grows is left alone after it was read."""


class FolderReading:
    """What is to be read, and who reads it. For the event loop; replies come through `from_thread`."""

    def __init__(self, memory: FolderMemory, from_thread: Callable[[Reply], None], on_end: Callable[[], None]) -> None:
        """`from_thread` is called in another thread with every reply, and hands it to `take` in the loop.

        So is `on_end` when the worker is gone, and has `ask_again` called.
        """
        self._memory = memory
        self._from_thread = from_thread
        self._on_end = on_end
        self._client: WorkerClient | None = None
        self._wanted: dict[str, BundleSummary] = {}
        self._asked: dict[str, BundleSummary] = {}
        self._known: dict[str, Stamp] = {}
        self._rests: dict[str, float] = {}
        self._is_over = False

    @property
    def trouble(self) -> str:
        """Why nothing is read, in one line."""
        has_given_up = self._client is not None and not self._client.is_usable and not self._is_over
        return (
            "recordings are not read any more: the process that reads them ends again and again" if has_given_up else ""
        )

    def note(self, changed: Iterable[BundleSummary], gone: Iterable[str], known: Mapping[str, Stamp]) -> None:
        """Recordings are there, in these states, or are gone; those that are known need not be read again."""
        self._known.update(known)
        for path in gone:
            self._wanted.pop(path, None)
            self._known.pop(path, None)
        for summary in changed:
            if self._known.get(summary.path) == stamp_of(summary) or summary.log_bytes is None:
                self._wanted.pop(summary.path, None)
            else:
                self._wanted[summary.path] = summary

    def go_on(self, in_view: Iterable[str]) -> None:
        """Ask for as many as can be read at once."""
        now = time.monotonic()
        first = [path for path in in_view if path in self._wanted]
        for path in chain(first, self._wanted):
            if len(self._asked) >= MOST_ASKED:
                break
            is_due = path not in self._asked and self._rests.get(path, 0.0) <= now
            if is_due and not self._ask(self._wanted[path]):
                break
        for path in self._asked:
            self._wanted.pop(path, None)

    def take(self, reply: Reply) -> None:
        """A reply came: this state of the recording need not be read again."""
        path = self._memory.path_of_reply(reply.path)
        self._asked.pop(path, None)
        self._known[path] = stamp_of(reply.summary)
        self._rests[path] = time.monotonic() + REST_SECONDS

    def ask_again(self) -> None:
        """The worker is gone: another one reads what it had in hand, if that did not go wrong too often."""
        self._wanted.update(self._asked)
        self._asked.clear()
        self.go_on(())

    def close(self) -> None:
        """Read no more."""
        self._is_over = True
        if self._client is not None:
            self._client.close()

    def _ask(self, summary: BundleSummary) -> bool:
        if self._is_over:
            return False
        if self._client is None:
            from tui.fleet.client import WorkerClient  # the first rows come before it

            self._client = WorkerClient(self._memory.folder, self._from_thread, self._on_end)
        self._asked[summary.path] = summary
        if self._client.ask(Request(os.fsencode(self._memory.real_path(summary.path)), summary)):
            return True
        del self._asked[summary.path]
        return False
